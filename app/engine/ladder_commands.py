"""What may be asked about video, sound and who stands in: the commands of the continuity ladder."""

from dataclasses import dataclass

from app.engine.continuity import Rung
from app.engine.ids import PersonId
from app.engine.ladder import Fault


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Move the group to another rung; `why` is a reason code with a sentence in the catalogue."""

    rung: Rung
    why: str = ""


@dataclass(frozen=True, slots=True)
class OfferRise:
    """Offer the facilitator to go up; None takes the offer back."""

    rung: Rung | None


@dataclass(frozen=True, slots=True)
class MovePerson:
    """Note the rung on which one person is; None is the group's."""

    person: PersonId
    rung: Rung | None


@dataclass(frozen=True, slots=True)
class ForceRung:
    """Put the group on a rung, up or down; the rung of an offer accepts it."""

    rung: Rung


@dataclass(frozen=True, slots=True)
class AskToPhone:
    """Ask one person to take the telephone; they are free to."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class TakeRung:
    """Choose for oneself: sound only, the telephone (`bridge`) or writing (`text`); None is with the others again."""

    rung: Rung | None


@dataclass(frozen=True, slots=True)
class PlacePerson:
    """Say of somebody who cannot say it that they are on the telephone (`bridge`) or write (`text`); None is no longer."""

    person: PersonId
    rung: Rung | None


@dataclass(frozen=True, slots=True)
class Drill:
    """Break something on purpose in a rehearsal, for one person or for the group, or mend it."""

    fault: Fault
    person: PersonId | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class AllowScreen:
    """Let people share a screen, or no longer."""

    on: bool = True


@dataclass(frozen=True, slots=True)
class TakeClock:
    """The relay keeps the time, once the facilitator has been away for 15 seconds."""


@dataclass(frozen=True, slots=True)
class TakeTitle:
    """The relay conducts, once the facilitator has been away for a minute; or the facilitator takes a group back that went on alone."""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The relay hands clock and title back to the facilitator."""


@dataclass(frozen=True, slots=True)
class GuideYourselves:
    """Let the group go on by itself, as nobody is left to conduct; asked by the clock."""


LadderCommand = (
    MoveGroup | OfferRise | MovePerson | ForceRung | AskToPhone | TakeRung | PlacePerson | Drill | AllowScreen
    | TakeClock | TakeTitle | GiveBack | GuideYourselves
)  # fmt: skip
