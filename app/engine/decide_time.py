"""Decisions about time: begin, stop, go on, grant, move, take back, end."""

from datetime import datetime, timedelta
from typing import assert_never

from app.engine.commands import Back, Close, End, Extend, Next, Pause, Reopen, Replan, Resume, Start, Undo
from app.engine.drops import waits_for_client_at
from app.engine.errors import Code, Refusal
from app.engine.events import Event
from app.engine.ids import CLOCK, Actor
from app.engine.plan import Slot, total
from app.engine.protocol import Guard
from app.engine.replan import proposals
from app.engine.state import Session
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
from app.engine.timer import next_start, used

REOPEN_FOR = timedelta(minutes=10)
ON_THE_HOUR = timedelta(
    minutes=30
)  # a start further from the hour is another appointment: the announced end moves
GRACE = timedelta(minutes=1)
ABANDONED_AFTER = timedelta(hours=6)
MOST_AT_ONCE = 3600  # seconds
REASON_LENGTH = 200

TimeCommand = Start | Pause | Resume | Extend | Next | Back | Undo | Replan | End | Reopen | Close


def decide(session: Session, command: TimeCommand, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Decide a command about time."""
    match command:
        case Start():
            return _start(session, now)
        case Pause(reason):
            if len(reason) > REASON_LENGTH or not reason.isprintable():
                raise Refusal(Code.TEXT_TOO_LONG, most=REASON_LENGTH)
            waits = waits_for_client_at(session)
            if by == CLOCK and (waits is None or now < waits):
                raise Refusal(Code.TOO_EARLY)
            return () if session.clock.running_since is None else (ClockPaused(reason),)
        case Resume():
            return () if session.clock.running_since is not None else (ClockResumed(),)
        case Extend(seconds):
            return _extend(session, seconds, by, now)
        case Next(from_key):
            return _next(session, from_key, by, now)
        case Back(from_key):
            return _back(session, from_key)
        case Undo():
            if session.undo is None or now > session.undo.until:
                raise Refusal(Code.NOTHING_TO_UNDO)
            return (Undone(session.undo.change),)
        case Replan(name):
            return _replan(session, name, now)
        case End():
            if by == CLOCK and now < ends_by_itself(session):
                raise Refusal(Code.TOO_EARLY)
            return (SessionEnded(),)
        case Reopen():
            if now > _ended_at(session) + REOPEN_FOR:
                raise Refusal(Code.TOO_LATE)
            return (SessionReopened(),)
        case Close():
            if now < _ended_at(session) + REOPEN_FOR:
                raise Refusal(Code.TOO_EARLY)
            return (SessionClosed(),)
        case _:
            assert_never(command)


def blocked(session: Session, slot: Slot) -> Code | None:
    """Say what keeps a phase from beginning, if anything does."""
    if not slot.turn:
        return None
    if Guard.CLIENT_CHOSEN in slot.phase.guards and session.clients[slot.turn - 1] is None:
        return Code.CLIENT_NOT_CHOSEN
    if Guard.CONTRACT_ACCEPTED in slot.phase.guards:
        contract = session.contracts.get(slot.turn)
        if contract is None or not contract.accepted:
            return Code.NOT_YET_ACCEPTED
    return None


def moves_on_at(session: Session) -> datetime | None:
    """Say when the clock moves a self-guided session on; never at once after a pause or a step back."""
    since = session.clock.running_since
    if not session.self_guided or since is None:
        return None
    return max(next_start(session.clock, since), since + GRACE, (session.guided_since or since) + GRACE)


def ends_by_itself(session: Session) -> datetime:
    """Say when the clock ends a session: at its last minute without a facilitator, or long after it was abandoned."""
    last = max(
        session.clock.promised_end,
        session.starts_at + total(session.plan),
        session.reopened_at or session.starts_at,
    )
    moves_on = moves_on_at(session)
    if moves_on is not None and session.following is None:
        return min(last + ABANDONED_AFTER, moves_on)
    return last + ABANDONED_AFTER


def _start(session: Session, now: datetime) -> tuple[Event, ...]:
    first = session.plan[0]
    _check_guards(session, first)
    begins = session.starts_at if abs(now - session.starts_at) <= ON_THE_HOUR else now
    return (SessionStarted(first.key, begins + total(session.plan)),)


def _extend(session: Session, seconds: int, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Grant more, or less: never less than was used, nor than was planned for a protected phase."""
    if abs(seconds) > MOST_AT_ONCE:
        raise Refusal(Code.OUT_OF_RANGE, most=MOST_AT_ONCE // 60)
    slot, index = _running(session)
    granted = session.clock.timers[index].granted
    wanted = granted + timedelta(seconds=seconds)
    if seconds < 0:
        if slot.phase.protected and wanted < slot.planned:
            raise Refusal(Code.PROTECTED_PHASE, minutes=slot.planned // timedelta(minutes=1))
        wanted = min(granted, max(wanted, used(session.clock, index, now)))
    if wanted == granted:
        return ()
    return (OutageCredited(slot.key, wanted) if by == CLOCK else TimeGranted(slot.key, wanted),)


def _next(session: Session, from_key: str, by: Actor, now: datetime) -> tuple[Event, ...]:
    slot, _ = _running(session)
    if slot.key != from_key:
        return ()
    following = session.following
    if following is None:
        raise Refusal(Code.LAST_PHASE)
    moves_on = moves_on_at(session)
    if by == CLOCK and (moves_on is None or now < moves_on):
        raise Refusal(Code.TOO_EARLY)
    _check_guards(session, following)
    return (PhaseStarted(following.key),)


def _back(session: Session, from_key: str) -> tuple[Event, ...]:
    slot, index = _running(session)
    if slot.key != from_key:
        return ()
    if index == 0:
        raise Refusal(Code.FIRST_PHASE)
    return (PhaseReturned(session.plan[index - 1].key),)


def _replan(session: Session, name: str, now: datetime) -> tuple[Event, ...]:
    offers = proposals(session, now)
    if not offers:
        raise Refusal(Code.NOT_LATE)
    for offer in offers:
        if offer.name == name:
            return (Replanned(name, dict(offer.granted), offer.promised_end),)
    raise Refusal(Code.NO_SUCH_PROPOSAL)


def _check_guards(session: Session, slot: Slot) -> None:
    code = blocked(session, slot)
    if code is not None:
        raise Refusal(code)


def _running(session: Session) -> tuple[Slot, int]:
    slot, index = session.slot, session.clock.at
    if slot is None or index is None:
        raise Refusal(Code.NOT_STARTED)
    return slot, index


def _ended_at(session: Session) -> datetime:
    if session.ended_at is None:
        raise Refusal(Code.SESSION_NOT_ENDED)
    return session.ended_at
