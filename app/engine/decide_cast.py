"""Decisions about people: seats, presence, roles, the client."""

from datetime import datetime, timedelta
from typing import assert_never

from app.engine.commands import (
    AddPerson,
    Arrive,
    AssignRole,
    ChooseClient,
    DeclineClient,
    Leave,
    OpenDoors,
    RemovePerson,
    SignalInterest,
)
from app.engine.decide_plan import MOST_SEATS, check_seat, is_name
from app.engine.drops import CLIENT_AWAY
from app.engine.errors import Code, Refusal
from app.engine.events import (
    ClientChosen,
    ClientDeclined,
    DoorsOpened,
    Event,
    FloorPassed,
    InterestSignalled,
    PersonAdded,
    PersonArrived,
    PersonLeft,
    PersonRemoved,
    RoleAssigned,
)
from app.engine.ids import CLOCK, Actor, Machine, PersonId
from app.engine.protocol import CONDUCT, Kind, Role
from app.engine.state import Person, Presence, Session, Status
from app.engine.time_events import ClockResumed

DOORS_BEFORE = timedelta(minutes=15)
ONE_AT_A_TIME = frozenset({Role.TIMEKEEPER, Role.SCRIBE})

CastCommand = (
    Arrive | Leave | AddPerson | RemovePerson | OpenDoors
    | AssignRole | SignalInterest | ChooseClient | DeclineClient
)  # fmt: skip


def decide(session: Session, command: CastCommand, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Decide a command about people."""
    match command:
        case Arrive():
            person = _person(session, by)
            return _arrive(session, person)
        case Leave(gone):
            return _leave(session, _person(session, by), gone)
        case OpenDoors():
            if session.status is Status.OPEN:
                return ()
            if by == CLOCK and now < session.starts_at - DOORS_BEFORE:
                raise Refusal(Code.TOO_EARLY)
            return (DoorsOpened(),)
        case AddPerson():
            return _add(session, command)
        case RemovePerson(person):
            found = session.find_person(person)
            if found is None:
                return ()
            _check_conducted(session, found)
            return (PersonRemoved(person),)
        case AssignRole(person, role):
            return _assign(session, _known(session, person), role)
        case ChooseClient():
            return _choose(session, command)
        case DeclineClient(declined):
            asker = _person(session, by)
            return () if asker.declined == declined else (ClientDeclined(asker.id, declined),)
        case SignalInterest(entry, on):
            subject = session.entries.get(entry)
            if subject is None or subject.kind is not Kind.SUBJECT:
                raise Refusal(Code.UNKNOWN_ENTRY)
            asker = _person(session, by)
            shown = asker.id in session.interests.get(entry, ())
            return () if shown == on else (InterestSignalled(asker.id, entry, on),)
        case _:
            assert_never(command)


def next_turn(session: Session) -> int:
    """Say for which client block a client is chosen now: the running one, in its last phase the one after."""
    slot, following = session.slot, session.following
    if slot is None:
        return 1
    if following is not None and following.turn > slot.turn:
        return following.turn
    return slot.turn or len(session.clients)


def _arrive(session: Session, person: Person) -> tuple[Event, ...]:
    """Let a client who is back set a clock going that nobody conducts."""
    if person.presence is Presence.HERE:
        return ()
    waited = session.clock.reason == CLIENT_AWAY and session.status is Status.RUNNING
    if waited and session.self_guided and person.id == session.client and session.clock.running_since is None:
        return (PersonArrived(person.id), ClockResumed())
    return (PersonArrived(person.id),)


def _leave(session: Session, person: Person, gone: bool) -> tuple[Event, ...]:
    """Never to have come, or to be away already, is nothing new; whose turn it was in a round speaks last."""
    if person.presence in (Presence.GONE, Presence.EXPECTED) or (
        person.presence is Presence.AWAY and not gone
    ):
        return ()
    floor = session.floor
    if floor.holder != person.id:
        return (PersonLeft(person.id, gone),)
    here = {each.id for each in session.people if each.presence is Presence.HERE}
    speaks = next((each for each in floor.round if each in here), None)
    if speaks is None:
        return (PersonLeft(person.id, gone),)
    rest = tuple(each for each in floor.round if each != speaks)
    return (PersonLeft(person.id, gone), FloorPassed(speaks, rest if gone else (*rest, person.id)))


def _add(session: Session, new: AddPerson) -> tuple[Event, ...]:
    name = " ".join(new.name.split())
    check_seat(name, new.role, new.tags)
    if not is_name(new.person):
        raise Refusal(Code.BAD_PLAN)
    before = session.find_person(new.person)
    if before is None and len(session.people) >= MOST_SEATS:
        raise Refusal(Code.TABLE_FULL, most=MOST_SEATS)
    if before is not None:
        if (before.name, before.role, before.tags) == (name, new.role, new.tags):
            return ()
        if new.role not in CONDUCT:
            _check_conducted(session, before)
    return (PersonAdded(new.person, name, new.role, new.tags),)


def _assign(session: Session, person: Person, role: Role) -> tuple[Event, ...]:
    """Give a role; of timekeepers and scribes there is one, so the one before is a consultant again."""
    if role is Role.CLIENT:
        raise Refusal(Code.CHOOSE_CLIENT_INSTEAD)
    if person.role is role:
        return ()
    if role in CONDUCT and person.id == session.client:
        raise Refusal(Code.CONDUCTOR_NOT_CLIENT)
    if role not in CONDUCT:
        _check_conducted(session, person)
    relieved = [each.id for each in session.people if role in ONE_AT_A_TIME and each.role is role]
    return (*(RoleAssigned(each, Role.CONSULTANT) for each in relieved), RoleAssigned(person.id, role))


def _check_conducted(session: Session, leaving: Person) -> None:
    """Somebody must conduct, unless the group guides itself."""
    if session.self_guided or leaving.role not in CONDUCT:
        return
    if not any(each.role in CONDUCT and each.id != leaving.id for each in session.people):
        raise Refusal(Code.LAST_FACILITATOR)


def _choose(session: Session, choice: ChooseClient) -> tuple[Event, ...]:
    person = _known(session, choice.person)
    turn = next_turn(session) if choice.turn is None else choice.turn
    if not 1 <= turn <= len(session.clients):
        raise Refusal(Code.NO_SUCH_TURN, most=len(session.clients))
    if person.role in CONDUCT:
        raise Refusal(Code.CONDUCTOR_NOT_CLIENT)
    if person.declined:
        raise Refusal(Code.PERSON_DECLINED)
    if choice.subject is not None:
        subject = session.entries.get(choice.subject)
        if subject is None or subject.kind is not Kind.SUBJECT:
            raise Refusal(Code.UNKNOWN_ENTRY)
        if subject.author != person.id:
            raise Refusal(Code.NOT_THEIR_SUBJECT)
    reserve = session.reserve if choice.reserve is None else _known(session, choice.reserve).id
    if reserve == person.id:
        reserve = None
    same = (session.clients[turn - 1], session.subjects[turn - 1], session.reserve)
    if same == (person.id, choice.subject, reserve):
        return ()
    return (ClientChosen(person.id, turn, choice.subject, reserve),)


def _known(session: Session, person: PersonId) -> Person:
    found = session.find_person(person)
    if found is None:
        raise Refusal(Code.UNKNOWN_PERSON)
    return found


def _person(session: Session, by: Actor) -> Person:
    found = None if isinstance(by, Machine) else session.find_person(by)
    if found is None:
        raise Refusal(Code.NOT_AT_THIS_TABLE)
    return found
