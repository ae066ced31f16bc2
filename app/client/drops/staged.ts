/** In a rehearsal most others have no browser: what this one would hear follows from what the drill broke. */
import { signal } from "@preact/signals";
import type { View } from "../wire.gen.ts";

export interface Heard {
  readonly rung: string;
  readonly flowing: boolean;
  readonly quality: "good" | "lost";
}

/** Since when a drill has silenced this page (milliseconds of the page's clock), or null. */
export const silencedSince = signal<number | null>(null);

/** Says what this browser would hear; the same rule as the simulated people's (app/rehearsal/health.py). */
export function staged(here: View): Heard {
  const { rung, broken } = here.ladder;
  const cut = (fault: string) =>
    broken.some((each) => each.fault === fault && (each.person === null || each.person === here.me.id));
  const silent = rung === "mesh" ? cut("sound") : rung.startsWith("sfu") && (cut("video") || cut("network"));
  return { rung: here.me.rung ?? rung, flowing: !silent, quality: silent ? "lost" : "good" };
}

/** Whether the real people of a rehearsal may hear one another now: once the doors are open, and where no drill struck. */
export function mayLink(here: View): boolean {
  return here.session.status !== "planned" && staged(here).flowing;
}

/** Takes in what the view says. */
export function followDrills(here: View, now: number): void {
  if (staged(here).flowing) silencedSince.value = null;
  else silencedSince.value ??= now;
}
