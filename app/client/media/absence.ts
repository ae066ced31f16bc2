/** Notices when the server is out of reach for long. */
import { effect, signal } from "@preact/signals";
import { link } from "../store.ts";

/** Since when the link is lost (milliseconds of the page's clock), or null. */
export const lostSince = signal<number | null>(null);

/** Begins to watch. */
export function watchLink(): void {
  effect(() => {
    const { state } = link.value;
    if (state === "live") lostSince.value = null;
    else if (state === "reconnecting" && lostSince.peek() === null) lostSince.value = performance.now();
  });
}
