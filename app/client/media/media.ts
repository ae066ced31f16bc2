/** Carries sound and picture by whichever way works, and changes ways before people notice. */
import { batch } from "@preact/signals";
import { type Kind, list, listen, open, type Trouble } from "./devices.ts";
import { Mesh, type Signal } from "./mesh.ts";
import { type Pass, Sfu } from "./sfu.ts";
import * as shown from "./state.ts";
import { Voices } from "./voices.ts";
import { PATIENCE, type Watchdog, watchdog } from "./watchdog.ts";
import { carries, sendsDirectly, type Using, type Way, wayOf } from "./way.ts";

/** What the view says that matters to media. */
export interface Situation {
  readonly group: string;
  readonly since: number | null;
  readonly own: string | null;
  readonly livekit: boolean;
  readonly others: readonly string[];
  readonly stars: readonly string[];
  /** Whether the voice rule lets me speak now. */
  readonly speaks: boolean;
  /** Whether the rule closes microphones. */
  readonly ruled: boolean;
  /** Changes with the phase and the floor. */
  readonly moment: string;
  readonly myTurn: boolean;
}

export interface Health {
  readonly rung: string;
  readonly flowing: boolean;
  readonly quality: "good" | "poor" | "lost";
}

export interface Entrance {
  readonly pass: Pass | null;
  readonly ice: RTCConfiguration;
}

export interface Wires {
  readonly me: string;
  /** Asks our server for a pass and the relays; null when it cannot be had now. */
  readonly enter: () => Promise<Entrance | null>;
  readonly signal: (to: string, data: Signal) => void;
  readonly health: (health: Health) => void;
}

const TICK = 1000;
const REPORT_EVERY = 2;
const RETRY_MS = 3000;
/** So long the server may find out that everybody is cut; then it is only me, on direct links. */
const STAR_AFTER = 18_000;
const DEAF_FOR = 8000;
const KINDS: readonly Kind[] = ["audio", "video"];

/** Whether this browser can carry sound at all. */
export const CAPABLE = typeof RTCPeerConnection === "function" && typeof MediaStream === "function";

export class Media {
  readonly #wires: Wires;
  readonly #voices: Voices;
  readonly #tracks: Partial<Record<Kind, MediaStreamTrack>> = {};
  readonly #states = new Map<string, RTCPeerConnectionState>();
  readonly #askers = new Set<string>();
  /** Who has a browser that speaks of direct links; simulated people have none. */
  readonly #known = new Set<string>();
  #now: Situation | null = null;
  #sfu: Sfu | null = null;
  #inside = false;
  #dog: Watchdog = watchdog(performance.now());
  #barred = false;
  #retryAt = 0;
  #mesh: Mesh | null = null;
  #ice: RTCConfiguration = {};
  #given: Record<"sfu" | "mesh", Partial<Record<Kind, MediaStreamTrack | null>>> = { sfu: {}, mesh: {} };
  #spoke = "";
  #ticks = 0;
  #timer: ReturnType<typeof setInterval>;
  #unlisten: (() => void) | null = null;
  #moved = performance.now();
  #loud = performance.now();

  constructor(wires: Wires) {
    this.#wires = wires;
    this.#voices = new Voices(wires.me);
    this.#timer = setInterval(() => void this.#tick(), TICK);
  }

  /** Takes in what the view says now. */
  see(now: Situation): void {
    const before = this.#now;
    this.#now = now;
    if (before?.group !== now.group) this.#moved = performance.now();
    if (quiet(now) && !(before && quiet(before))) this.#rest();
    if (before && before.moment !== now.moment) this.#obey(now);
    void this.#follow();
  }

  /** Takes in a signal of another browser. */
  async hear(from: string, data: Signal): Promise<void> {
    this.#known.add(from);
    if (data.bye) this.#askers.delete(from);
    else if (!this.#mesh?.people.includes(from)) this.#askers.add(from);
    if (!data.bye) await this.#linked();
    await this.#mesh?.hear(from, data).catch(() => {});
    if (data.bye) await this.#follow();
  }

  /** Opens or closes the microphone or the camera; says why when it cannot. */
  async turn(kind: Kind, on: boolean, device?: string): Promise<void> {
    const state = shown.device(kind);
    if (kind === "audio" && on) this.#spoke = this.#now?.moment ?? "";
    const old = this.#tracks[kind];
    if (on && (!old || old.readyState === "ended" || device)) {
      try {
        const track = await open(kind, device ?? preferred(kind));
        old?.stop();
        this.#tracks[kind] = track;
        track.onended = () => void this.turn(kind, false);
        if (kind === "audio") this.#watchOwn(track);
      } catch (trouble) {
        state.value = { on: false, trouble: trouble as Trouble, held: false };
        return;
      }
    }
    const track = this.#tracks[kind];
    if (track) track.enabled = on;
    if (!on && kind === "video" && track) {
      track.onended = null;
      track.stop();
      delete this.#tracks.video;
    }
    state.value = { on, trouble: null, held: false };
    this.#voices.own(this.#tracks.video ?? null);
    await this.#give();
  }

  /** Shows a screen to everybody, through the media server only; null stops. */
  async share(track: MediaStreamTrack | null): Promise<void> {
    await this.#sfu?.share(track);
    shown.screen.value = track ? { person: this.#wires.me, track } : null;
  }

  /** Lets the browser play, after a touch. */
  unmuffle(): void {
    this.#voices.play();
  }

  /** Stops everything and gives the devices back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unlisten?.();
    this.#mesh?.close();
    await this.#sfu?.close();
    for (const kind of KINDS) this.#tracks[kind]?.stop();
    this.#voices.close();
  }

  // -- once a second --------------------------------------------------------------------------------

  async #tick(): Promise<void> {
    const at = performance.now();
    if (this.#sfu && this.#inside) this.#dog.feed(await this.#sfu.received().catch(() => 0), at);
    await this.#follow();
    this.#ticks += 1;
    if (this.#ticks % REPORT_EVERY === 0) this.#report();
    shown.mute.value =
      shown.microphone.value.on && (this.#now?.myTurn ?? false) && at - this.#loud > DEAF_FOR;
  }

  #report(): void {
    const now = this.#now;
    if (!now) return;
    const alone = this.#silent() >= STAR_AFTER && this.#openLinks().length > 0;
    const direct = now.group === "mesh" || !now.livekit || alone;
    const flowing = direct
      ? !now.others.some((one) => this.#known.has(one)) || this.#openLinks().length > 0
      : carries({ inside: this.#inside, silent: this.#silent() });
    const lost = !flowing && this.#silent() >= PATIENCE.switch;
    const rung = now.own ?? (direct ? "mesh" : now.group);
    this.#wires.health({ rung, flowing, quality: flowing ? "good" : lost ? "lost" : "poor" });
  }

  #silent(): number {
    return this.#dog.silentFor(performance.now());
  }

  #openLinks(): string[] {
    return (this.#mesh?.people ?? []).filter((person) => this.#states.get(person) === "connected");
  }

  #way(now: Situation): Way {
    return wayOf({
      ...now,
      inside: this.#inside,
      silent: this.#silent(),
      stars: [...now.stars, ...this.#askers],
      linked: this.#mesh?.people ?? [],
      open: this.#openLinks(),
      stayed: performance.now() - this.#moved,
    });
  }

  // -- the two ways ---------------------------------------------------------------------------------

  async #follow(): Promise<void> {
    const now = this.#now;
    if (!now || !CAPABLE) return;
    const way = this.#way(now);
    if (way.sfu) void this.#enter();
    else if (this.#sfu) this.#leave();
    if (way.mesh.length) (await this.#linked())?.want(way.mesh);
    else this.#mesh?.want([]);
    this.#tell(way.using);
    await this.#give();
  }

  /** Goes into the media server's room, again with a new pass after a failure. */
  async #enter(): Promise<void> {
    const late = this.#sfu && this.#inside && this.#silent() > 25_000;
    if (late) this.#leave();
    if (this.#sfu || this.#barred || performance.now() < this.#retryAt) return;
    const sfu = new Sfu({
      onTrack: (person, kind, track, receiver) => this.#voices.arrive("sfu", person, kind, track, receiver),
      onScreen: (person, track) => {
        shown.screen.value = track ? { person, track } : null;
      },
      onMuted: () => this.#silenced(),
      onEnd: (why) => {
        this.#barred = why === "elsewhere";
        if (this.#sfu === sfu) this.#leave();
      },
    });
    this.#sfu = sfu;
    try {
      const entrance = await this.#wires.enter();
      if (entrance) this.#ice = entrance.ice;
      if (!entrance?.pass) throw new Error("no pass");
      await sfu.enter(entrance.pass);
      if (this.#sfu !== sfu) return;
      this.#inside = true;
      this.#given.sfu = {};
      this.#dog = watchdog(performance.now());
      await this.#follow();
    } catch {
      if (this.#sfu === sfu) this.#leave();
    }
  }

  #leave(): void {
    const sfu = this.#sfu;
    this.#sfu = null;
    this.#inside = false;
    this.#retryAt = performance.now() + RETRY_MS * (1 + Math.random());
    this.#given.sfu = {};
    void sfu?.close().catch(() => {});
    this.#voices.drop("sfu");
  }

  async #linked(): Promise<Mesh | null> {
    if (this.#mesh || !CAPABLE) return this.#mesh;
    if (!this.#ice.iceServers) this.#ice = (await this.#wires.enter())?.ice ?? {};
    this.#mesh ??= new Mesh(
      {
        me: this.#wires.me,
        send: this.#wires.signal,
        onTrack: (person, kind, track, receiver) =>
          this.#voices.arrive("mesh", person, kind, track, receiver),
        onState: (person, state) => {
          this.#states.set(person, state);
          void this.#follow();
        },
      },
      this.#ice,
    );
    return this.#mesh;
  }

  /** Gives each way what goes out on it; nothing is done when nothing changed. */
  async #give(): Promise<void> {
    const now = this.#now;
    if (!now) return;
    const mine = (kind: Kind) => (shown.device(kind).value.on ? (this.#tracks[kind] ?? null) : null);
    const pictures = !shown.soundFirst.value && now.group !== "sfu-audio" && now.own !== "sfu-audio";
    const links = this.#mesh?.people.length ?? 0;
    const direct = sendsDirectly(links, now.speaks || this.#spoke === now.moment);
    shown.oneTap.value = links > 0 && !direct.audio && now.group === "mesh";
    const jobs: Promise<void>[] = [];
    for (const kind of KINDS) {
      const track = kind === "audio" || pictures ? mine(kind) : null;
      if (this.#sfu && this.#inside) jobs.push(this.#giveOne("sfu", this.#sfu, kind, track));
      if (this.#mesh) jobs.push(this.#giveOne("mesh", this.#mesh, kind, direct[kind] ? track : null));
    }
    await Promise.all(jobs);
  }

  async #giveOne(
    name: "sfu" | "mesh",
    way: Sfu | Mesh,
    kind: Kind,
    track: MediaStreamTrack | null,
  ): Promise<void> {
    const given = this.#given[name];
    if (given[kind] === track || (!track && given[kind] === undefined)) return;
    given[kind] = track;
    await way.give(kind, track).catch(() => {
      delete given[kind];
    });
  }

  // -- what is shown, and the voice rule ------------------------------------------------------------

  #tell(way: Using): void {
    const silent = way === "none" || this.#silent() >= PATIENCE.banner;
    const lost = silent && (this.#now?.others.length ?? 0) > 0 && way !== "mesh";
    const before = shown.using.value;
    const since = lost ? (before.silentSince ?? performance.now()) : null;
    batch(() => {
      if (before.way !== way || before.silentSince !== since) shown.using.value = { way, silentSince: since };
      this.#voices.choose(way, new Set(this.#openLinks()), this.#inside && this.#silent() < PATIENCE.banner);
    });
  }

  /** A new moment: the rule closes the microphone of who must be silent; nobody's is opened for them. */
  #obey(now: Situation): void {
    this.#loud = performance.now();
    if (now.ruled && !now.speaks && shown.microphone.value.on) this.#silenced();
    else void this.#give();
  }

  /** On the telephone, or in writing: microphone and camera are given back, and opened again by their owner only. */
  #rest(): void {
    for (const kind of KINDS) if (shown.device(kind).value.on) void this.turn(kind, false);
    this.#unlisten?.();
    this.#unlisten = null;
    this.#tracks.audio?.stop();
    delete this.#tracks.audio;
  }

  #silenced(): void {
    if (!shown.microphone.value.on) return;
    if (this.#tracks.audio) this.#tracks.audio.enabled = false;
    shown.microphone.value = { on: false, trouble: null, held: true };
    void this.#give();
  }

  #watchOwn(track: MediaStreamTrack): void {
    this.#unlisten?.();
    this.#loud = performance.now();
    this.#unlisten = listen(track, (level) => {
      if (level > 0.01) this.#loud = performance.now();
    });
  }
}

/** Whether nothing is carried by browsers now. */
function quiet({ group, own }: Situation): boolean {
  return [group, own].some((rung) => rung === "bridge" || rung === "text");
}

/** The device the person chose here or at the door. */
export function preferred(kind: Kind): string | undefined {
  return kept(`ronde:${kind}`) || undefined;
}

export function kept(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice lasts as long as the page
  }
}

export { list as devices };
