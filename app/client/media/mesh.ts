/** Direct links from browser to browser: who is linked with whom, begun again until it works, over our own socket. */
import { type Lane, Link, type Talk } from "./link.ts";

/** What travels between two browsers; the server stamps who it is from. */
export interface Signal extends Talk {
  /** Which life of the link it is about; the impolite end names it, empty is none. */
  readonly epoch: string;
  /** Whether this end wants the link: said with every description, and again and again. */
  readonly want?: boolean;
  /** Whether this end takes pictures; said together with `want`, and taken for yes. */
  readonly pictures?: false;
}

export interface MeshWires {
  readonly me: string;
  readonly now: () => number;
  /** Sends a signal to one person through our socket; it may be lost. */
  readonly send: (to: string, signal: Signal) => void;
  /** A track of somebody arrived, or ended (null). */
  readonly onTrack: (
    person: string,
    lane: Lane,
    track: MediaStreamTrack | null,
    receiver?: RTCRtpReceiver,
  ) => void;
  /** Something changed: who is linked, who is connected, who wants us. */
  readonly onChange: () => void;
}

/** Milliseconds. Wanting is said so often, and believed so long. */
const SAY_EVERY = 8000;
const BELIEVE_FOR = 25_000;
/** An offer this young may be on its way still: asking for one changes nothing. */
const ON_ITS_WAY = 2000;
/** After so long apart new paths are sought; after so long a new life is begun, a little later each time. */
const RESTART_AFTER = 2500;
const RENEW_AFTER = [7000, 9000, 12_000, 15_000] as const;

const NEVER = Number.NEGATIVE_INFINITY;

/** What is known of the link with one person. */
interface Other {
  mine: boolean;
  theirsUntil: number;
  link: Link | null;
  /** Whether their page was ever heard, and whether it takes pictures. */
  known: boolean;
  pictures: boolean;
  said: number;
  restarted: number;
  tried: number;
  renewals: number;
}

/** Keeps a link with each person as long as one of the two wants it; who sends is decided by giving or taking tracks. */
export class Mesh {
  readonly #others = new Map<string, Other>();
  readonly #wires: MeshWires;
  readonly #configuration: () => RTCConfiguration;
  readonly #tracks: Partial<Record<Lane, MediaStreamTrack | null>> = {};
  #pictures = true;

  constructor(wires: MeshWires, configuration: () => RTCConfiguration) {
    this.#wires = wires;
    this.#configuration = configuration;
  }

  /** With whom there is a link, or is to be one. */
  get people(): string[] {
    return [...this.#others].filter(([, other]) => this.#is(other)).map(([person]) => person);
  }

  /** Whom this end wants. */
  get wanted(): string[] {
    return [...this.#others].filter(([, other]) => other.mine).map(([person]) => person);
  }

  /** Whose links carry now. */
  get open(): string[] {
    return [...this.#others].filter(([, { link }]) => link?.connected).map(([person]) => person);
  }

  /** Lets somebody know that this page speaks of direct links; nobody offers one to who was never heard. */
  greet(person: string): void {
    const other = this.#other(person);
    if (!other.known && other.said === NEVER) this.#say(person, other);
  }

  /** Whether a person's page was ever heard; simulated people have none. */
  knows(person: string): boolean {
    return this.#others.get(person)?.known ?? false;
  }

  /** Says with whom this end wants links; a link the other end still wants stays. */
  want(people: readonly string[]): void {
    const wanted = new Set(people.filter((person) => person !== this.#wires.me));
    for (const [person, other] of this.#others)
      if (other.mine && !wanted.has(person)) {
        other.mine = false;
        this.#say(person, other);
        this.#settle(person, other);
      }
    for (const person of wanted) {
      const other = this.#other(person);
      if (other.mine) continue;
      other.mine = true;
      const linked = other.link !== null;
      this.#settle(person, other);
      if (linked || !other.link) this.#say(person, other); // else the offer says it
    }
  }

  /** Sends this track to everybody, or nothing (null) while the links stay. */
  async give(lane: Lane, track: MediaStreamTrack | null): Promise<void> {
    if ((this.#tracks[lane] ?? null) === track) return;
    this.#tracks[lane] = track;
    await Promise.all(
      [...this.#others.values()].map((other) => other.link?.give(lane, this.#out(other, lane))),
    );
  }

  /** Asks the others for their pictures, or spares the line them. */
  takePictures(on: boolean): void {
    if (on === this.#pictures) return;
    this.#pictures = on;
    for (const [person, other] of this.#others) if (other.link) this.#say(person, other);
  }

  /** Takes in what another browser says; words about an older life of the link are ignored. */
  hear(from: string, signal: Signal): void {
    const other = this.#other(from);
    const { desc, cand, epoch } = signal;
    if (!other.known) {
      other.known = true;
      this.#say(from, other);
    }
    if (signal.want !== undefined) this.#wanted(from, other, signal);
    if (!this.#is(other)) return;
    const first = desc?.type === "offer" && epoch !== other.link?.epoch;
    if (first && !this.#begins(from)) this.#renew(from, other, epoch);
    if ((desc || cand) && other.link?.epoch === epoch) other.link.hear(signal);
  }

  /** Twice a second or so: says again what was said, and begins again what does not come about. */
  tend(): void {
    const now = this.#wires.now();
    for (const [person, other] of this.#others) {
      this.#settle(person, other);
      if (other.mine && now - other.said >= (other.link ? SAY_EVERY : ON_ITS_WAY)) this.#say(person, other);
      if (!other.link) continue;
      if (other.link.apart === null) other.renewals = 0;
      else this.#mend(person, other, other.link, other.link.apart, now);
    }
  }

  /** Looks for new paths soon, and begins a new life of the link later, each time with a little more patience. */
  #mend(person: string, other: Other, link: Link, apart: number, now: number): void {
    const patience = RENEW_AFTER[Math.min(other.renewals, RENEW_AFTER.length - 1)] as number;
    if (now - Math.max(apart, other.tried) >= patience) {
      other.tried = now;
      other.renewals += 1;
      if (this.#begins(person)) this.#renew(person, other, crypto.randomUUID());
      else this.#say(person, other, "");
    } else if (link.wasConnected && now - apart >= RESTART_AFTER && other.restarted < apart) {
      other.restarted = now;
      link.restart();
    }
  }

  /** Our socket is back: what was said meanwhile may be lost, so it is said again at once. */
  again(): void {
    for (const other of this.#others.values()) other.said = NEVER;
    this.tend();
  }

  /** Lets everybody go. */
  close(): void {
    this.want([]);
    for (const other of this.#others.values()) this.#drop(other);
  }

  // -- one other person -----------------------------------------------------------------------------

  /** Of two ends exactly one begins: the one whose name comes later, the impolite one. */
  #begins(person: string): boolean {
    return this.#wires.me > person;
  }

  #other(person: string): Other {
    const known = this.#others.get(person);
    if (known) return known;
    const other: Other = {
      mine: false,
      theirsUntil: NEVER,
      link: null,
      known: false,
      pictures: true,
      said: NEVER,
      restarted: NEVER,
      tried: NEVER,
      renewals: 0,
    };
    this.#others.set(person, other);
    return other;
  }

  /** Whether there is to be a link. */
  #is(other: Other): boolean {
    return other.mine || other.theirsUntil > this.#wires.now();
  }

  #wanted(from: string, other: Other, { want, epoch, desc, pictures }: Signal): void {
    const now = this.#wires.now();
    other.pictures = pictures ?? true;
    other.theirsUntil = want ? now + BELIEVE_FOR : NEVER;
    this.#settle(from, other);
    const { link } = other;
    void link?.give("video", this.#out(other, "video")).catch(() => {});
    // They know nothing of this life: their page is new, or our offer was lost.
    const stranger = link && !desc && link.epoch !== epoch && now - link.begun >= ON_ITS_WAY;
    if (stranger && this.#begins(from)) this.#renew(from, other, crypto.randomUUID());
    this.#wires.onChange();
  }

  /** Makes the link there is to be, or lets go of the one nobody wants. */
  #settle(person: string, other: Other): void {
    if (!this.#is(other)) this.#drop(other);
    else if (!other.link && other.known && this.#begins(person))
      this.#renew(person, other, crypto.randomUUID());
  }

  /** Begins a new life of the link. */
  #renew(person: string, other: Other, epoch: string): void {
    this.#drop(other);
    const life = { epoch, polite: !this.#begins(person), now: this.#wires.now };
    const link: Link = new Link(
      {
        send: (talk) => {
          if (talk.desc) other.said = this.#wires.now();
          this.#wires.send(person, { epoch, ...talk, ...(talk.desc ? this.#wish(other) : {}) });
        },
        onTrack: (lane, track, receiver) => this.#wires.onTrack(person, lane, track, receiver),
        onState: () => this.#wires.onChange(),
      },
      this.#configuration,
      life,
      { audio: this.#out(other, "audio"), video: this.#out(other, "video") },
    );
    other.link = link;
  }

  #drop(other: Other): void {
    const { link } = other;
    if (!link) return;
    other.link = null;
    link.close();
  }

  /** Says whether this end wants the link; of an empty epoch the other end begins anew. */
  #say(person: string, other: Other, epoch = other.link?.epoch ?? ""): void {
    other.said = this.#wires.now();
    this.#wires.send(person, { epoch, ...this.#wish(other) });
  }

  #wish({ mine }: Other): Pick<Signal, "want" | "pictures"> {
    return { want: mine, ...(this.#pictures ? {} : { pictures: false }) };
  }

  #out({ pictures }: Other, lane: Lane): MediaStreamTrack | null {
    return lane === "audio" || pictures ? (this.#tracks[lane] ?? null) : null;
  }
}
