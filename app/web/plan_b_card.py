"""The plan B card: where to meet when nothing else works, who stands in, and the order of phases with their hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from app.engine.protocol import Protocol
from app.engine.view import BridgeView, View
from app.usecases.records import Group, PlannedSession
from app.web import times
from app.web.deps import parts
from app.web.timeline import in_language

_ = str
INVENTED = _("This is a rehearsal: the number is invented, nobody answers it.")


@dataclass(frozen=True, slots=True)
class Hour:
    """One phase and when it begins."""

    at: datetime
    title: str
    now: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What a person needs when the screen is gone."""

    phone: str
    code: str
    link: str
    relay: str  # a name, "" for nobody
    facilitator: str
    hours: tuple[Hour, ...]
    ends_at: datetime
    zone: str
    advice: tuple[tuple[str, str], ...]  # when, what to do; said in the reader's language
    invented: bool  # a rehearsal's number, that nobody answers

    @property
    def dial(self) -> str:
        """Give the number as a tel: link dials it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


async def make_card(request: Request, planned: PlannedSession, view: View) -> Card:
    """Write the card from what a person of the table sees."""
    have = parts(request)
    language = have.pages.language(request)
    protocol = await have.protocols.get(planned.protocol_hash)
    names = {seat.id: seat.name for seat in view.seats}
    bridge = view.bridge
    relay = names.get(bridge.relay or "", "")
    facilitator = names.get(bridge.facilitator or "", "")
    return Card(
        bridge.phone,
        bridge.code,
        bridge.link,
        relay,
        facilitator,
        _hours(view, protocol, language),
        _instant(view.clock.ends_at),
        planned.zone,
        _advice(request, bridge, relay=relay, facilitator=facilitator),
        view.session.rehearsal,
    )


def _hours(view: View, protocol: Protocol, language: str) -> tuple[Hour, ...]:
    titles = {phase.id: in_language(phase.title, language) for phase in protocol.phases()}
    return tuple(
        Hour(_instant(slot.starts_at), titles[slot.phase], index == view.clock.at)
        for index, slot in enumerate(view.plan)
    )


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _advice(
    request: Request, bridge: BridgeView, *, relay: str, facilitator: str
) -> tuple[tuple[str, str], ...]:
    pages = parts(request).pages
    language = pages.language(request)

    def say(sentence: str, **values: object) -> str:
        return pages.sentences.say(language, sentence, **values)

    match bool(bridge.phone), bool(bridge.link):
        case True, also:
            silent = _("Wait ten seconds: sound comes back by itself, or by another path. Then call.")
            alone = (
                _("Call, or open the link. Go on in the order below, watch in hand.")
                if also
                else _("Call. Go on in the order below, watch in hand.")
            )
        case _, True:
            silent = _(
                "Wait ten seconds: sound comes back by itself, or by another path. Then open the link."
            )
            alone = _("Open the link. Go on in the order below, watch in hand.")
        case _:
            silent = _(
                "Wait ten seconds: sound comes back by itself, or by another path. Then go on in writing, in the room."
            )
            alone = _("Keep this page and your notes. Everything is sent when it is back.")
    goes_on = (
        say(_("%(name)s keeps the time. The session goes on."), name=relay)
        if relay
        else say(_("The group goes on by itself, in this order."))
    )
    return (
        (say(_("the picture stops")), say(_("Nothing. Sound and time go on."))),
        (say(_("you hear nothing any more")), say(silent)),
        (say(_("the client drops out")), say(_("Time waits for them. Stay together a minute."))),
        (say(_("%(name)s drops out"), name=facilitator), goes_on),
        (say(_("the room itself does not answer")), say(alone)),
    )


def as_printed(request: Request, card: Card, group: Group, planned: PlannedSession) -> Mapping[str, Any]:
    """Give the card as `planb.typ` prints it: every word is a string."""
    pages = parts(request).pages
    language = pages.language(request)

    def say(sentence: str, **values: object) -> str:
        return pages.sentences.say(language, sentence, **values)

    when = say(
        "%(day)s, from %(start)s to %(end)s, %(city)s time.",
        day=times.upper_first(language, times.short_day(language, planned.starts_at, card.zone)),
        start=times.hour(language, planned.starts_at, card.zone),
        end=times.hour(language, card.ends_at, card.zone),
        city=times.city(language, card.zone),
    )
    ways = (("Telephone", card.phone), ("Code", card.code), ("Meeting link", card.link))
    people = (("Facilitator", card.facilitator), ("Relay", card.relay))
    hours = [(each.at, each.title) for each in card.hours] + [(card.ends_at, say("End"))]
    return {
        "title": say("%(group)s, session %(number)s", group=group.name, number=planned.number),
        "heading": say("Plan B"),
        "reader": "",
        "when": when,
        "ways": [{"term": say(term), "text": text} for term, text in ways if text],
        "people": [{"term": say(term), "text": text} for term, text in people if text],
        "hours": [{"at": times.clock(language, at, card.zone), "title": title} for at, title in hours],
        "advice": [{"when": when, "what": what} for when, what in card.advice],
        "words": {
            "belongs": say("for the people of the table"),
            "open": "«\u00a0" if language == "fr" else "“",
            "close": "\u00a0»" if language == "fr" else "”",
            "nowhere": say("No number was given. If the connection breaks, stay in the room: it goes on in writing."),
            "hours": say("Order and hours"),
            "invented": say(INVENTED) if card.invented and ways[0][1] else "",
            "advice": say("What to do when…"),
        },
        "timestamp": int(planned.starts_at.timestamp()),
    }  # fmt: skip
