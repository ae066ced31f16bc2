"""The facts about time: a session begins, its phases follow each other, its clock stands still or goes on, it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """The first phase runs; the end is announced."""

    key: str
    promised_end: datetime


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """The next phase runs."""

    key: str


@dataclass(frozen=True, slots=True)
class PhaseReturned:
    """The phase before runs again, with the time it had left."""

    key: str


@dataclass(frozen=True, slots=True)
class ClockPaused:
    """The clock stands still."""

    reason: str


@dataclass(frozen=True, slots=True)
class ClockResumed:
    """The clock runs again."""


@dataclass(frozen=True, slots=True)
class TimeGranted:
    """The running phase has this length in all."""

    key: str
    granted: timedelta


@dataclass(frozen=True, slots=True)
class OutageCredited:
    """The time nobody served is given back to the running phase, which has this length in all; nobody can take it back."""

    key: str
    granted: timedelta


@dataclass(frozen=True, slots=True)
class Replanned:
    """A proposal of the drift absorber holds: new lengths by plan key, and the announced end."""

    proposal: str
    granted: Mapping[str, timedelta]
    promised_end: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """The last change of phase, of time or the end was taken back."""

    change: str  # stored name of the event taken back


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over, and can be reopened for ten minutes."""


@dataclass(frozen=True, slots=True)
class SessionReopened:
    """An ended session goes on, its clock standing still."""


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """Nothing changes any more; the trace policy takes effect."""


TimeEvent = (
    SessionStarted | PhaseStarted | PhaseReturned | ClockPaused | ClockResumed | TimeGranted | OutageCredited | Replanned
    | Undone | SessionEnded | SessionReopened | SessionClosed
)  # fmt: skip
