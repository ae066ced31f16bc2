// The drift absorber: what the delay is, and three ways to land, drawn as bars; the protected phase keeps its minutes.
import type { JSX } from "preact";
import { _, _n, hour } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, phaseWords, view } from "./store.ts";
import type { PlanView, ProposalView } from "./wire.gen.ts";

const NAMES: Readonly<Record<string, () => string>> = {
  shave: () => _("A little from each step"),
  borrow: () => _("Borrow from the consultation"),
  later: () => _("End later, if the group agrees"),
};

export function Drift(): JSX.Element | null {
  const here = view.value;
  const conduct = here?.conduct;
  if (!here || !conduct) return null;
  const late = Math.max(1, Math.round(conduct.late_ms / 60_000));
  const kept = here.plan.find((each) => each.protected && !each.done);
  const end = hour(here.clock.promised_end, here.session.zone, true);
  const ways = conduct.proposals.filter((each) => each.name !== "later");
  const later = conduct.proposals.find((each) => each.name === "later");
  return (
    <section class="sheet block" data-part="group" aria-labelledby="drift">
      <header>
        <h2 id="drift">{_n("{n} minute late", "{n} minutes late", late)}</h2>
      </header>
      <p>
        {ways.length
          ? _n("One way to end at {hour}.", "{n} ways to end at {hour}.", ways.length, { hour: end })
          : _("There is nothing left to borrow.")}{" "}
        {kept
          ? _("{phase} keeps its {n} minutes.", {
              phase: phaseWords(kept)?.title ?? "",
              n: Math.round(kept.granted_ms / 60_000),
            })
          : ""}
      </p>
      <ul class="ways">
        {ways.map((way) => (
          <li key={way.name}>
            <Way way={way} />
          </li>
        ))}
      </ul>
      {later ? (
        <p class="small">
          <button type="button" class="as-link" disabled={!may("replan")} onClick={() => apply(later)}>
            {_("End at {hour}, if the group agrees", { hour: hour(later.ends_at, here.session.zone, true) })}
          </button>
        </p>
      ) : null}
      <Refused where="drift" />
    </section>
  );
}

function apply(way: ProposalView): void {
  void ask({ type: "replan", proposal: way.name }, "drift");
}

/** Names a way by what it does; once the consultation is over, another phase lends its time. */
function nameOf(way: ProposalView, coming: readonly PlanView[]): string {
  const lender = coming.find((each) => way.changes[each.key] !== undefined);
  const other =
    way.name === "borrow" &&
    phaseWords(lender)?.voice !== "in-turn" &&
    phaseWords(lender)?.step !== "consultation";
  return other
    ? _("Borrow from: {phase}", { phase: phaseWords(lender)?.title ?? "" })
    : (NAMES[way.name]?.() ?? way.name);
}

function Way({ way }: { way: ProposalView }): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const at = here.clock.at ?? 0;
  const coming = here.plan.slice(at);
  const next = here.plan[at + 1];
  const minutes = (each: PlanView) => Math.max(0, (way.changes[each.key] ?? each.granted_ms) / 60_000);
  const whole = (each: PlanView) => String(Math.round(minutes(each)));
  const said = coming.map((each) => `${phaseWords(each)?.title ?? each.key} ${whole(each)}`).join(", ");
  return (
    <button type="button" disabled={!may("replan")} onClick={() => apply(way)}>
      <b>{nameOf(way, coming)}</b>
      {next ? (
        <span class="at num">
          {phaseWords(next)?.title} {hour(way.next_at, here.session.zone)}
        </span>
      ) : null}
      <span class="split" role="img" aria-label={said}>
        {coming.map((each) => (
          <i
            key={each.key}
            class={each.protected ? "kept" : way.changes[each.key] === undefined ? "" : "changed"}
            style={{ "--m": String(minutes(each)) }}
          >
            {whole(each)}
          </i>
        ))}
      </span>
    </button>
  );
}
