// The other roles of the table: who helps to conduct, keeps time, takes notes or observes today.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { _, _n, capital } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, name, view } from "./store.ts";
import type { DutyView, Role, SeatView } from "./wire.gen.ts";

const NAMES: Readonly<Record<string, () => string>> = {
  consultant: () => _("consultant"),
  timekeeper: () => _("timekeeper"),
  scribe: () => _("scribe"),
  observer: () => _("observer"),
  "co-facilitator": () => _("co-facilitator"),
  facilitator: () => _("facilitator"),
};

function why(duty: DutyView): string {
  const role = NAMES[duty.role]?.() ?? duty.role;
  const words = { name: name(duty.person), role: capital(role) };
  switch (duty.why) {
    case "never":
      return _("{role}: {name}, for the first time.", words);
    case "fewest":
      return _("{role}: {name}, who has been it least often.", words);
    case "longest":
      return _("{role}: {name}, who was it longest ago.", words);
    default:
      return _("{role}: {name}, by the order of seats among equals.", words);
  }
}

/** Who could have the duties that nobody has yet, and one button to agree. */
function Proposal({ duties }: { duties: readonly DutyView[] }): JSX.Element {
  const accept = async () => {
    for (const duty of duties) {
      await ask({ type: "assign-role", person: duty.person, role: duty.role as Role });
    }
  };
  return (
    <>
      {duties.map((duty) => (
        <p key={duty.role} class="quiet">
          {why(duty)}
        </p>
      ))}
      <div class="row">
        <button type="button" class="btn" onClick={accept}>
          {_n("Give this role", "Give these roles", duties.length)}
        </button>
      </div>
    </>
  );
}

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
      {here.conduct?.duties.length && !open.value ? <Proposal duties={here.conduct.duties} /> : null}
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
