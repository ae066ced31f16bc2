// Keeps unanswered commands and unsent words on this device; without storage, in memory.
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
    const opening = indexedDB.open("ronde", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("outbox").createIndex("seat", "seat");
    const db = await answer(opening);
    const shelf = (mode: IDBTransactionMode) => db.transaction("outbox", mode).objectStore("outbox");
    return {
      load: async () => {
        const found = (await answer(shelf("readonly").index("seat").getAll(seat))) as Pending[];
        return found.sort((a, b) => a.at - b.at);
      },
      put: async (pending) => void (await answer(shelf("readwrite").put({ ...pending, seat }, pending.id))),
      remove: async (id) => void (await answer(shelf("readwrite").delete(id))),
    };
  } catch {
    return { load: async () => [], put: async () => {}, remove: async () => {} };
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    if (request instanceof IDBOpenDBRequest) request.onblocked = () => reject(new Error("blocked"));
  });
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
