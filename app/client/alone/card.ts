// Keeps a seat's plan B card from the door on, so that it opens without the server too.
import { able, install, Shelf } from "./keep.ts";

/** Keeps the card as it is now; one that the server refuses, of a session that is over or cancelled, leaves nothing. */
export async function keepCard(session: string, person: string, ends: number): Promise<void> {
  if (able() && (await new Shelf(session, person).keepCard(ends))) await install();
}
