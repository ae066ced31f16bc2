// The round table: seats placed for the size of the screen, the wood, and the ring of time.
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { placeArc, placeRing, placeSeats } from "./geometry.ts";
import { _ } from "./language.ts";
import { wordsOf } from "./measure.ts";
import { path } from "./outline.ts";
import { Seat } from "./seat.tsx";
import { face, slot } from "./store.ts";
import type { SeatView } from "./wire.gen.ts";

const LEAST_HEIGHT = 48; // px; below, no face can be drawn
const SMALL = 84; // px; below, a plate has room for a name only
const WORTH = 140; // px; below, a request in the middle costs the faces too much

/** Whether the request in the middle is shortened; it is whole beside the table then. */
export const tight = signal(false);

interface Props {
  /** From the viewer clockwise. */
  seats: readonly SeatView[];
  me: string;
  holder: string | null;
  /** Who is in front during this phase, a little larger. */
  front?: string | null;
  /** Seats on the horizon of a desk instead of round the table. */
  arc?: boolean;
  hidden?: boolean;
  /** Changes when the words in the middle do; voices must not be part of it. */
  words: string;
  children?: ComponentChildren;
}

export function Table({ seats, me, holder, front, arc, hidden, words, children }: Props): JSX.Element {
  const table = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const people = seats.map((each) => each.id).join();
  const weights = seats.map((each) =>
    each.id === me && !arc ? 0.78 : each.stage === "off" ? 0.8 : each.id === front && !arc ? 1.25 : 1,
  );

  useLayoutEffect(() => {
    const element = table.current;
    if (!element) return;
    const place = () => arrange(element, weights, arc ?? false);
    place();
    const sizes = new ResizeObserver(place);
    sizes.observe(element);
    void document.fonts?.ready.then(place);
    return () => sizes.disconnect();
  }, [people, weights.join(), words, arc, slot.value?.key]);

  useLayoutEffect(() => {
    void import("./around.ts").then(({ walkRound }) => list.current && walkRound(list.current));
  }, []);

  return (
    <>
      <div class={arc ? "table arc" : "table"} data-time={hidden ? "hidden" : timeOf()} ref={table}>
        {arc ? null : <Ring />}
        <ul class="seats" ref={list} aria-label={_("The table, in the order of turns")}>
          {seats.map((each) => (
            <Seat key={each.id} seat={each} me={each.id === me} floor={each.id === holder} />
          ))}
        </ul>
      </div>
      {children}
    </>
  );
}

/** Names how time stands, for the ring. */
export function timeOf(): string {
  const phase = face.value?.phase ?? "before";
  return phase === "last" ? "run" : phase === "ended" ? "hidden" : phase;
}

/** The wood and the ring; a new ring for each phase, so that time never runs backwards on screen. */
function Ring(): JSX.Element {
  const time = face.value;
  return (
    <svg
      class="top"
      aria-hidden="true"
      style={{ "--gone": String(time?.gone ?? 0), "--last": String(time?.last ?? 1) }}
    >
      <path class="top__wood" />
      <path class="ring ring--track" />
      <path key={slot.value?.key ?? ""} class="ring ring--gone" pathLength={1} />
      <path class="ring ring--last" pathLength={1} />
      <path class="ring ring--over" pathLength={1} />
    </svg>
  );
}

function arrange(table: HTMLElement, weights: readonly number[], arc: boolean): void {
  const stage = table.parentElement as HTMLElement;
  const css = getComputedStyle(table);
  const number = (name: string, or: number) => Number.parseFloat(css.getPropertyValue(name)) || or;
  const area = {
    w: table.clientWidth,
    h: table.clientHeight,
    gap: number("--gap", 20),
    moat: number("--moat", 30),
    pad: number("--pad", 12),
    plate: number("--hang", 10),
    max: number("--max", 300),
    weights,
    uneven: true,
  };
  const room = area.w > 0 && area.h >= LEAST_HEIGHT;
  table.toggleAttribute("data-away", !room); // under an open notebook and a long note there is no place for faces
  if (!room || !weights.length) return;
  stage.style.setProperty("--sink", "0px");
  stage.removeAttribute("data-tight");
  const core = stage.querySelector(".core");
  let words = arc ? [] : wordsOf(table, core);
  let round = arc ? null : placeSeats({ ...area, words });
  tight.value = !arc && core?.clientWidth !== 0 && (round?.D ?? 0) < WORTH && words.length > 0;
  if (tight.value) {
    stage.setAttribute("data-tight", ""); // a long request gives way to the faces
    words = wordsOf(table, core);
    round = placeSeats({ ...area, words });
  }
  const placed = round ?? placeArc(area); // no room for a table: a row of faces
  table.toggleAttribute("data-row", !arc && !round);
  if ("n" in placed) {
    const { a, b, n, cx, cy, sink, D } = placed;
    const ring = placeRing(placed, { words, air: number("--air", 12), plate: area.plate });
    stage.style.setProperty("--sink", `${sink.toFixed(1)}px`);
    const svg = table.querySelector(".top");
    svg?.setAttribute("viewBox", `0 0 ${area.w} ${area.h}`);
    svg
      ?.querySelector(".top__wood")
      ?.setAttribute("d", path({ a: a - D * 0.14, b: b - D * 0.14, n }, cx, cy));
    for (const line of svg?.querySelectorAll(".ring") ?? []) {
      const out = line.matches(".ring--over") ? 8 : 0;
      line.setAttribute("d", path({ a: ring.a + out, b: ring.b + out, n: ring.n }, cx, cy + sink));
    }
  }
  table.querySelectorAll<HTMLElement>(".seat").forEach((seat, i) => {
    for (const [key, value] of Object.entries(placed.seats[i] ?? {}))
      seat.style.setProperty(`--${key}`, `${(value as number).toFixed(1)}px`);
    const { x = 0, y = 0 } = placed.seats[i] ?? {};
    seat.style.setProperty("--z", String(Math.round(area.h - y)));
    seat.style.setProperty("--outer", x < area.w / 2 ? "16%" : "84%"); // a hand, away from the neighbours
  });
  table.toggleAttribute("data-small", placed.D < SMALL); // small faces keep the name only
  table.toggleAttribute("data-short", placed.D < WORTH); // and of a long compound one an initial
  requestAnimationFrame(() => requestAnimationFrame(() => table.setAttribute("data-placed", ""))); // the first placing does not move
}
