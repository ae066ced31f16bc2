// In a rehearsal the facilitator breaks things on purpose, to have seen once what follows; each is mended in one tap.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { _ } from "../language.ts";
import { Refused } from "../parts.tsx";
import { ask, may, name, seat, shortName, view } from "../store.ts";
import type { BrokenView, Fault } from "../wire.gen.ts";

const drill =
  (fault: Fault, on: boolean, person: string | null = null) =>
  () =>
    void ask({ type: "drill", fault, person, on }, "drill");

export function Drill(): JSX.Element | null {
  const chosen = useSignal<string | null>(null);
  const open = useSignal(false);
  const here = view.value;
  if (!here?.session.rehearsal || !may("drill")) return null;
  const { broken } = here.ladder;
  const is = (fault: Fault, person: string | null = null) =>
    broken.some((each) => each.fault === fault && each.person === person);
  const client = seat(here.request.person);
  const others = here.seats.filter(
    (each) => each.id !== here.me.id && each.id !== client?.id && each.role !== "facilitator",
  );
  const other = others.find((each) => each.id === chosen.value) ?? others[0];
  return (
    <details
      class="sheet block drill"
      data-part="group"
      open={open.value || broken.length > 0}
      onToggle={(event) => (open.value = event.currentTarget.open)}
    >
      <summary>
        <b>{_("Rehearse a breakdown")}</b>
      </summary>
      <p class="small quiet">
        {_(
          "Break something and watch what Ronde does; it takes as many seconds as in real life. One tap mends it.",
        )}
      </p>
      {broken.length ? (
        <ul class="turns">
          {broken.map((each) => (
            <li key={`${each.fault} ${each.person ?? ""}`}>
              <span>{told(each)}</span>
              <button type="button" class="btn bare" onClick={drill(each.fault as Fault, false, each.person)}>
                {each.fault === "away" ? _("Bring back") : _("Mend")}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div class="row">
        {is("video") ? null : (
          <button type="button" class="btn" onClick={drill("video", true)}>
            {_("Stop the video server")}
          </button>
        )}
        {is("video") && !is("sound") ? (
          <button type="button" class="btn" onClick={drill("sound", true)}>
            {_("Cut direct sound as well")}
          </button>
        ) : null}
        {client && client.id !== here.me.id && !is("away", client.id) ? (
          <button type="button" class="btn" onClick={drill("away", true, client.id)}>
            {_("{name}, the client, drops out", { name: shortName(client.id) })}
          </button>
        ) : null}
      </div>
      {other ? (
        <div class="row">
          <label class="field">
            <span class="label">{_("Somebody else")}</span>
            <select
              class="input"
              value={other.id}
              onChange={(event) => {
                chosen.value = event.currentTarget.value;
              }}
            >
              {others.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          {is("away", other.id) ? null : (
            <button type="button" class="btn" onClick={drill("away", true, other.id)}>
              {_("Drops out")}
            </button>
          )}
          {is("network", other.id) ? null : (
            <button type="button" class="btn" onClick={drill("network", true, other.id)}>
              {_("Network blocks video")}
            </button>
          )}
        </div>
      ) : null}
      <Refused where="drill" />
    </details>
  );
}

function told({ fault, person }: BrokenView): string {
  switch (fault) {
    case "video":
      return _("The video server is stopped.");
    case "sound":
      return _("Direct sound is cut.");
    case "network":
      return _("{name}’s network blocks video.", { name: name(person) });
    default:
      return _("{name} has dropped out.", { name: name(person) });
  }
}
