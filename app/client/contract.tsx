// The contract: one sentence the client writes, accepted by both sides.
import { Check } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _ } from "./language.ts";
import { Refused } from "./parts.tsx";
import { shortName, view } from "./store.ts";
import { Field, Saved, useWriting } from "./writing.tsx";

/** Words the request; shown to whoever may write it. */
export function WordContract(): JSX.Element | null {
  const here = view.value;
  const entry = here?.request.entry ? here.entries[here.request.entry] : undefined;
  const { id, text, edit, flush } = useWriting("contract", "contract", entry);
  return (
    <section class="stack" aria-labelledby="contract">
      <h2 id="contract">{_("My request")}</h2>
      <Field
        label={_("In one sentence: I would like you to help me…")}
        hint={_("Everybody sees it as you write.")}
        lines={4}
        max={600}
        value={text}
        onInput={(value) => edit(value)}
        onRest={flush}
      />
      <Saved id={id} />
      <Accepted />
    </section>
  );
}

/** Who has said yes to the sentence as it stands. */
export function Accepted(): JSX.Element | null {
  const request = view.value?.request;
  if (!request?.entry) return null;
  const side = (name: string, yes: boolean) => (
    <li class={yes ? "yes" : ""}>
      {yes ? <Icon of={Check} /> : null}
      <span>
        {name} <small class="quiet">{yes ? _("accepted") : _("not yet")}</small>
      </span>
    </li>
  );
  return (
    <>
      <ul class="sides" aria-label={_("Who accepts this wording")}>
        {side(shortName(request.person), request.client)}
        {side(_("The consultants"), request.consultants)}
      </ul>
      <Refused where="accept-contract" />
    </>
  );
}
