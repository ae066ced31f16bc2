// The client is on the telephone alone: whoever conducts writes the request as it is said, and says yes for them.
import type { JSX } from "preact";
import { _ } from "../language.ts";
import { Refused } from "../parts.tsx";
import { ask, may, seat, shortName, view } from "../store.ts";
import { Field, Saved, useWriting } from "../writing.tsx";

export function Dictation(): JSX.Element | null {
  const here = view.value;
  const client = seat(here?.request.person);
  const alone = client && client.presence !== "here" && client.rung === "bridge";
  if (!here || !client || !alone || here.me.writes.contract === undefined) return null;
  return <Dictated client={client.id} />;
}

function Dictated({ client }: { client: string }): JSX.Element {
  const here = view.value;
  const request = here?.request;
  const entry = request?.entry ? here?.entries[request.entry] : undefined;
  const { id, text, edit, flush } = useWriting("contract", "contract", entry);
  const who = { name: shortName(client) };
  return (
    <div class="stack">
      <p class="small quiet">{_("{name} is on the telephone: write the request as they say it.", who)}</p>
      <Field
        label={_("The request, in one sentence")}
        lines={3}
        value={text}
        onInput={(value) => edit(value)}
        onRest={flush}
      />
      <Saved id={id} />
      {request?.entry && !request.client && may("accept-contract") ? (
        <button
          type="button"
          class="btn"
          onClick={() =>
            void ask(
              {
                type: "accept-contract",
                entry: request.entry ?? "",
                revision: request.revision,
                for_client: true,
              },
              "accept-contract",
            )
          }
        >
          {_("{name} says yes on the telephone", who)}
        </button>
      ) : null}
      <Refused where="accept-contract" />
    </div>
  );
}
