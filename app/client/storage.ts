// Keeps unanswered commands and unsent words on this device; without storage, in memory.
import { openDB } from "idb";
import type { Command } from "./wire.gen.ts";

export interface Pending {
  readonly id: string;
  readonly at: number;
  readonly command: Command;
}

/** Where commands wait for their answer. */
export interface Outbox {
  load(): Promise<Pending[]>;
  put(pending: Pending): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Opens the outbox of one seat; a browser that refuses storage gets one that forgets. */
export async function openOutbox(seat: string): Promise<Outbox> {
  try {
    const db = await openDB("ronde", 1, {
      upgrade: (fresh) => void fresh.createObjectStore("outbox").createIndex("seat", "seat"),
    });
    return {
      load: async () =>
        ((await db.getAllFromIndex("outbox", "seat", seat)) as Pending[]).sort((a, b) => a.at - b.at),
      put: async (pending) => void (await db.put("outbox", { ...pending, seat }, pending.id)),
      remove: (id) => db.delete("outbox", id),
    };
  } catch {
    return { load: async () => [], put: async () => {}, remove: async () => {} };
  }
}

/** The part of Storage we use, so that tests and locked-down browsers can have a map. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Finds a place for drafts that outlives a reload, if the browser has one. */
export function openShelf(of: () => Shelf): Shelf {
  try {
    const shelf = of();
    shelf.setItem("ronde?", "1");
    shelf.removeItem("ronde?");
    return shelf;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
