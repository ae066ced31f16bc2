"""What the directory, the jobs and the kept documents remember: plain facts, without a word of what was said in a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from app.engine.ids import GroupId, PersonId, SessionId
from app.engine.protocol import Role

JobId = NewType("JobId", str)
TokenHash = NewType("TokenHash", str)
"""SHA-256, in hexadecimal, of a secret that only its bearer knows."""


# -- people ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Someone who prepares and conducts sessions; at every table they sit at under this one person id."""

    id: PersonId
    name: str
    email: str  # "" for the visitor of a rehearsal; otherwise unique, compared without case
    lang: str
    zone: str  # IANA time zone
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """People who meet again and again; it outlasts its sessions."""

    id: GroupId
    owner: PersonId
    name: str
    lang: str
    zone: str
    trace: str  # none | client | client+learnings
    created_at: datetime
    plan_b: str = ""  # telephone number or meeting link for the day the network breaks
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group, in the order of its seats."""

    person: PersonId
    group: GroupId
    name: str
    email: str  # "" when unknown
    lang: str
    seat: int  # from 0
    joined_at: datetime
    tags: tuple[str, ...] = ()  # expert in (method.md §5.7)
    left_at: datetime | None = None


# -- sessions ----------------------------------------------------------------------------------------


class Status(StrEnum):
    """How far a session is, as lists of sessions show it; the log is the truth."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One meeting of a group, as its facilitator's desk lists it."""

    id: SessionId
    group: GroupId
    number: int  # from 1: which session of the group
    facilitator: PersonId
    protocol_id: str
    protocol_hash: str
    starts_at: datetime
    ends_at: datetime  # promised
    zone: str
    trace: str
    created_at: datetime
    status: Status = Status.PLANNED
    rehearsal: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CastTurn:
    """That a person held a role in one session of a group: the history that rotation is fair to."""

    session: SessionId
    group: GroupId
    person: PersonId
    role: Role
    round: int  # client block, from 1
    held_at: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """That a person was there, from when to when."""

    person: PersonId
    name: str
    role: Role
    arrived_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class HeldPhase:
    """That a phase was held, from when to when."""

    key: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    """Evidence that a session took place, apart from its content (method.md §5.8, R6313-3): never the subject."""

    session: SessionId
    people: tuple[Presence, ...]
    phases: tuple[HeldPhase, ...]


# -- ways in -----------------------------------------------------------------------------------------


class Sending(StrEnum):
    """How far an invitation is."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    OPENED = "opened"  # the person came through their link


@dataclass(frozen=True, slots=True)
class Invitation:
    """That a person is expected at a session, and whether their letter left."""

    session: SessionId
    person: PersonId
    status: Sending
    changed_at: datetime
    problem: str = ""  # code of the last failure, never an address


@dataclass(frozen=True, slots=True)
class JoinToken:
    """A personal link to one seat: only the hash of its secret is known here."""

    hash: TokenHash
    session: SessionId
    person: PersonId
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None  # first use
    revoked_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Tell whether the link still leads to its seat."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class SignInToken:
    """A one-time link that signs a facilitator in."""

    hash: TokenHash
    facilitator: PersonId
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WebSession:
    """A browser that was let in: as a facilitator (`session` None) or to one seat."""

    hash: TokenHash
    person: PersonId
    session: SessionId | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser must sign to use or add a passkey; it serves once."""

    hash: TokenHash  # of the secret in the browser's cookie
    value: bytes
    facilitator: PersonId | None  # who adds a passkey; None when signing in
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """A facilitator's passkey (WebAuthn level 3)."""

    credential: bytes
    facilitator: PersonId
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None = None


# -- what remains after closing ------------------------------------------------------------------------


class DocumentKind(StrEnum):
    """The documents of a session: two kinds for two sorts of readers."""

    PLAN = "plan"
    LEARNINGS = "learnings"


@dataclass(frozen=True, slots=True)
class Document:
    """What one person keeps of a closed session, for their eyes only."""

    session: SessionId
    person: PersonId
    kind: DocumentKind
    body: bytes  # JSON
    written_at: datetime


LEAST_ANSWERS = 5
"""An average of fewer answers could point at a person (method.md §5.6)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each mark of 1 to 5 was given to a question, without who gave it."""

    question: str  # helped | frame | distance
    counts: tuple[int, int, int, int, int]

    @property
    def answers(self) -> int:
        """Count the answers."""
        return sum(self.counts)

    @property
    def average(self) -> float | None:
        """Give the average mark, or None when there are too few answers to hide in."""
        if self.answers < LEAST_ANSWERS:
            return None
        return sum(mark * count for mark, count in enumerate(self.counts, start=1)) / self.answers


# -- jobs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewJob:
    """Something to do later, at least once: ids only, never a text or a name, for a job is not encrypted."""

    kind: str
    payload: Mapping[str, str]
    key: str  # a second job of the same key is dropped as long as the first is known
    run_at: datetime | None = None  # None: at once
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job somebody claimed, until `leased_until`."""

    id: JobId
    kind: str
    payload: Mapping[str, str]
    key: str
    session: SessionId | None
    attempt: int  # from 1
    run_at: datetime
    leased_until: datetime
