"""What facts about time change, and how the last of them is taken back."""

from datetime import datetime, timedelta
from typing import assert_never

from app.engine.events import Event, stored_name
from app.engine.replacing import replace
from app.engine.state import Floor, Session, Status, Undoable
from app.engine.time_events import PhaseReturned, PhaseStarted, Replanned, SessionStarted, TimeGranted
from app.engine.timer import ZERO, grant, move, put, settle, total_used

UNDO_FOR = timedelta(minutes=10)


def undoable(session: Session, event: Event, at: datetime) -> Session:
    """Remember what was before a change, so that it can be taken back."""
    clock = settle(session.clock, at)
    undo = Undoable(
        stored_name(type(event)), at + UNDO_FOR, session.status, clock, session.floor, session.ready
    )
    return replace(session, clock=clock, undo=undo)


def change_time(
    session: Session,
    event: SessionStarted | PhaseStarted | PhaseReturned | TimeGranted | Replanned,
    at: datetime,
) -> Session:
    """Take in a change of phase or of time."""
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


def credited(session: Session, key: str, granted: timedelta, at: datetime) -> Session:
    """Give time back that nobody had: the last change can still be taken back, for as much longer."""
    index = _index(session, key)
    credit, undo = granted - session.clock.timers[index].granted, session.undo
    if undo is not None:
        undo = replace(undo, until=undo.until + credit, credited=undo.credited + credit)
    return replace(session, clock=grant(settle(session.clock, at), index, granted), undo=undo)


def undone(session: Session, at: datetime) -> Session:
    """Put the state before the last change back; what was written since then stays, and so does the time spent.

    The credit for an outage goes with the time of the outage, to the phase that runs again.
    """
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
                replace(current, granted=before.granted + (undo.credited if index == now.at else ZERO))
                for index, (current, before) in enumerate(zip(now.timers, undo.clock.timers, strict=True))
            )
            return replace(
                session, undo=None, clock=replace(now, timers=timers, promised_end=undo.clock.promised_end)
            )
        case "session-ended":
            clock = replace(
                now, running_since=at if undo.clock.running_since else None, reason=undo.clock.reason
            )
            return replace(session, undo=None, status=undo.status, ended_at=None, reopened_at=at, clock=clock)
        case _:
            clock = undo.clock
            if clock.at is not None:
                timer = clock.timers[clock.at]
                spent = total_used(now) - total_used(clock)
                timer = replace(timer, used=timer.used + spent, granted=timer.granted + undo.credited)
                clock = replace(clock, timers=put(clock.timers, clock.at, timer))
            clock = replace(clock, running_since=at if clock.running_since else None)
            return replace(session, undo=None, status=undo.status, clock=clock, floor=floor, ready=undo.ready)


def _index(session: Session, key: str) -> int:
    return next(index for index, slot in enumerate(session.plan) if slot.key == key)
