"""Decisions about people: the plan before the start, seats, presence, roles, the client."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from app.engine.commands import (
    AddPerson,
    Arrive,
    AssignRole,
    ChangePlan,
    ChooseClient,
    DeclineClient,
    Leave,
    OpenDoors,
    RemovePerson,
    SignalInterest,
)
from app.engine.drops import CLIENT_AWAY
from app.engine.errors import Code, Refusal
from app.engine.events import (
    ClientChosen,
    ClientDeclined,
    ClockResumed,
    DoorsOpened,
    Event,
    FloorPassed,
    InterestSignalled,
    PersonAdded,
    PersonArrived,
    PersonLeft,
    PersonRemoved,
    PlanChanged,
    RoleAssigned,
    SessionPlanned,
)
from app.engine.ids import CLOCK, Actor, Machine, PersonId
from app.engine.ladder import Bridge
from app.engine.plan import expand
from app.engine.protocol import CONDUCT, Kind, Protocol, Role
from app.engine.state import Person, Presence, Session, Status

DOORS_BEFORE = timedelta(minutes=15)
MOST_SEATS = 16
MOST_ROUNDS = 12
NAME_LENGTH = 120
TAGS, TAG_LENGTH = 12, 60
BRIDGE_LENGTH = 500
ONE_AT_A_TIME = frozenset({Role.TIMEKEEPER, Role.SCRIBE})

CastCommand = (
    Arrive | Leave | ChangePlan | AddPerson | RemovePerson | OpenDoors
    | AssignRole | SignalInterest | ChooseClient | DeclineClient
)  # fmt: skip


def check_planned(planned: SessionPlanned, protocol: Protocol) -> None:
    """Raise a Refusal unless a session can be held like this."""
    ids = [each.id for each in planned.people]
    if (
        not ids
        or len(set(ids)) != len(ids)
        or len(ids) > MOST_SEATS
        or planned.protocol_hash != protocol.content_hash
    ):
        raise Refusal(Code.BAD_PLAN)
    if not planned.self_guided and not any(each.role in CONDUCT for each in planned.people):
        raise Refusal(Code.LAST_FACILITATOR)
    for each in planned.people:
        _check_seat(each.name, each.role, each.tags)
    for client in (*planned.clients, *([planned.reserve] if planned.reserve else [])):
        if client not in ids:
            raise Refusal(Code.UNKNOWN_PERSON)
    _check_bridge(planned.bridge)
    _check_relay(planned.relay, {each.id: each.role for each in planned.people})
    _check_length(protocol, planned.rounds, planned.minutes)


def decide(session: Session, command: CastCommand, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Decide a command about people or the plan."""
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
        case ChangePlan():
            return _change_plan(session, command)
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


def _change_plan(session: Session, change: ChangePlan) -> tuple[Event, ...]:
    changed = PlanChanged(
        session.title if change.title is None else change.title.strip(),
        session.starts_at if change.starts_at is None else change.starts_at,
        session.zone if change.zone is None else change.zone,
        session.rounds if change.rounds is None else change.rounds,
        session.minutes if change.minutes is None else dict(change.minutes),
        session.bridge if change.bridge is None else change.bridge,
        session.relay if change.relay is None else change.relay or None,
        session.microphones if change.microphones is None else change.microphones,
        session.screen_share if change.screen_share is None else change.screen_share,
    )
    if not _is_name(changed.title) or not _is_name(changed.zone) or changed.starts_at.tzinfo is None:
        raise Refusal(Code.BAD_PLAN)
    _check_length(session.protocol, changed.rounds, changed.minutes)
    _check_bridge(changed.bridge)
    _check_relay(changed.relay, {each.id: each.role for each in session.people})
    before = PlanChanged(
        session.title,
        session.starts_at,
        session.zone,
        session.rounds,
        session.minutes,
        session.bridge,
        session.relay,
        session.microphones,
        session.screen_share,
    )
    return () if changed == before else (changed,)


def _check_bridge(bridge: Bridge) -> None:
    parts = (bridge.phone, bridge.code, bridge.link)
    if any(len(part) > BRIDGE_LENGTH or not part.isprintable() for part in parts):
        raise Refusal(Code.BAD_PLAN)
    if bridge.link and not bridge.link.startswith(("https://", "http://")):
        raise Refusal(Code.BAD_PLAN)


def _check_relay(relay: PersonId | None, roles: Mapping[PersonId, Role]) -> None:
    """Whoever conducts cannot stand in for themselves."""
    if relay is not None and relay not in roles:
        raise Refusal(Code.UNKNOWN_PERSON)
    if relay is not None and roles[relay] in CONDUCT:
        raise Refusal(Code.BAD_PLAN)


def _check_length(protocol: Protocol, rounds: int, minutes: Mapping[str, timedelta]) -> None:
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Refusal(Code.OUT_OF_RANGE, most=MOST_ROUNDS)
    plan = expand(protocol, rounds, minutes)
    if not set(minutes) <= {slot.key for slot in plan} | {slot.phase.id for slot in plan}:
        raise Refusal(Code.BAD_PLAN)
    for slot in plan:
        if not slot.phase.minutes.least <= slot.planned <= slot.phase.minutes.most:
            raise Refusal(Code.OUT_OF_RANGE, most=slot.phase.minutes.most // timedelta(minutes=1))


def _add(session: Session, new: AddPerson) -> tuple[Event, ...]:
    name = " ".join(new.name.split())
    _check_seat(name, new.role, new.tags)
    if not _is_name(new.person):
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


def _check_seat(name: str, role: Role, tags: tuple[str, ...]) -> None:
    if (
        not _is_name(name)
        or len(tags) > TAGS
        or any(len(tag) > TAG_LENGTH or not tag.isprintable() for tag in tags)
    ):
        raise Refusal(Code.BAD_PLAN)
    if role is Role.CLIENT:
        raise Refusal(Code.CHOOSE_CLIENT_INSTEAD)


def _is_name(text: str) -> bool:
    """Whether a text can be shown on one line and kept anywhere."""
    return bool(text.strip()) and len(text) <= NAME_LENGTH and text.isprintable()


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
