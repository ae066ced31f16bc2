"""Every fact about video, sound and who stands in, in the past tense."""

from dataclasses import dataclass

from app.engine.continuity import Rung
from app.engine.ids import PersonId
from app.engine.ladder import Fault


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """The group is on another rung."""

    rung: Rung
    why: str
    forced: bool


@dataclass(frozen=True, slots=True)
class RiseOffered:
    """The facilitator may take the group up to this rung, or no longer."""

    rung: Rung | None


@dataclass(frozen=True, slots=True)
class PersonMoved:
    """A person is on a rung of their own, or with the group; `chosen` when they wanted it so."""

    person: PersonId
    rung: Rung | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class PhoneAsked:
    """A person was asked to take the telephone."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Drilled:
    """A rehearsal broke something on purpose, or mended it."""

    fault: Fault
    person: PersonId | None
    on: bool


@dataclass(frozen=True, slots=True)
class ScreenAllowed:
    """Screens may be shared, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class ClockTaken:
    """The relay keeps the time while the facilitator is away."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class TitleTaken:
    """The relay conducts while the facilitator is away."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The facilitator conducts again, alone."""


@dataclass(frozen=True, slots=True)
class GuidanceChanged:
    """The group goes on by itself, or is conducted again."""

    self_guided: bool


LadderEvent = (
    GroupMoved | RiseOffered | PersonMoved | PhoneAsked | Drilled | ScreenAllowed
    | ClockTaken | TitleTaken | GivenBack | GuidanceChanged
)  # fmt: skip
