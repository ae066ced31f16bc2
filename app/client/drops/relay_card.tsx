// The card of a facilitator who is away: who keeps the time meanwhile, and how the session goes back.
import { Armchair, Hourglass } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../icon.tsx";
import { _ } from "../language.ts";
import { may, now, seat, shortName } from "../store.ts";
import type { View } from "../wire.gen.ts";
import { Card, Do, given } from "./card.tsx";

/** What the engine allows a relay, and when (app/engine/relay.py); earlier than this nobody is told. */
const SHOWN_AFTER = 5_000;
const CLOCK_AFTER = 15_000;
const TITLE_AFTER = 60_000;

/** Nobody conducts, somebody stands in, or the facilitator is back. */
export function relayCard(here: View): JSX.Element | null {
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
        <Do word={_("Keep the time")} onClick={given("relay", { type: "take-clock" })} />
      ) : null}
      {away >= TITLE_AFTER && may("take-title") ? (
        <Do word={_("Facilitate meanwhile")} onClick={given("relay", { type: "take-title" })} />
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
          onClick={given("stand-in", { type: "give-back" })}
        />
      ) : null}
      {!title && !there && longAway && may("take-title") ? (
        <Do word={_("Facilitate meanwhile")} onClick={given("stand-in", { type: "take-title" })} />
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
          <Do word={_("Take the session back")} onClick={given("handed", { type: "give-back" })} />
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
        <Do word={_("Take the session back")} onClick={given("alone-before", { type: "take-title" })} />
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
