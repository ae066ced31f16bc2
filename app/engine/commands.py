"""Everything a person, the clock or the server may ask of a session; each is named in the imperative."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.engine.events import Trace
from app.engine.ids import EntryId, PersonId
from app.engine.ladder import Bridge, Microphones
from app.engine.ladder_commands import LadderCommand
from app.engine.protocol import Kind, Role

# -- presence: asked by the server for the person whose socket it is ------------------------------


@dataclass(frozen=True, slots=True)
class Arrive:
    """The person's first socket opened, or opened again."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The person's last socket closed (`gone` False) or they chose to leave (`gone` True)."""

    gone: bool = False


# -- the doors, the cast ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Change the plan before the session starts; what is None stays as it is."""

    title: str | None = None
    starts_at: datetime | None = None
    zone: str | None = None
    rounds: int | None = None
    minutes: Mapping[str, timedelta] | None = None  # by plan key, or by phase id for every block
    bridge: Bridge | None = None
    relay: PersonId | None = None  # an empty one: nobody
    microphones: Microphones | None = None
    screen_share: bool | None = None
    language: str | None = None
    trace: Trace | None = None
    reserve: PersonId | None = None  # an empty one: nobody
    clients: tuple[PersonId | None, ...] | None = None  # by turn; an empty list: nobody yet


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Give a person a seat after the others, or change the name, role and tags of one who has a seat."""

    person: PersonId
    name: str
    role: Role = Role.CONSULTANT
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovePerson:
    """Take a person's seat away."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class OpenDoors:
    """Let people in; asked by the facilitator, or by the clock 15 minutes before the hour."""


@dataclass(frozen=True, slots=True)
class AssignRole:
    """Give a person a role; the client is chosen by ChooseClient instead."""

    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True)
class ProposeSubject:
    """Propose a subject, or word one's own again."""

    entry: EntryId
    title: str
    nature: str = "problem"  # problem | concern | project (3P)
    urgency: int = 2  # 1 can wait … 3 burning
    expects: str = ""


@dataclass(frozen=True, slots=True)
class SignalInterest:
    """Show, or no longer show, interest in a subject."""

    entry: EntryId
    on: bool = True


@dataclass(frozen=True, slots=True)
class ChooseClient:
    """Choose the client with their subject (or none yet) and, if known, who is in reserve."""

    person: PersonId
    subject: EntryId | None = None
    reserve: PersonId | None = None
    turn: int | None = (
        None  # which client block, 1-based; None is the running one, or the one that comes next
    )


@dataclass(frozen=True, slots=True)
class DeclineClient:
    """Say that one would rather not be the client today, or take that back."""

    declined: bool = True


# -- time ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the first phase."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop the clock."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let the clock run again."""


@dataclass(frozen=True, slots=True)
class Extend:
    """Grant the running phase more time; a negative number of seconds shortens it."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Next:
    """Go to the next phase; `from_key` is the phase the person saw, so that two clicks advance once."""

    from_key: str


@dataclass(frozen=True, slots=True)
class Back:
    """Go back to the phase before, with the time it had left."""

    from_key: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last change of phase, of time or the end."""


@dataclass(frozen=True, slots=True)
class Replan:
    """Apply one of the three proposals of the drift absorber, by its name."""

    proposal: str  # shave | borrow | later


# -- voices ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """Ask for the floor."""


@dataclass(frozen=True, slots=True)
class LowerHand:
    """Take a hand down: one's own, or anybody's for the facilitator."""

    person: PersonId | None = None


@dataclass(frozen=True, slots=True)
class GiveFloor:
    """Give the floor; None thanks the speaker and leaves the floor free."""

    person: PersonId | None


@dataclass(frozen=True, slots=True)
class PassFloor:
    """End one's turn: in a round the next person has the floor."""

    holder: PersonId | None = None  # who was seen speaking, so that two clicks pass the floor once


@dataclass(frozen=True, slots=True)
class StartRound:
    """Begin a round of all; those whose expert tag the subject touches come last."""


# -- writing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Write:
    """Write or rewrite an entry of one's own; allowed kinds and readers come from the phase."""

    entry: EntryId
    kind: Kind
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    # action: first_step, when, with_whom, how_known, obstacle, follow_up (ISO date)
    # learning: a4 = appreciation | expectations | learnings | applications; rating: helped, frame, distance = 1…5


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase an entry of one's own."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show everybody what was written to be revealed in this phase."""


@dataclass(frozen=True, slots=True)
class AcceptContract:
    """Accept the wording of the contract as it stands: the client for themselves, the facilitator for the consultants."""

    entry: EntryId
    revision: int | None = None  # the wording the person saw (RequestView.revision); an older one is refused
    for_client: bool = False  # whoever conducts says yes for a client who is on the telephone alone


@dataclass(frozen=True, slots=True)
class KeepIdea:
    """Keep an idea, or no longer; the client's secret."""

    entry: EntryId
    keep: bool = True


@dataclass(frozen=True, slots=True)
class OrderActions:
    """Put the actions of the plan in this order."""

    entries: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True)
class SayReady:
    """Tell the facilitator that one has finished sorting or writing, or not yet after all."""

    ready: bool = True


# -- the end ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class End:
    """End the session; it can be reopened within ten minutes."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open an ended session again, within ten minutes."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close an ended session for good and let its trace policy take effect; asked by the clock."""


Command = (
    Arrive | Leave | ChangePlan | AddPerson | RemovePerson | OpenDoors | AssignRole
    | ProposeSubject | SignalInterest | ChooseClient | DeclineClient
    | Start | Pause | Resume | Extend | Next | Back | Undo | Replan
    | RaiseHand | LowerHand | GiveFloor | PassFloor | StartRound
    | Write | Erase | Reveal | AcceptContract | KeepIdea | OrderActions | SayReady
    | End | Reopen | Close
    | LadderCommand
)  # fmt: skip


def wire_name(command: type[Command]) -> str:
    """Name a command as the wire and the catalogues do: RaiseHand is raise-hand."""
    name = command.__name__
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
