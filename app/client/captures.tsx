// What one writes in a phase; loaded after the table is drawn, before anybody needs it.
import type { JSX } from "preact";
import { WordContract } from "./contract.tsx";
import { Learnings, Ratings } from "./learnings.tsx";

export { Announcer } from "./announce.tsx";
export { Closed } from "./closed.tsx";
export { Desk } from "./desk.tsx";
export { Notebook } from "./notebook.tsx";
export { Conversation } from "./text/conversation.tsx";

import { Offer } from "./offer.tsx";
import { Ideas, Plan } from "./plan.tsx";
import { inWriting, phase, view } from "./store.ts";
import { Subjects } from "./subject.tsx";
import { entriesOf, offeredNow } from "./writing.tsx";

/** What the client does in silence: sort ideas, write steps. */
export function Sorting(): JSX.Element {
  return (
    <>
      <Ideas />
      <Plan />
    </>
  );
}

/** What this phase asks for besides notes, for this person; in the order of a session. */
export function Captures({ desk, all }: { desk?: boolean; all?: boolean }): JSX.Element {
  const here = view.value;
  const writes = here?.me.writes ?? {};
  const step = phase.value?.step ?? "";
  const has = (kind: string) => writes[kind] !== undefined;
  const there = (kind: "question" | "idea") =>
    phase.value?.captures.some((each) => each.kind === kind) && offeredNow(kind).length > 0;
  const said = here ? inWriting(here) : false; // who writes in place of speaking asks and offers in the conversation
  const elsewhere = said && !all && phase.value?.voice === "round"; // one thing at a time: the notebook has it
  const early = !elsewhere && !here?.request.subject && (has("subject") || entriesOf("subject").length > 0);
  return (
    <>
      {early ? <Subjects /> : null}
      {has("contract") && here?.me.role === "client" ? <WordContract /> : null}
      {!said && (has("question") || there("question")) ? <Offer kind="question" /> : null}
      {!said && (has("idea") || (there("idea") && here?.me.role !== "client")) ? <Offer kind="idea" /> : null}
      {!desk && here?.me.role === "client" && offeredNow("idea").length ? <Ideas /> : null}
      {has("action") && !desk ? <Plan /> : null}
      {has("learning") && (step === "learnings" || desk || here?.me.role !== "client") ? <Learnings /> : null}
      {has("rating") ? <Ratings /> : null}
    </>
  );
}
