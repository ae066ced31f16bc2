/** Finds the voices the media server owes: open microphones of which not a packet comes. */
import { type Flow, flowed } from "./flows.ts";

/** Milliseconds. Even silence sends a packet twice a second. */
const OWED_FOR = 10_000;
/** After such a gap between two looks, as when nothing came at all or the machine slept, it is counted afresh. */
const GAP = 5000;

export class Owed {
  #flows = new Map<string, Flow>();
  #looked = Number.NEGATIVE_INFINITY;
  readonly #named = new Set<string>();

  /** Takes in how many packets of each open voice came; names those that are owed, each of them once. */
  look(packets: ReadonlyMap<string, number>, now: number): string[] {
    const before = now - this.#looked > GAP ? new Map<string, Flow>() : this.#flows;
    this.#looked = now;
    this.#flows = new Map(
      [...packets].map(([voice, count]) => [voice, flowed(before.get(voice), count, now)]),
    );
    const owed = [...this.#flows].filter(([, { since, last }]) => now - Math.max(since, last) >= OWED_FOR);
    const names = owed.map(([voice]) => voice).filter((voice) => !this.#named.has(voice));
    for (const voice of names) this.#named.add(voice);
    return names;
  }
}
