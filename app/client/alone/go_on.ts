/** Goes on by the last plan and the page's own clock: pure, from the last view the server sent. */
import { LASTING } from "../core.ts";
import type { View, Words } from "../wire.gen.ts";

/** Who counts as a consultant besides: the timekeeper and the scribe have a duty. */
const ALSO: Readonly<Record<string, string>> = { timekeeper: "consultant", scribe: "consultant" };

/** Shows the session as it should be at an instant of the server's clock; the same object while the phase lasts. */
export function goOn(view: View, words: Words | null, now: number): View {
  const at = phaseAt(view, now);
  const slot = at === null ? undefined : view.plan[at];
  const calm = { ...view, me: { ...view.me, may: view.me.may.filter((each) => LASTING.has(each)) } };
  if (at === null || !slot || at === view.clock.at) return calm;
  return {
    ...calm,
    clock: {
      ...view.clock,
      at,
      granted_ms: slot.granted_ms,
      used_ms: 0,
      running_since: slot.starts_at,
    },
    floor: { holder: null, since: null, hands: [], round: [] },
    seats: view.seats.map((seat) => ({ ...seat, hand: 0, ready: false })),
    plan: view.plan.map((each, index) => ({ ...each, done: index < at })),
    me: { ...calm.me, ready: false, writes: writesIn(view, words, slot.phase) },
  };
}

/** Finds which phase the plan says runs now; a clock that stands still, or has not begun, stays where it is. */
export function phaseAt(view: View, now: number): number | null {
  const { at, state } = view.clock;
  if (view.session.status !== "running" || state !== "running" || at === null) return at;
  return Math.max(
    at,
    view.plan.findLastIndex((slot) => slot.starts_at <= now),
  );
}

/** What this person writes in a phase, as its protocol says. */
function writesIn(view: View, words: Words | null, phase: string): Record<string, string> {
  const hats = [view.me.role, ALSO[view.me.role] ?? ""];
  const captures = words?.phases[phase]?.captures ?? [];
  const mine = captures.filter((capture) => capture.by.some((role) => hats.includes(role)));
  return { note: "author", ...Object.fromEntries(mine.map((each) => [each.kind, each.sight])) };
}
