// Loads what the first picture of the table does not need, as soon as it is drawn.
import { signal } from "@preact/signals";
import type { JSX } from "preact";

const loaded = signal<typeof import("./captures.tsx") | null>(null);

/** Fetches the parts; a failed fetch is tried again at the next drawing. */
export async function loadParts(): Promise<void> {
  loaded.value = await import("./captures.tsx").catch(() => null);
}

interface Props {
  part: "captures" | "desk" | "sorting";
}

export function Lazy({ part }: Props): JSX.Element | null {
  const parts = loaded.value;
  if (!parts) return null;
  return part === "sorting" ? <parts.Sorting /> : <parts.Captures desk={part === "desk"} />;
}
