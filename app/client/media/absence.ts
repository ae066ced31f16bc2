/** Notices when the server is out of reach for long, and when it is back. */
import { effect, signal } from "@preact/signals";
import { link } from "../store.ts";

/** Since when the link is lost (milliseconds of the page's clock), or null. */
export const lostSince = signal<number | null>(null);
/** When it came back after a real absence, or null. */
export const backSince = signal<number | null>(null);

const SHORT = 8000;

/** Begins to watch. */
export function watchLink(): void {
  effect(() => {
    const { state } = link.value;
    const since = lostSince.peek();
    if (state === "live") {
      if (since !== null && performance.now() - since > SHORT) backSince.value = performance.now();
      lostSince.value = null;
    } else if (state === "reconnecting" && since === null) lostSince.value = performance.now();
  });
}
