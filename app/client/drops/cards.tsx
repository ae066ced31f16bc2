// What is said about who is not at the table: the client, the facilitator, or oneself a moment ago.
import type { JSX } from "preact";
import { view } from "../store.ts";
import { CatchUp } from "./catch_up.tsx";
import { clientCard } from "./client_card.tsx";
import { relayCard } from "./relay_card.tsx";
import { lately } from "./return.ts";

/** What is to be said about people now, most urgent first; nothing most of the time. */
export function cards(): readonly JSX.Element[] {
  const here = view.value;
  if (here?.session.status !== "running") return [];
  const about = relayCard(here) ?? clientCard(here);
  const mine = lately.value ? <CatchUp key="missed" here={here} /> : null;
  return [about, mine].filter((each) => each !== null);
}
