/** Decides what somebody misses: the sound of all, or the voices of a few: pure. */
import { PATIENCE } from "./watchdog.ts";

export interface Seen {
  /** Whether there is anybody to be heard: not on the phone, nor in writing, nor alone. */
  readonly awaited: boolean;
  /** Whether any sound comes. */
  readonly comes: boolean;
  /** Who is to be heard by a direct link, and whose link is open. */
  readonly linked: readonly string[];
  readonly open: readonly string[];
}

/** Instants in milliseconds of the page's clock. */
export interface Missed {
  /** Since when the first sound is on its way; null once it came, or was waited for in vain. */
  readonly begun: number | null;
  /** Since when sound that should come does not, or null. */
  readonly lost: number | null;
  /** Since when each person who should have an open link has none. */
  readonly apart: ReadonlyMap<string, number>;
}

/** Takes in what is seen now; whoever was on the phone, in writing or alone waits for the first sound afresh. */
export function missed(before: Missed, seen: Seen, now: number): Missed {
  const apart = seen.linked
    .filter((person) => !seen.open.includes(person))
    .map((person) => [person, before.apart.get(person) ?? now] as const);
  return { ...silence(before, seen, now), apart: new Map(apart) };
}

function silence({ begun, lost }: Missed, { awaited, comes }: Seen, now: number) {
  if (!awaited) return { begun: now, lost: null };
  if (comes) return { begun: null, lost: null };
  const starting = begun !== null && now - begun < PATIENCE.switch;
  return starting ? { begun, lost } : { begun: null, lost: lost ?? now };
}

/** Names those with whom there is no link although there was time enough for it. */
export function unlinked({ apart }: Missed, now: number): string[] {
  return [...apart].filter(([, since]) => now - since >= PATIENCE.switch).map(([person]) => person);
}
