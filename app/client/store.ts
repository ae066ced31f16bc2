// What the screens draw from: the view, the words and the link as signals, and one way to ask for things.
import { computed, signal } from "@preact/signals";
import { type Answer, Core, type Link } from "./core.ts";
import { type Draft, Drafts } from "./drafts.ts";
import { _, language } from "./language.ts";
import { openOutbox, openShelf } from "./storage.ts";
import { type Face, read } from "./time.ts";
import type { Command, CommandType, Kind, PhaseWords, PlanView, SeatView, View, Words } from "./wire.gen.ts";

export const view = signal<View | null>(null);
export const words = signal<Words | null>(null);
export const link = signal<{ state: Link; why: string; say: string }>({
  state: "connecting",
  why: "",
  say: "",
});
export const waiting = signal(0);
/** Moves whenever a draft does. */
export const typed = signal(0);
/** The instant to draw at; moves with the clock of the screen. */
export const now = signal(Date.now());
/** The last refusal, beside the control that asked. */
export const refusal = signal<{ where: string; say: string } | null>(null);

/** Whether the page goes on by itself, by the last plan and its own clock. */
export const alone = signal(false);
/** Whether the part that says what happened on the way is there; until then the line under the phase says it. */
export const noted = signal(false);
/** Whether the person left the table on purpose. */
export const left = signal(false);

/** Who listens to other browsers; the media part, once it is loaded. */
export const onSignal = { current: (_from: string, _data: unknown): void => {} };

export let drafts: Drafts;
let core: Core;

export interface Place {
  readonly session: string;
  readonly socket: string;
  readonly person: string;
}

/** Connects the page; the socket is on the same host. */
export async function open(place: Place): Promise<void> {
  const { session, socket, person } = place;
  const url = new URL(socket, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  core = new Core({
    url: url.href,
    lang: language(),
    tab: tabName(),
    outbox: await openOutbox(`${session}:${person}`),
    listener: {
      view(next) {
        now.value = core.now();
        view.value = next;
      },
      words: (next) => {
        words.value = next;
      },
      link: (state, why, say) => {
        link.value = { state, why, say };
      },
      waiting: (count) => {
        waiting.value = count;
      },
      signal: (from, data) => onSignal.current(from, data),
    },
  });
  drafts = new Drafts(
    openShelf(() => localStorage),
    `${session}:${person}`,
    save,
    () => {
      typed.value += 1;
    },
  );
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  await core.start();
  void import("./alone/alone.ts").then((part) => part.begin(place)).catch(() => {});
}

/** Shows a session as this device remembers it. */
export function recall(seen: View, said: Words | null, ahead: number): void {
  core.assume(ahead);
  words.value = said;
  now.value = core.now();
  view.value = seen;
}

/** How far the server's clock is ahead, in milliseconds. */
export function ahead(): number {
  return core.ahead;
}

function wake(): void {
  core.wake();
  redraw();
}

/** Reads the server's clock again and draws. */
export function redraw(): void {
  if (core) now.value = core.now();
}

export function takeOver(): void {
  core.takeOver();
}

/** Says something of the moment to the server, without an answer. */
export function tell(frame: Parameters<Core["tell"]>[0]): void {
  core.tell(frame);
}

/** Stops for good, before the page goes elsewhere. */
export function stop(): void {
  left.value = true;
  core.stop();
}

/** Asks the server; a refusal is said where it was asked. */
export async function ask(command: Command, where: string = command.type): Promise<Answer> {
  if (refusal.value?.where === where) refusal.value = null;
  const answer = await core.send(command);
  if (!answer.ok)
    refusal.value = {
      where,
      say: answer.say || _("The link was lost too long; this was not done. Ask again."),
    };
  return answer;
}

async function save(entry: string, kind: Kind, { text, fields }: Draft): Promise<Answer> {
  const empty =
    !text.trim() && !Object.entries(fields).some(([name, value]) => name !== "a4" && value.trim());
  if (!empty) return core.send({ type: "write", entry, kind, text, fields });
  return view.value?.entries[entry] ? core.send({ type: "erase", entry }) : { ok: true };
}

function tabName(): string {
  try {
    const known = sessionStorage.getItem("ronde:tab") ?? crypto.randomUUID();
    sessionStorage.setItem("ronde:tab", known);
    return known;
  } catch {
    return crypto.randomUUID();
  }
}

// -- readings of the view ------------------------------------------------------------------------

export const slot = computed<PlanView | null>(() => {
  const here = view.value;
  return here?.clock.at == null ? null : (here.plan[here.clock.at] ?? null);
});

/** The words of the running phase. */
export const phase = computed<PhaseWords | null>(() => phaseWords(slot.value));

export function phaseWords(of: PlanView | null | undefined): PhaseWords | null {
  return of ? (words.value?.phases[of.phase] ?? null) : null;
}

export const face = computed<Face | null>(() => (view.value ? read(view.value.clock, now.value) : null));

export function may(command: CommandType): boolean {
  return view.value?.me.may.includes(command) ?? false;
}

export function seat(id: string | null | undefined): SeatView | null {
  return view.value?.seats.find((each) => each.id === id) ?? null;
}

/** Whether this person writes in place of speaking, or the whole group does. */
export function inWriting(here: View): boolean {
  return here.ladder.rung === "text" || here.me.rung === "text";
}

/** A person's name, or a word for a person who has left the list. */
export function name(id: string | null | undefined): string {
  return seat(id)?.name ?? _("someone");
}

/** The first name: what a small plate has room for. */
export function short(full: string): string {
  const first = full.trim().split(/\s+/)[0] ?? full;
  const twins = view.value?.seats.filter((each) => each.name.trim().split(/\s+/)[0] === first).length ?? 0;
  const family = full.trim().split(/\s+/)[1];
  return twins > 1 && family ? `${first} ${family[0]}.` : first;
}

export function shortName(id: string | null | undefined): string {
  return short(name(id));
}

/** Accepts for one's own side; the facilitator says yes for the consultants. */
export function acceptContract(): void {
  const request = view.value?.request;
  if (request?.entry && may("accept-contract"))
    void ask({ type: "accept-contract", entry: request.entry, revision: request.revision });
}
