/** Who could take the place of a client who is away: the reserve, if they are here; pure. */
import type { View } from "../wire.gen.ts";

export interface Substitution {
  readonly type: "choose-client";
  readonly person: string;
  readonly subject: string | null;
  readonly reserve: null;
  readonly turn: number;
}

/** The command by which the reserve becomes the client of the block that runs, not of the one after. */
export function substitution({ conduct, seats, entries, session }: View): Substitution | null {
  const reserve = seats.find((each) => each.id === conduct?.reserve);
  if (reserve?.presence !== "here") return null;
  const subject = Object.values(entries).find(
    (each) => each.kind === "subject" && each.author === reserve.id,
  );
  return {
    type: "choose-client",
    person: reserve.id,
    subject: subject?.id ?? null,
    reserve: null,
    turn: session.turn,
  };
}
