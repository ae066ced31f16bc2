"""Each fact changes the session in one way: evolve never asks, refuses or looks at a clock."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from app.engine.events import (
    ActionsOrdered,
    ClientChosen,
    ClientDeclined,
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
    PlanChanged,
    ReadySaid,
    RoleAssigned,
    RoundStarted,
    SessionPlanned,
    Side,
)
from app.engine.evolve_cast import arrive, change_cast, leave, resized
from app.engine.evolve_ladder import change_ladder
from app.engine.evolve_time import change_time, credited, undoable, undone
from app.engine.evolve_voices import change_floor
from app.engine.evolve_writing import erased, toggled, written
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
from app.engine.plan import expand, total, turns
from app.engine.protocol import Protocol
from app.engine.replacing import replace
from app.engine.state import Person, Session, Status
from app.engine.time_events import (
    ClockPaused,
    ClockResumed,
    OutageCredited,
    PhaseReturned,
    PhaseStarted,
    Replanned,
    SessionClosed,
    SessionEnded,
    SessionReopened,
    SessionStarted,
    TimeGranted,
    Undone,
)
from app.engine.timer import new_clock, pause, resume


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
        clients=resized(planned.clients, count),
        subjects=(None,) * count,
        reserve=planned.reserve,
        entries={},
        contracts={},
        interests={},
        orders={},
        bridge=planned.bridge,
        relay=planned.relay,
        microphones=planned.microphones,
        screen_share=planned.screen_share,
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
            return change_cast(session, event)
        case DoorsOpened():
            return replace(session, status=Status.OPEN)
        case PersonArrived(person):
            return arrive(session, person, at)
        case PersonLeft(person, gone):
            return leave(session, person, gone, at)
        case SessionStarted() | PhaseStarted() | PhaseReturned() | TimeGranted() | Replanned():
            return change_time(undoable(session, event, at), event, at)
        case OutageCredited(key, granted):
            return credited(session, key, granted, at)
        case ClockPaused(reason):
            return replace(session, clock=pause(session.clock, at, reason))
        case ClockResumed():
            return replace(session, clock=resume(session.clock, at))
        case Undone():
            return undone(session, at)
        case HandRaised() | HandLowered() | FloorGiven() | FloorPassed() | RoundStarted():
            return replace(session, floor=change_floor(session.floor, event, at))
        case EntryWritten():
            return written(session, event, at)
        case EntryErased(entry):
            return erased(session, entry)
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
                interests={**session.interests, entry: toggled(session.interests.get(entry), person, on)},
            )
        case IdeaKept(entry, keep):
            return replace(session, kept=toggled(session.kept, entry, keep))
        case ActionsOrdered(person, entries):
            return replace(session, orders={**session.orders, person: entries})
        case ReadySaid(person, ready):
            return replace(session, ready=toggled(session.ready, person, ready))
        case SessionEnded():
            ended = undoable(session, event, at)
            return replace(ended, status=Status.ENDED, ended_at=at, clock=pause(ended.clock, at, ""))
        case SessionReopened():
            status = Status.OPEN if session.clock.at is None else Status.RUNNING
            return replace(
                session,
                status=status,
                ended_at=None,
                reopened_at=at,
                undo=None,
                clock=pause(session.clock, at, "reopened"),
            )
        case SessionClosed():
            return replace(session, status=Status.CLOSED, undo=None)
        case (
            GroupMoved() | RiseOffered() | PersonMoved() | PhoneAsked() | Drilled() | ScreenAllowed()
            | ClockTaken() | TitleTaken() | GivenBack() | GuidanceChanged()
        ):  # fmt: skip
            return change_ladder(session, event, at)
        case _:
            assert_never(event)
