// The floor as the facilitator holds it: who speaks, who asked, who has not been heard.
import { AudioLines } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { _, _n, list } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, name, now, phase, seat, shortName, view } from "./store.ts";

export function giveFloor(person: string | null): void {
  if (may("give-floor")) void ask({ type: "give-floor", person }, "floor");
}

function rule(voice: string | undefined): string {
  switch (voice) {
    case "client":
      return _("the client only");
    case "questions":
      return _("short questions");
    case "in-turn":
      return _("one idea a turn");
    case "round":
      return _("each in turn, once");
    case "free":
      return _("open");
    default:
      return "";
  }
}

export function FloorCard(): JSX.Element | null {
  const here = view.value;
  const conduct = here?.conduct;
  if (!here || !conduct) return null;
  const { floor } = here;
  const minutes = floor.since === null ? 0 : Math.floor((now.value - floor.since) / 60_000);
  const voice = phase.value?.voice;
  const answers = voice === "questions" || voice === "in-turn"; // the client answers, or listens
  const unheard =
    voice === "client" || here.ladder.rung === "text"
      ? []
      : conduct.unheard.filter(
          (id) =>
            id !== floor.holder &&
            !floor.hands.includes(id) &&
            seat(id) &&
            !(answers && seat(id)?.role === "client"),
        );
  return (
    <section class="sheet block" data-part="floor" aria-labelledby="floor">
      <header>
        <h2 id="floor">{_("Floor")}</h2>
        <p class="small quiet push">{rule(phase.value?.voice)}</p>
      </header>
      <ol class="turns">
        {floor.holder ? (
          <li>
            <span class="order now">
              <Icon of={AudioLines} />
            </span>
            <span class="now">
              {_("{name} has the floor", { name: name(floor.holder) })}
              <small>{minutes ? _n("for {n} minute", "for {n} minutes", minutes) : _("for a moment")}</small>
            </span>
            <button
              type="button"
              class="btn bare"
              disabled={!may("give-floor")}
              onClick={() => giveFloor(null)}
            >
              {_("Thank")}
            </button>
          </li>
        ) : null}
        {floor.hands.map((id, rank) => (
          <li key={id}>
            <span class="order">{rank + 1}</span>
            <span>
              <bdi>{name(id)}</bdi>
              <small>{about(id)}</small>
            </span>
            <span class="row one-line">
              <button
                type="button"
                class="btn floor"
                disabled={!may("give-floor")}
                onClick={() => giveFloor(id)}
                aria-label={_("Give the floor to {name}", { name: name(id) })}
              >
                {_("Give")}
              </button>
              <button
                type="button"
                class="btn bare small-btn"
                disabled={!may("lower-hand")}
                onClick={() => void ask({ type: "lower-hand", person: id }, "floor")}
                aria-label={_("Lower {name}’s hand", { name: name(id) })}
              >
                {_("Lower")}
              </button>
            </span>
          </li>
        ))}
      </ol>
      {floor.round.length ? (
        <p class="small round-line">
          {_("Round: then {names}.", { names: list(floor.round.map((id) => shortName(id))) })}{" "}
          <button
            type="button"
            class="as-link"
            disabled={!may("give-floor")}
            onClick={() => giveFloor(floor.round[0] ?? null)}
          >
            {_("Next in the round")}
          </button>
        </p>
      ) : null}
      {!floor.holder && !floor.hands.length && !floor.round.length ? (
        <p class="quiet">{_("Nobody waits.")}</p>
      ) : null}
      {unheard.length ? (
        <div class="unheard">
          <p class="small quiet">{_("Not heard yet in this phase:")}</p>
          <ul>
            {unheard.map((id) => (
              <li key={id}>
                <button
                  type="button"
                  class="as-link"
                  disabled={!may("give-floor")}
                  onClick={() => giveFloor(id)}
                  aria-label={_("Invite {name} to speak", { name: name(id) })}
                >
                  <bdi>{shortName(id)}</bdi>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {may("start-round") && !floor.round.length ? (
        <button
          type="button"
          class="btn bare start-round"
          onClick={() => void ask({ type: "start-round" }, "floor")}
        >
          {_("Start a round of all")}
        </button>
      ) : null}
      <Refused where="floor" />
    </section>
  );
}

/** What the facilitator should know before giving the floor. */
function about(id: string): string {
  const conduct = view.value?.conduct;
  const tag = conduct?.experts[id];
  if (tag) return _("{tag}, close to the subject: last", { tag });
  return conduct?.unheard.includes(id) ? _("has not spoken yet") : "";
}
