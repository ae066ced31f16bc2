/** Lets each person be heard and seen once, whichever ways their tracks come by. */
import type { Kind } from "./devices.ts";
import { type Carrier, type Flow, flowed, heardBy, packetsOf } from "./flows.ts";
import { heard, muffled, pictures } from "./state.ts";

interface Arrival {
  readonly track: MediaStreamTrack;
  readonly receiver: RTCRtpReceiver | undefined;
  flow?: Flow;
}

/** By which way somebody with a direct link is to be heard. */
interface Choice {
  readonly person: string;
  readonly mesh: Arrival;
  readonly by: Carrier;
}

const LISTEN_EVERY = 250;
const THRESHOLD = 0.02;
/** A pause for breath does not take the mark away. */
const HOLD = 1500;
/** Milliseconds. Who sent nothing directly for so long needs no link kept for it, and their last picture is none. */
const STILL = 3000;

export class Voices {
  readonly #me: string;
  readonly #arrived: Record<Carrier, Map<string, Arrival>> = { sfu: new Map(), mesh: new Map() };
  readonly #players = new Map<string, HTMLAudioElement>();
  readonly #until = new Map<string, number>();
  readonly #by = new Map<string, Carrier>();
  /** Whether the media server carries something. */
  #well = false;
  /** When each voice was counted last: a page that stood still knows nothing of what came meanwhile. */
  #counted = 0;
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
      if (this.#arrived[by].get(key)?.track !== track) this.#arrived[by].set(key, { track, receiver });
      if (kind === "video") track.onmute = track.onunmute = () => this.#play();
    } else {
      this.#arrived[by].delete(key);
      if (by === "mesh" && kind === "audio") this.#by.delete(person);
    }
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

  /** Counts what comes by each way where there are both, and hears everybody by the one that carries. */
  async measure(well: boolean, now: number): Promise<void> {
    this.#well = well;
    const both = well || this.#arrived.sfu.size > 0; // with one way only there is nothing to choose
    const choices = await Promise.all(
      [...this.#arrived.mesh].map(([key, mesh]) => this.#choose(key, mesh, both, now)),
    );
    // All at once, and heard at once: whoever looks at the links meanwhile finds nobody between two ways.
    for (const { person, mesh, by } of choices.filter((each) => each !== null))
      if (this.#arrived.mesh.get(`audio ${person}`) === mesh) this.#by.set(person, by);
    this.#counted = now;
    this.#play();
  }

  async #choose(key: string, mesh: Arrival, both: boolean, now: number): Promise<Choice | null> {
    const [kind, person] = split(key);
    if (kind === "video") {
      await this.#look(mesh, now);
      return null;
    }
    if (!both) return { person, mesh, by: "mesh" };
    const sfu = this.#arrived.sfu.get(key);
    for (const arrival of [sfu, mesh])
      if (arrival) arrival.flow = flowed(arrival.flow, await packetsOf(arrival.receiver), now);
    return { person, mesh, by: heardBy(this.#by.get(person), sfu?.flow, mesh.flow, now) };
  }

  /** Looks whether a picture moves; browsers do not say that the other end has taken it away. */
  async #look(arrival: Arrival, now: number): Promise<void> {
    if (!arrival.track.muted) arrival.flow = flowed(arrival.flow, await packetsOf(arrival.receiver), now);
  }

  /** The media server brings nothing: whoever has an open link is heard by it at once. */
  turnTo(open: readonly string[]): void {
    for (const person of open) if (this.#arrived.mesh.has(`audio ${person}`)) this.#by.set(person, "mesh");
    this.#play();
  }

  /** Who is heard by a direct link although the media server carries: it does not bring their voice. */
  direct(): string[] {
    return [...this.#by].filter(([person, by]) => by === "mesh" && this.#sounds(person)).map(([one]) => one);
  }

  /** A link that was not counted yet, or only once, may be sounding: it is not closed before that is known. */
  #sounds(person: string): boolean {
    const arrival = this.#arrived.mesh.get(`audio ${person}`);
    if (!arrival?.flow) return arrival !== undefined;
    return this.#counted - Math.max(arrival.flow.last, arrival.flow.since) < STILL;
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
    if (kind === "video" && (!this.#well || !sfu)) return mesh && isMoving(mesh) ? mesh : undefined;
    return this.#by.get(person) === "mesh" ? (mesh ?? sfu) : (sfu ?? mesh);
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

/** Whether a picture comes: one that stands still says nothing. */
function isMoving({ flow }: Arrival): boolean {
  return !flow || performance.now() - Math.max(flow.last, flow.since) < STILL;
}

function split(key: string): [Kind, string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at) as Kind, key.slice(at + 1)];
}
