// Loads what the first picture of the table does not need, as soon as it is drawn.
import { signal } from "@preact/signals";
import type { JSX } from "preact";

const loaded = signal<typeof import("./captures.tsx") | null>(null);

/** Fetches the parts; asked again when the link is back, for what could not be fetched. */
export async function loadParts(): Promise<void> {
  loaded.value ??= await import("./captures.tsx").catch(() => null);
}

/** Gives the parts once they are here. */
export function later(): typeof loaded.value {
  return loaded.value;
}

const live = signal<typeof import("./media/live.tsx") | null>(null);

let begins: Promise<void> | null = null;

/** Fetches sound and picture; the room is already usable, and stays so without them. */
export function loadLive(session: string): Promise<void> {
  begins ??= import("./media/live.tsx")
    .then(async (part) => {
      await part.begin(session);
      live.value = part;
    })
    .catch(() => {
      begins = null; // asked again when the link is back
    });
  return begins;
}

type Parts = "Buttons" | "Notes" | "Ways" | "PlanB" | "Drill" | "Report" | "Dictation";

export function Live({ part }: { part: Parts }): JSX.Element | null {
  const Part = live.value?.[part];
  return Part ? <Part /> : null;
}

interface Props {
  part: "captures" | "desk" | "sorting" | "notebook" | "talk" | "all" | "announcer" | "closed";
  onClose?: () => void;
  bare?: boolean;
  session?: string;
}

export function Lazy({ part, onClose, bare, session }: Props): JSX.Element | null {
  const parts = loaded.value;
  if (!parts) return null;
  if (part === "closed") return <parts.Closed session={session ?? ""} />;
  if (part === "announcer") return <parts.Announcer />;
  if (part === "notebook") return <parts.Notebook bare={bare ?? false} onClose={onClose ?? (() => {})} />;
  if (part === "talk") return <parts.Conversation />;
  return part === "sorting" ? (
    <parts.Sorting />
  ) : (
    <parts.Captures desk={part === "desk"} all={part === "all"} />
  );
}
