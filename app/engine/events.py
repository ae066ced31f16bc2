"""Every fact of a session, in the past tense, with the stable name it is stored under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import get_args

from app.engine.ids import EntryId, PersonId, SessionId
from app.engine.ladder import Bridge, Microphones
from app.engine.ladder_events import LadderEvent
from app.engine.protocol import Kind, Role, Sight
from app.engine.time_events import TimeEvent


class Trace(StrEnum):
    """What remains after a session (method.md §5.4)."""

    NONE = "none"
    CLIENT = "client"
    CLIENT_AND_LEARNINGS = "client+learnings"


class Side(StrEnum):
    """Whose acceptance of the contract."""

    CLIENT = "client"
    CONSULTANTS = "consultants"


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who has a seat; the order of seats is the order of turns."""

    id: PersonId
    name: str
    role: Role = Role.CONSULTANT
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastCast:
    """Who had which role in an earlier session of the group."""

    number: int
    roles: Mapping[PersonId, Role]


@dataclass(frozen=True, slots=True)
class SessionPlanned:
    """Everything known beforehand; the protocol itself is kept apart under its hash."""

    session_id: SessionId
    title: str  # the group's name
    number: int
    protocol_id: str
    protocol_hash: str
    language: str
    zone: str
    starts_at: datetime
    people: tuple[Invited, ...]
    trace: Trace = Trace.CLIENT_AND_LEARNINGS
    rehearsal: bool = False
    self_guided: bool = False
    rounds: int = 1
    minutes: Mapping[str, timedelta] = field(default_factory=dict)  # by plan key or phase id
    clients: tuple[PersonId, ...] = ()  # in the order of the client blocks, as far as known
    reserve: PersonId | None = None
    history: tuple[PastCast, ...] = ()
    bridge: Bridge = field(default_factory=Bridge)
    relay: PersonId | None = None  # who stands in when the facilitator drops
    microphones: Microphones = Microphones.PEOPLE
    screen_share: bool = False


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The plan was changed before the start; this holds now, and what is None stays as it was."""

    title: str
    starts_at: datetime
    zone: str
    rounds: int
    minutes: Mapping[str, timedelta]
    bridge: Bridge = field(default_factory=Bridge)
    relay: PersonId | None = None
    microphones: Microphones = Microphones.PEOPLE
    screen_share: bool = False
    language: str | None = None
    trace: Trace | None = None
    reserve: PersonId | None = None  # counts only together with `language`, which older facts do not have
    clients: tuple[PersonId | None, ...] | None = None  # by turn


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A person has a seat, or another name, role or tags."""

    person: PersonId
    name: str
    role: Role
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    """A seat was taken away."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class DoorsOpened:
    """People may come in."""


@dataclass(frozen=True, slots=True)
class PersonArrived:
    """A person is here."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """A person lost the connection, or left on purpose (`gone`)."""

    person: PersonId
    gone: bool


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    """A person has this role outside of their turn as client."""

    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True)
class InterestSignalled:
    """A person showed interest in a subject, or no longer."""

    person: PersonId
    entry: EntryId
    on: bool


@dataclass(frozen=True, slots=True)
class ClientChosen:
    """A person is the client of a turn."""

    person: PersonId
    turn: int
    subject: EntryId | None
    reserve: PersonId | None


@dataclass(frozen=True, slots=True)
class ClientDeclined:
    """A person would rather not be client today, or would again."""

    person: PersonId
    declined: bool


@dataclass(frozen=True, slots=True)
class HandRaised:
    """A person asks for the floor."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class HandLowered:
    """A hand is down."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class FloorGiven:
    """A person has the floor, or nobody."""

    person: PersonId | None


@dataclass(frozen=True, slots=True)
class FloorPassed:
    """The speaker has finished, and the next one in the round speaks."""

    to: PersonId | None
    round: tuple[PersonId, ...]  # still to come after them


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A round of all began with the first of these."""

    order: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class EntryWritten:
    """A text was written, or worded again: the same entry is the same text."""

    entry: EntryId
    kind: Kind
    author: PersonId
    text: str
    fields: Mapping[str, str]
    sight: Sight
    turn: int
    phase: str


@dataclass(frozen=True, slots=True)
class EntryErased:
    """A text was erased by its author."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class EntriesRevealed:
    """What was written in secret is there for everybody to read."""

    entries: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class ContractAccepted:
    """One side accepted the wording of the contract."""

    turn: int
    side: Side
    person: PersonId


@dataclass(frozen=True, slots=True)
class IdeaKept:
    """The client keeps an idea, or no longer."""

    entry: EntryId
    keep: bool


@dataclass(frozen=True, slots=True)
class ActionsOrdered:
    """A person put the actions of their plan in this order."""

    person: PersonId
    entries: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class ReadySaid:
    """A person has finished, or not yet after all."""

    person: PersonId
    ready: bool


Event = (
    SessionPlanned | PlanChanged | PersonAdded | PersonRemoved
    | DoorsOpened | PersonArrived | PersonLeft
    | RoleAssigned | InterestSignalled | ClientChosen | ClientDeclined
    | HandRaised | HandLowered | FloorGiven | FloorPassed | RoundStarted
    | EntryWritten | EntryErased | EntriesRevealed | ContractAccepted | IdeaKept | ActionsOrdered | ReadySaid
    | TimeEvent | LadderEvent
)  # fmt: skip


def stored_name(event: type[Event]) -> str:
    """Name a kind of event as the log does: PhaseStarted is phase-started."""
    name = event.__name__
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


VERSIONS: Mapping[type[Event], int] = MappingProxyType({SessionPlanned: 2, PlanChanged: 3})
"""Of events that have got new fields since they were first stored; the others are of version 1."""

EVENTS: Mapping[str, tuple[type[Event], int]] = MappingProxyType(
    {stored_name(each): (each, VERSIONS.get(each, 1)) for each in get_args(Event)}
)
"""Every event by its stored name, with the version that is written now."""
