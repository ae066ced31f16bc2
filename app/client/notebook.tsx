// The notebook: private notes on ruled paper, and beside them what this phase lets one write.
import { X } from "lucide";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { Lazy } from "./lazy.tsx";
import { Request } from "./middle.tsx";
import { wide } from "./screen.ts";
import { phase, view } from "./store.ts";
import { tight } from "./table.tsx";
import { entriesOf, Saved, useWriting } from "./writing.tsx";

/** My notes; only I read them. */
export function Notes({ prompts }: { prompts: readonly string[] }): JSX.Element | null {
  const area = useRef<HTMLTextAreaElement>(null);
  const { id, text, edit, flush } = useWriting("note", "note", entriesOf("note", true)[0]);
  const writes = view.value?.me.writes.note !== undefined;
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

/** The drawer; `bare` when the rest is on the desk already. */
export function Notebook({ onClose, bare }: { onClose: () => void; bare?: boolean }): JSX.Element {
  const role = view.value?.me.role ?? "";
  const prompts = phase.value?.prompts[role] ?? phase.value?.prompts.consultant ?? [];
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
        {bare ? null : <Lazy part="all" />}
        {!wide.value && view.value?.session.status === "ended" ? (
          <a class="btn main" href={`/after/${view.value.session.id}`}>
            {_("Go to my page")}
          </a>
        ) : null}
        {tight.value || !wide.value ? <Request /> : null}
        <Notes prompts={prompts} />
      </div>
    </aside>
  );
}
