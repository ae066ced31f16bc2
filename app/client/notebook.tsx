// The notebook: private notes on ruled paper, and beside them what this phase lets one write.
import { X } from "lucide";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { WordContract } from "./contract.tsx";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { Learnings, Ratings } from "./learnings.tsx";
import { Offer } from "./offer.tsx";
import { Plan } from "./plan.tsx";
import { phase, view } from "./store.ts";
import { Subjects } from "./subject.tsx";
import { entriesOf, Saved, useWriting } from "./writing.tsx";

/** What this phase asks for besides notes, for this person; in the order of a session. */
export function Captures({ desk }: { desk?: boolean }): JSX.Element {
  const here = view.value;
  const writes = here?.me.writes ?? {};
  const step = phase.value?.step ?? "";
  const has = (kind: string) => writes[kind] !== undefined;
  const early = !here?.request.subject && (has("subject") || entriesOf("subject").length > 0);
  return (
    <>
      {early ? <Subjects /> : null}
      {has("contract") && here?.me.role === "client" ? <WordContract /> : null}
      {has("question") ? <Offer kind="question" /> : null}
      {has("idea") ? <Offer kind="idea" /> : null}
      {has("action") && !desk ? <Plan /> : null}
      {has("learning") && (step === "learnings" || desk || here?.me.role !== "client") ? <Learnings /> : null}
      {has("rating") ? <Ratings /> : null}
    </>
  );
}

/** My notes; only I read them. */
export function Notes({ prompts }: { prompts: readonly string[] }): JSX.Element | null {
  const area = useRef<HTMLTextAreaElement>(null);
  const { id, text, edit, flush } = useWriting("note", "note", entriesOf("note", true)[0]);
  const writes = view.value?.me.writes["note"] !== undefined;
  const begin = (words: string) => {
    edit(text.trim() ? `${text.replace(/\s+$/, "")}\n${words} ` : `${words} `);
    area.current?.focus();
  };
  return (
    <>
      <label class="hidden" for="notes">
        {_("My notes")}
      </label>
      <textarea
        id="notes"
        ref={area}
        value={text}
        maxLength={9000}
        readOnly={!writes}
        onInput={(event) => edit(event.currentTarget.value)}
        onBlur={flush}
      />
      <Saved id={id} />
      {prompts.length ? (
        <div class="stack prompts">
          <h3 class="small">{_("To help")}</h3>
          <ul class="starts">
            {prompts.map((prompt) => (
              <li key={prompt}>
                {prompt.endsWith("…") && writes ? (
                  <button type="button" onClick={() => begin(prompt)}>
                    {prompt}
                  </button>
                ) : (
                  prompt
                )}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}

export function Notebook({ onClose }: { onClose: () => void }): JSX.Element {
  const role = view.value?.me.role ?? "";
  const prompts = phase.value?.prompts[role] ?? phase.value?.prompts["consultant"] ?? [];
  return (
    <aside class="side notebook" id="notebook" aria-labelledby="notebook-title">
      <header>
        <div>
          <h2 id="notebook-title">{_("My notebook")}</h2>
          <p class="small quiet">{_("You alone read your notes. Kept at every word.")}</p>
        </div>
        <button type="button" class="btn bare push" onClick={onClose}>
          <Icon of={X} />
          {_("Close")}
        </button>
      </header>
      <div class="pages">
        <Captures />
        <Notes prompts={prompts} />
      </div>
    </aside>
  );
}
