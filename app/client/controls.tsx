// The clock's buttons: pause, two minutes more, one less, back, and the next phase by its name.
import { ArrowRight, Check, DoorOpen, Minus, Pause, Play, Plus, RotateCcw } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _, hour } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, now, phaseWords, shortName, slot, view } from "./store.ts";

export const MORE = 120;
export const LESS = -60;

/** Goes back to the phase before. */
export function previousPhase(): void {
  const key = slot.value?.key;
  if (key && may("back")) void ask({ type: "back", from_key: key }, "clock");
}

export function nextPhase(): void {
  const key = slot.value?.key;
  if (key && may("next")) void ask({ type: "next", from_key: key }, "clock");
}

interface Props {
  session: string;
  onEnd: () => void;
  onReopen: () => void;
}

export function Controls({ session, onEnd, onReopen }: Props): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  return (
    <div class="controls-place">
      <div class="controls">
        <Buttons session={session} onEnd={onEnd} onReopen={onReopen} />
      </div>
      <Blocked />
      <Refused where={["clock", "accept-contract"]} />
    </div>
  );
}

function Buttons({ session, onEnd, onReopen }: Props): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  switch (here.session.status) {
    case "planned":
      return (
        <button
          type="button"
          class="btn main"
          disabled={!may("open-doors")}
          onClick={() => void ask({ type: "open-doors" }, "clock")}
        >
          <Icon of={DoorOpen} />
          {_("Open the doors")}
        </button>
      );
    case "open":
      return (
        <button
          type="button"
          class="btn main"
          disabled={!may("start")}
          onClick={() => void ask({ type: "start" }, "clock")}
        >
          <Icon of={Play} />
          {_("Begin")}
        </button>
      );
    case "running":
      return <Running onEnd={onEnd} />;
    default:
      return (
        <>
          {may("reopen") && (here.session.reopen_until ?? 0) > now.value ? (
            <button type="button" class="btn" onClick={onReopen}>
              <Icon of={RotateCcw} />
              {_("Reopen, until {hour}", { hour: hour(here.session.reopen_until ?? 0, here.session.zone) })}
            </button>
          ) : null}
          <a class="btn main" href={`/sessions/${session}`}>
            {_("Go to the session’s page")}
            <Icon of={ArrowRight} />
          </a>
        </>
      );
  }
}

function Running({ onEnd }: { onEnd: () => void }): JSX.Element {
  const here = view.value;
  const paused = here?.clock.state === "paused";
  const at = here?.clock.at ?? 0;
  const following = here?.plan[at + 1];
  const toggle = () => void ask({ type: paused ? "resume" : "pause" }, "clock");
  return (
    <>
      <button
        type="button"
        class={paused ? "btn on" : "btn"}
        disabled={!may(paused ? "resume" : "pause")}
        onClick={toggle}
      >
        <Icon of={paused ? Play : Pause} />
        {paused ? _("Resume") : _("Pause")}
      </button>
      <span class="pair-of">
        <button
          type="button"
          class="btn"
          disabled={!may("extend")}
          onClick={() => void ask({ type: "extend", seconds: LESS }, "clock")}
        >
          <Icon of={Minus} />
          <span aria-hidden="true">1</span>
          <span class="hidden">{_("One minute less")}</span>
        </button>
        <button
          type="button"
          class="btn"
          disabled={!may("extend")}
          onClick={() => void ask({ type: "extend", seconds: MORE }, "clock")}
        >
          <Icon of={Plus} />
          <span aria-hidden="true">2</span>
          <span class="hidden">{_("Two minutes more")}</span>
        </button>
      </span>
      {following ? (
        <button
          type="button"
          class="btn main"
          disabled={!may("next")}
          aria-disabled={here?.conduct?.blocked ? true : undefined}
          onClick={nextPhase}
        >
          {stepName(phaseWords(following)?.title ?? following.key)}
          <Icon of={ArrowRight} />
        </button>
      ) : (
        <button type="button" class="btn main" disabled={!may("end")} onClick={onEnd}>
          <Icon of={Check} />
          {_("End the session")}
        </button>
      )}
    </>
  );
}

/** Says what the next phase still needs, and who can make it possible. */
function Blocked(): JSX.Element | null {
  const here = view.value;
  const code = here?.conduct?.blocked;
  if (!here || !code || here.session.status !== "running") return null;
  switch (code) {
    case "client-not-chosen":
      return <p class="blocked">{_("Choose today’s client first, in the list beside.")}</p>;
    case "not-yet-accepted":
    case "no-contract": {
      const { request } = here;
      if (!request.entry)
        return (
          <p class="blocked">
            {_("The request is not written yet. {name} can write it now.", {
              name: shortName(request.person),
            })}
          </p>
        );
      return (
        <p class="blocked">
          {request.client
            ? _("The consultants have not accepted the contract yet. You say yes for them.")
            : _("{name} has not accepted the contract yet: one tap does it.", {
                name: shortName(request.person),
              })}
        </p>
      );
    }
    default:
      return null;
  }
}

/** Shortens "Synthesis, in silence" to its step; the rail has the whole name. */
function stepName(title: string): string {
  return title.split(",")[0] ?? title;
}
