// The cast: who is proposed as client and why in one sentence, somebody else, who is in reserve.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { _, _n } from "./language.ts";
import { Refused } from "./parts.tsx";
import { ask, may, name, seat, view } from "./store.ts";
import type { EntryView } from "./wire.gen.ts";
import { entriesOf } from "./writing.tsx";

const OUTSIDE = new Set(["facilitator", "co-facilitator", "observer"]);

function why(reason: Readonly<Record<string, string | number>>): string {
  const who = name(String(reason.person ?? ""));
  const turns = Number(reason.turns ?? 0);
  switch (reason.code) {
    case "never":
      return _("{name} has never been the client in this group.", { name: who });
    case "fewest":
      return _n(
        "{name} has been the client only once.",
        "{name} has been the client {n} times, fewer than the others.",
        turns,
        { name: who },
      );
    case "longest":
      return _("{name} was the client longest ago, in session {number}.", {
        name: who,
        number: Number(reason.number ?? 0),
      });
    case "seat":
      return _("Several people have waited as long; {name} comes first round the table.", { name: who });
    default:
      return _("Nobody here with a subject can be proposed yet.");
  }
}

export function Cast(): JSX.Element | null {
  const here = view.value;
  const conduct = here?.conduct;
  const open = useSignal(false);
  if (!here || !conduct || !may("choose-client")) return null;
  const settled = here.request.client && here.request.consultants;
  const turn = conduct.cast_turn || 1;
  const client = conduct.clients[turn - 1] ?? null;
  if (client && settled && !open.value) return null;
  const subjects = entriesOf("subject");
  const subjectOf = (person: string): EntryView | undefined =>
    subjects.find((each) => each.author === person);
  const people = here.seats.filter((each) => !OUTSIDE.has(each.role) && each.presence !== "gone");
  const choose = (person: string, reserve?: string | null) => {
    open.value = false;
    void ask(
      {
        type: "choose-client",
        person,
        subject: subjectOf(person)?.id ?? null,
        reserve: reserve ?? (conduct.reserve === person ? null : conduct.reserve),
        turn,
      },
      "cast",
    );
  };
  const proposed = seat(conduct.cast_client);
  const subject = client ? subjectOf(client) : proposed ? subjectOf(proposed.id) : undefined;
  return (
    <section class="sheet block cast" data-part="group" aria-labelledby="cast">
      <header>
        <h2 id="cast">{_("Today’s client")}</h2>
        {conduct.clients.length > 1 ? (
          <p class="small quiet push">{_("turn {n} of {all}", { n: turn, all: conduct.clients.length })}</p>
        ) : null}
      </header>
      {client ? (
        <p>
          <b>
            <bdi>{name(client)}</bdi>
          </b>
          {conduct.reserve ? (
            <span class="quiet"> · {_("in reserve: {name}", { name: name(conduct.reserve) })}</span>
          ) : null}
        </p>
      ) : (
        <p>{why(conduct.cast_why)}</p>
      )}
      {subject ? (
        <p class="quiet">
          <q>{subject.text}</q>
        </p>
      ) : null}
      <div class="row">
        {!client && proposed ? (
          <button type="button" class="btn" onClick={() => choose(proposed.id, conduct.cast_reserve)}>
            {_("Choose {name}", { name: proposed.name })}
          </button>
        ) : null}
        <button
          type="button"
          class="btn bare"
          aria-expanded={open.value}
          onClick={() => (open.value = !open.value)}
        >
          {_("Choose somebody else")}
        </button>
      </div>
      {open.value ? (
        <ul class="turns">
          {people.map((each) => {
            const theirs = subjectOf(each.id);
            return (
              <li key={each.id}>
                <span>
                  <bdi>{each.name}</bdi>
                  <small>
                    {theirs
                      ? `${theirs.text}${theirs.interest ? ` · ${_n("{n} person is interested", "{n} people are interested", theirs.interest)}` : ""}`
                      : _("no subject proposed")}
                  </small>
                </span>
                <button
                  type="button"
                  class="btn"
                  disabled={each.id === client}
                  aria-label={_("Choose {name}", { name: each.name })}
                  onClick={() => choose(each.id)}
                >
                  {_("Choose")}
                </button>
              </li>
            );
          })}
        </ul>
      ) : null}
      {client && open.value ? (
        <label class="field">
          <span class="label">{_("In reserve")}</span>
          <select
            class="input"
            value={conduct.reserve ?? ""}
            onChange={(event) => choose(client, event.currentTarget.value || null)}
          >
            <option value="">{_("nobody")}</option>
            {people
              .filter((each) => each.id !== client)
              .map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
          </select>
        </label>
      ) : null}
      <Refused where="cast" />
    </section>
  );
}
