/** Says whose turn it is among people who write, from one person's view: pure, so that every case is tested. */
import type { View } from "../wire.gen.ts";

export type Turn =
  | { readonly is: "none" }
  /** I write now; `what` chooses the sentence and the word on the button. */
  | { readonly is: "mine"; readonly what: Mine }
  /** Somebody else writes; `before` are those who come before me, nearest first. */
  | { readonly is: "theirs"; readonly who: string | null; readonly before: readonly string[] | null }
  /** Everybody writes at the same time; `mine` is whether I do, have done, or read afterwards. */
  | {
      readonly is: "together";
      readonly mine: "write" | "done" | "read";
      readonly done: number;
      readonly all: number;
    };

export type Mine = "hello" | "story" | "round" | "question" | "answer" | "free" | "last" | "aside";

const CONDUCT: ReadonlySet<string> = new Set(["facilitator", "co-facilitator"]);

/** Whether anybody at the table takes part in writing. */
export function someoneWrites(here: View): boolean {
  return here.seats.some((seat) => seat.rung === "text" && seat.presence === "here");
}

/** Reads whose turn it is; `voice` is the running phase's. */
export function turnOf(here: View, voice: string): Turn {
  const { me, floor, session } = here;
  const mine = me.writes.speech !== undefined;
  if (session.status === "open") return mine ? { is: "mine", what: "hello" } : { is: "none" };
  if (session.status !== "running" || !someoneWrites(here)) return { is: "none" };
  if (CONDUCT.has(me.role)) return { is: "mine", what: "aside" };
  const group = here.ladder.rung === "text";
  if (group && voice === "in-turn" && !floor.holder && !floor.round.length) return together(here, mine);
  if (!mine) return waits(here, voice);
  return { is: "mine", what: whatNow(here, voice, group) };
}

function whatNow(here: View, voice: string, group: boolean): Mine {
  const { me, floor } = here;
  const holds = floor.holder === me.id;
  if (!group && me.rung !== "text") return "aside";
  if (floor.round.length || (voice === "round" && holds)) return "round";
  switch (voice) {
    case "client":
      return "story";
    case "questions":
      return me.role === "client" ? "answer" : "question";
    case "round":
      return "last";
    default:
      return "free";
  }
}

function waits(here: View, voice: string): Turn {
  const { me, floor, request } = here;
  if (voice === "silence" || voice === "writing" || voice === "nobody") return { is: "none" };
  const rank = floor.round.indexOf(me.id);
  const hand = floor.hands.indexOf(me.id);
  const before =
    rank >= 0
      ? [...(floor.holder ? [floor.holder] : []), ...floor.round.slice(0, rank)]
      : hand >= 0
        ? floor.hands.slice(0, hand)
        : null;
  return { is: "theirs", who: floor.holder ?? (voice === "client" ? request.person : null), before };
}

function together(here: View, mine: boolean): Turn {
  const writers = here.seats.filter(
    (seat) =>
      seat.presence === "here" &&
      !CONDUCT.has(seat.role) &&
      seat.role !== "observer" &&
      seat.role !== "client",
  );
  const done = writers.filter((seat) => seat.ready).length;
  const among = writers.some((seat) => seat.id === here.me.id);
  return {
    is: "together",
    mine: mine ? "write" : among ? "done" : "read",
    done,
    all: writers.length,
  };
}
