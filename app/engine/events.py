"""Every fact of a session, in the past tense, with the stable name it is stored under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import get_args

from app.engine.ids import EntryId, PersonId, SessionId
from app.engine.protocol import Kind, Role, Sight


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


@dataclass(frozen=True, slots=True)
class PlanChanged:
    title: str
    starts_at: datetime
    zone: str
    rounds: int
    minutes: Mapping[str, timedelta]


@dataclass(frozen=True, slots=True)
class PersonAdded:
    person: PersonId
    name: str
    role: Role
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    person: PersonId


@dataclass(frozen=True, slots=True)
class DoorsOpened:
    pass


@dataclass(frozen=True, slots=True)
class PersonArrived:
    person: PersonId


@dataclass(frozen=True, slots=True)
class PersonLeft:
    person: PersonId
    gone: bool


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True)
class InterestSignalled:
    person: PersonId
    entry: EntryId
    on: bool


@dataclass(frozen=True, slots=True)
class ClientChosen:
    person: PersonId
    turn: int
    subject: EntryId | None
    reserve: PersonId | None


@dataclass(frozen=True, slots=True)
class ClientDeclined:
    person: PersonId
    declined: bool


@dataclass(frozen=True, slots=True)
class SessionStarted:
    key: str
    promised_end: datetime


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    key: str


@dataclass(frozen=True, slots=True)
class PhaseReturned:
    key: str


@dataclass(frozen=True, slots=True)
class ClockPaused:
    reason: str


@dataclass(frozen=True, slots=True)
class ClockResumed:
    pass


@dataclass(frozen=True, slots=True)
class TimeGranted:
    key: str
    granted: timedelta


@dataclass(frozen=True, slots=True)
class Replanned:
    proposal: str
    granted: Mapping[str, timedelta]
    promised_end: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    change: str  # stored name of the event taken back


@dataclass(frozen=True, slots=True)
class HandRaised:
    person: PersonId


@dataclass(frozen=True, slots=True)
class HandLowered:
    person: PersonId


@dataclass(frozen=True, slots=True)
class FloorGiven:
    person: PersonId | None


@dataclass(frozen=True, slots=True)
class FloorPassed:
    to: PersonId | None
    round: tuple[PersonId, ...]  # still to come after them


@dataclass(frozen=True, slots=True)
class RoundStarted:
    order: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class EntryWritten:
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
    entry: EntryId


@dataclass(frozen=True, slots=True)
class EntriesRevealed:
    entries: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class ContractAccepted:
    turn: int
    side: Side
    person: PersonId


@dataclass(frozen=True, slots=True)
class IdeaKept:
    entry: EntryId
    keep: bool


@dataclass(frozen=True, slots=True)
class ActionsOrdered:
    person: PersonId
    entries: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class ReadySaid:
    person: PersonId
    ready: bool


@dataclass(frozen=True, slots=True)
class SessionEnded:
    pass


@dataclass(frozen=True, slots=True)
class SessionReopened:
    pass


@dataclass(frozen=True, slots=True)
class SessionClosed:
    pass


Event = (
    SessionPlanned | PlanChanged | PersonAdded | PersonRemoved
    | DoorsOpened | PersonArrived | PersonLeft
    | RoleAssigned | InterestSignalled | ClientChosen | ClientDeclined
    | SessionStarted | PhaseStarted | PhaseReturned | ClockPaused | ClockResumed | TimeGranted | Replanned | Undone
    | HandRaised | HandLowered | FloorGiven | FloorPassed | RoundStarted
    | EntryWritten | EntryErased | EntriesRevealed | ContractAccepted | IdeaKept | ActionsOrdered | ReadySaid
    | SessionEnded | SessionReopened | SessionClosed
)  # fmt: skip


def stored_name(event: type[Event]) -> str:
    """Name a kind of event as the log does: PhaseStarted is phase-started."""
    name = event.__name__
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


EVENTS: Mapping[str, tuple[type[Event], int]] = MappingProxyType(
    {stored_name(each): (each, 1) for each in get_args(Event)}
)
"""Every event by its stored name, with the version that is written now."""
