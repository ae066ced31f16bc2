"""Reads what a facilitator typed to change a planned session, beside the session as it is."""

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Request

from app.engine.ids import PersonId
from app.engine.ladder import Bridge
from app.engine.protocol import Role
from app.engine.state import Person, Session
from app.usecases.change_session import Change
from app.usecases.pasted_people import Pasted, read_people
from app.usecases.plan_b import read_bridge
from app.usecases.plan_session import check, clip_minutes
from app.usecases.records import PlannedSession
from app.web import times
from app.web.deps import parts
from app.web.prepare_cast import Casting, Seat, cast, history_of
from app.web.prepare_form import AT_THE_OPENING, NOBODY, OF_DUTY, Wish, read_instant


def as_wish(session: Session) -> Wish:
    """Fill the form with what is planned."""
    local = times.local(session.starts_at, session.zone)
    client = session.clients[0]
    return Wish(
        draft=session.id,
        group="",
        group_name="",
        people="",
        day=local.date().isoformat(),
        hour=local.strftime("%H:%M"),
        zone=session.zone,
        protocol=session.protocol.id,
        minutes={slot.phase.id: slot.planned for slot in reversed(session.plan)},
        trace=session.trace,
        language=session.language,
        client=str(client) if client else AT_THE_OPENING,
        phone=session.bridge.phone,
        code=session.bridge.code,
        link=session.bridge.link,
        relay=str(session.relay) if session.relay else NOBODY,
        reserve=str(session.reserve) if session.reserve else NOBODY,
        duties=_held(session),
        microphones=session.microphones,
        screen_share=session.screen_share,
    )


def _held(session: Session) -> dict[Role, str]:
    """Name who has each duty now."""
    held = {each.role: str(each.id) for each in reversed(session.people)}
    return {role: held[role] for role in OF_DUTY if role in held}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what can be made of it beside the session as it is."""

    wish: Wish
    people: Pasted
    seats: tuple[Seat, ...]  # who would be at the table, without the facilitator
    leaving: tuple[Person, ...]
    casting: Casting
    starts_at: datetime | None
    when: tuple[str, ...]  # codes of what is wrong
    many: tuple[str, ...]
    bridge: Bridge
    bridge_wrong: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        """Whether it can be saved as it is."""
        wrong = self.when or self.many or self.bridge_wrong or self.casting.doubled or self.people.stops
        return self.starts_at is not None and not wrong


async def read(request: Request, planned: PlannedSession, session: Session, wish: Wish) -> Typed:
    """Look at what was typed."""
    have = parts(request)
    guests = [each for each in session.people if each.id != planned.facilitator]
    members = {each.person: each for each in await have.directory.members_of(planned.group)}
    keys = {(each.email or each.name).casefold(): each.person for each in members.values()}
    pasted = read_people(wish.people)
    coming = [(each, keys.get(each.key, PersonId(f"new {each.key}"))) for each in pasted.people]
    back = {person for _named, person in coming}
    leaving = tuple(each for each in guests if each.id in wish.leaving and each.id not in back)
    stay = [Seat(str(each.id), each.name, each.id) for each in guests if each not in leaving]
    seated = {seat.person for seat in stay}
    seats = (*stay, *(Seat(each.key, each.name, person) for each, person in coming if person not in seated))
    wish = _as_given(wish, {seat.key for seat in seats})
    casting = await _cast(request, planned, session, wish, seats)
    starts_at, wrong = read_instant(wish.day, wish.hour, wish.zone)
    problems = check(session.protocol, len(seats), starts_at or session.starts_at, have.clock.now())
    when = [
        each for each in problems if each == "too-far" or (each == "past" and starts_at != session.starts_at)
    ]
    bridge, bridge_wrong = read_bridge(wish.phone, wish.code, wish.link)
    return Typed(
        wish=wish,
        people=pasted,
        seats=seats,
        leaving=leaving,
        casting=casting,
        starts_at=starts_at,
        when=(wrong,) if wrong else tuple(when),
        many=tuple(each for each in problems if each in ("too-few", "too-many")),
        bridge=bridge,
        bridge_wrong=bridge_wrong,
    )


def _as_given(wish: Wish, keys: set[str]) -> Wish:
    """Leave the part of who leaves open: nothing is proposed behind one's back."""
    return replace(
        wish,
        client=wish.client if wish.client in keys else AT_THE_OPENING,
        reserve=wish.reserve if wish.reserve in keys else NOBODY,
        relay=wish.relay if wish.relay in keys else NOBODY,
    )


async def _cast(
    request: Request, planned: PlannedSession, session: Session, wish: Wish, seats: tuple[Seat, ...]
) -> Casting:
    have = parts(request)
    history = await history_of(have.directory, await have.directory.find_group(planned.group))
    rounds = len(session.clients)
    return cast(history, rounds, seats, wish, have.pages.sentences, have.pages.language(request))


def as_change(request: Request, session: Session, typed: Typed) -> Change:
    """Make a change of what can be saved."""
    wish, casting = typed.wish, typed.casting
    assert typed.starts_at is not None
    roles = {key: Role.CONSULTANT for role, key in _held(session).items() if casting.duties.get(role) != key}
    return Change(
        starts_at=typed.starts_at,
        zone=wish.zone,
        language=parts(request).pages.sentences.choose(wish.language),
        trace=wish.trace,
        minutes=clip_minutes(session.protocol, wish.minutes),
        bridge=typed.bridge,
        microphones=wish.microphones,
        screen_share=wish.screen_share,
        roles=roles | {key: role for role, key in casting.duties.items()},
        leaving=frozenset(each.id for each in typed.leaving),
        coming=typed.people.people,
        client=casting.client,
        reserve=casting.reserve,
        relay=casting.relay,
    )
