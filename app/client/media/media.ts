/** Carries sound and picture by whichever way works, and changes ways before people notice. */
import { batch } from "@preact/signals";
import type { Kind } from "./devices.ts";
import { felt, isPoor, STRONG } from "./line.ts";
import { LANES, type Lane } from "./link.ts";
import { Mesh, type Signal } from "./mesh.ts";
import { type Missed, missed, unlinked } from "./missed.ts";
import { Own } from "./own.ts";
import { Relays } from "./relays.ts";
import { CAPABLE, isQuiet, type Situation, type Wires } from "./situation.ts";
import * as shown from "./state.ts";
import { Stay } from "./stay.ts";
import { Voices } from "./voices.ts";
import { PATIENCE } from "./watchdog.ts";
import { carries, isDoubtful, sendsDirectly, type Way, waitsForTap, wayOf } from "./way.ts";

const TICK = 500;
const REPORT_EVERY = 4;
/** So long the server may find out that everybody is cut; then it is only me, on direct links. */
const STAR_AFTER = 18_000;
const DEAF_FOR = 8000;

export class Media {
  readonly #wires: Wires;
  readonly #voices: Voices;
  readonly #own: Own;
  readonly #stay: Stay;
  readonly #mesh: Mesh;
  readonly #relays: Relays;
  #now: Situation | null = null;
  /** The session is open in another window, or this page was sent away: nothing is carried here. */
  #away = false;
  #inbox: Promise<unknown> = Promise.resolve();
  #line = STRONG;
  #spoke = "";
  #ticks = 0;
  #timer: ReturnType<typeof setInterval>;
  #moved = performance.now();
  #doubted = Number.NEGATIVE_INFINITY;
  #missed: Missed = { begun: performance.now(), lost: null, apart: new Map() };

  constructor(wires: Wires) {
    this.#wires = wires;
    this.#relays = new Relays(wires.enter);
    this.#voices = new Voices(wires.me);
    this.#own = new Own(() => {
      this.#voices.own(this.#own.track("video"));
      void this.#give();
    });
    this.#stay = new Stay({
      pass: async () => (await this.#relays.enter())?.pass ?? null,
      onTrack: (person, kind, track, receiver) => this.#voices.arrive("sfu", person, kind, track, receiver),
      onScreen: (person, track) => {
        if (track) shown.screen.value = { person, track };
        else if (shown.screen.value?.person === person) this.#unshare();
      },
      onMuted: () => this.#own.silence(),
      onChange: () => {
        if (!this.#stay.inside) {
          this.#voices.drop("sfu");
          this.#unshare();
        }
        this.#follow();
      },
    });
    this.#mesh = new Mesh(
      {
        me: wires.me,
        now: () => performance.now(),
        send: wires.signal,
        onTrack: (person, kind, track, receiver) =>
          this.#voices.arrive("mesh", person, kind, track, receiver),
        onChange: () => this.#follow(),
      },
      () => this.#relays.known ?? {},
    );
    this.#timer = setInterval(() => void this.#tick(), TICK);
  }

  /** Takes in what the view says now. */
  see(now: Situation): void {
    const before = this.#now;
    this.#now = now;
    for (const person of now.others) this.#mesh.greet(person);
    if (before?.group !== now.group) this.#moved = performance.now();
    if (isQuiet(now) && !(before && isQuiet(before))) this.#own.rest();
    if (before && isQuiet(before) && !isQuiet(now)) this.#stay.afresh();
    if (before && before.moment !== now.moment) this.#obey(now);
    this.#follow();
  }

  /** Takes in a signal of another browser; none overtakes another while the relays are asked for. */
  hear(from: string, data: Signal): void {
    if (this.#away) return;
    this.#inbox = this.#inbox
      .then(async () => {
        if (await this.#relays.ready()) this.#mesh.hear(from, data);
      })
      .catch(() => {}); // one bad signal does not stop those that follow
  }

  /** Opens or closes the microphone or the camera; says why when it cannot. */
  async turn(kind: Kind, on: boolean, device?: string): Promise<void> {
    if (on && (this.#away || (this.#now && isQuiet(this.#now)))) return;
    if (kind === "audio" && on) this.#spoke = this.#now?.moment ?? "";
    await this.#own.turn(kind, on, device);
  }

  /** Shows a screen to everybody, through the media server only; null stops. */
  async share(track: MediaStreamTrack | null): Promise<void> {
    try {
      await this.#stay.share(track);
      if (track) shown.screen.value = { person: this.#wires.me, track };
      else this.#unshare();
    } catch {
      track?.stop();
      this.#unshare();
    }
  }

  /** Nobody sees my screen any more: it is not captured any more either. */
  #unshare(): void {
    const mine = shown.screen.value?.person === this.#wires.me ? shown.screen.value : null;
    mine?.track.stop();
    shown.screen.value = null;
  }

  /** Sends and takes no pictures, or takes them again; a tap ends what a weak line began. */
  spare(on: boolean): void {
    this.#line = STRONG;
    batch(() => {
      shown.soundFirst.value = on;
      shown.weak.value = "no";
    });
    this.#follow();
  }

  /** Lets the browser play, after a touch. */
  unmuffle(): void {
    this.#voices.play();
  }

  /** This page has a place at the table or none; without one it carries nothing and gives the devices back. */
  sit(here: boolean): void {
    if (this.#away === !here) return;
    this.#away = !here;
    if (here) this.#stay.rejoin();
    else this.#own.rest();
    this.#follow();
  }

  /** Takes the place in the media server's room that another window has. */
  rejoin(): void {
    this.#stay.rejoin();
    this.#follow();
  }

  /** Our socket is back: others may have missed what was said of links. */
  again(): void {
    this.#mesh.again();
  }

  /** Tries everything at once: the network is back, or the page is seen again. */
  hurry(): void {
    this.#stay.hurry();
    this.#follow();
  }

  /** Stops everything and gives the devices back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#away = true;
    this.#mesh.close();
    this.#own.rest();
    this.#voices.close();
    await this.#stay.close();
  }

  // -- twice a second -------------------------------------------------------------------------------

  async #tick(): Promise<void> {
    await this.#stay.look();
    const at = performance.now();
    if (isDoubtful(this.#stay)) this.#doubted = at;
    await this.#voices.measure(this.#isWell(), at);
    this.#relays.tend();
    if (this.#relays.known) this.#mesh.tend();
    this.#feel(at);
    this.#follow();
    this.#ticks += 1;
    if (this.#ticks % REPORT_EVERY === 0) this.#report();
    shown.mute.value = shown.microphone.value.on && (this.#now?.myTurn ?? false) && this.#own.deaf > DEAF_FOR;
  }

  #report(): void {
    const now = this.#now;
    if (!now || this.#away) return;
    const [linked, silent] = [this.#mesh.open.length > 0, this.#stay.silent];
    const direct = now.group === "mesh" || !now.livekit || (silent >= STAR_AFTER && linked);
    const flowing = direct ? linked || !now.others.some((one) => this.#mesh.knows(one)) : this.#isWell();
    const rung = now.own ?? (direct ? "mesh" : this.#isSparing() ? "sfu-audio" : now.group);
    const poor =
      !flowing || shown.weak.value !== "no" || isPoor(this.#stay) || shown.unlinked.value.length > 0;
    const quality = !flowing && silent >= PATIENCE.switch ? "lost" : poor ? "poor" : "good";
    const spoken = this.#own.takeSpoken();
    const voice = shown.oneTap.value ? 0 : spoken; // whom nobody hears takes nobody's time
    this.#wires.health({ rung, flowing, quality, voice });
  }

  #isWell(): boolean {
    return carries(this.#stay);
  }

  #isSparing(): boolean {
    return shown.soundFirst.value || shown.weak.value !== "no";
  }

  /** Whether there is anybody whose voice could be missed: simulated people have none. */
  #isAwaited(now: Situation): boolean {
    return !this.#away && !isQuiet(now) && now.others.some((one) => now.livekit || this.#mesh.knows(one));
  }

  /** Feels how the line is: a weak one carries sound before picture. */
  #feel(at: number): void {
    const [quiet, { inside }] = [this.#now !== null && isQuiet(this.#now), this.#stay];
    const seen = { quiet, inside, well: this.#isWell(), poor: isPoor(this.#stay) };
    this.#line = felt(this.#line, seen, at);
    const { weak, held } = this.#line;
    shown.weak.value = weak ? (held ? "held" : "yes") : "no";
  }

  // -- the two ways ---------------------------------------------------------------------------------

  #way(now: Situation): Way {
    if (this.#away || this.#stay.elsewhere) return { sfu: false, mesh: [], using: "none" };
    const at = performance.now();
    return wayOf({
      ...now,
      others: now.simulated ? now.others.filter((one) => this.#mesh.knows(one)) : now.others,
      inside: this.#stay.inside,
      silent: this.#stay.silent,
      troubled: this.#stay.troubled,
      steady: at - this.#doubted,
      direct: this.#voices.direct(),
      linked: this.#mesh.wanted,
      open: this.#mesh.open,
      stayed: at - this.#moved,
    });
  }

  #follow(): void {
    const now = this.#now;
    if (!now || !CAPABLE) return;
    const way = this.#way(now);
    if (way.sfu) void this.#stay.enter();
    else this.#stay.leave();
    if (!way.mesh.length || this.#relays.usable) this.#mesh.want(way.mesh);
    else this.#relays.seek();
    if (isDoubtful(this.#stay)) this.#voices.turnTo(this.#mesh.open);
    this.#tell(now, way);
    void this.#give();
  }

  /** Gives each way what goes out on it. */
  async #give(): Promise<void> {
    const now = this.#now;
    if (!now) return;
    const sparing = this.#isSparing();
    const pictures = !sparing && now.group !== "sfu-audio" && now.own !== "sfu-audio";
    const links = this.#mesh.people.length;
    const direct = sendsDirectly(links, {
      speak: now.speaks || this.#spoke === now.moment,
      turn: now.myTurn,
    });
    const using = shown.using.value.way;
    shown.oneTap.value = waitsForTap(links, direct.audio, { group: now.group, using });
    this.#stay.takePictures(pictures);
    this.#mesh.takePictures(pictures);
    const out = (lane: Lane) => (lane === "audio" || pictures ? this.#own.track(lane) : null);
    await Promise.all(
      LANES.flatMap((lane) => [
        this.#stay.give(lane, out(lane)),
        this.#mesh.give(lane, direct[lane] ? out(lane) : null).catch(() => {}),
      ]),
    );
  }

  // -- what is shown, and the voice rule ------------------------------------------------------------

  #tell(now: Situation, { using: way, mesh }: Way): void {
    const at = performance.now();
    const comes = way === "mesh" || (way === "sfu" && this.#stay.silent < PATIENCE.banner);
    const speaks = (one: string) => now.audible.includes(one) && this.#mesh.knows(one);
    const linked = way === "mesh" ? mesh.filter(speaks) : [];
    const seen = { awaited: this.#isAwaited(now), comes, linked, open: this.#mesh.open };
    this.#missed = missed(this.#missed, seen, at);
    const [since, names] = [this.#missed.lost, unlinked(this.#missed, at)];
    const before = shown.using.value;
    batch(() => {
      if (before.way !== way || before.silentSince !== since) shown.using.value = { way, silentSince: since };
      if (names.join() !== shown.unlinked.value.join()) shown.unlinked.value = names;
      shown.elsewhere.value = this.#stay.elsewhere;
    });
  }

  /** A new moment: the rule closes the microphone of who must be silent; nobody's is opened for them. */
  #obey(now: Situation): void {
    this.#own.listenAfresh();
    if (now.ruled && !now.speaks) this.#own.silence();
  }
}
