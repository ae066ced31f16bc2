// When a person writes: the others on the horizon, the near half of the table is a desk. Loaded after the table is drawn.
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Bar } from "./bar.tsx";
import { Foot } from "./foot.tsx";
import { _ } from "./language.ts";
import { Lazy, Live } from "./lazy.tsx";
import { part, Request, Step } from "./middle.tsx";
import { horizon } from "./outline.ts";
import { LinkLine } from "./parts.tsx";
import { fromMyChair } from "./room.tsx";
import { face, may, phase } from "./store.ts";
import { Table, timeOf } from "./table.tsx";
import type { View } from "./wire.gen.ts";

interface DeskProps {
  here: View;
  /** Whether the desk holds a conversation in writing. */
  talks: boolean;
  notebook: { value: boolean };
  timeHidden: boolean;
  onHide: () => void;
}

/** The whole screen of a person who writes. */
export function Desk({ here, notebook, talks, timeHidden, onHide }: DeskProps): JSX.Element {
  const others = fromMyChair(here.seats, here.me.id).slice(1);
  const plan = !talks && here.me.writes.action !== undefined;
  return (
    <div class="room writing">
      <Bar timeHidden={timeHidden} onHide={onHide} session={here.session.id} />
      <section class="stage" aria-label={_("The group")}>
        <Live part="Notes" />
        <Table seats={others} me={here.me.id} holder={here.floor.holder} arc words="" />
      </section>
      <main class="work">
        <Horizon hidden={timeHidden} />
        <div class={talks ? "inner talks" : plan ? "inner" : "inner single"}>
          <section class="now" aria-label={_("Now")}>
            <div>
              <Step />
              <p class="part">{part()}</p>
              <LinkLine />
            </div>
            <Request />
          </section>
          {talks ? (
            <>
              <Lazy part="talk" />
              <div class="beside">
                <Lazy part="captures" />
              </div>
            </>
          ) : (
            <Lazy part={plan ? "sorting" : "desk"} />
          )}
        </div>
      </main>
      <Foot notebook={notebook} session={here.session.id} />
      {notebook.value && may("write") ? (
        <Lazy
          part="notebook"
          bare={!talks || phase.value?.voice !== "round"}
          onClose={() => (notebook.value = false)}
        />
      ) : null}
    </div>
  );
}

/** The far edge of the desk carries the ring when one writes. */
function Horizon({ hidden }: { hidden: boolean }): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const time = face.value;
  useLayoutEffect(() => {
    const element = svg.current;
    if (!element) return;
    const draw = () => {
      const { clientWidth: w, clientHeight: h } = element;
      if (!w) return;
      element.setAttribute("viewBox", `0 0 ${w} ${h}`);
      for (const line of element.querySelectorAll("path")) line.setAttribute("d", horizon(w, h));
    };
    draw();
    const sizes = new ResizeObserver(draw);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return (
    <svg
      class="horizon"
      aria-hidden="true"
      ref={svg}
      data-time={hidden ? "hidden" : timeOf()}
      style={{ "--gone": String(time?.gone ?? 0), "--last": String(time?.last ?? 1) }}
    >
      <path class="ring ring--track" />
      <path class="ring ring--gone" pathLength={1} />
      <path class="ring ring--last" pathLength={1} />
    </svg>
  );
}
