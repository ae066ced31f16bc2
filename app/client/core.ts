// Speaks with the server and nothing of the page: socket, outbox, clock offset, the newest view.
import type { Outbox, Pending } from "./storage.ts";
import { Offset } from "./time.ts";
import {
  CLOSE_CODES,
  type ClientFrame,
  type Command,
  type CommandType,
  type Health,
  type Patch,
  type Refused,
  type ServerFrame,
  type Signal,
  type View,
  type Words,
} from "./wire.gen.ts";

export type Link = "connecting" | "live" | "reconnecting" | "closed";

/** What became of a command; `stale` was never sent because the moment has passed. */
export type Answer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly say: string };

/** Told after every change; the page redraws from it. */
export interface Listener {
  view(view: View): void;
  words(words: Words): void;
  link(link: Link, why: string, say: string): void;
  /** Commands that wait for an answer. */
  waiting(count: number): void;
  /** Another browser speaks of direct links. */
  signal(from: string, data: unknown): void;
}

export interface Wire {
  readonly url: string;
  readonly lang: string;
  readonly tab: string;
  readonly outbox: Outbox;
  readonly listener: Listener;
  readonly open?: (url: string) => WebSocket;
  readonly newId?: () => string;
}

const PING_EVERY = 5_000;
const SILENT_FOR = 12_000;
const MOMENT = 30_000;
const SLEPT = 15_000;
const FINAL: ReadonlySet<string> = new Set([
  "bye", "not-signed-in", "not-your-session", "unknown-session", "open-elsewhere", "removed",
  "link-revoked", "signed-out", "bad-message", "session-closed",
]); // biome-ignore format: one list

/** Commands that mean the same whenever they arrive; the others belong to their moment. */
export const LASTING: ReadonlySet<string> = new Set<CommandType>([
  "write", "erase", "propose-subject", "signal-interest", "accept-contract", "keep-idea",
  "order-actions", "say-ready", "decline-client",
]); // biome-ignore format: one list

export class Core {
  readonly #wire: Required<Wire>;
  readonly #offset = new Offset();
  readonly #answers = new Map<string, (answer: Answer) => void>();
  #pending: Pending[] = [];
  #socket: WebSocket | null = null;
  #view: View | null = null;
  #seq: number | undefined;
  #epoch = "";
  #welcomed = false;
  #ended = false;
  #tries = 0;
  #heard = 0;
  #ticked = 0;
  #ticks: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #said = "";

  constructor(wire: Wire) {
    this.#wire = { open: (url) => new WebSocket(url), newId: () => crypto.randomUUID(), ...wire };
  }

  /** The server's clock now, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset.ahead;
  }

  /** How far the server's clock is ahead of ours, in milliseconds. */
  get ahead(): number {
    return this.#offset.ahead;
  }

  /** Takes how far the server's clock was ahead when it was last heard, until it is heard again. */
  assume(ahead: number): void {
    this.#offset.guess(0, ahead);
  }

  /** Loads what waited from an earlier page, then connects. */
  async start(): Promise<void> {
    const kept = await this.#wire.outbox.load().catch(() => []);
    this.#pending = [...kept, ...this.#pending];
    this.#ticked = Date.now();
    this.#ticks = setInterval(() => this.#tick(), PING_EVERY);
    this.#connect(false);
  }

  /** Connects and sends the other tab of the same person away. */
  takeOver(): void {
    this.#ended = false;
    this.#connect(true);
  }

  /** Tries at once: the network is back, or the page is seen again. */
  wake(): void {
    this.#tick();
    if (!this.#ended && !this.#socket) this.#connect(false);
  }

  /** Says something of the moment: lost when the link is. */
  tell(frame: Signal | Health): void {
    if (this.#welcomed) this.#write(frame);
  }

  stop(): void {
    this.#ended = true;
    clearInterval(this.#ticks);
    clearTimeout(this.#retry);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  /** Gives a command; it waits in the outbox until the server answers. */
  send(command: Command): Promise<Answer> {
    const pending = { id: this.#wire.newId(), at: Date.now(), command };
    const same = this.#sameText(command);
    if (same && !this.#welcomed) this.#forget(same, { ok: true }); // a newer wording replaces one never sent
    this.#pending.push(pending);
    if (LASTING.has(command.type)) void this.#wire.outbox.put(pending).catch(() => {});
    this.#wire.listener.waiting(this.#pending.length);
    const answer = new Promise<Answer>((resolve) => this.#answers.set(pending.id, resolve));
    if (this.#welcomed) this.#write({ t: "do", id: pending.id, ...command });
    return answer;
  }

  #sameText(command: Command): Pending | undefined {
    return command.type === "write"
      ? this.#pending.find((each) => each.command.type === "write" && each.command.entry === command.entry)
      : undefined;
  }

  // -- the socket ----------------------------------------------------------------------------------

  #connect(take: boolean): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#link(this.#view ? "reconnecting" : "connecting");
    const socket = this.#wire.open(this.#wire.url);
    this.#socket = socket;
    this.#heard = Date.now();
    this.#said = "";
    socket.onopen = () => {
      const since = this.#view ? this.#seq : undefined;
      this.#write({
        t: "hello",
        tab: this.#wire.tab,
        lang: this.#wire.lang,
        take,
        ...(since === undefined ? {} : { since, epoch: this.#epoch }),
      });
      this.#ping();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(JSON.parse(data as string) as ServerFrame);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    socket?.close();
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#welcomed = false;
    const why: string = CLOSE_CODES[code as keyof typeof CLOSE_CODES] ?? "";
    if (this.#ended) return;
    if (FINAL.has(why)) {
      this.#ended = true;
      this.#link("closed", why);
      return;
    }
    this.#link("reconnecting", why);
    this.#tries += 1;
    const wait = Math.min(10_000, 300 * 2 ** this.#tries) * (0.5 + Math.random()); // everybody returns, not at once
    this.#retry = setTimeout(() => this.#connect(false), wait);
  }

  #link(link: Link, why = ""): void {
    this.#wire.listener.link(link, why, this.#said);
  }

  #write(frame: ClientFrame): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #ping(): void {
    this.#write({ t: "ping", t0: Date.now() });
  }

  /** Every five seconds: ask for the time, notice sleep, drop a socket that says nothing. */
  #tick(): void {
    const now = Date.now();
    if (Math.abs(now - this.#ticked - PING_EVERY) > SLEPT) this.#offset.forget();
    this.#ticked = now;
    if (!this.#socket) return;
    if (now - this.#heard > SILENT_FOR) {
      this.#drop();
      this.#closed(0);
    } else this.#ping();
  }

  // -- what the server says ------------------------------------------------------------------------

  #hear(frame: ServerFrame): void {
    this.#heard = Date.now();
    switch (frame.t) {
      case "welcome": {
        this.#tries = 0;
        this.#offset.guess(this.#heard, frame.now);
        const restored = frame.seq < (this.#seq ?? 0);
        this.#seq = frame.seq;
        this.#epoch = frame.epoch;
        if (frame.words) this.#wire.listener.words(frame.words);
        if (frame.view) this.#show(frame.view);
        this.#welcomed = true;
        this.#link("live", restored ? "restored" : "");
        if (restored) setTimeout(() => this.#welcomed && this.#link("live"), MOMENT);
        this.#flush();
        break;
      }
      case "set":
        this.#seq = frame.seq;
        if (this.#view) this.#show(patched(this.#view, frame.set));
        break;
      case "ack":
        this.#forget(frame, { ok: true });
        break;
      case "refused":
        this.#refused(frame);
        break;
      case "pong":
        if (this.#offset.learn(frame.t0, this.#heard, frame.now) && this.#view) this.#show(this.#view);
        break;
      case "signal":
        this.#wire.listener.signal(frame.from, frame.data);
        break;
      case "bye":
        this.#said = frame.say;
        break;
    }
  }

  #show(view: View): void {
    this.#view = view;
    this.#wire.listener.view(view);
  }

  #refused(frame: Refused): void {
    if (frame.retry) setTimeout(() => this.#again(frame.id), 700 + 600 * Math.random());
    else this.#forget(frame, { ok: false, code: frame.code, say: frame.say });
  }

  #again(id: string): void {
    const pending = this.#pending.find((each) => each.id === id);
    if (pending && this.#welcomed) this.#write({ t: "do", id, ...pending.command });
  }

  /** Sends everything unanswered again, in order; the server answers a command it knows as before. */
  #flush(): void {
    for (const pending of this.#pending) {
      const late = Date.now() - pending.at > MOMENT;
      if (late && !LASTING.has(pending.command.type))
        this.#forget(pending, { ok: false, code: "stale", say: "" });
      else this.#write({ t: "do", id: pending.id, ...pending.command });
    }
  }

  #forget({ id }: { readonly id: string }, answer: Answer): void {
    this.#pending = this.#pending.filter((each) => each.id !== id);
    void this.#wire.outbox.remove(id).catch(() => {});
    this.#wire.listener.waiting(this.#pending.length);
    this.#answers.get(id)?.(answer);
    this.#answers.delete(id);
  }
}

/** Applies a `set` frame: sections replace sections, an entry that is null is gone. */
export function patched(view: View, set: Patch): View {
  const next: Record<string, unknown> = { ...view };
  let entries: Record<string, unknown> | null = null;
  for (const [path, value] of Object.entries(set)) {
    if (path.startsWith("entries/")) {
      entries ??= { ...view.entries };
      const id = path.slice("entries/".length);
      if (value === null) delete entries[id];
      else entries[id] = value;
    } else next[path] = value;
  }
  if (entries) next.entries = entries;
  return next as unknown as View;
}
