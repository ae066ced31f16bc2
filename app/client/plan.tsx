// The client's desk: ideas to keep, and one to three small steps.
import { ArrowDown, ArrowUp, Bookmark, Check, Trash2 } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, drafts, may, view } from "./store.ts";
import type { EntryView } from "./wire.gen.ts";
import { entriesOf, Field, offeredNow, Saved, useWriting } from "./writing.tsx";

const STEPS = 3;

/** What the consultants offered; only the client knows what is kept. */
export function Ideas(): JSX.Element {
  const ideas = offeredNow("idea");
  return (
    <section aria-labelledby="ideas">
      <header class="head">
        <h2 id="ideas">{_("What I heard")}</h2>
        <p class="small quiet">{_("Nobody sees what you keep.")}</p>
      </header>
      {ideas.length ? (
        <ul class="ideas">
          {ideas.map((idea) => (
            <li key={idea.id} class={idea.kept ? "kept" : ""}>
              <p>{idea.text}</p>
              <button
                type="button"
                class={idea.kept ? "btn" : "btn bare"}
                aria-pressed={idea.kept}
                disabled={!may("keep-idea")}
                onClick={() => ask({ type: "keep-idea", entry: idea.id, keep: !idea.kept })}
              >
                <Icon of={idea.kept ? Check : Bookmark} />
                {idea.kept ? _("Kept") : _("Keep")}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{_("Nothing was written to you. Your own words in the plan are enough.")}</p>
      )}
      <Refused where="keep-idea" />
    </section>
  );
}

/** The plan in construction. */
export function Plan(): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const order = here.me.order.filter((id) => here.entries[id]?.kind === "action");
  const rest = entriesOf("action", true).filter((each) => !order.includes(each.id));
  const steps = [...order.map((id) => here.entries[id] as EntryView), ...rest].slice(-STEPS);
  const writes = here.me.writes.action !== undefined;
  const fresh = drafts.freshId("action", (id) => here.entries[id] !== undefined);
  const ids = [...steps.map((each) => each.id), ...(writes && steps.length < STEPS ? [fresh] : [])];
  return (
    <section aria-labelledby="plan">
      <header class="head">
        <h2 id="plan">{_("My plan")}</h2>
        <p class="small quiet">
          {here.session.trace === "none"
            ? _("This group keeps nothing: your plan goes when the session closes.")
            : _("You alone will receive its PDF.")}
        </p>
      </header>
      <ol class="pas">
        {ids.map((id, index) => (
          <Step key={id} id={id} index={index} ids={order} entry={here.entries[id]} />
        ))}
      </ol>
      <Refused where={["order-actions", "erase"]} />
    </section>
  );
}

interface StepProps {
  id: string;
  index: number;
  ids: readonly string[];
  entry: EntryView | undefined;
}

function Step({ id, index, ids, entry }: StepProps): JSX.Element {
  const { text, fields, edit, flush } = useWriting("action", "action", entry);
  const field = (name: string, label: string, type?: "text" | "date") => (
    <Field
      label={label}
      value={fields[name] ?? ""}
      onInput={(value) => edit(text, { [name]: value })}
      onRest={flush}
      {...(type ? { type } : {})}
    />
  );
  const move = (by: number) => {
    const next = ids.filter((each) => each !== id);
    next.splice(ids.indexOf(id) + by, 0, id);
    void ask({ type: "order-actions", entries: next });
  };
  const at = ids.indexOf(id);
  return (
    <li>
      <header class="row">
        <h3>
          <span class="n">{index + 1}</span>
          {text.trim() || (index ? _("One more small step") : _("A small first step"))}
        </h3>
        {entry ? (
          <div class="group push">
            {at > 0 ? (
              <button type="button" class="btn bare" onClick={() => move(-1)} aria-label={_("Move up")}>
                <Icon of={ArrowUp} />
              </button>
            ) : null}
            {at >= 0 && at < ids.length - 1 ? (
              <button type="button" class="btn bare" onClick={() => move(1)} aria-label={_("Move down")}>
                <Icon of={ArrowDown} />
              </button>
            ) : null}
            <button
              type="button"
              class="btn bare"
              aria-label={_("Erase this step")}
              onClick={() => {
                drafts.drop(id);
                void ask({ type: "erase", entry: id });
              }}
            >
              <Icon of={Trash2} />
            </button>
          </div>
        ) : null}
      </header>
      <Field label={_("What?")} value={text} onInput={(value) => edit(value)} onRest={flush} />
      {text.trim() || entry ? (
        <>
          {field("first_step", _("The very first move, within two days"))}
          <div class="pair">
            {field("when", _("When?"))}
            {field("with_whom", _("With whom?"))}
          </div>
          <div class="pair">
            {field("how_known", _("How will I know?"))}
            {field("obstacle", _("What could get in the way?"))}
          </div>
          <div class="pair">{field("follow_up", _("I look back on it on"), "date")}</div>
        </>
      ) : null}
      <Saved id={id} />
    </li>
  );
}
