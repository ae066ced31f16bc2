/** One's own microphone and camera: opened and closed by their owner only, closed by the voice rule too. */
import { EVERY, type Kind, listen, open, type Trouble } from "./devices.ts";
import { preferred } from "./kept.ts";
import * as shown from "./state.ts";

const KINDS: readonly Kind[] = ["audio", "video"];
const AUDIBLE = 0.01;

export class Own {
  readonly #tracks: Partial<Record<Kind, MediaStreamTrack>> = {};
  readonly #onChange: () => void;
  #unlisten: (() => void) | null = null;
  #loud = performance.now();
  #spoken = 0;
  /** Counts what was asked of each device, so that a slow answer does not undo a later wish. */
  readonly #wish: Record<Kind, number> = { audio: 0, video: 0 };

  /** `onChange` is called when what may go out is another. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** What goes out of this kind, or nothing while it is closed. */
  track(kind: Kind): MediaStreamTrack | null {
    return shown.device(kind).value.on ? (this.#tracks[kind] ?? null) : null;
  }

  /** Opens or closes the microphone or the camera; says why when it cannot. */
  async turn(kind: Kind, on: boolean, device?: string): Promise<void> {
    const state = shown.device(kind);
    this.#wish[kind] += 1;
    const wish = this.#wish[kind];
    const old = this.#tracks[kind];
    if (on && (!old || old.readyState === "ended" || device)) {
      try {
        const track = await open(kind, device ?? preferred(kind));
        if (wish !== this.#wish[kind]) return track.stop(); // closed meanwhile, or tapped again
        this.#take(kind, track);
      } catch (trouble) {
        if (wish === this.#wish[kind]) state.value = { on: false, trouble: trouble as Trouble, held: false };
        return;
      }
    }
    const track = this.#tracks[kind];
    if (track) track.enabled = on;
    if (!on && kind === "video") this.#stop(kind);
    state.value = { on, trouble: null, held: false };
    this.#onChange();
  }

  /** On the telephone, or in writing: both are given back, and opened again by their owner only. */
  rest(): void {
    for (const kind of KINDS) {
      this.#wish[kind] += 1;
      this.#stop(kind);
      if (shown.device(kind).value.on) shown.device(kind).value = { on: false, trouble: null, held: false };
    }
    this.#unlisten?.();
    this.#unlisten = null;
    this.#onChange();
  }

  /** The voice rule, or the server, wants silence. */
  silence(): void {
    if (!shown.microphone.value.on) return;
    if (this.#tracks.audio) this.#tracks.audio.enabled = false;
    shown.microphone.value = { on: false, trouble: null, held: true };
    this.#onChange();
  }

  /** A new moment: how long nothing was heard is counted afresh. */
  listenAfresh(): void {
    this.#loud = performance.now();
  }

  /** Milliseconds for which nothing has come out of the microphone. */
  get deaf(): number {
    return performance.now() - this.#loud;
  }

  /** Milliseconds of one's own voice since the last time this was asked. */
  takeSpoken(): number {
    const spoken = this.#spoken;
    this.#spoken = 0;
    return spoken;
  }

  #take(kind: Kind, track: MediaStreamTrack): void {
    this.#stop(kind);
    this.#tracks[kind] = track;
    track.onended = () => void this.turn(kind, false);
    if (kind !== "audio") return;
    this.#unlisten?.();
    this.listenAfresh();
    this.#unlisten = listen(track, (level) => {
      if (level === null) return this.listenAfresh(); // not known, so not silent
      if (level <= AUDIBLE || !track.enabled) return;
      this.listenAfresh();
      this.#spoken += EVERY;
    });
  }

  #stop(kind: Kind): void {
    const track = this.#tracks[kind];
    if (!track) return;
    track.onended = null;
    track.stop();
    delete this.#tracks[kind];
  }
}
