// The server owns time: this draws from what it granted, what was used, and since when it runs.
import type { ClockView } from "./wire.gen.ts";

const ROUNDS = 8;
const SLACK = 500;
const MINUTE = 60_000;

/** Knows how far the server's clock is ahead, by the fastest of the last 8 round trips. */
export class Offset {
  #trips: { took: number; ahead: number }[] = [];

  /** Ahead of our own clock, in milliseconds. */
  get ahead(): number {
    let best = this.#trips[0];
    for (const trip of this.#trips) if (best && trip.took < best.took) best = trip;
    return best?.ahead ?? 0;
  }

  /**
   * Learns from a pong: asked at `t0`, heard at `t1`, the server's clock between them.
   * A trip is wrong by half its length at most, so two that cannot both be true mean that a clock was set:
   * older trips are forgotten then, and the answer is true.
   */
  learn(t0: number, t1: number, now: number): boolean {
    const trip = { took: t1 - t0, ahead: now - (t0 + t1) / 2 };
    const agree = (each: { took: number; ahead: number }) =>
      Math.abs(each.ahead - trip.ahead) <= (each.took + trip.took) / 2 + SLACK;
    const kept = this.#trips.filter(agree);
    const set = kept.length < this.#trips.length;
    this.#trips = [...kept, trip].slice(-ROUNDS);
    return set;
  }

  /** Starts from the clock in a welcome when nothing better is known. */
  guess(t1: number, now: number): void {
    if (!this.#trips.length) this.#trips = [{ took: Number.MAX_VALUE, ahead: now - t1 }];
  }

  /** Forgets everything: the computer slept, or its clock was set. */
  forget(): void {
    this.#trips = [];
  }
}

export type Phase = "before" | "run" | "last" | "over" | "paused" | "ended";

/** What the clock shows at an instant; times in milliseconds. */
export interface Face {
  readonly phase: Phase;
  readonly left: number;
  readonly over: number;
  readonly granted: number;
  /** Share of the time gone, 0…1. */
  readonly gone: number;
  /** Where the last minute begins, 0…1. */
  readonly last: number;
}

/** Reads a clock at an instant of the server. */
export function read(clock: ClockView, now: number): Face {
  const running = clock.running_since === null ? 0 : Math.max(0, now - clock.running_since);
  const used = clock.used_ms + running;
  const granted = clock.granted_ms;
  const left = granted - used;
  const phase: Phase =
    clock.state === "ended"
      ? "ended"
      : clock.state === "before" || clock.at === null
        ? "before"
        : clock.state === "paused"
          ? "paused"
          : left <= 0
            ? "over"
            : left <= MINUTE && granted > MINUTE
              ? "last"
              : "run";
  return {
    phase,
    left: Math.max(0, left),
    over: Math.max(0, -left),
    granted,
    gone: granted ? Math.min(1, used / granted) : 0,
    last: granted > MINUTE ? 1 - MINUTE / granted : 1,
  };
}

/** Writes a span as 8:41, or 1:02:03. */
export function minutesSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  return h ? `${h}:${two(m)}:${two(seconds % 60)}` : `${m}:${two(seconds % 60)}`;
}
