// Cards about who is not at the table: the client, the facilitator, or oneself a moment ago.
import { useSignal } from "@preact/signals";
import { Armchair, DoorOpen, Hourglass } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icon.tsx";
import { _, list } from "../language.ts";
import { part } from "../middle.tsx";
import { Refused } from "../parts.tsx";
import { ask, face, may, name, now, phaseWords, seat, shortName, slot, view } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { lately } from "./return.ts";

/** What the engine allows a relay, and when (app/engine/relay.py); earlier than this nobody is told. */
const SHOWN_AFTER = 5_000;
const CLOCK_AFTER = 15_000;
const TITLE_AFTER = 60_000;

/** What is to be said about people now, most urgent first; nothing most of the time. */
export function cards(): readonly JSX.Element[] {
  const here = view.value;
  if (here?.session.status !== "running") return [];
  const about = relayCard(here) ?? clientCard(here);
  const mine = lately.value ? <CatchUp key="missed" here={here} /> : null;
  return [about, mine].filter((each) => each !== null);
}

interface CardProps {
  icon: unknown;
  what: string;
  todo?: string;
  children?: ComponentChildren;
  id: string;
}

function Card({ icon, what, todo, children, id }: CardProps): JSX.Element {
  return (
    <div class="note" data-card={id}>
      <Icon of={icon} />
      <div>
        <p>
          <b>{what}</b> {todo}
        </p>
        {children ? <div class="row">{children}</div> : null}
        <Refused where="card" />
      </div>
    </div>
  );
}

function Do({ word, onClick, bare }: { word: string; onClick: () => void; bare?: boolean }): JSX.Element {
  return (
    <button type="button" class={bare ? "btn bare" : "btn"} onClick={onClick}>
      {word}
    </button>
  );
}

// -- the client ----------------------------------------------------------------------------------

const given = (...commands: readonly Parameters<typeof ask>[0][]) =>
  async function inOrder(): Promise<void> {
    for (const command of commands) if (!(await ask(command, "card")).ok) return;
  };

/** The clock waits for a client: whoever conducts chooses how to go on. */
function clientCard(here: View): JSX.Element | null {
  const client = seat(here.request.person);
  if (!here.conduct || !may("resume") || !client) return null;
  if (here.clock.state !== "paused" || here.clock.reason !== "client-away") return null;
  return <ClientAway key={client.id} here={here} />;
}

function ClientAway({ here }: { here: View }): JSX.Element | null {
  const waits = useSignal(false);
  const client = seat(here.request.person);
  if (!client) return null;
  const who = { name: shortName(client.id) };
  const resume = { type: "resume" } as const;
  if (client.presence === "here")
    return (
      <Card id="client-back" icon={Hourglass} what={_("{name} is back.", who)} todo={_("Time waited.")}>
        <Do word={_("Let time run again")} onClick={given(resume)} />
      </Card>
    );
  const reserve = seat(here.conduct?.reserve);
  const subject = Object.values(here.entries).find(
    (each) => each.kind === "subject" && each.author === reserve?.id,
  );
  const { phone, link } = here.bridge;
  return (
    <Card
      id="client-away"
      icon={Hourglass}
      what={_("{name} is away.", who)}
      todo={
        waits.value
          ? _("Time waits. It runs again when you say so.")
          : _("Time waits. You choose how to go on.")
      }
    >
      {waits.value ? (
        <Do bare word={_("Another way")} onClick={() => (waits.value = false)} />
      ) : (
        <>
          <Do word={_("Wait a minute more")} onClick={() => (waits.value = true)} />
          {phone || link ? (
            <Do
              word={phone ? _("{name} is on the telephone", who) : _("{name} is in the other room", who)}
              onClick={given({ type: "place-person", person: client.id, rung: "bridge" }, resume)}
            />
          ) : null}
          <Do word={_("Go on in writing")} onClick={given({ type: "force-rung", rung: "text" }, resume)} />
          {reserve && may("choose-client") ? (
            <Do
              word={_("{name} becomes the client", { name: shortName(reserve.id) })}
              onClick={given(
                { type: "choose-client", person: reserve.id, subject: subject?.id ?? null, reserve: null },
                resume,
              )}
            />
          ) : null}
          {phone ? (
            <p class="small quiet">
              {here.bridge.code
                ? _("They have this on their card: {phone}, code {code}.", { phone, code: here.bridge.code })
                : _("They have this on their card: {phone}.", { phone })}
            </p>
          ) : null}
        </>
      )}
    </Card>
  );
}

// -- the facilitator -----------------------------------------------------------------------------

/** Nobody conducts, somebody stands in, or the facilitator is back. */
function relayCard(here: View): JSX.Element | null {
  const leaders = here.seats.filter((each) => each.role === "facilitator" || each.role === "co-facilitator");
  const leads = leaders.some((each) => each.id === here.me.id);
  const there = leaders.find((each) => each.presence === "here");
  const standIn = here.session.stand_in;
  if (leads) return ofLeader(here, standIn);
  const host = leaders[0];
  if (standIn === here.me.id) return ofStandIn(here, there?.id ?? null, host?.id ?? null);
  if (there || !host) return null;
  if (here.session.self_guided)
    return here.conduct && host.away_since !== null ? ofGroup(here, host.id) : null;
  if (standIn)
    return (
      <Card
        id="stands-in"
        icon={Hourglass}
        what={_("{name} is away.", { name: shortName(host.id) })}
        todo={
          here.session.stand_in_title
            ? _("{name} facilitates meanwhile. The session goes on.", { name: shortName(standIn) })
            : _("{name} keeps the time. The session goes on.", { name: shortName(standIn) })
        }
      />
    );
  const left = leaders.map((each) => each.away_since ?? Number.POSITIVE_INFINITY);
  const away = now.value - Math.max(...left);
  if (!(away >= SHOWN_AFTER)) return null;
  return here.bridge.relay === here.me.id ? ofRelay(host.id, away) : ofOthers(here, host.id);
}

function ofOthers(here: View, host: string): JSX.Element {
  const relay = seat(here.bridge.relay);
  return (
    <Card
      id="host-away"
      icon={Hourglass}
      what={_("{name} is away.", { name: shortName(host) })}
      todo={
        relay?.presence === "here"
          ? _("Time runs on. {name} can keep it in a moment. Nothing to do.", { name: shortName(relay.id) })
          : _("Time runs on. If it lasts, the steps follow each other by themselves. Nothing to do.")
      }
    />
  );
}

function ofRelay(host: string, away: number): JSX.Element {
  return (
    <Card
      id="relay"
      icon={Hourglass}
      what={_("{name} is away.", { name: shortName(host) })}
      todo={
        away < CLOCK_AFTER
          ? _("Time runs on. You are the relay: in a moment you may keep it.")
          : _("Time runs on. You are the relay.")
      }
    >
      {away >= CLOCK_AFTER && may("take-clock") ? (
        <Do word={_("Keep the time")} onClick={given({ type: "take-clock" })} />
      ) : null}
      {away >= TITLE_AFTER && may("take-title") ? (
        <Do word={_("Facilitate meanwhile")} onClick={given({ type: "take-title" })} />
      ) : null}
    </Card>
  );
}

function ofStandIn(here: View, there: string | null, host: string | null): JSX.Element {
  const title = here.session.stand_in_title;
  const atDesk = location.pathname.startsWith("/console/");
  const left = seat(host)?.away_since;
  const longAway = left != null && now.value - left >= TITLE_AFTER;
  return (
    <Card
      id="stand-in"
      icon={Armchair}
      what={
        there
          ? _("{name} is back.", { name: shortName(there) })
          : title
            ? _("You facilitate meanwhile.")
            : _("You keep the time.")
      }
      todo={
        there
          ? _("You hand the session back when the moment is good.")
          : _("{name} finds everything as it is.", { name: shortName(host) })
      }
    >
      {there ? (
        <Do
          word={_("Hand back to {name}", { name: shortName(there) })}
          onClick={given({ type: "give-back" })}
        />
      ) : null}
      {!title && !there && longAway && may("take-title") ? (
        <Do word={_("Facilitate meanwhile")} onClick={given({ type: "take-title" })} />
      ) : null}
      {atDesk ? null : (
        <a class="btn" href={`/console/${here.session.id}`}>
          <Icon of={Armchair} />
          {_("Open the console")}
        </a>
      )}
    </Card>
  );
}

function ofLeader(here: View, standIn: string | null): JSX.Element | null {
  if (standIn)
    return (
      <Card
        id="handed"
        icon={Armchair}
        what={
          here.session.stand_in_title
            ? _("{name} facilitates meanwhile.", { name: shortName(standIn) })
            : _("{name} keeps the time.", { name: shortName(standIn) })
        }
        todo={_("They hand the session back to you in one tap.")}
      >
        {may("give-back") ? (
          <Do word={_("Take the session back")} onClick={given({ type: "give-back" })} />
        ) : null}
      </Card>
    );
  if (here.session.self_guided && may("take-title"))
    return (
      <Card
        id="alone-before"
        icon={Armchair}
        what={_("The group went on by itself.")}
        todo={_("Its steps follow each other until you take the session back.")}
      >
        <Do word={_("Take the session back")} onClick={given({ type: "take-title" })} />
      </Card>
    );
  return null;
}

function ofGroup(here: View, host: string): JSX.Element {
  const atDesk = location.pathname.startsWith("/console/");
  return (
    <Card
      id="by-itself"
      icon={Hourglass}
      what={_("{name} is away.", { name: shortName(host) })}
      todo={_("The group goes on by itself: the steps follow each other.")}
    >
      {atDesk ? null : (
        <a class="btn bare" href={`/console/${here.session.id}`}>
          {_("Open the console")}
        </a>
      )}
    </Card>
  );
}

// -- oneself -------------------------------------------------------------------------------------

/** What one missed, in three lines: where we are, what was decided, what is mine to do. */
function CatchUp({ here }: { here: View }): JSX.Element | null {
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
          <dd>
            {here.clock.reason === "client-away" && here.request.person === here.me.id
              ? _("Time waited for you; it runs again in a moment.")
              : part()}
          </dd>
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
  const words = text.slice(0, 120).replace(/\s+\S*$/, "");
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
