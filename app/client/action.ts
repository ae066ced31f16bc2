// Chooses the one thing a person can do now; everything else waits in the notebook.
import type { View } from "./wire.gen.ts";

export type Action =
  | { readonly is: "none" }
  | { readonly is: "after" }
  | { readonly is: "pass" }
  | { readonly is: "accept"; readonly entry: string; readonly revision: number }
  | { readonly is: "word-contract" }
  | { readonly is: "propose" }
  | { readonly is: "ready"; readonly ready: boolean }
  | { readonly is: "raise"; readonly after: readonly string[] }
  | { readonly is: "lower"; readonly after: readonly string[] };

/** Decides what the button in the middle of the bottom bar does; `voice` and `captures` are the running phase's. */
export function actionOf(
  view: View,
  voice: string,
  captures: readonly { readonly kind: string }[] = [],
): Action {
  const { me, floor, request, session } = view;
  const may = (command: string) => me.may.includes(command);
  if (session.status === "ended" || session.status === "closed") return { is: "after" };
  const writes = me.writes.speech !== undefined; // the conversation in writing has its own buttons
  if (floor.holder === me.id && may("pass-floor") && !writes) return { is: "pass" };
  const contract = me.writes.contract !== undefined && me.role === "client";
  if (contract && request.entry && !request.client && may("accept-contract"))
    return { is: "accept", entry: request.entry, revision: request.revision };
  if (contract && !request.entry) return { is: "word-contract" };
  if ((voice === "silence" || voice === "writing") && may("say-ready"))
    return { is: "ready", ready: me.ready };
  const together = view.ladder.rung === "text" && voice === "in-turn" && !floor.holder && !floor.round.length;
  if (together) return { is: "none" }; // all write at the same time: nobody waits for the floor
  const rank = floor.hands.indexOf(me.id);
  const needsHand = !writes && !floor.round.includes(me.id);
  if (needsHand && rank >= 0) return { is: "lower", after: floor.hands.slice(0, rank) };
  if (needsHand && may("raise-hand")) return { is: "raise", after: floor.hands };
  const finding = session.status !== "running" || captures.some((each) => each.kind === "subject");
  if (finding && me.writes.subject !== undefined && !hasSubject(view)) return { is: "propose" };
  return { is: "none" };
}

function hasSubject(view: View): boolean {
  return Object.values(view.entries).some((each) => each.kind === "subject" && each.mine);
}

/** Whether the near half of the table is a desk now: this person sorts or writes in silence. */
export function writesNow(view: View, voice: string): boolean {
  const { writes } = view.me;
  return (
    view.session.status === "running" &&
    (voice === "silence" || voice === "writing") &&
    ["action", "learning", "idea", "question", "note"].some((kind) => writes[kind] !== undefined)
  );
}
