"""Deadlines are data: what the clock has to do next in a session, and under which command id."""

from collections.abc import Iterator
from datetime import datetime

from app.engine.commands import Close, Command, End, Next, OpenDoors, Pause
from app.engine.decide_cast import DOORS_BEFORE
from app.engine.decide_time import REOPEN_FOR, blocked, ends_by_itself, moves_on_at
from app.engine.drops import CLIENT_AWAY, waits_for_client_at
from app.engine.ids import CommandId
from app.engine.ladder_commands import GuideYourselves
from app.engine.relay import left_alone_at
from app.engine.state import Session, Status


def due(session: Session) -> tuple[datetime, Command, CommandId] | None:
    """Name the next command of the clock and its instant; whoever wakes first gives it, and its id makes it happen once.

    It rests on none of the quick parts of the state (touched.py).
    """
    match session.status:
        case Status.PLANNED:
            return _named(session.starts_at - DOORS_BEFORE, OpenDoors(), "doors")
        case Status.ENDED if session.ended_at is not None:
            return _named(session.ended_at + REOPEN_FOR, Close(), "close")
        case Status.OPEN:
            return _named(ends_by_itself(session), End(), "end")
        case Status.RUNNING:
            return min(_running(session), key=lambda each: each[0])
        case _:
            return None


def _running(session: Session) -> Iterator[tuple[datetime, Command, CommandId]]:
    yield _advance(session) or _named(ends_by_itself(session), End(), "end")
    waits = waits_for_client_at(session)
    if waits is not None:
        yield _named(waits, Pause(CLIENT_AWAY), "wait")
    alone = left_alone_at(session)
    if alone is not None:
        yield _named(alone, GuideYourselves(), "alone")


def _advance(session: Session) -> tuple[datetime, Command, CommandId] | None:
    slot, following, moves_on = session.slot, session.following, moves_on_at(session)
    if slot is None or following is None or moves_on is None or blocked(session, following):
        return None
    return _named(moves_on, Next(slot.key), f"next:{slot.key}")


def _named(instant: datetime, command: Command, what: str) -> tuple[datetime, Command, CommandId]:
    return instant, command, CommandId(f"clock:{what}:{int(instant.timestamp() * 1000)}")
