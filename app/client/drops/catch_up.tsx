// The card of who comes back or comes late: what they missed, in three lines.
import { DoorOpen } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../icon.tsx";
import { _, list } from "../language.ts";
import { part } from "../middle.tsx";
import { face, name, phaseWords, slot } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { Do } from "./card.tsx";
import { lately } from "./return.ts";

/** What one missed, in three lines: where we are, what was decided, what is mine to do. */
export function CatchUp({ here }: { here: View }): JSX.Element | null {
  const found = lately.value;
  if (!found) return null;
  const titles = found.keys
    .map((key) => phaseWords(here.plan.find((each) => each.key === key))?.title ?? "")
    .filter(Boolean);
  return (
    <div class="note missed" data-card="missed">
      <Icon of={DoorOpen} />
      <div>
        <p>
          <b>{found.back ? _("You are back. Nothing is lost.") : _("Welcome. We have begun.")}</b>
        </p>
        <dl>
          <dt>{_("Where we are")}</dt>
          <dd>
            {where()}
            {titles.length ? ` ${_("You missed: {phases}.", { phases: list(titles) })}` : null}
          </dd>
          <dt>{_("Decided")}</dt>
          <dd>{decided(here)}</dd>
          <dt>{_("For you")}</dt>
          <dd>{part()}</dd>
        </dl>
        <div class="row">
          <Do word={_("Understood")} onClick={() => (lately.value = null)} />
        </div>
      </div>
    </div>
  );
}

function where(): string {
  const title = phaseWords(slot.value)?.title ?? "";
  const left = Math.round((face.value?.left ?? 0) / 60_000);
  return left > 0
    ? _("{phase}, about {n} min left.", { phase: title, n: left })
    : _("{phase}, near its end.", { phase: title });
}

/** Keeps a long text to what a card has room for; all of it is in the middle of the table, or in the notebook. */
function brief(text: string): string {
  const words = text.slice(0, 120).replace(/[\s,;:–-]+\S*$/, "");
  return text.length > 120 ? `${words}…` : text;
}

function decided(here: View): string {
  const { person, subject, text, client, consultants } = here.request;
  if (!person) return _("Nothing yet: today’s client is still to be chosen.");
  const mine = person === here.me.id;
  const who = mine ? _("You are today’s client.") : _("{name} is today’s client.", { name: name(person) });
  if (text)
    return `${who} ${
      client && consultants
        ? _("The request is agreed: “{text}”", { text: brief(text) })
        : _("The request is being agreed: “{text}”", { text: brief(text) })
    }`;
  const title = subject ? here.entries[subject]?.text : "";
  return title ? `${who} ${_("The subject: “{text}”", { text: brief(title) })}` : who;
}
