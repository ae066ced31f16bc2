// The facilitator's side: what the phase waits for first, then the floor, delay, the cast, the balance of voices.
import type { JSX } from "preact";
import { Cast } from "./cast.tsx";
import { Accepted } from "./contract.tsx";
import { Drift } from "./drift.tsx";
import { FloorCard } from "./floor.tsx";
import { _, _n, list } from "./language.ts";
import { Live } from "./lazy.tsx";
import { Said } from "./offer.tsx";
import { Refused } from "./parts.tsx";
import { Roles } from "./roles.tsx";
import { wide } from "./screen.ts";
import { acceptContract, ask, may, phase, shortName, view } from "./store.ts";
import { tight } from "./table.tsx";
import { Conversation } from "./text/conversation.tsx";
import { someoneWrites } from "./text/turn.ts";
import { entriesOf, offeredNow } from "./writing.tsx";

export function Conduct(): JSX.Element | null {
  const here = view.value;
  if (!here?.conduct) return null;
  const running = here.session.status === "running";
  const silent = phase.value?.voice === "silence" || phase.value?.voice === "writing";
  return (
    <aside class="side" aria-label={_("More to conduct with")}>
      {running && (contractNow() || (here.request.entry && (tight.value || !wide.value))) ? (
        <Contract />
      ) : null}
      {running && here.conduct.waiting ? <Reveal /> : null}
      {here.session.status === "open" || (running && !silent) ? <Talk /> : null}
      {running && !silent ? <FloorCard /> : null}
      {running && silent ? <Ready /> : null}
      {running && (here.conduct.proposals.length ?? 0) > 0 ? <Drift /> : null}
      {here.session.status !== "ended" && here.session.status !== "closed" ? <Cast /> : null}
      <Roles />
      {running ? <Written /> : null}
      {running && !silent ? <Voices /> : null}
      {here.session.status === "ended" ? <Over /> : <Live part="Ways" />}
      <Live part={here.session.status === "ended" ? "Report" : "Drill"} />
    </aside>
  );
}

function contractNow(): boolean {
  const request = view.value?.request;
  const words = phase.value?.captures.some((each) => each.kind === "contract") ?? false;
  return words || Boolean(request?.entry && !(request.client && request.consultants));
}

function Contract(): JSX.Element | null {
  const request = view.value?.request;
  if (!request) return null;
  return (
    <section class="sheet block" data-part="group" aria-labelledby="contract-card">
      <header>
        <h2 id="contract-card">{_("Contract")}</h2>
      </header>
      {request.entry ? (
        <>
          <p>
            <q>{request.text}</q>
          </p>
          <Accepted />
          {may("accept-contract") && !request.consultants ? (
            <button type="button" class="btn" onClick={acceptContract}>
              {_("Accept for the consultants")}
            </button>
          ) : null}
        </>
      ) : (
        <p class="quiet">
          {_("{name} writes the request; it appears here at once.", { name: shortName(request.person) })}
        </p>
      )}
      <Live part="Dictation" />
    </section>
  );
}

/** What is said in writing: the group's conversation, or the words of one person to be read aloud. */
function Talk(): JSX.Element | null {
  const here = view.value;
  if (!here || !someoneWrites(here)) return null;
  const alone = here.ladder.rung === "text" ? [] : here.seats.filter((seat) => seat.rung === "text");
  const names = alone.filter((seat) => seat.presence === "here").map((seat) => shortName(seat.id));
  return (
    <section class="sheet block" data-part="floor" aria-labelledby="talk">
      <header>
        <h2 id="talk">{_("In writing")}</h2>
      </header>
      {names.length ? (
        <p class="small">
          {_n(
            "{names} writes: read their words aloud, and write to them what matters.",
            "{names} write: read their words aloud, and write to them what matters.",
            names.length,
            { names: list(names) },
          )}
        </p>
      ) : null}
      <Conversation />
    </section>
  );
}

/** What people wrote for everybody in this phase, to be read aloud. */
function Written(): JSX.Element | null {
  const kinds = (["question", "idea"] as const).filter(
    (kind) => phase.value?.captures.some((each) => each.kind === kind) && offeredNow(kind).length,
  );
  return kinds.length ? (
    <section class="sheet block" data-part="group" aria-labelledby="written">
      <header>
        <h2 id="written">{_("Offered in writing")}</h2>
      </header>
      {kinds.map((kind) => (
        <Said key={kind} kind={kind} />
      ))}
    </section>
  ) : null;
}

function Reveal(): JSX.Element {
  const waiting = view.value?.conduct?.waiting ?? 0;
  return (
    <section class="sheet block" data-part="group" aria-labelledby="reveal">
      <header>
        <h2 id="reveal">{_("Written, not shown yet")}</h2>
      </header>
      <p>
        {_n(
          "{n} text waits to be shown to everybody at once.",
          "{n} texts wait to be shown to everybody at once.",
          waiting,
        )}
      </p>
      <button
        type="button"
        class="btn"
        disabled={!may("reveal")}
        onClick={() => void ask({ type: "reveal" })}
      >
        {_("Show them all")}
      </button>
      <Refused where="reveal" />
    </section>
  );
}

/** In silence: who has said they are ready; nobody sees who is writing. */
function Ready(): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const present = here.seats.filter((each) => each.presence === "here" && each.id !== here.me.id);
  const ready = present.filter((each) => each.ready);
  return (
    <section class="sheet block" data-part="floor" aria-labelledby="ready">
      <header>
        <h2 id="ready">{_("In silence")}</h2>
        <p class="small quiet push">{_("{n} ready of {all}", { n: ready.length, all: present.length })}</p>
      </header>
      {ready.length ? (
        <ul class="seen">
          {ready.map((each) => (
            <li key={each.id}>
              <bdi>{each.name}</bdi>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{_("Nobody has finished yet. Silence works.")}</p>
      )}
    </section>
  );
}

/** One gauge for the group: live, never kept, nobody named. */
function Voices(): JSX.Element | null {
  const balance = view.value?.conduct?.balance ?? null;
  if (balance === null) return null;
  const word =
    balance > 0.66
      ? _("Voices are shared")
      : balance > 0.33
        ? _("Voices are rather shared")
        : _("A few voices carry the talk");
  return (
    <section class="sheet block" data-part="floor" aria-labelledby="voices">
      <header>
        <h2 id="voices">{_("Voices")}</h2>
        <p class="small quiet push">{_("live, never kept")}</p>
      </header>
      <div class="voices">
        <span>{_("few")}</span>
        <span class="gauge" role="img" aria-label={word}>
          <i style={{ "--at": `${Math.round(balance * 100)}%` }} />
        </span>
        <span>{_("shared")}</span>
      </div>
    </section>
  );
}

function Over(): JSX.Element {
  const subjects = entriesOf("subject");
  return (
    <section class="sheet block" data-part="group" aria-labelledby="over">
      <header>
        <h2 id="over">{_("The session is over")}</h2>
      </header>
      <p>{_("Plans and learnings go to those who wrote them. You do not receive them.")}</p>
      {subjects.length ? (
        <details class="choose">
          <summary class="as-link">
            {_n("{n} subject was on the table", "{n} subjects were on the table", subjects.length)}
          </summary>
          <ul class="said">
            {subjects.map((each) => (
              <li key={each.id}>
                {each.text}
                <small class="quiet">
                  <bdi>{shortName(each.author)}</bdi>
                </small>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}
