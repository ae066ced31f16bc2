/** By which relays browsers link: asked of our server, and asked again long before the credentials expire. */
import type { Entrance } from "./situation.ts";

/** Milliseconds. Asking again and again helps no server that is in trouble. */
const ASK_EVERY = 3000;
const NEVER = Number.NEGATIVE_INFINITY;

/** Keeps what our server said last; without knowing the relays nothing is linked, so that no address is shown. */
export class Relays {
  readonly #enter: () => Promise<Entrance | null>;
  readonly #now: () => number;
  #known: RTCConfiguration | null = null;
  #since = NEVER;
  #lasts = 0;
  #asked = NEVER;
  #asking: Promise<unknown> | null = null;
  /** Our server did not answer the last time. */
  #failed = false;

  /** `now` goes on while the machine sleeps, as expiring does. */
  constructor(enter: () => Promise<Entrance | null>, now: () => number = Date.now) {
    this.#enter = enter;
    this.#now = now;
  }

  /** What links are made with. */
  get known(): RTCConfiguration | null {
    return this.#known;
  }

  /** Whether to link now: by relays that hold, or by the old ones while our server gives no others. */
  get usable(): boolean {
    return this.#known !== null && (this.#age < this.#lasts || this.#failed);
  }

  get #age(): number {
    return this.#now() - this.#since;
  }

  /** Asks our server for a pass, which brings the relays too. */
  async enter(): Promise<Entrance | null> {
    const asked = this.#now();
    this.#asked = asked;
    const entrance = await this.#enter().catch(() => null);
    this.#failed = entrance === null;
    if (entrance) {
      this.#known = entrance.ice;
      this.#lasts = entrance.lasts * 1000;
      this.#since = asked;
    }
    return entrance;
  }

  /** Waits for relays when there are none that hold, and tells whether to link. */
  async ready(): Promise<boolean> {
    if (!this.usable) await this.#ask();
    return this.usable;
  }

  /** Asks, unless that was a moment ago. */
  seek(): void {
    if (this.#now() - this.#asked >= ASK_EVERY) void this.#ask();
  }

  /** Asks again once half of their life is over, while there is time; call it as often as you like. */
  tend(): void {
    if (this.#known && this.#age >= this.#lasts / 2) this.seek();
  }

  #ask(): Promise<unknown> {
    this.#asking ??= this.enter().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }
}
