"""What the use cases need from the outside, as roles; the store and the gateways fulfil them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.engine.events import Event
from app.engine.ids import CommandId, PersonId, SessionId
from app.engine.protocol import Protocol as SessionProtocol
from app.usecases.directory_port import Directory
from app.usecases.letter import Letter
from app.usecases.records import Attendance, Document, DocumentKind, Job, JobId, NewJob, Tally

__all__ = [
    "Appended", "Cipher", "Clock", "Conflict", "DataKey", "Directory", "Documents", "Erased", "EventLog",
    "GatewayError", "Ids", "Jobs", "Mailer", "NewerEvent", "Pdf", "Protocols", "Pulse", "Quarantined", "Recorded",
    "StoreUnavailable", "Unkeepable", "UnknownProtocol",
]  # fmt: skip


# -- errors --------------------------------------------------------------------------------------------


class GatewayError(Exception):
    """Something outside failed; `retryable` tells whether the same call may succeed later."""

    def __init__(self, message: str = "", *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class StoreUnavailable(GatewayError):
    """The database is down, full or unreachable: nothing was written; the same call works again once it is back."""


class Unkeepable(ValueError):
    """A text has a character that this database cannot hold: nothing was written, and nothing is found under it."""


class Conflict(Exception):
    """Another append took this place in the log: load, decide again."""


class Erased(Exception):
    """The session's log was erased; nothing can be read from it or added to it."""


class Quarantined(Exception):
    """The session's log has a gap, a duplicate or an unreadable event: nobody may go on with it."""


class NewerEvent(Exception):
    """A newer version of the program wrote this log: this one can show that it exists, not go on with it."""


class UnknownProtocol(Exception):
    """No protocol has this hash."""


# -- the log of facts ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """One fact in a session's log."""

    seq: int  # dense, from 1
    command: CommandId
    at: datetime
    actor: str  # person id, "clock" or "server"
    event: Event


@dataclass(frozen=True, slots=True)
class Appended:
    """The answer to a command: which facts it made; `first` is `seq` + 1 when it made none."""

    first: int
    seq: int  # the last one
    known: bool = False  # it had been appended before: nothing was written now


class EventLog(Protocol):
    """The log of each session."""

    async def load(self, session: SessionId, after: int = 0) -> tuple[Recorded, ...]:
        """Read the facts after a seq; empty when there is none. Raises Quarantined, NewerEvent, Erased, StoreUnavailable."""

    async def append(
        self,
        session: SessionId,
        after_seq: int,
        command_id: CommandId,
        events: tuple[Event, ...],
        at: datetime,
        actor: str,
        jobs: tuple[NewJob, ...] = (),
    ) -> Appended:
        """Write facts, their command and their jobs, all or nothing, and return once they are on disk.

        A command id seen before returns its first answer and writes nothing. Raises Conflict when `after_seq` is not
        the last seq, Erased, StoreUnavailable (then nothing was written, and sending the same again is harmless).
        """

    async def find_command(self, session: SessionId, command_id: CommandId) -> Appended | None:
        """Find the first answer to a command."""

    async def heads(self, sessions: tuple[SessionId, ...]) -> Mapping[SessionId, int]:
        """Tell the last seq of each of these logs that exists and is not erased: repairs lost wake-ups."""

    async def erase(
        self,
        session: SessionId,
        at: datetime,
        keep_documents: tuple[Document, ...] = (),
        tallies: tuple[Tally, ...] = (),
        attendance: Attendance | None = None,
    ) -> None:
        """Throw away a session's facts, commands and key, and keep only what is given, all or nothing.

        Afterwards nothing readable of the facts is left in the database, its indexes or its write-ahead log. Jobs stay:
        they hold ids only. Saying it twice is harmless: the second time keeps what the first one kept, and changes nothing.
        A document that is there already stays: its reader corrected it after the session was closed.
        """

    def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield (session, seq) after each append, on any node; may lose or repeat some. Close it to stop."""


# -- what remains, what is to be done ----------------------------------------------------------------------


class Documents(Protocol):
    """What people keep of closed sessions, each under a key of its own, and anonymous marks."""

    async def keep(self, document: Document) -> None:
        """Keep a document in place of an earlier one of the same session, person and kind."""

    async def find(self, session: SessionId, person: PersonId, kind: DocumentKind) -> Document | None:
        """Find the document one person keeps."""

    async def erase(self, session: SessionId, person: PersonId | None = None) -> None:
        """Throw away the documents of a session: one person's, or all, with their keys."""

    async def tallies(self, sessions: tuple[SessionId, ...]) -> tuple[Tally, ...]:
        """Add up the marks of these sessions, one tally per question, in the order of their names."""


class Jobs(Protocol):
    """Things to do after a commit, at least once each."""

    async def enqueue(self, jobs: tuple[NewJob, ...], at: datetime) -> None:
        """Add jobs that no log append causes; a key already waiting, running or buried is dropped."""

    async def claim(
        self, kinds: tuple[str, ...], now: datetime, lease: timedelta, most: int = 1
    ) -> tuple[Job, ...]:
        """Take jobs that are due and nobody holds, oldest first; each is ours until its lease ends."""

    async def done(self, job: Job) -> None:
        """Forget a job that succeeded; without effect when somebody else claimed it meanwhile."""

    async def retry(self, job: Job, at: datetime, problem: str) -> None:
        """Put a job back until `at`; `problem` is a code, never a text from people."""

    async def bury(self, job: Job, now: datetime, problem: str) -> None:
        """Give a job up, and keep it for the operator to see."""

    async def buried(self) -> tuple[tuple[JobId, str, str], ...]:
        """List the (id, kind, problem) of jobs given up."""


class Pulse(Protocol):
    """That this installation is served, kept for whoever starts next."""

    async def last(self) -> datetime | None:
        """Tell when any node was last known to serve; None when none ever was. Raises StoreUnavailable."""

    async def beat(self) -> None:
        """Note that this node serves now. Raises StoreUnavailable."""


# -- the outside world ---------------------------------------------------------------------------------------


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""


class Ids(Protocol):
    """The only source of chance."""

    def new(self) -> str:
        """Make an id nobody can guess or meet twice, safe in URLs."""

    def secret(self) -> str:
        """Make a secret of 256 random bits, safe in URLs."""


class DataKey(Protocol):
    """The key of one session or document."""

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """Encrypt, bound to the place it is kept at."""

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt; raises GatewayError when the bytes, the place or the key are not the right ones."""


class Cipher(Protocol):
    """Keys wrapped by the installation's key: throwing a wrapped key away erases what it sealed."""

    def new_key(self) -> tuple[DataKey, bytes]:
        """Make a key, and its wrapped form to be kept."""

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Get a key back from its wrapped form; raises GatewayError under another installation key."""


class Mailer(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the mail server; raises GatewayError."""


class Pdf(Protocol):
    """Prints documents."""

    async def render(self, template: str, data: Mapping[str, Any], lang: str) -> bytes:
        """Print data by a template; any text renders or degrades."""


class Protocols(Protocol):
    """The ways of holding a session that this installation knows, now or in the past."""

    async def all(self) -> tuple[SessionProtocol, ...]:
        """List what can be chosen today, by id."""

    async def find(self, protocol_id: str) -> SessionProtocol | None:
        """Find what can be chosen today under this id."""

    async def get(self, content_hash: str) -> SessionProtocol:
        """Get the protocol a session pinned, even when its file changed since; raises UnknownProtocol."""
