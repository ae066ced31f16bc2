// Taking back the last change: offered for ten seconds beside the clock, and then kept in the menu.
import { Undo2 } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { ask, may, now, phase, view } from "./store.ts";

const OFFERED_FOR = 10_000;

/** Names what would be taken back. */
export function changed(): string {
  const here = view.value;
  const title = phase.value?.title ?? "";
  switch (here?.conduct?.undo) {
    case "session-started":
      return _("The session has begun.");
    case "phase-started":
      return _("{phase} has begun.", { phase: title });
    case "phase-returned":
      return _("Back to: {phase}.", { phase: title });
    case "time-granted":
      return _("A length has changed.");
    case "replanned":
      return _("The hours have been planned anew.");
    case "session-ended":
      return _("The session has ended.");
    default:
      return "";
  }
}

export function undoable(): boolean {
  const conduct = view.value?.conduct;
  return Boolean(conduct?.undo && (conduct.undo_until ?? 0) > now.value && may("undo"));
}

export function undo(): void {
  if (undoable()) void ask({ type: "undo" }, "clock");
}

export function Undo(): JSX.Element | null {
  const since = view.value?.conduct?.undo_since ?? 0;
  if (!undoable() || now.value - since > OFFERED_FOR) return null;
  return (
    <p class="undo" role="status">
      {changed()}{" "}
      <button type="button" class="btn bare" onClick={undo}>
        <Icon of={Undo2} />
        {_("Undo")}
      </button>
    </p>
  );
}
