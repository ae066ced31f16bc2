// The whole clock, for the one who keeps time: what is left, or how much over.
import type { JSX } from "preact";
import { _, hour } from "./language.ts";
import { face, view } from "./store.ts";
import { minutesSeconds } from "./time.ts";

export function Clock(): JSX.Element | null {
  const here = view.value;
  const time = face.value;
  if (!here || !time) return null;
  const minutes = Math.round(time.granted / 60_000);
  switch (time.phase) {
    case "before":
      return (
        <p class="clock" role="timer">
          {hour(here.session.starts_at, here.session.zone)}{" "}
          <small>
            {here.session.status === "planned"
              ? _("the doors are closed")
              : _("{n} here of {all}", present())}
          </small>
        </p>
      );
    case "ended":
      return (
        <p class="clock" role="timer">
          {hour(here.clock.ends_at, here.session.zone)} <small>{_("ended")}</small>
        </p>
      );
    case "over":
      return (
        <p class="clock over" role="timer">
          +{minutesSeconds(time.over)} <small>{_("over {n} min", { n: minutes })}</small>
        </p>
      );
    default:
      return (
        <p class="clock" role="timer">
          {minutesSeconds(time.left)}{" "}
          <small>{time.phase === "paused" ? _("left, paused") : _("left of {n} min", { n: minutes })}</small>
        </p>
      );
  }
}

function present(): { n: number; all: number } {
  const seats = view.value?.seats ?? [];
  return { n: seats.filter((each) => each.presence === "here").length, all: seats.length };
}
