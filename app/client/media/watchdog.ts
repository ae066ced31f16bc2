/** Notices within seconds that nothing arrives any more, by the growth of the transport's byte counter. */

export interface Watchdog {
  /** Takes in the counter now; a counter that shrank belongs to a new connection. */
  readonly feed: (bytes: number, now: number) => void;
  /** Milliseconds since something last arrived. */
  readonly silentFor: (now: number) => number;
}

/** Starts watching; `now` in milliseconds of a monotonic clock. */
export function watchdog(now: number): Watchdog {
  let last = Number.POSITIVE_INFINITY;
  let grew = now;
  return {
    feed(bytes, at) {
      if (bytes > last) grew = at;
      last = bytes;
    },
    silentFor: (at) => at - grew,
  };
}

/** When a person's own path is given up, in milliseconds without a byte (video.md "Deciding"). */
export const PATIENCE = { banner: 3000, prewarm: 6000, switch: 8000, card: 15_000, text: 45_000 } as const;
