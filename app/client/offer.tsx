// Offering something short in writing: a question, an idea, a text to be revealed together.
import { Send } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, drafts, shortName, typed, view } from "./store.ts";
import type { Kind } from "./wire.gen.ts";
import { Field, offeredNow } from "./writing.tsx";

const ASKS: Readonly<Record<string, () => readonly [title: string, label: string]>> = {
  question: () => [_("Questions in writing"), _("One short, open question")],
  idea: () => [_("Ideas in writing"), _("One idea at a time")],
};

/** Who will read it, said before it is sent. */
function readers(kind: string, sight: string): string {
  switch (sight) {
    case "client":
      return kind === "idea"
        ? _("The client will read it, without your name.")
        : _("The client will read it.");
    case "revealed":
      return _("Everybody will read it when the facilitator shows it, all together.");
    case "all":
      return kind === "idea" ? _("Everybody reads it, without your name.") : _("Everybody reads it.");
    default:
      return _("You alone read it.");
  }
}

/** One kind of offering: the field, and what is already there for this reader. */
export function Offer({ kind }: { kind: "question" | "idea" }): JSX.Element | null {
  void typed.value;
  const here = view.value;
  const sight = here?.me.writes[kind];
  const there = offeredNow(kind);
  if (!here || (sight === undefined && !there.length)) return null;
  const slot = `offer-${kind}`;
  const text = drafts.find(slot)?.text ?? "";
  const [title, label] = (ASKS[kind] as () => readonly [string, string])();
  const offer = async (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    const entry = drafts.freshId(kind, (id) => view.value?.entries[id] !== undefined);
    const answer = await ask({ type: "write", entry, kind: kind satisfies Kind, text }, slot);
    if (answer.ok) {
      drafts.drop(slot);
      drafts.drop(`id:${kind}`);
    }
  };
  return (
    <section class="stack offer" aria-labelledby={slot}>
      <h3 id={slot}>{title}</h3>
      {sight === undefined ? null : (
        <form class="stack" onSubmit={offer}>
          <Field
            label={label}
            hint={readers(kind, sight)}
            lines={2}
            value={text}
            onInput={(value) => drafts.keep(slot, { text: value, fields: {} })}
            onRest={() => {}}
          />
          <Refused where={slot} />
          <button type="submit" class="btn" disabled={!text.trim()}>
            <Icon of={Send} />
            {kind === "idea" ? _("Offer it") : _("Ask it")}
          </button>
        </form>
      )}
      <Said kind={kind} />
    </section>
  );
}

/** What was offered in writing and this reader may see. */
export function Said({ kind }: { kind: "question" | "idea" }): JSX.Element | null {
  const there = offeredNow(kind);
  if (!there.length) return null;
  return (
    <ul class="said">
      {there.map((each) => (
        <li key={each.id}>
          {each.text}
          {each.author || each.mine ? (
            <small class="quiet">
              <bdi>{each.mine ? _("You") : shortName(each.author)}</bdi>
            </small>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
