"""The drift absorber: three ways to land when the session is late, none of which touches a protected phase."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.protocol import Voice
from app.engine.state import Session
from app.engine.timer import ZERO, left, next_start, used

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NOTICEABLE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Proposal:
    """New lengths for some phases, and where they lead."""

    name: str  # shave | borrow | later
    granted: Mapping[str, timedelta]  # plan key → new length
    next_at: datetime
    ends_at: datetime
    promised_end: datetime


def starts(session: Session, now: datetime) -> tuple[datetime, ...]:
    """Project when each phase begins, and last when the session ends; phases that were held keep their hour."""
    clock, at = session.clock, coming(session, now)
    begun = 0 if clock.at is None else clock.at + 1
    hours = [timer.started_at or session.starts_at for timer in clock.timers[:begun]]
    for index in range(begun, len(clock.timers)):
        hours.append(at)
        at += left(clock, index, now) if session.ended_at is None else ZERO
    return (*hours, at)


def coming(session: Session, now: datetime) -> datetime:
    """Project when the next phase begins: all that the other hours depend on besides the state."""
    if session.clock.at is None:
        return max(session.starts_at, now)
    return next_start(session.clock, now) if session.ended_at is None else session.ended_at


def proposals(session: Session, now: datetime, ends_at: datetime | None = None) -> tuple[Proposal, ...]:
    """Offer what is possible: shave later phases evenly, borrow from the consultation, finish later.

    `ends_at` is the projected end, if it is known already.
    """
    if session.clock.at is None or session.ended_at is not None:
        return ()
    ends_at = starts(session, now)[-1] if ends_at is None else ends_at
    late = ends_at - session.clock.promised_end
    if late < NOTICEABLE:
        return ()
    shave = _cut("shave", session, _room(session, _later(session), now), ends_at, now)
    borrow = _cut("borrow", session, _room(session, _consultation(session), now), ends_at, now)
    offers = (
        shave,
        None if shave and borrow and shave.granted == borrow.granted else borrow,  # one way is not two
        Proposal(
            "later",
            {},
            next_start(session.clock, now),
            ends_at,
            session.clock.promised_end + -(-late // MINUTE) * MINUTE,
        ),
    )
    return tuple(offer for offer in offers if offer is not None)


def _later(session: Session) -> list[int]:
    at = session.clock.at or 0
    return [index for index in range(at + 1, len(session.plan)) if not session.plan[index].phase.protected]


def _consultation(session: Session) -> list[int]:
    """Find where time may be borrowed: the running or later consultation, else the longest unprotected phase to come."""
    at = session.clock.at or 0
    open_ = [index for index in range(at, len(session.plan)) if not session.plan[index].phase.protected]
    for wanted in (
        [index for index in open_ if session.plan[index].phase.step == "consultation"],
        [index for index in open_ if session.plan[index].phase.voice is Voice.IN_TURN],
    ):
        if wanted:
            return wanted
    later = _later(session)
    if not later:
        return []
    longest = session.plan[max(later, key=lambda index: session.clock.timers[index].granted)].phase
    return [index for index in later if session.plan[index].phase is longest]


def _room(session: Session, indexes: list[int], now: datetime) -> dict[int, timedelta]:
    """Say how much each phase can give: never below its least minutes or what it has used already."""
    room: dict[int, timedelta] = {}
    for index in indexes:
        slot, timer = session.plan[index], session.clock.timers[index]
        spare = timer.granted - max(
            min(slot.phase.minutes.least, slot.planned), used(session.clock, index, now)
        )
        spare -= spare % SECOND
        if spare > ZERO:
            room[index] = spare
    return room


def _cut(
    name: str, session: Session, room: Mapping[int, timedelta], ends_at: datetime, now: datetime
) -> Proposal | None:
    """Take the lateness out of the phases in proportion to what each can give, in whole seconds."""
    whole = sum(room.values(), ZERO)
    if not whole:
        return None
    late = ends_at - session.clock.promised_end
    wanted = min(whole, -(-late // SECOND) * SECOND)
    cuts = {index: wanted * (spare // SECOND) // (whole // SECOND) for index, spare in room.items()}
    cuts = {index: cut - cut % SECOND for index, cut in cuts.items()}
    rest = wanted - sum(cuts.values(), ZERO)
    for index in sorted(room, key=lambda index: room[index] - cuts[index], reverse=True):
        more = min(rest, room[index] - cuts[index], SECOND)
        cuts[index] += more
        rest -= more
    granted = {
        session.plan[index].key: session.clock.timers[index].granted - cut
        for index, cut in cuts.items()
        if cut
    }
    at = session.clock.at or 0
    next_at = next_start(session.clock, now) - cuts.get(at, ZERO)
    return Proposal(name, granted, next_at, ends_at - wanted, session.clock.promised_end)
