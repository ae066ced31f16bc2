"""Each fact changes the session in one way: evolve never asks, refuses or looks at a clock."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, assert_never

from app.engine.events import (
    ActionsOrdered,
    ClientChosen,
    ClientDeclined,
    ClockPaused,
    ClockResumed,
    ContractAccepted,
    DoorsOpened,
    EntriesRevealed,
    EntryErased,
    EntryWritten,
    Event,
    FloorGiven,
    FloorPassed,
    HandLowered,
    HandRaised,
    IdeaKept,
    InterestSignalled,
    PersonAdded,
    PersonArrived,
    PersonLeft,
    PersonRemoved,
    PhaseReturned,
    PhaseStarted,
    PlanChanged,
    ReadySaid,
    Replanned,
    RoleAssigned,
    RoundStarted,
    SessionClosed,
    SessionEnded,
    SessionPlanned,
    SessionReopened,
    SessionStarted,
    Side,
    TimeGranted,
    Undone,
    stored_name,
)
from app.engine.ids import EntryId, PersonId
from app.engine.plan import expand, total, turns
from app.engine.protocol import Kind, Protocol
from app.engine.state import Contract, Entry, Floor, Person, Presence, Session, Status, Undoable
from app.engine.timer import grant, move, new_clock, pause, put, resume, settle, total_used

UNDO_FOR = timedelta(minutes=10)

K = TypeVar("K")
V = TypeVar("V")


def begin(planned: SessionPlanned, protocol: Protocol) -> Session:
    """Make the session out of its first event and the protocol its hash names."""
    plan = expand(protocol, planned.rounds, planned.minutes)
    count = turns(protocol, planned.rounds)
    return Session(
        id=planned.session_id,
        title=planned.title,
        number=planned.number,
        protocol=protocol,
        language=planned.language,
        zone=planned.zone,
        starts_at=planned.starts_at,
        trace=planned.trace,
        rehearsal=planned.rehearsal,
        self_guided=planned.self_guided,
        rounds=planned.rounds,
        minutes=planned.minutes,
        history=planned.history,
        people=tuple(Person(each.id, each.name, each.role, each.tags) for each in planned.people),
        plan=plan,
        clock=new_clock(plan, planned.starts_at + total(plan)),
        clients=_resized(planned.clients, count),
        subjects=(None,) * count,
        reserve=planned.reserve,
        entries={},
        contracts={},
        interests={},
        orders={},
    )


def replay(facts: Iterable[tuple[Event, datetime]], protocol: Protocol) -> Session:
    """Rebuild a session from its whole log; raises ValueError unless the log begins with SessionPlanned."""
    session: Session | None = None
    for event, at in facts:
        if isinstance(event, SessionPlanned):
            session = begin(event, protocol)
        elif session is None:
            raise ValueError("a log begins with SessionPlanned")
        else:
            session = evolve(session, event, at)
    if session is None:
        raise ValueError("a log begins with SessionPlanned")
    return session


def evolve(session: Session, event: Event, at: datetime) -> Session:
    """Take one more fact in."""
    changed = _changed(session, event, at)
    return replace(changed, seq=session.seq + 1)


def _changed(session: Session, event: Event, at: datetime) -> Session:
    match event:
        case SessionPlanned():
            raise ValueError("a session is planned once")
        case (
            PlanChanged()
            | PersonAdded()
            | PersonRemoved()
            | RoleAssigned()
            | ClientChosen()
            | ClientDeclined()
        ):
            return _cast(session, event)
        case DoorsOpened():
            return replace(session, status=Status.OPEN)
        case PersonArrived(person):
            return _with_person(session, person, presence=Presence.HERE)
        case PersonLeft(person, gone):
            return _left(session, person, gone)
        case SessionStarted() | PhaseStarted() | PhaseReturned() | TimeGranted() | Replanned():
            return _time(_undoable(session, event, at), event, at)
        case ClockPaused(reason):
            return replace(session, clock=pause(session.clock, at, reason))
        case ClockResumed():
            return replace(session, clock=resume(session.clock, at))
        case Undone():
            return _undone(session, at)
        case HandRaised() | HandLowered() | FloorGiven() | FloorPassed() | RoundStarted():
            return replace(session, floor=_floor(session.floor, event, at))
        case EntryWritten():
            return _written(session, event, at)
        case EntryErased(entry):
            return _erased(session, entry)
        case EntriesRevealed(entries):
            shown = {each: replace(session.entries[each], revealed=True) for each in entries}
            return replace(session, entries={**session.entries, **shown})
        case ContractAccepted(turn, side, _):
            contract = session.contracts[turn]
            if side is Side.CLIENT:
                contract = replace(contract, client=True)
            else:
                contract = replace(contract, consultants=True)
            return replace(session, contracts={**session.contracts, turn: contract})
        case InterestSignalled(person, entry, on):
            return replace(
                session,
                interests={**session.interests, entry: _toggled(session.interests.get(entry), person, on)},
            )
        case IdeaKept(entry, keep):
            return replace(session, kept=_toggled(session.kept, entry, keep))
        case ActionsOrdered(person, entries):
            return replace(session, orders={**session.orders, person: entries})
        case ReadySaid(person, ready):
            return replace(session, ready=_toggled(session.ready, person, ready))
        case SessionEnded():
            ended = _undoable(session, event, at)
            return replace(ended, status=Status.ENDED, ended_at=at, clock=pause(ended.clock, at, ""))
        case SessionReopened():
            status = Status.OPEN if session.clock.at is None else Status.RUNNING
            return replace(
                session, status=status, ended_at=None, undo=None, clock=pause(session.clock, at, "reopened")
            )
        case SessionClosed():
            return replace(session, status=Status.CLOSED, undo=None)
        case _:
            assert_never(event)


# -- the cast --------------------------------------------------------------------------------------


def _cast(
    session: Session,
    event: PlanChanged | PersonAdded | PersonRemoved | RoleAssigned | ClientChosen | ClientDeclined,
) -> Session:
    match event:
        case PlanChanged(title, starts_at, zone, rounds, minutes):
            plan = expand(session.protocol, rounds, minutes)
            count = turns(session.protocol, rounds)
            return replace(
                session,
                title=title,
                starts_at=starts_at,
                zone=zone,
                rounds=rounds,
                minutes=minutes,
                plan=plan,
                clock=new_clock(plan, starts_at + total(plan)),
                clients=_resized(session.clients, count),
                subjects=_resized(session.subjects, count),
            )
        case PersonAdded(person, name, role, tags):
            if session.find_person(person):
                return _with_person(session, person, name=name, role=role, tags=tags)
            return replace(session, people=(*session.people, Person(person, name, role, tags)))
        case PersonRemoved(person):
            return _removed(session, person)
        case RoleAssigned(person, role):
            return _with_person(session, person, role=role)
        case ClientChosen(person, turn, subject, reserve):
            return _chosen(session, person, turn, subject, reserve)
        case ClientDeclined(person, declined):
            return _with_person(session, person, declined=declined)
        case _:
            assert_never(event)


def _with_person(session: Session, person: PersonId, **changes: object) -> Session:
    people = tuple(replace(each, **changes) if each.id == person else each for each in session.people)  # type: ignore[arg-type]
    return replace(session, people=people)


def _left(session: Session, person: PersonId, gone: bool) -> Session:
    """A person who is away keeps hand and turn; one who is gone does not."""
    if not gone:
        return _with_person(session, person, presence=Presence.AWAY)
    left = _with_person(session, person, presence=Presence.GONE)
    return replace(left, floor=_without(left.floor, person))


def _removed(session: Session, person: PersonId) -> Session:
    return replace(
        session,
        people=tuple(each for each in session.people if each.id != person),
        clients=tuple(None if each == person else each for each in session.clients),
        subjects=tuple(
            None if client == person else subject
            for client, subject in zip(session.clients, session.subjects, strict=True)
        ),
        reserve=None if session.reserve == person else session.reserve,
        floor=_without(session.floor, person),
        ready=session.ready - {person},
        interests={entry: people - {person} for entry, people in session.interests.items()},
    )


def _chosen(
    session: Session, person: PersonId, turn: int, subject: EntryId | None, reserve: PersonId | None
) -> Session:
    """Another client has another request: the contract of the turn goes, and with it its acceptances."""
    index = turn - 1
    before = session.clients[index]
    chosen = replace(
        session,
        clients=(*session.clients[:index], person, *session.clients[index + 1 :]),
        subjects=(*session.subjects[:index], subject, *session.subjects[index + 1 :]),
        reserve=reserve,
        floor=session.floor,
    )
    contract = chosen.contracts.get(turn)
    if before == person or contract is None:
        return chosen
    return replace(
        chosen, contracts=_less(chosen.contracts, turn), entries=_less(chosen.entries, contract.entry)
    )


# -- time ------------------------------------------------------------------------------------------


def _undoable(session: Session, event: Event, at: datetime) -> Session:
    clock = settle(session.clock, at)
    undo = Undoable(
        stored_name(type(event)), at + UNDO_FOR, session.status, clock, session.floor, session.ready
    )
    return replace(session, clock=clock, undo=undo)


def _time(
    session: Session,
    event: SessionStarted | PhaseStarted | PhaseReturned | TimeGranted | Replanned,
    at: datetime,
) -> Session:
    match event:
        case SessionStarted(key, promised_end):
            clock = replace(session.clock, promised_end=promised_end)
            return _moved(replace(session, status=Status.RUNNING, clock=clock), key, at)
        case PhaseStarted(key) | PhaseReturned(key):
            return _moved(session, key, at)
        case TimeGranted(key, granted):
            return replace(session, clock=grant(session.clock, _index(session, key), granted))
        case Replanned(_, granted, promised_end):
            clock = session.clock
            for key, span in granted.items():
                clock = grant(clock, _index(session, key), span)
            return replace(session, clock=replace(clock, promised_end=promised_end))
        case _:
            assert_never(event)


def _moved(session: Session, key: str, at: datetime) -> Session:
    return replace(
        session, clock=move(session.clock, _index(session, key), at), floor=Floor(), ready=frozenset()
    )


def _undone(session: Session, at: datetime) -> Session:
    """Put the state before the last change back; what was written since then stays, and so does the time spent."""
    undo = session.undo
    if undo is None:
        return session
    here = {person.id for person in session.people}
    floor = replace(
        undo.floor,
        holder=undo.floor.holder if undo.floor.holder in here else None,
        hands=tuple(each for each in undo.floor.hands if each in here),
        round=tuple(each for each in undo.floor.round if each in here),
    )
    now = settle(session.clock, at)
    match undo.change:
        case "time-granted" | "replanned":
            timers = tuple(
                replace(current, granted=before.granted)
                for current, before in zip(now.timers, undo.clock.timers, strict=True)
            )
            return replace(
                session, undo=None, clock=replace(now, timers=timers, promised_end=undo.clock.promised_end)
            )
        case "session-ended":
            clock = replace(
                now, running_since=at if undo.clock.running_since else None, reason=undo.clock.reason
            )
            return replace(session, undo=None, status=undo.status, ended_at=None, clock=clock)
        case _:
            clock = undo.clock
            if clock.at is not None:
                timer = clock.timers[clock.at]
                spent = total_used(now) - total_used(clock)
                clock = replace(
                    clock, timers=put(clock.timers, clock.at, replace(timer, used=timer.used + spent))
                )
            clock = replace(clock, running_since=at if clock.running_since else None)
            return replace(session, undo=None, status=undo.status, clock=clock, floor=floor, ready=undo.ready)


def _index(session: Session, key: str) -> int:
    return next(index for index, slot in enumerate(session.plan) if slot.key == key)


# -- voices ----------------------------------------------------------------------------------------


def _floor(
    floor: Floor, event: HandRaised | HandLowered | FloorGiven | FloorPassed | RoundStarted, at: datetime
) -> Floor:
    match event:
        case HandRaised(person):
            return replace(floor, hands=(*floor.hands, person))
        case HandLowered(person):
            return replace(floor, hands=tuple(each for each in floor.hands if each != person))
        case FloorGiven(person):
            return _speaks(floor, person, tuple(each for each in floor.round if each != person), at)
        case FloorPassed(to, rest):
            return _speaks(floor, to, rest, at)
        case RoundStarted(order):
            return _speaks(floor, order[0], order[1:], at)
        case _:
            assert_never(event)


def _speaks(floor: Floor, person: PersonId | None, rest: tuple[PersonId, ...], at: datetime) -> Floor:
    if person is None:
        return replace(floor, holder=None, since=None, round=rest)
    hands = tuple(each for each in floor.hands if each != person)
    return Floor(person, at, hands, rest, floor.heard | {person})


def _without(floor: Floor, person: PersonId) -> Floor:
    return Floor(
        None if floor.holder == person else floor.holder,
        None if floor.holder == person else floor.since,
        tuple(each for each in floor.hands if each != person),
        tuple(each for each in floor.round if each != person),
        floor.heard,
    )


# -- writing ---------------------------------------------------------------------------------------


def _written(session: Session, event: EntryWritten, at: datetime) -> Session:
    before = session.entries.get(event.entry)
    if before is None:
        entry = Entry(
            event.entry,
            event.kind,
            event.author,
            event.text,
            event.fields,
            event.sight,
            event.turn,
            event.phase,
            at,
        )
    else:
        entry = replace(
            before, text=event.text, fields=event.fields, written_at=at, revision=before.revision + 1
        )
    written = replace(session, entries={**session.entries, entry.id: entry})
    if entry.kind is Kind.CONTRACT:
        return replace(written, contracts={**session.contracts, entry.turn: Contract(entry.id)})
    if entry.kind is Kind.ACTION and before is None:
        order = (*session.orders.get(entry.author, ()), entry.id)
        return replace(written, orders={**session.orders, entry.author: order})
    return written


def _erased(session: Session, entry: EntryId) -> Session:
    erased = session.entries[entry]
    order = tuple(each for each in session.orders.get(erased.author, ()) if each != entry)
    return replace(
        session,
        entries=_less(session.entries, entry),
        contracts={turn: each for turn, each in session.contracts.items() if each.entry != entry},
        subjects=tuple(None if each == entry else each for each in session.subjects),
        interests=_less(session.interests, entry),
        kept=session.kept - {entry},
        orders={**session.orders, erased.author: order} if erased.kind is Kind.ACTION else session.orders,
    )


def _toggled(held: frozenset[V] | None, value: V, on: bool) -> frozenset[V]:
    held = held or frozenset()
    return held | {value} if on else held - {value}


def _less(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    return {each: value for each, value in mapping.items() if each != key}


def _resized(values: tuple[V | None, ...], count: int) -> tuple[V | None, ...]:
    return (*values[:count], *(None for _ in range(count - len(values))))
