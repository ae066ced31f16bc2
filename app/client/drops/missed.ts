/** Tells whoever returns, or comes late, what they missed: pure, from what this device last saw and what is there now. */
import type { View } from "../wire.gen.ts";

/** What this device saw last: when (milliseconds of the server's clock), and which phase ran. */
export interface Seen {
  readonly at: number;
  readonly key: string;
}

export interface Missed {
  /** Whether the person was there before; else they come late. */
  readonly back: boolean;
  /** Plan keys of the phases that ended without them. */
  readonly keys: readonly string[];
}

/** So long an absence is worth a card; a reload is not. */
const ABSENCE = 20_000;
/** So long after the beginning somebody is late. */
const LATE = 60_000;

/** Says what was missed; null when nothing was. */
export function missed(seen: Seen | null, here: View, now: number): Missed | null {
  const at = here.clock.at;
  if (here.session.status !== "running" || at === null) return null;
  if (seen) {
    if (now - seen.at < ABSENCE) return null;
    const from = here.plan.findIndex((each) => each.key === seen.key);
    return { back: true, keys: here.plan.slice(Math.max(0, from), Math.max(0, at)).map((each) => each.key) };
  }
  const used = here.clock.used_ms + (here.clock.running_since === null ? 0 : now - here.clock.running_since);
  if (at === 0 && used < LATE) return null;
  return { back: false, keys: here.plan.slice(0, at).map((each) => each.key) };
}
