// What one writes in a phase; loaded after the table is drawn, before anybody needs it.
import type { JSX } from "preact";
import { WordContract } from "./contract.tsx";
import { Learnings, Ratings } from "./learnings.tsx";

export { Notebook } from "./notebook.tsx";

import { Offer } from "./offer.tsx";
import { Ideas, Plan } from "./plan.tsx";
import { phase, view } from "./store.ts";
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
export function Captures({ desk }: { desk?: boolean }): JSX.Element {
  const here = view.value;
  const writes = here?.me.writes ?? {};
  const step = phase.value?.step ?? "";
  const has = (kind: string) => writes[kind] !== undefined;
  const there = (kind: "question" | "idea") =>
    phase.value?.captures.some((each) => each.kind === kind) && offeredNow(kind).length > 0;
  const early = !here?.request.subject && (has("subject") || entriesOf("subject").length > 0);
  return (
    <>
      {early ? <Subjects /> : null}
      {has("contract") && here?.me.role === "client" ? <WordContract /> : null}
      {has("question") || there("question") ? <Offer kind="question" /> : null}
      {has("idea") || (there("idea") && here?.me.role !== "client") ? <Offer kind="idea" /> : null}
      {!desk && here?.me.role === "client" && offeredNow("idea").length ? <Ideas /> : null}
      {has("action") && !desk ? <Plan /> : null}
      {has("learning") && (step === "learnings" || desk || here?.me.role !== "client") ? <Learnings /> : null}
      {has("rating") ? <Ratings /> : null}
    </>
  );
}
