// Says to screen readers, politely and once, what the eye sees: a phase begins, a minute is left, my turn.
import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { listen } from "./keys.ts";
import { _, _n } from "./language.ts";
import { face, phase, slot, view } from "./store.ts";
import type { Face } from "./time.ts";

const said = signal("");

/** Says something now. */
export function say(sentence: string): void {
  said.value = said.value === sentence ? `${sentence}\u00a0` : sentence;
}

export function Announcer(): JSX.Element {
  useEffect(watch, []);
  useEffect(() => listen({ t: sayTime }), []);
  return (
    <p class="hidden" role="status" aria-live="polite">
      {said.value}
    </p>
  );
}

/** Says the time, on demand. */
function sayTime(): void {
  const time = face.value;
  if (!time || !phase.value) return;
  say(timeSentence(time, phase.value.title));
}

function timeSentence(time: Face, title: string): string {
  const minutes = Math.max(1, Math.round(time.left / 60_000));
  switch (time.phase) {
    case "paused":
      return _("Paused. Time waits.");
    case "over":
      return _("The planned time has passed. There is no hurry.");
    case "last":
      return _("Last minute.");
    case "run":
      return `${title}. ${_n("About {n} minute left.", "About {n} minutes left.", minutes)}`;
    default:
      return _("Time is not running.");
  }
}

/** Watches what happens and says it; returns how to stop. */
function watch(): () => void {
  let key: string | undefined;
  let time: string | undefined;
  let mine = false;
  let half = true;
  return effect(() => {
    const here = view.value;
    const now = face.value;
    if (!here || !now) return;
    const first = time === undefined;
    const key_ = slot.value?.key ?? "";
    const floor = here.floor.holder === here.me.id;
    const words = phase.value;
    if (key_ !== key && words) {
      const guidance = words.guidance[here.me.role] ?? "";
      const minutes = Math.round(now.granted / 60_000);
      say(`${words.title}. ${guidance} ${_n("{n} minute.", "{n} minutes.", minutes)}`);
      half = now.gone >= 0.5;
    } else if (floor && !mine) say(_("You have the floor. Take your time."));
    else if (now.phase !== time && !first) {
      if (now.phase === "last") say(_("Last minute. Finish your thought."));
      else if (now.phase === "over") say(_("The planned time has passed. There is no hurry."));
      else if (now.phase === "paused") say(_("Paused. Time waits."));
      else if (now.phase === "ended") say(_("The session is over."));
      else if (now.phase === "run" && time === "paused") say(_("Time runs again."));
    } else if (!half && now.phase === "run" && now.gone >= 0.5) {
      half = true;
      sayTime();
    }
    key = key_;
    time = now.phase;
    mine = floor;
  });
}
