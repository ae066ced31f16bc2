// Finding the day's subject: propose one's own, show which ones speak to us.

import { useSignal } from "@preact/signals";
import { Heart } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _, _n } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, drafts, may, shortName, typed, view } from "./store.ts";
import type { EntryView } from "./wire.gen.ts";
import { entriesOf, Field } from "./writing.tsx";

const NATURES = (): readonly (readonly [string, string])[] => [
  ["problem", _("A problem")],
  ["concern", _("A concern")],
  ["project", _("A project")],
];
const URGENCIES = (): readonly (readonly [string, string])[] => [
  ["1", _("can wait")],
  ["2", _("soon")],
  ["3", _("burning")],
];

/** The subjects on the table, and a place to put one's own. */
export function Subjects(): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const subjects = entriesOf("subject");
  const mine = subjects.find((each) => each.mine);
  const editing = useSignal(false);
  const writes = here.me.writes.subject !== undefined || may("propose-subject");
  return (
    <section class="stack subjects" aria-labelledby="subjects">
      <header class="head">
        <h2 id="subjects">{_("Subjects")}</h2>
        <p class="small quiet">{_("Interest is a sign, not a vote.")}</p>
      </header>
      {subjects.length ? (
        <ul class="ideas">
          {subjects.map((each) => (
            <Subject key={each.id} subject={each} onEdit={() => (editing.value = true)} />
          ))}
        </ul>
      ) : (
        <p class="quiet">{_("No subject yet.")}</p>
      )}
      <Refused where="signal-interest" />
      {writes && (editing.value || !mine) ? (
        <Propose subject={mine} onDone={() => (editing.value = false)} />
      ) : null}
      {may("decline-client") ? (
        <label class="tick">
          <input
            type="checkbox"
            checked={here.me.declined}
            onChange={(event) => ask({ type: "decline-client", declined: event.currentTarget.checked })}
          />
          {_("I would rather not be the client today")}
        </label>
      ) : null}
    </section>
  );
}

function Subject({ subject, onEdit }: { subject: EntryView; onEdit: () => void }): JSX.Element {
  const mine = subject.mine;
  const on = view.value?.me.interests.includes(subject.id) ?? false;
  const nature = NATURES().find(([key]) => key === subject.fields.nature)?.[1];
  return (
    <li class={on ? "chosen" : ""}>
      <p>
        {subject.text}
        <small>
          <bdi>{mine ? _("You") : shortName(subject.author)}</bdi>
          {nature ? ` · ${nature.toLocaleLowerCase()}` : ""}
          {subject.interest
            ? ` · ${_n("{n} person is interested", "{n} people are interested", subject.interest)}`
            : ""}
        </small>
      </p>
      {mine ? (
        <button type="button" class="btn bare" onClick={onEdit}>
          {_("Reword")}
        </button>
      ) : may("signal-interest") ? (
        <button
          type="button"
          class="btn"
          aria-pressed={on}
          onClick={() => ask({ type: "signal-interest", entry: subject.id, on: !on })}
        >
          <Icon of={Heart} />
          {_("Speaks to me")}
        </button>
      ) : null}
    </li>
  );
}

function Propose({ subject, onDone }: { subject: EntryView | undefined; onDone: () => void }): JSX.Element {
  void typed.value;
  const draft = drafts.find("subject");
  const text = draft?.text ?? subject?.text ?? "";
  const fields = { nature: "problem", urgency: "2", expects: "", ...subject?.fields, ...draft?.fields };
  const keep = (words: string, changed = {}) =>
    drafts.keep("subject", { text: words, fields: { ...fields, ...changed } });
  const propose = async (event: Event) => {
    event.preventDefault();
    const answer = await ask({
      type: "propose-subject",
      entry: subject?.id ?? crypto.randomUUID(),
      title: text,
      nature: fields.nature,
      urgency: Number(fields.urgency),
      expects: fields.expects,
    });
    if (answer.ok) {
      drafts.drop("subject");
      onDone();
    }
  };
  return (
    <form class="sheet stack" onSubmit={propose}>
      <Field
        label={_("My subject, in one or two sentences")}
        lines={2}
        max={300}
        value={text}
        onInput={(value) => keep(value)}
        onRest={() => {}}
      />
      <div class="pair">
        <Choice
          name="nature"
          label={_("It is")}
          options={NATURES()}
          value={fields.nature}
          onPick={(nature) => keep(text, { nature })}
        />
        <Choice
          name="urgency"
          label={_("It")}
          options={URGENCIES()}
          value={fields.urgency}
          onPick={(urgency) => keep(text, { urgency })}
        />
      </div>
      <Field
        label={_("What I hope for from the group")}
        value={fields.expects}
        onInput={(expects) => keep(text, { expects })}
        onRest={() => {}}
      />
      <Refused where="propose-subject" />
      <div class="row">
        <button type="submit" class="btn" disabled={!text.trim()}>
          {subject ? _("Reword my subject") : _("Propose this subject")}
        </button>
        {subject ? (
          <button type="button" class="btn bare" onClick={onDone}>
            {_("Leave it as it is")}
          </button>
        ) : null}
      </div>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  options: readonly (readonly [string, string])[];
  value: string;
  onPick: (value: string) => void;
}

function Choice({ name, label, options, value, onPick }: ChoiceProps): JSX.Element {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([key, said]) => (
        <label key={key}>
          <input type="radio" name={name} checked={value === key} onChange={() => onPick(key)} />
          <span>{said}</span>
        </label>
      ))}
    </fieldset>
  );
}
