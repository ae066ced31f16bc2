/** Lets each person be heard and seen once, whichever ways their tracks come by. */
import type { Kind } from "./devices.ts";
import { heard, muffled, pictures } from "./state.ts";
import type { Using } from "./way.ts";

type Carrier = "sfu" | "mesh";

interface Arrival {
  readonly track: MediaStreamTrack;
  readonly receiver: RTCRtpReceiver | undefined;
}

const LISTEN_EVERY = 250;
const THRESHOLD = 0.02;
/** A pause for breath does not take the mark away. */
const HOLD = 1500;

export class Voices {
  readonly #me: string;
  readonly #arrived: Record<Carrier, Map<string, Arrival>> = { sfu: new Map(), mesh: new Map() };
  readonly #players = new Map<string, HTMLAudioElement>();
  readonly #until = new Map<string, number>();
  #chosen: { open: ReadonlySet<string>; sfu: boolean } = { open: new Set(), sfu: false };
  #own: MediaStreamTrack | null = null;
  #timer: ReturnType<typeof setInterval>;

  constructor(me: string) {
    this.#me = me;
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY);
  }

  /** A track came by one of the ways, or ended. */
  arrive(
    by: Carrier,
    person: string,
    kind: Kind,
    track: MediaStreamTrack | null,
    receiver?: RTCRtpReceiver,
  ): void {
    const key = `${kind} ${person}`;
    if (track) {
      this.#arrived[by].set(key, { track, receiver });
      if (kind === "video") track.onmute = track.onunmute = () => this.#play();
    } else this.#arrived[by].delete(key);
    this.#play();
  }

  /** A way is given up. */
  drop(by: Carrier): void {
    this.#arrived[by].clear();
    this.#play();
  }

  /** Shows one's own picture, or none. */
  own(track: MediaStreamTrack | null): void {
    this.#own = track;
    this.#play();
  }

  /** Chooses the way each person is heard by: the media server while it carries, else their open link. */
  choose(_using: Using, open: ReadonlySet<string>, sfu: boolean): void {
    this.#chosen = { open, sfu };
    this.#play();
  }

  /** Tries to play again, after a touch. */
  play(): void {
    muffled.value = false;
    for (const player of this.#players.values()) this.#start(player);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const player of this.#players.values()) player.srcObject = null;
    this.#players.clear();
  }

  #pick(kind: Kind, person: string): Arrival | undefined {
    const key = `${kind} ${person}`;
    const sfu = this.#arrived.sfu.get(key);
    const mesh = this.#arrived.mesh.get(key);
    if (sfu && this.#chosen.sfu) return sfu;
    return mesh && this.#chosen.open.has(person) ? mesh : (sfu ?? mesh);
  }

  #play(): void {
    const keys = new Set([...this.#arrived.sfu.keys(), ...this.#arrived.mesh.keys()]);
    const faces = new Map<string, MediaStreamTrack>();
    if (this.#own) faces.set(this.#me, this.#own);
    for (const key of keys) {
      const [kind, person] = split(key);
      const track = this.#pick(kind, person)?.track;
      if (!track) continue;
      if (kind === "video") {
        if (!track.muted && track.readyState === "live") faces.set(person, track);
      } else this.#sound(person, track);
    }
    for (const [person, player] of this.#players)
      if (!keys.has(`audio ${person}`)) {
        player.srcObject = null;
        this.#players.delete(person);
      }
    const before = pictures.value;
    const same =
      before.size === faces.size && [...faces].every(([person, track]) => before.get(person) === track);
    if (!same) pictures.value = faces;
  }

  /** One element for each person: two ways are never heard at once. */
  #sound(person: string, track: MediaStreamTrack): void {
    let player = this.#players.get(person);
    if (!player) {
      player = new Audio();
      player.autoplay = true;
      this.#players.set(person, player);
    }
    if ((player.srcObject as MediaStream | null)?.getTracks()[0] === track) return;
    player.srcObject = new MediaStream([track]);
    this.#start(player);
  }

  #start(player: HTMLAudioElement): void {
    player.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") muffled.value = true;
    });
  }

  #listen(): void {
    const now = performance.now();
    for (const person of this.#players.keys()) {
      const level = this.#pick("audio", person)?.receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
      if (level > THRESHOLD) this.#until.set(person, now + HOLD);
    }
    const speaking = [...this.#until].filter(([, until]) => until > now).map(([person]) => person);
    const before = heard.value;
    if (speaking.length !== before.size || speaking.some((person) => !before.has(person)))
      heard.value = new Set(speaking);
  }
}

function split(key: string): [Kind, string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at) as Kind, key.slice(at + 1)];
}
