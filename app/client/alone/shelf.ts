/** Names what a browser keeps for a seat in case the server cannot be reached, and forgets it; used by pages and by the worker. */

/** The build's own files, the same for everybody. */
export const FILES = "ronde-files:";
/** The pages and the last view of one person at one table. */
const SEATS = "ronde-seat:";

/** Names the shelf of one seat. */
export function seatOf(session: string, person: string): string {
  return `${SEATS}${session}:${person}`;
}

/** Where the last view of a session is kept; the server has no such page. */
export function viewOf(session: string): string {
  return `/alone/${session}`;
}

/** Where the plan B card of a session is: its page, and the sheet to print. */
export function cardOf(session: string): readonly [page: string, sheet: string] {
  return [`/planb/${session}`, `/planb/${session}.pdf`];
}

/** Forgets a session on this device; without one, every session. `but` is the shelf that stays. */
export async function forget(session = "", but = ""): Promise<void> {
  const begins = session ? seatOf(session, "") : SEATS;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(begins) && name !== but).map(remove));
}

/** Forgets every session that has been over for hours: nobody opened its page again to say so. */
export async function sweep(now: number): Promise<void> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(SEATS)) continue;
    const session = name.slice(SEATS.length).split(":")[0] ?? "";
    const kept = await (await caches.open(name)).match(viewOf(session));
    const until = kept ? await kept.json().then(untilOf, () => null) : now;
    if (until === null)
      await (await caches.open(name)).delete(viewOf(session)); // spoilt: the pages still serve
    else if (until < now) await remove(name);
  }
}

function untilOf(kept: unknown): number {
  const until = (kept as { until?: unknown }).until;
  return typeof until === "number" ? until : 0;
}

function remove(name: string): Promise<boolean> {
  return caches.delete(name);
}
