"""A command becomes facts or a refusal: the only place where rules say yes or no."""

from datetime import datetime
from typing import assert_never

from app.engine import decide_cast, decide_ladder, decide_plan, decide_time, decide_voices, decide_writing
from app.engine.commands import (
    AcceptContract,
    AddPerson,
    Arrive,
    AssignRole,
    Back,
    ChangePlan,
    ChooseClient,
    Close,
    Command,
    DeclineClient,
    End,
    Erase,
    Extend,
    GiveFloor,
    KeepIdea,
    Leave,
    LowerHand,
    Next,
    OpenDoors,
    OrderActions,
    PassFloor,
    Pause,
    ProposeSubject,
    RaiseHand,
    RemovePerson,
    Reopen,
    Replan,
    Resume,
    Reveal,
    SayReady,
    SignalInterest,
    Start,
    StartRound,
    Undo,
    Write,
)
from app.engine.events import Event
from app.engine.ids import Actor
from app.engine.ladder_commands import (
    AllowScreen,
    AskToPhone,
    Drill,
    ForceRung,
    GiveBack,
    GuideYourselves,
    MoveGroup,
    MovePerson,
    OfferRise,
    PlacePerson,
    TakeClock,
    TakeRung,
    TakeTitle,
)
from app.engine.permissions import check
from app.engine.state import Session
from app.engine.written_turns import follow


def decide(session: Session, command: Command, by: Actor, now: datetime) -> tuple[Event, ...]:
    """Turn a command into what happens; nothing when it is so already. Raises Refusal."""
    check(session, command, by)
    events = _decide(session, command, by, now)
    return (*events, *follow(session, events, now)) if events else ()


def _decide(session: Session, command: Command, by: Actor, now: datetime) -> tuple[Event, ...]:
    match command:
        case (
            Arrive() | Leave() | AddPerson() | RemovePerson() | OpenDoors()
            | AssignRole() | SignalInterest() | ChooseClient() | DeclineClient()
        ):  # fmt: skip
            return decide_cast.decide(session, command, by, now)
        case ChangePlan():
            return decide_plan.decide(session, command)
        case (
            Start() | Pause() | Resume() | Extend() | Next() | Back() | Undo() | Replan() | End() | Reopen() | Close()
        ):  # fmt: skip
            return decide_time.decide(session, command, by, now)
        case RaiseHand() | LowerHand() | GiveFloor() | PassFloor() | StartRound():
            return decide_voices.decide(session, command, by)
        case (
            ProposeSubject() | Write() | Erase() | Reveal() | AcceptContract() | KeepIdea() | OrderActions() | SayReady()
        ):  # fmt: skip
            return decide_writing.decide(session, command, by)
        case (
            MoveGroup() | OfferRise() | MovePerson() | ForceRung() | AskToPhone() | TakeRung() | PlacePerson() | Drill()
            | AllowScreen() | TakeClock() | TakeTitle() | GiveBack() | GuideYourselves()
        ):  # fmt: skip
            return decide_ladder.decide(session, command, by, now)
        case _:
            assert_never(command)
