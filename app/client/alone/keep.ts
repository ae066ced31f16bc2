// Keeps on this device what a seat needs without the server, for as long as the session lasts and its trace policy allows.
import type { View, Words } from "../wire.gen.ts";
import { cardOf, forget, seatOf, viewOf } from "./shelf.ts";

/** What is kept of a session: the last view, the words, and how far the server's clock is ahead. */
export interface Kept {
  readonly view: View;
  readonly words: Words | null;
  readonly ahead: number;
  /** After this instant (milliseconds since 1970) it is forgotten. */
  readonly until: number;
}

const AFTERWARDS = 6 * 3_600_000;

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(from: string): string };
}

let installed: Promise<void> | null = null;

/** Installs the worker, once for each page; a browser that has none, or refuses it, works as before while the server answers. */
export function install(): Promise<void> {
  installed ??= register(); // the policy may be made only once
  return installed;
}

async function register(): Promise<void> {
  const types = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  const url = types?.createPolicy("ronde-worker", { createScriptURL: () => "/sw.js" }).createScriptURL("");
  await navigator.serviceWorker?.register(url ?? "/sw.js", { scope: "/", updateViaCache: "none" });
}

/** Whether this browser keeps anything at all. */
export function able(): boolean {
  try {
    return typeof caches === "object";
  } catch {
    return false; // storage is forbidden here
  }
}

/** Whether the group's trace policy, and the state of the session, let anything stay on this device. */
export function mayStay({ session }: View): boolean {
  return session.status !== "closed" && !(session.status === "ended" && session.trace === "none");
}

export class Shelf {
  readonly #session: string;
  readonly #name: string;

  constructor(session: string, person: string) {
    this.#session = session;
    this.#name = seatOf(session, person);
  }

  /** Keeps pages as the server gives them now, and tells whether it gave all; what another person kept of this session is forgotten. */
  async keepPages(paths: readonly string[]): Promise<boolean> {
    await forget(this.#session, this.#name);
    const shelf = await caches.open(this.#name);
    let all = true;
    for (const path of paths) {
      const answer = await fetch(path);
      const given = answer.ok && !answer.redirected;
      if (given) await shelf.put(path, answer);
      all &&= given;
    }
    return all;
  }

  /**
   * Keeps the plan B card, and its sheet when the card is another than before; without a last view, until some hours after the
   * session's end (milliseconds since 1970). Tells whether the server gave it.
   */
  async keepCard(ends: number): Promise<boolean> {
    const shelf = await caches.open(this.#name);
    const [page, sheet] = cardOf(this.#session);
    const card = async () => (await shelf.match(page))?.text();
    const before = await card();
    if (!(await this.keepPages([page]))) return false;
    if (!(await this.find(Date.now()))) await this.#put({ until: ends + AFTERWARDS });
    if (before !== (await card()) || !(await shelf.match(sheet))) await this.keepPages([sheet]);
    return true;
  }

  /** Keeps the last view. */
  async keep(view: View, words: Words | null, ahead: number): Promise<void> {
    await this.#put({ view, words, ahead, until: view.clock.ends_at + AFTERWARDS });
  }

  async #put(kept: Kept | Pick<Kept, "until">): Promise<void> {
    const shelf = await caches.open(this.#name);
    await shelf.put(viewOf(this.#session), new Response(JSON.stringify(kept)));
  }

  /** Finds the last view; null when there is none, or it cannot be read. */
  async find(now: number): Promise<Kept | null> {
    const found = await (await caches.open(this.#name)).match(viewOf(this.#session));
    const kept = found ? ((await found.json()) as Partial<Kept>) : null;
    if (!kept?.view?.me || !kept.view.plan || !(kept.until && kept.until > now)) return null;
    return kept as Kept;
  }

  /** Forgets this session on this device. */
  forget(): Promise<void> {
    return forget(this.#session);
  }
}

/** Forgets half-written texts of a session that is closed. */
export function forgetDrafts(session: string): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`ronde:${session}:`) || key === `ronde:seen:${session}`)
        localStorage.removeItem(key);
  } catch {
    // without storage there is nothing to forget
  }
}
