/** Notices within seconds that nothing arrives any more, by the growth of a counter. */

export interface Watchdog {
  /** Takes in the counter now; a counter that shrank belongs to a new connection. */
  readonly feed: (count: number, now: number) => void;
  /** Milliseconds for which something should have arrived and did not. */
  readonly silentFor: (now: number) => number;
}

/** In a room where nobody sends, only the connection's own checks arrive, every two seconds or so. */
const LONGEST_USUAL = 3000;
const REMEMBERED = 5;

/** Starts watching; `now` in milliseconds of a monotonic clock. Pauses as long as the last few are usual, and not silence. */
export function watchdog(now: number): Watchdog {
  let last = Number.POSITIVE_INFINITY;
  let grew = now;
  let pauses: number[] = [];
  return {
    feed(count, at) {
      if (count > last) {
        pauses = [...pauses, Math.min(at - grew, LONGEST_USUAL)].slice(-REMEMBERED);
        grew = at;
      }
      last = count;
    },
    silentFor: (at) => Math.max(0, at - grew - Math.max(0, ...pauses)),
  };
}

/**
 * When a person's own path is given up, in milliseconds for which nothing arrived (video.md "Deciding"). Links are prepared
 * earlier than there: a link in vain costs little, and a second of silence much.
 */
export const PATIENCE = {
  /** With another sign of trouble, as a lost signalling socket. */
  doubt: 500,
  prewarm: 1500,
  banner: 3000,
  switch: 8000,
  card: 15_000,
  text: 45_000,
} as const;
