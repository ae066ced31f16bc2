// The other roles of the table: who helps to conduct, keeps time, takes notes or observes today.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { _ } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, view } from "./store.ts";
import type { Role, SeatView } from "./wire.gen.ts";

const NAMES: Readonly<Record<string, () => string>> = {
  consultant: () => _("consultant"),
  timekeeper: () => _("timekeeper"),
  scribe: () => _("scribe"),
  observer: () => _("observer"),
  "co-facilitator": () => _("co-facilitator"),
  facilitator: () => _("facilitator"),
};

export function Roles(): JSX.Element | null {
  const open = useSignal(false);
  const here = view.value;
  if (!here || !may("assign-role")) return null;
  const special = here.seats.filter((each) => NAMES[each.role] && each.role !== "consultant");
  return (
    <section class="sheet block" data-part="group" aria-labelledby="roles">
      <header>
        <h2 id="roles">{_("Roles")}</h2>
        <button
          type="button"
          class="btn bare push"
          aria-expanded={open.value}
          onClick={() => (open.value = !open.value)}
        >
          {open.value ? _("Done") : _("Change the roles")}
        </button>
      </header>
      {open.value ? (
        <ul class="turns">
          {here.seats.map((each) => (
            <li key={each.id}>
              <span class="order" />
              <bdi>{each.name}</bdi>
              {each.role === "client" ? <span class="quiet">{_("client")}</span> : <Choice seat={each} />}
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">
          {special.map((each) => `${each.name}, ${NAMES[each.role]?.() ?? each.role}`).join(" · ")}
        </p>
      )}
      <Refused where="assign-role" />
    </section>
  );
}

function Choice({ seat }: { seat: SeatView }): JSX.Element {
  return (
    <select
      class="input"
      aria-label={_("Role of {name}", { name: seat.name })}
      value={seat.role}
      onChange={async (event) => {
        const list = event.currentTarget;
        await ask({ type: "assign-role", person: seat.id, role: list.value as Role });
        list.value = view.value?.seats.find((each) => each.id === seat.id)?.role ?? list.value;
      }}
    >
      {Object.entries(NAMES).map(([role, words]) => (
        <option key={role} value={role}>
          {words()}
        </option>
      ))}
    </select>
  );
}
