"""Decisions about rungs and stand-ins; nothing here ever stops the clock (method.md §7)."""

from datetime import datetime
from typing import assert_never

from app.engine.continuity import LADDER, WITH_LIVEKIT, WITHOUT_SOUND, Rung
from app.engine.errors import Code, Refusal
from app.engine.events import Event
from app.engine.ids import Actor, Machine, PersonId
from app.engine.ladder import ACCEPTED, LIVEKIT, NO_LIVEKIT, OF_ONE, Broken
from app.engine.ladder_commands import (
    AllowScreen,
    AskToPhone,
    Drill,
    ForceRung,
    GiveBack,
    GuideYourselves,
    LadderCommand,
    MoveGroup,
    MovePerson,
    OfferRise,
    PlacePerson,
    TakeClock,
    TakeRung,
    TakeTitle,
)
from app.engine.ladder_events import (
    ClockTaken,
    Drilled,
    GivenBack,
    GroupMoved,
    GuidanceChanged,
    PersonMoved,
    PhoneAsked,
    RiseOffered,
    ScreenAllowed,
    TitleTaken,
)
from app.engine.protocol import CONDUCT
from app.engine.relay import CLOCK_AFTER, TITLE_AFTER, left_alone_at, unconducted_since
from app.engine.state import Session

ONES_OWN = frozenset({Rung.SFU_AUDIO, Rung.BRIDGE, Rung.TEXT})
"""What a person may choose for themselves."""

BY_FACILITATOR = "facilitator"


def decide(session: Session, command: LadderCommand, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Decide a command about video, sound and who stands in."""
    match command:
        case MoveGroup(rung, why):
            return _move(session, rung, why)
        case OfferRise(rung):
            return _offer(session, rung)
        case MovePerson(person, rung):
            _check_known(session, person)
            same = session.ladder.moved.get(person) == rung
            return () if same else (PersonMoved(person, rung, chosen=False),)
        case ForceRung(rung):
            return _force(session, rung)
        case AskToPhone(person):
            _check_known(session, person)
            _check_rung(session, Rung.BRIDGE)
            ladder = session.ladder
            done = person in ladder.asked or ladder.taken.get(person) is Rung.BRIDGE
            return () if done else (PhoneAsked(person),)
        case TakeRung(rung):
            return _take(session, rung, by)
        case PlacePerson(person, rung):
            return _place(session, person, rung)
        case Drill():
            return _drill(session, command)
        case AllowScreen(on):
            return () if on == session.screen_share else (ScreenAllowed(on),)
        case TakeClock() | TakeTitle() | GiveBack():
            return _stand_in(session, command, by, now)
        case GuideYourselves():
            alone = left_alone_at(session)
            if alone is None or now < alone:
                raise Refusal(Code.TOO_EARLY)
            return (GuidanceChanged(self_guided=True),)
        case _:
            assert_never(command)


def _move(session: Session, rung: Rung, why: str) -> tuple[Event, ...]:
    ladder = session.ladder
    livekit = why == LIVEKIT or (ladder.livekit and why != NO_LIVEKIT)
    if rung is ladder.rung and livekit == ladder.livekit:
        return ()
    return (GroupMoved(rung, why, forced=False),)


def _offer(session: Session, rung: Rung | None) -> tuple[Event, ...]:
    ladder = session.ladder
    if rung is ladder.offer or (rung is not None and LADDER.index(rung) >= LADDER.index(ladder.rung)):
        return ()
    return (RiseOffered(rung),)


def _force(session: Session, rung: Rung) -> tuple[Event, ...]:
    ladder = session.ladder
    if rung is ladder.offer:
        return (GroupMoved(rung, ACCEPTED, forced=False),)
    _check_rung(session, rung)
    if rung is ladder.rung and (ladder.forced or ladder.why == ACCEPTED):
        return ()
    return (GroupMoved(rung, BY_FACILITATOR, forced=True),)


def _take(session: Session, rung: Rung | None, by: Actor) -> tuple[Event, ...]:
    person = _asker(by)
    if rung is not None:
        if rung not in ONES_OWN:
            raise Refusal(Code.NOT_THIS_RUNG)
        if rung is Rung.BRIDGE:
            _check_rung(session, rung)
    same = session.ladder.taken.get(person) == rung and person not in session.ladder.asked
    return () if same else (PersonMoved(person, rung, chosen=True),)


def _place(session: Session, person: PersonId, rung: Rung | None) -> tuple[Event, ...]:
    """Put somebody on the telephone or among who writes, or no longer; who was only asked to phone is asked no more."""
    _check_known(session, person)
    ladder = session.ladder
    asked = person in ladder.asked
    if rung is None and asked:
        return (PersonMoved(person, ladder.taken.get(person), chosen=True),)
    if rung is not None:
        if rung not in WITHOUT_SOUND:
            raise Refusal(Code.NOT_THIS_RUNG)
        _check_rung(session, rung)
    same = ladder.taken.get(person) == rung and not asked
    return () if same else (PersonMoved(person, rung, chosen=True),)


def _drill(session: Session, drill: Drill) -> tuple[Event, ...]:
    person = drill.person if drill.fault in OF_ONE else None
    if drill.fault in OF_ONE and (person is None or session.find_person(person) is None):
        raise Refusal(Code.UNKNOWN_PERSON)
    if (Broken(drill.fault, person) in session.ladder.broken) == drill.on:
        return ()
    return (Drilled(drill.fault, person, drill.on),)


def _check_rung(session: Session, rung: Rung) -> None:
    """Refuse a rung this group does not have."""
    if rung is Rung.ALONE:
        raise Refusal(Code.NOT_THIS_RUNG)
    if rung is Rung.BRIDGE and not session.bridge:
        raise Refusal(Code.NO_BRIDGE)
    if rung in WITH_LIVEKIT and not session.ladder.livekit:
        raise Refusal(Code.NO_VIDEO_SERVER)


def _stand_in(
    session: Session, command: TakeClock | TakeTitle | GiveBack, by: Actor, now: datetime
) -> tuple[Event, ...]:
    asker = _asker(by)
    person = session.find_person(asker)
    if isinstance(command, GiveBack):
        return (GivenBack(),)
    if person is not None and person.role in CONDUCT:
        return (GuidanceChanged(self_guided=False),)
    since = unconducted_since(session)
    if since is None:
        raise Refusal(Code.FACILITATOR_IS_HERE)
    if now < since + (CLOCK_AFTER if isinstance(command, TakeClock) else TITLE_AFTER):
        raise Refusal(Code.TOO_EARLY)
    return (ClockTaken(asker),) if isinstance(command, TakeClock) else (TitleTaken(asker),)


def _check_known(session: Session, person: PersonId) -> None:
    if session.find_person(person) is None:
        raise Refusal(Code.UNKNOWN_PERSON)


def _asker(by: Actor) -> PersonId:
    if isinstance(by, Machine):
        raise Refusal(Code.NOT_AT_THIS_TABLE)
    return by
