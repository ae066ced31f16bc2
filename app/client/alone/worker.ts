/** The service worker at /sw.js: when the server does not answer, it gives back the pages this browser kept for its own seat. */
import { cardOf, FILES, forget, sweep } from "./shelf.ts";

/** Set by the build: what a room needs, and a name for this list. */
declare const BUILT: readonly string[];
declare const BUILD: string;

interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const worker = globalThis as unknown as Worker;
const PATIENCE = 5_000;
const ANY = { ignoreVary: true } as const;
/** Pages that are the seat's own; the door is not kept, but the card stands in for it. */
const PAGE = /^\/(?:room|console|planb|door)\/([\w-]+?)(?:\.pdf)?$/;
/** What a proxy says for a server that is gone. */
const GONE: ReadonlySet<number> = new Set([502, 503, 504]);

worker.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([tidy(), worker.clients.claim()]));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.waitUntil(sweep(Date.now()));
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(forget());
  if (request.method !== "GET") return;
  const session = PAGE.exec(pathname)?.[1];
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (session) event.respondWith(page(request, session));
});

/** Keeps the build's files; what an earlier list has is not fetched again. */
async function fill(): Promise<void> {
  const shelf = await caches.open(FILES + BUILD);
  await Promise.all(
    BUILT.map(async (path) => {
      const kept = (await caches.match(path, ANY)) ?? (await fetch(path));
      if (!kept.ok) throw new Error(`${path}: ${kept.status}`);
      await shelf.put(path, kept);
    }),
  );
}

async function tidy(): Promise<void> {
  const lists = (await caches.keys()).filter((name) => name.startsWith(FILES));
  const old = lists.filter((name) => name !== FILES + BUILD).slice(0, -1); // open pages may still read from the one before
  await Promise.all(old.map((name) => caches.delete(name)));
  await sweep(Date.now());
}

/** A built file never changes under its name; the others are asked for first. */
async function file(request: Request): Promise<Response> {
  const built = new URL(request.url).pathname.startsWith("/static/dist/");
  const kept = await caches.match(request, ANY).catch(() => undefined);
  if (kept && built) return kept;
  return fetch(request).catch((error: unknown) => {
    if (kept) return kept;
    throw error;
  });
}

/** The server's own page if it answers; else what this seat kept of it. */
async function page(request: Request, session: string): Promise<Response> {
  const path = new URL(request.url).pathname;
  const kept = await find(path, session).catch(() => undefined);
  if (!kept) return fetch(request);
  const answer = await Promise.race([fetch(request), nothing()]).catch(() => null);
  if (!answer || GONE.has(answer.status)) return whole(kept, session);
  if (turnedAway(answer)) await forget(session); // another seat, a closed table, a link taken back: nothing of it stays
  return answer;
}

/** What is kept of a page; of the door, the card. */
function find(path: string, session: string): Promise<Response | undefined> {
  return caches.match(path.startsWith("/door/") ? cardOf(session)[0] : path, ANY);
}

/** Whether the server says that this page is no longer this browser's; a server in trouble says nothing. */
function turnedAway({ type, redirected, status }: Response): boolean {
  return redirected || type === "opaqueredirect" || (status >= 400 && status < 500 && status !== 429);
}

function nothing(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
}

/** A page without its script would stay white: the plan B page needs none. */
async function whole(kept: Response, session: string): Promise<Response> {
  const text = await kept.clone().text();
  const needs = [...text.matchAll(/(?:src|href)="(\/static\/dist\/[^"]+\.js)"/g)].map(
    (found) => found[1] ?? "",
  );
  const there = await Promise.all(needs.map((path) => caches.match(path, ANY)));
  if (there.every(Boolean)) return kept;
  return (await caches.match(cardOf(session)[0], ANY)) ?? kept;
}
