"""What a session is at one instant: the sum of its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.engine.events import PastCast, Trace
from app.engine.ids import EntryId, PersonId, SessionId
from app.engine.ladder import Bridge, Ladder, Microphones, StandIn
from app.engine.plan import Slot
from app.engine.protocol import Kind, Protocol, Role, Sight
from app.engine.timer import Clock


class Status(StrEnum):
    """How far a session is."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"


class Presence(StrEnum):
    """Where a person is; one who is expected after the start is shown as late."""

    EXPECTED = "expected"
    HERE = "here"
    AWAY = "away"  # the connection broke, the seat is theirs
    GONE = "gone"  # chose to leave, may come back


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a seat."""

    id: PersonId
    name: str
    role: Role  # outside of their turn as client
    tags: tuple[str, ...]
    presence: Presence = Presence.EXPECTED
    declined: bool = False
    left_at: datetime | None = None  # since when they are away or gone


@dataclass(frozen=True, slots=True)
class Entry:
    """Something a person wrote."""

    id: EntryId
    kind: Kind
    author: PersonId
    text: str
    fields: Mapping[str, str]
    sight: Sight
    turn: int
    phase: str
    written_at: datetime
    revealed: bool = False
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Contract:
    """The client's request of one turn and who accepted its wording."""

    entry: EntryId
    client: bool = False
    consultants: bool = False

    @property
    def accepted(self) -> bool:
        """Whether both sides accepted."""
        return self.client and self.consultants


@dataclass(frozen=True, slots=True)
class Floor:
    """Who speaks and who would like to; it is cleared with each phase."""

    holder: PersonId | None = None
    since: datetime | None = None
    hands: tuple[PersonId, ...] = ()
    round: tuple[PersonId, ...] = ()
    heard: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last change of phase, of time or the end, and what was before it."""

    change: str
    until: datetime
    status: Status
    clock: Clock  # settled at the instant of the change
    floor: Floor
    ready: frozenset[PersonId]
    credited: timedelta = timedelta()  # given back since then for outages


@dataclass(frozen=True, slots=True)
class Session:
    """A session; every field follows from its events."""

    id: SessionId
    title: str
    number: int
    protocol: Protocol
    language: str
    zone: str
    starts_at: datetime
    trace: Trace
    rehearsal: bool
    self_guided: bool
    rounds: int
    minutes: Mapping[str, timedelta]
    history: tuple[PastCast, ...]
    people: tuple[Person, ...]
    plan: tuple[Slot, ...]
    clock: Clock
    clients: tuple[PersonId | None, ...]  # by turn
    subjects: tuple[EntryId | None, ...]  # by turn
    reserve: PersonId | None
    entries: Mapping[EntryId, Entry]
    contracts: Mapping[int, Contract]  # by turn
    interests: Mapping[EntryId, frozenset[PersonId]]
    orders: Mapping[PersonId, tuple[EntryId, ...]]
    status: Status = Status.PLANNED
    seq: int = 1
    floor: Floor = Floor()
    kept: frozenset[EntryId] = frozenset()
    ready: frozenset[PersonId] = frozenset()
    ended_at: datetime | None = None
    reopened_at: datetime | None = None  # the last time an end was taken back
    undo: Undoable | None = None
    bridge: Bridge = field(default_factory=Bridge)
    relay: PersonId | None = None
    microphones: Microphones = Microphones.PEOPLE
    screen_share: bool = False
    ladder: Ladder = field(default_factory=Ladder)
    stand_in: StandIn | None = None
    guided_since: datetime | None = None  # since when a group goes on by itself that was conducted before

    def find_person(self, person: PersonId) -> Person | None:
        """Find somebody with a seat."""
        for each in self.people:
            if each.id == person:
                return each
        return None

    @property
    def slot(self) -> Slot | None:
        """The running phase."""
        return None if self.clock.at is None else self.plan[self.clock.at]

    @property
    def following(self) -> Slot | None:
        """The phase that comes next."""
        index = 0 if self.clock.at is None else self.clock.at + 1
        return self.plan[index] if index < len(self.plan) else None

    @property
    def turn(self) -> int:
        """Which client block runs, 1-based; 0 when all clients have had theirs and everybody is equal."""
        slot = self.slot
        return 1 if slot is None else slot.turn

    @property
    def client(self) -> PersonId | None:
        """Today's client, or the client of the running block."""
        turn = self.turn
        return self.clients[turn - 1] if turn else None

    def stands_in(self, person: PersonId) -> bool:
        """Whether this person stands in for whoever conducts."""
        return self.stand_in is not None and self.stand_in.person == person

    def role_of(self, person: Person) -> Role:
        """Say which role a person has now."""
        return Role.CLIENT if person.id == self.client else person.role
