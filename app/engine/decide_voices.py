"""Decisions about voices: hands, the floor, the round of all."""

from typing import assert_never

from app.engine.commands import GiveFloor, LowerHand, PassFloor, RaiseHand, StartRound
from app.engine.continuity import Rung
from app.engine.errors import Code, Refusal
from app.engine.events import Event, FloorGiven, FloorPassed, HandLowered, HandRaised, RoundStarted
from app.engine.floor import round_order
from app.engine.ids import Actor, Machine, PersonId
from app.engine.permissions import conducts
from app.engine.state import Person, Presence, Session
from app.engine.written_turns import passes_to

VoiceCommand = RaiseHand | LowerHand | GiveFloor | PassFloor | StartRound


def decide(session: Session, command: VoiceCommand, by: Actor) -> tuple[Event, ...]:
    """Decide a command about voices."""
    asker = None if isinstance(by, Machine) else session.find_person(by)
    if asker is None:
        raise Refusal(Code.NOT_AT_THIS_TABLE)
    floor = session.floor
    match command:
        case RaiseHand():
            return () if asker.id in floor.hands or asker.id == floor.holder else (HandRaised(asker.id),)
        case LowerHand(person):
            if person not in (None, asker.id) and not conducts(session, asker):
                raise Refusal(Code.NOT_YOURS)
            lowered = person or asker.id
            return (HandLowered(lowered),) if lowered in floor.hands else ()
        case GiveFloor(person):
            if person is not None and session.find_person(person) is None:
                raise Refusal(Code.UNKNOWN_PERSON)
            return () if person == floor.holder else (FloorGiven(person),)
        case PassFloor(holder):
            return _pass(session, asker, holder)
        case StartRound():
            return _round(session)
        case _:
            assert_never(command)


def _pass(session: Session, asker: Person, seen: PersonId | None) -> tuple[Event, ...]:
    floor = session.floor
    if asker.id != floor.holder and not conducts(session, asker):
        raise Refusal(Code.NOT_YOUR_TURN)
    if seen is not None and seen != floor.holder:
        return ()
    here = {person.id for person in session.people if person.presence is Presence.HERE}
    waiting = [each for each in floor.round if each in here]
    away = [each for each in floor.round if each not in here]  # whoever dropped speaks last
    if session.ladder.rung is Rung.TEXT and not floor.round and floor.holder is not None:
        return (FloorGiven(passes_to(session)),)
    if floor.holder is None and not waiting:
        return () if not floor.round else (FloorPassed(None, ()),)
    if not waiting:
        return (FloorPassed(None, tuple(away)),)
    return (FloorPassed(waiting[0], (*waiting[1:], *away)),)


def _round(session: Session) -> tuple[Event, ...]:
    order = round_order(session)
    if not order:
        raise Refusal(Code.NO_ONE_TO_SPEAK)
    if session.floor.holder == order[0] and session.floor.round == order[1:]:
        return ()
    return (RoundStarted(order),)
