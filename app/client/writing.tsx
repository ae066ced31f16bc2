// Fields that save themselves: what is typed is kept here at every key and on the server when the hand rests.
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { _ } from "./language.ts";
import { drafts, link, phaseWords, slot, typed, view } from "./store.ts";
import type { EntryView, Kind } from "./wire.gen.ts";

export interface Writing {
  readonly id: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly edit: (text: string, fields?: Readonly<Record<string, string>>) => void;
  readonly flush: () => void;
}

/** Binds one text to its entry, or to the entry it will become; `sort` names the place it is written in. */
export function useWriting(kind: Kind, sort: string, entry?: EntryView, always = {}): Writing {
  void typed.value;
  const id = entry?.id ?? drafts.freshId(sort, (known) => view.value?.entries[known] !== undefined);
  const draft = drafts.find(id);
  const fields = { ...entry?.fields, ...always, ...draft?.fields };
  const text = draft?.text ?? entry?.text ?? "";
  if (draft) queueMicrotask(() => drafts.resume(id, kind));
  return {
    id,
    text,
    fields,
    edit: (words, changed = {}) => drafts.edit(id, kind, { text: words, fields: { ...fields, ...changed } }),
    flush: () => void drafts.flush(id),
  };
}

/** Says whether a text is safe: nothing when it is, for silence is the normal case. */
export function Saved({ id }: { id: string }): JSX.Element | null {
  void typed.value;
  const saving = drafts.saving(id);
  if (saving?.state === "refused")
    return (
      <p class="refused" role="alert">
        {saving.say}
      </p>
    );
  return saving && link.value.state !== "live" ? (
    <p class="small quiet">{_("Kept on this device, sent when the link returns.")}</p>
  ) : null;
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  onRest: () => void;
  hint?: string | undefined;
  lines?: number;
  type?: "text" | "date";
  max?: number;
}

export function Field({ label, value, onInput, onRest, hint, lines, type, max }: FieldProps): JSX.Element {
  const id = useId();
  const common = {
    id,
    class: "input",
    value,
    maxLength: max ?? 2000,
    onBlur: onRest,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
    ...(hint ? { "aria-describedby": `${id}-hint` } : {}),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea {...common} rows={lines} />
      ) : type === "date" ? (
        <input {...common} type="date" />
      ) : (
        <input {...common} type="text" />
      )}
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** The entries of one kind, oldest first. */
export function entriesOf(kind: string, mine?: boolean): EntryView[] {
  return Object.values(view.value?.entries ?? {})
    .filter((each) => each.kind === kind && (mine === undefined || each.mine === mine))
    .sort((a, b) => a.written_at - b.written_at || (a.id < b.id ? -1 : 1));
}

/** What was offered to the client of this turn; an earlier client's words belong to an earlier turn. */
export function offeredNow(kind: "question" | "idea"): EntryView[] {
  const here = view.value;
  const all = [...entriesOf(kind), ...(kind === "idea" ? saidToMe() : [])];
  if (!here || here.session.turns === 1) return all;
  const first = here.plan.find((each) => each.round === slot.value?.round);
  return all.filter((each) => each.written_at >= (first?.starts_at ?? 0));
}

/** What the others said to the client in writing, for want of sound, where ideas are offered. */
function saidToMe(): EntryView[] {
  const here = view.value;
  if (here?.me.role !== "client") return [];
  const offers = (key: string) =>
    phaseWords(here.plan.find((each) => each.key === key))?.captures.some((each) => each.kind === "idea");
  return entriesOf("speech", false).filter((each) => offers(each.phase));
}
