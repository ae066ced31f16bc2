// What is being typed: on this device at every key, on the server when the hand rests, forgotten once saved.
import type { Shelf } from "./storage.ts";
import type { Kind } from "./wire.gen.ts";

const REST = 800;

export interface Draft {
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Why a text is not on the server yet: it will be, or the sentence that refused it. */
export interface Saving {
  readonly state: "saving" | "refused";
  readonly say: string;
}

type Send = (entry: string, kind: Kind, draft: Draft) => Promise<{ ok: boolean; say?: string }>;

export class Drafts {
  readonly #shelf: Shelf;
  readonly #prefix: string;
  readonly #send: Send;
  readonly #changed: () => void;
  readonly #drafts = new Map<string, Draft | null>();
  readonly #saving = new Map<string, Saving>();
  readonly #kinds = new Map<string, Kind>();
  readonly #rest = new Map<string, ReturnType<typeof setTimeout>>();

  /** `seat` keeps two people on one computer apart; `changed` redraws. */
  constructor(shelf: Shelf, seat: string, send: Send, changed: () => void) {
    this.#shelf = shelf;
    this.#prefix = `ronde:${seat}:`;
    this.#send = send;
    this.#changed = changed;
  }

  /** Finds what was typed and is not saved yet. */
  find(name: string): Draft | null {
    const known = this.#drafts.get(name);
    if (known !== undefined) return known;
    const kept = this.#shelf.getItem(this.#prefix + name);
    const draft = kept ? (JSON.parse(kept) as Draft) : null;
    this.#drafts.set(name, draft);
    return draft;
  }

  /** Tells what becomes of a text; null when it is saved. */
  saving(name: string): Saving | null {
    return this.#saving.get(name) ?? null;
  }

  /** Keeps what is typed on this device only. */
  keep(name: string, draft: Draft): void {
    this.#drafts.set(name, draft);
    try {
      this.#shelf.setItem(this.#prefix + name, JSON.stringify(draft));
    } catch {
      // storage is full: the text stays in memory and is still sent
    }
    this.#changed();
  }

  /** Keeps what is typed, and sends it when the hand has rested. */
  edit(entry: string, kind: Kind, draft: Draft): void {
    this.#kinds.set(entry, kind);
    this.#saving.set(entry, { state: "saving", say: "" });
    this.keep(entry, draft);
    clearTimeout(this.#rest.get(entry));
    this.#rest.set(
      entry,
      setTimeout(() => void this.flush(entry), REST),
    );
  }

  /** Sends at once what is typed. */
  async flush(entry: string): Promise<void> {
    clearTimeout(this.#rest.get(entry));
    const draft = this.find(entry);
    const kind = this.#kinds.get(entry);
    if (!draft || !kind || !this.#rest.has(entry)) return;
    this.#rest.delete(entry);
    const answer = await this.#send(entry, kind, draft);
    if (this.#rest.has(entry)) return; // typed on meanwhile
    if (answer.ok) {
      if (this.find(entry) === draft) this.drop(entry);
    } else {
      this.#saving.set(entry, { state: "refused", say: answer.say ?? "" });
      this.#changed();
    }
  }

  /** Forgets a draft: it is saved, or given up. */
  drop(name: string): void {
    clearTimeout(this.#rest.get(name));
    this.#rest.delete(name);
    this.#drafts.set(name, null);
    this.#saving.delete(name);
    this.#shelf.removeItem(this.#prefix + name);
    this.#changed();
  }

  /** Names the next text of a sort: the same name until a text by that name is saved. */
  freshId(sort: string, taken: (id: string) => boolean): string {
    const key = `id:${sort}`;
    const known = this.find(key)?.text;
    if (known && !taken(known)) return known;
    const draft = { text: crypto.randomUUID(), fields: {} };
    this.#drafts.set(key, draft);
    try {
      this.#shelf.setItem(this.#prefix + key, JSON.stringify(draft));
    } catch {
      // storage is full: the name lasts as long as the page
    }
    return draft.text;
  }

  /** Tries refused texts again: another phase may take them. */
  again(): void {
    for (const [entry, { state }] of this.#saving) if (state === "refused") this.#saving.delete(entry);
  }

  /** Sends what an earlier page left behind: typed, kept here, and never saved. */
  resume(entry: string, kind: Kind): void {
    const draft = this.find(entry);
    if (draft && !this.#rest.has(entry) && !this.#saving.has(entry)) this.edit(entry, kind, draft);
  }
}
