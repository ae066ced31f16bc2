"""What a protocol file says: phases, their minutes, who may speak, who may write what, and the words for each role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

Text = Mapping[str, str]
"""One sentence in several languages, by language code; French and English are always there."""


class Role(StrEnum):
    """Session roles (method.md §1, §8); the one who pays is the sponsor and is not in the room."""

    CLIENT = "client"
    CONSULTANT = "consultant"
    FACILITATOR = "facilitator"
    CO_FACILITATOR = "co-facilitator"
    TIMEKEEPER = "timekeeper"
    SCRIBE = "scribe"
    OBSERVER = "observer"


CONDUCT = frozenset({Role.FACILITATOR, Role.CO_FACILITATOR})
"""Who leads a session."""

TABLE = frozenset({Role.CLIENT, Role.CONSULTANT, Role.TIMEKEEPER, Role.SCRIBE})
"""Who works on the subject."""


class Voice(StrEnum):
    """Who speaks during a phase (method.md §3)."""

    NOBODY = "nobody"
    CLIENT = "client"
    QUESTIONS = "questions"  # consultants ask, the client answers
    IN_TURN = "in-turn"  # consultants, one contribution per turn
    ROUND = "round"  # everybody once, in the order of the seats
    FREE = "free"
    SILENCE = "silence"
    WRITING = "writing"  # everybody writes for themselves


class Stage(StrEnum):
    """Where the client is while the others work."""

    ON = "on"
    LISTENING = "listening"
    OFF = "off"  # back turned, "off stage" (Kollegiale Beratung, Troika)


class Kind(StrEnum):
    """What a person can write."""

    SUBJECT = "subject"
    QUESTION = "question"
    NOTE = "note"
    IDEA = "idea"
    CONTRACT = "contract"
    ACTION = "action"
    LEARNING = "learning"
    RATING = "rating"
    SPEECH = "speech"  # said in writing, for want of sound; never in a protocol file


class Sight(StrEnum):
    """Who may read what is written, besides its author."""

    AUTHOR = "author"
    CLIENT = "client"
    ALL = "all"
    REVEALED = "revealed"  # nobody until the facilitator reveals, then everybody


class Guard(StrEnum):
    """What must hold before a phase may begin."""

    CLIENT_CHOSEN = "client-chosen"
    CONTRACT_ACCEPTED = "contract-accepted"


class SubjectChoice(StrEnum):
    """How the subject is found (method.md §3)."""

    ASSIGNED = "assigned"
    CONSENSUS = "consensus"
    SIGNAL = "signal"  # interest is shown, the facilitator decides
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long a phase may, should and can last."""

    least: timedelta
    default: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Capture:
    """Which roles may write one kind of thing during a phase, and who reads it."""

    kind: Kind
    by: frozenset[Role]
    sight: Sight


@dataclass(frozen=True, slots=True)
class Phase:
    """One timed part of a session."""

    id: str
    step: str  # phases of the same step count as one for people ("7 of 8")
    title: Text
    purpose: Text
    minutes: Minutes
    voice: Voice
    stage: Stage
    say: Text  # what the facilitator can read aloud at its start
    guidance: Mapping[Role, Text]  # "your part now", at least for client, consultant and facilitator
    prompts: Mapping[Role, tuple[Text, ...]]  # questions and beginnings of sentences
    captures: tuple[Capture, ...]
    guards: frozenset[Guard]
    protected: bool
    is_break: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Phases that follow each other, once or once for each client."""

    phases: tuple[Phase, ...]
    per_client: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    """A way of holding a session, pinned in it by the hash of its content."""

    id: str
    version: int
    content_hash: str
    title: Text
    purpose: Text
    basis: Text
    label: (
        Text | None
    )  # a warning people see with the title ("Flash: not codevelopment in the AFCODEV sense")
    people: tuple[int, int]  # least and most at the table, without the facilitator
    subject_choice: SubjectChoice
    rounds: int  # how many clients one after the other when nothing else is said (1, troika 3)
    blocks: tuple[Block, ...]

    def phases(self) -> Iterator[Phase]:
        """Yield each phase once, in the order of the file."""
        for block in self.blocks:
            yield from block.phases
