/** Remembers on this device what it last saw of the session, and notices a return after an absence, or a late arrival. */
import { effect, signal } from "@preact/signals";
import { link, now, slot, view } from "../store.ts";
import { type Missed, missed, type Seen } from "./missed.ts";

/** What was missed, until the person puts the card away. */
export const lately = signal<Missed | null>(null);

/** Begins to watch. */
export function watchReturns(session: string): void {
  const place = `ronde:seen:${session}`;
  let seen = load(place);
  effect(() => {
    const here = view.value;
    const at = now.value;
    if (!here || link.value.state !== "live" || here.session.status !== "running") return;
    const key = slot.value?.key ?? "";
    const found = missed(seen, here, at);
    if (found) lately.value = found;
    else if (seen?.key !== key) lately.value = null; // the group went on, and so did they
    seen = { at, key };
    save(place, seen);
  });
}

function load(place: string): Seen | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "null") as Seen | null;
    return typeof kept?.at === "number" && typeof kept.key === "string" ? kept : null;
  } catch {
    return null;
  }
}

function save(place: string, seen: Seen): void {
  try {
    localStorage.setItem(place, JSON.stringify(seen));
  } catch {
    // a reload then counts as an arrival
  }
}
