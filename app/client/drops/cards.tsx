// What is said about who is not at the table: the client, the facilitator, or oneself a moment ago.
import type { JSX } from "preact";
import { view } from "../store.ts";
import { CatchUp } from "./catch_up.tsx";
import { clientCard } from "./client_card.tsx";
import { relayCard } from "./relay_card.tsx";
import { lately } from "./return.ts";

interface Cards {
  /** About others, most urgent first: for a client time waits, for a facilitator it goes on. */
  readonly people: readonly JSX.Element[];
  /** What one missed oneself; it lies over the table. */
  readonly missed: JSX.Element | null;
}

/** What is to be said about people now; nothing most of the time. */
export function cards(): Cards {
  const here = view.value;
  if (here?.session.status !== "running") return { people: [], missed: null };
  return {
    people: [clientCard(here), relayCard(here)].filter((each) => each !== null),
    missed: lately.value ? <CatchUp here={here} /> : null,
  };
}
