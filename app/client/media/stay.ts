/** Stays in the media server's room, one after the other: enters, looks whether anything arrives, tries again. */
import type { Lane } from "./link.ts";
import { type Pass, Sfu, type SfuWires } from "./sfu.ts";
import { PATIENCE, type Watchdog, watchdog } from "./watchdog.ts";

export interface StayWires extends Pick<SfuWires, "onTrack" | "onScreen" | "onMuted"> {
  /** Asks our server for a pass; null when there is none. */
  readonly pass: () => Promise<Pass | null>;
  /** Something changed: inside, outside, in trouble. */
  readonly onChange: () => void;
}

const RETRY_MS = 3000;
/** Entering for the first time takes longer than a pause of one who is inside. */
const ENTERING_MS = 3500;
/** livekit-client would go on for minutes; a new stay is quicker. */
const GIVEN_UP_MS = 25_000;

/** Looks between two searches for single voices that do not come. */
const MEND_EVERY = 4;

export class Stay {
  /** The same person came in by another window: this one does not fight for the place. */
  elsewhere = false;
  troubled = false;
  loss = 0;
  poor = false;
  readonly #wires: StayWires;
  #sfu: Sfu | null = null;
  #inside = false;
  #dog: Watchdog = watchdog(performance.now() + ENTERING_MS);
  #retryAt = 0;
  #looks = 0;
  #pictures = true;
  #given: Partial<Record<Lane, MediaStreamTrack | null>> = {};

  constructor(wires: StayWires) {
    this.#wires = wires;
  }

  get inside(): boolean {
    return this.#inside;
  }

  /** Milliseconds for which something should have arrived and did not. */
  get silent(): number {
    return this.#dog.silentFor(performance.now());
  }

  /** Looks at the connections; call it twice a second. */
  async look(): Promise<void> {
    if (!this.#sfu || !this.#inside) return;
    const sfu = this.#sfu;
    const pulse = await sfu.pulse().catch(() => null);
    if (!pulse || this.#sfu !== sfu) return;
    this.#dog.feed(pulse.count, performance.now());
    this.loss = pulse.loss;
    this.poor = pulse.poor;
    this.#looks += 1;
    if (this.#looks % MEND_EVERY === 0 && this.silent < PATIENCE.doubt)
      void sfu.mend(performance.now()).catch(() => {});
  }

  /** Is in the room, or on the way into it; enters again after a failure. */
  async enter(): Promise<void> {
    if (this.#inside && this.silent > GIVEN_UP_MS) this.leave();
    if (this.#sfu || this.elsewhere || performance.now() < this.#retryAt) return;
    const sfu = this.#make();
    this.#sfu = sfu;
    try {
      const pass = await this.#wires.pass();
      if (!pass) throw new Error("no pass");
      await sfu.enter(pass);
      if (this.#sfu !== sfu) return;
      this.#inside = true;
      this.troubled = false;
      this.#given = {};
      this.#dog = watchdog(performance.now());
      sfu.takePictures(this.#pictures);
      this.#wires.onChange();
    } catch {
      if (this.#sfu === sfu) this.leave();
    }
  }

  /** Is outside. */
  leave(): void {
    const sfu = this.#sfu;
    if (!sfu) return;
    this.#sfu = null;
    this.#inside = false;
    this.loss = 0;
    this.poor = false;
    this.#retryAt = performance.now() + RETRY_MS * (1 + Math.random());
    void sfu.close().catch(() => {});
    this.#wires.onChange();
  }

  /** Tries at once: the network is back, or the page is seen again. */
  hurry(): void {
    this.#retryAt = 0;
  }

  /** After a time on the phone or in writing: nothing was expected, so silence is counted from now. */
  afresh(): void {
    this.#dog = watchdog(performance.now() + ENTERING_MS);
    this.hurry();
  }

  /** This window takes the place, and the other one loses it. */
  rejoin(): void {
    this.elsewhere = false;
    this.hurry();
  }

  /** Sends this track, or nothing (null); nothing is done when nothing changed. */
  async give(lane: Lane, track: MediaStreamTrack | null): Promise<void> {
    const [sfu, given] = [this.#sfu, this.#given];
    if (!sfu || !this.#inside || given[lane] === track || (!track && given[lane] === undefined)) return;
    given[lane] = track;
    await sfu.give(lane, track).catch(() => {
      delete given[lane];
    });
  }

  /** Takes everybody's pictures, or spares the line them. */
  takePictures(on: boolean): void {
    this.#pictures = on;
    if (this.#inside) this.#sfu?.takePictures(on);
  }

  async share(track: MediaStreamTrack | null): Promise<void> {
    if (track && !this.#inside) throw new Error("outside of the media server's room");
    await this.#sfu?.share(track);
  }

  async close(): Promise<void> {
    await this.#sfu?.close();
  }

  #make(): Sfu {
    const sfu: Sfu = new Sfu({
      ...this.#wires,
      onTrouble: (troubled) => {
        if (this.#sfu !== sfu) return;
        this.troubled = troubled;
        this.#wires.onChange();
      },
      onEnd: (why) => {
        if (this.#sfu !== sfu) return;
        this.elsewhere = why === "elsewhere";
        this.leave();
      },
    });
    return sfu;
  }
}
