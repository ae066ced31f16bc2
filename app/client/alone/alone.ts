// The lowest rung: our server is out of reach, and this page goes on by the plan it holds and its own clock.
import { effect } from "@preact/signals";
import { ahead, alone, drafts, left, link, now, type Place, recall, slot, view, words } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { goOn, phaseAt } from "./go_on.ts";
import { able, forgetDrafts, install, mayStay, Shelf } from "./keep.ts";
import { cardOf } from "./shelf.ts";

const LOST_AFTER = 10_000;
const SILENT_FOR = 4_000;
const REST = 2_000;
const SPREAD = 6_000;

/** Begins to keep what is needed, and to go on when the server does not answer. */
export async function begin({ session, person }: Place): Promise<void> {
  const shelf = able() ? new Shelf(session, person) : null;
  goOnAlone();
  effect(() => {
    if (slot.value && link.value.state === "live") drafts.again(); // another phase may take what this one refused
  });
  if (!shelf) return;
  void remember(shelf).catch(() => {});
  keep(shelf, session);
}

/** After a reload without a server: shows the table as it was last seen. */
async function remember(shelf: Shelf): Promise<void> {
  await unanswered();
  const kept = view.peek() ? null : await shelf.find(Date.now());
  if (kept && !view.peek()) {
    alone.value = true;
    recall(kept.view, kept.words, kept.ahead);
  }
}

/** Waits until the first try to reach the server has failed, or has taken too long. */
function unanswered(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (link.value.state === "reconnecting") queueMicrotask(done);
    });
    const timer = setTimeout(() => done(), SILENT_FOR);
    function done(): void {
      clearTimeout(timer);
      queueMicrotask(() => stop());
      resolve();
    }
  });
}

/** While the server is away: moves from phase to phase at the planned hours; its return ends it. */
function goOnAlone(): void {
  let truth: View | null = null;
  let shown: View | null = null;
  let lost: number | null = null;
  let phase: number | null = null;
  effect(() => {
    const { state } = link.value;
    const instant = now.value;
    const here = view.value;
    if (state === "live" || state === "closed") {
      lost = null;
      alone.value = false;
      if (here && here === shown && truth) view.value = truth; // the server had nothing new to say
      return;
    }
    lost ??= alone.peek() ? Number.NEGATIVE_INFINITY : performance.now();
    if (!here || performance.now() - lost < LOST_AFTER) return;
    if (here !== shown) truth = here;
    if (!truth) return;
    const at = phaseAt(truth, instant);
    if (here === shown && at === phase) return;
    phase = at;
    shown = goOn(truth, words.peek(), instant);
    alone.value = true;
    view.value = shown;
  });
}

/** Whether there is a plan B card to ask for: a session that is over has none. */
function hasCard(): boolean {
  const status = view.peek()?.session.status;
  return status === "planned" || status === "open" || status === "running";
}

/** Keeps pages and the last view while the session may stay on this device; forgets them when it may not. */
function keep(shelf: Shelf, session: string): void {
  const page = location.pathname;
  let there = false;
  let card = "";
  let rest: ReturnType<typeof setTimeout> | undefined;
  const quietly = (done: Promise<unknown>) => void done.catch(() => {});
  effect(() => {
    const here = view.value;
    const { state } = link.value;
    if (state === "closed" || left.value || (here && !mayStay(here))) {
      clearTimeout(rest);
      rest = undefined;
      if (there || state === "closed" || left.value) quietly(shelf.forget());
      there = false;
      if (here?.session.status === "closed") forgetDrafts(session);
      return;
    }
    if (state !== "live" || !here) return;
    if (!there) {
      there = true;
      quietly(install());
      quietly(shelf.keepPages([page]));
    }
    const says = `${slot.value?.key} ${JSON.stringify(here.bridge)}`;
    if (says !== card) {
      card = says;
      setTimeout(
        () => there && hasCard() && quietly(shelf.keepPages(cardOf(session))),
        SPREAD * Math.random(), // not everybody at once
      );
    }
    rest ??= setTimeout(() => {
      rest = undefined;
      const last = view.peek();
      if (there && last && link.peek().state === "live") quietly(shelf.keep(last, words.peek(), ahead()));
    }, REST);
  });
}
