"""A command becomes facts or a refusal: the only place where rules say yes or no."""

from datetime import datetime
from typing import assert_never

from app.engine import decide_cast, decide_ladder, decide_plan, decide_time, decide_voices, decide_writing
from app.engine.commands import ChangePlan, Command
from app.engine.events import Event
from app.engine.ids import Actor
from app.engine.ladder_commands import LadderCommand
from app.engine.permissions import check
from app.engine.state import Session
from app.engine.written_turns import follow


def decide(session: Session, command: Command, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Turn a command into what happens; nothing when it is so already. Raises Refusal."""
    check(session, command, by)
    events = _decide(session, command, by, now)
    return (*events, *follow(session, events, now)) if events else ()


def _decide(session: Session, command: Command, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Hand a command to the file that knows its kind; a kind that none knows is a type error here."""
    if isinstance(command, decide_cast.CastCommand):
        return decide_cast.decide(session, command, by, now)
    if isinstance(command, ChangePlan):
        return decide_plan.decide(session, command)
    if isinstance(command, decide_time.TimeCommand):
        return decide_time.decide(session, command, by, now)
    if isinstance(command, decide_voices.VoiceCommand):
        return decide_voices.decide(session, command, by)
    if isinstance(command, decide_writing.WritingCommand):
        return decide_writing.decide(session, command, by)
    if isinstance(command, LadderCommand):
        return decide_ladder.decide(session, command, by, now)
    assert_never(command)
