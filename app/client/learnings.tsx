// What each person takes home: the 4 A, and three ratings with stars.
import { Star } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _, _n } from "./language.ts";
import { view } from "./store.ts";
import { entriesOf, Field, Saved, useWriting } from "./writing.tsx";

const FOUR_A: readonly (readonly [string, () => string, () => string])[] = [
  ["appreciation", () => _("Appreciation"), () => _("What did me good, what helped.")],
  ["expectations", () => _("Expectations"), () => _("What I came for, and found or not.")],
  ["learnings", () => _("Learnings"), () => _("What I understand better.")],
  ["applications", () => _("Applications"), () => _("What I will try in my own practice.")],
];

const RATINGS: readonly (readonly [string, () => string])[] = [
  ["helped", () => _("Did this session help?")],
  ["frame", () => _("Was the frame held?")],
  ["distance", () => _("Did working at a distance go well?")],
];

export function Learnings(): JSX.Element {
  const trace = view.value?.session.trace;
  return (
    <section aria-labelledby="learnings" class="stack">
      <header class="head">
        <h2 id="learnings">{_("What I take home")}</h2>
        <p class="small quiet">
          {trace === "client+learnings"
            ? _("You alone read it, and receive it afterwards.")
            : _("You alone read it; it goes when the session closes.")}
        </p>
      </header>
      <div class="four">
        {FOUR_A.map(([a4, label, hint]) => (
          <Learning key={a4} a4={a4} label={label()} hint={hint()} />
        ))}
      </div>
    </section>
  );
}

function Learning({ a4, label, hint }: { a4: string; label: string; hint: string }): JSX.Element {
  const entry = entriesOf("learning", true).find((each) => each.fields.a4 === a4);
  const { id, text, edit, flush } = useWriting("learning", `learning-${a4}`, entry, { a4 });
  return (
    <div>
      <Field
        label={label}
        hint={hint}
        lines={3}
        max={9000}
        value={text}
        onInput={(value) => edit(value)}
        onRest={flush}
      />
      <Saved id={id} />
    </div>
  );
}

export function Ratings(): JSX.Element {
  const { id, fields, edit, flush } = useWriting("rating", "rating", entriesOf("rating", true)[0]);
  return (
    <section class="stack rate" aria-labelledby="ratings">
      <header class="head">
        <h2 id="ratings">{_("This session")}</h2>
        <p class="small quiet">{_("Counted without names.")}</p>
      </header>
      {RATINGS.map(([name, label]) => (
        <fieldset key={name}>
          <legend>{label()}</legend>
          <div class="stars">
            {[1, 2, 3, 4, 5].map((n) => (
              <label key={n} class={n <= Number(fields[name] ?? 0) ? "on" : ""}>
                <input
                  type="radio"
                  name={`rating-${name}`}
                  checked={Number(fields[name]) === n}
                  onChange={() => {
                    edit("", { [name]: String(n) });
                    flush();
                  }}
                />
                <span class="hidden">{_n("{n} star of 5", "{n} stars of 5", n)}</span>
                <Icon of={Star} />
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <Saved id={id} />
    </section>
  );
}
