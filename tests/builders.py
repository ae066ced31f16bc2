"""Readable beginnings for tests: a protocol, a table, a session, and a way to play it by commands."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.engine.commands import (
    AcceptContract,
    Arrive,
    ChooseClient,
    Command,
    Next,
    OpenDoors,
    ProposeSubject,
    Start,
    Write,
)
from app.engine.decide import decide
from app.engine.events import Event, Invited, PastCast, SessionPlanned, Trace
from app.engine.evolve import begin, evolve
from app.engine.ids import Actor, EntryId, PersonId, SessionId
from app.engine.protocol import (
    Block,
    Capture,
    Guard,
    Kind,
    Minutes,
    Phase,
    Protocol,
    Role,
    Sight,
    Stage,
    SubjectChoice,
    Text,
    Voice,
)
from app.engine.state import Session

START = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
FACILITATOR = PersonId("aude")
NAMES = ("Bruno", "Chloé", "Driss", "Elena", "Farid", "Gaëlle", "Hugo", "Inès")
BRUNO, CHLOE, DRISS, ELENA = (PersonId(each) for each in ("bruno", "chloé", "driss", "elena"))

ALL = frozenset(Role)
CLIENT = frozenset({Role.CLIENT})
CONSULTANTS = frozenset({Role.CONSULTANT})
TABLE = CLIENT | CONSULTANTS


def a_text(words: str) -> Text:
    """Say the same in French and English."""
    return {"fr": words, "en": words}


def a_phase(
    id: str,
    minutes: int = 5,
    *,
    least: int | None = None,
    voice: Voice = Voice.FREE,
    stage: Stage = Stage.ON,
    captures: tuple[Capture, ...] = (),
    guards: frozenset[Guard] = frozenset(),
    protected: bool = False,
    step: str | None = None,
) -> Phase:
    """Make a phase that may be shortened to half of its minutes."""
    default = timedelta(minutes=minutes)
    shortest = default / 2 if least is None else timedelta(minutes=least)
    return Phase(
        id=id,
        step=step or id,
        title=a_text(id),
        purpose=a_text(id),
        minutes=Minutes(shortest, default, default * 3),
        voice=voice,
        stage=stage,
        say=a_text(id),
        guidance={role: a_text(id) for role in (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR)},
        prompts={},
        captures=captures,
        guards=guards,
        protected=protected,
        is_break=False,
    )


def a_protocol(*blocks: Block, rounds: int = 1, id: str = "codev-test") -> Protocol:
    """Make a protocol; without blocks one of codevelopment, 75 minutes."""
    return Protocol(
        id=id,
        version=1,
        content_hash="0" * 64,
        title=a_text(id),
        purpose=a_text(id),
        basis=a_text(id),
        label=None,
        people=(3, 10),
        subject_choice=SubjectChoice.SIGNAL,
        rounds=rounds,
        blocks=blocks or (Block(_CODEV, per_client=False),),
    )


_CODEV = (
    a_phase("opening", 8, voice=Voice.ROUND),
    a_phase("subject", 5, captures=(Capture(Kind.SUBJECT, TABLE, Sight.ALL),)),
    a_phase(
        "presentation",
        5,
        voice=Voice.CLIENT,
        guards=frozenset({Guard.CLIENT_CHOSEN}),
        captures=(Capture(Kind.QUESTION, CONSULTANTS, Sight.AUTHOR),),
    ),
    a_phase(
        "clarification",
        15,
        voice=Voice.QUESTIONS,
        captures=(Capture(Kind.QUESTION, CONSULTANTS, Sight.CLIENT),),
    ),
    a_phase(
        "contract",
        5,
        voice=Voice.CLIENT,
        captures=(Capture(Kind.CONTRACT, CLIENT | {Role.FACILITATOR}, Sight.ALL),),
    ),
    a_phase(
        "consultation",
        20,
        voice=Voice.IN_TURN,
        stage=Stage.LISTENING,
        guards=frozenset({Guard.CONTRACT_ACCEPTED}),
        captures=(Capture(Kind.IDEA, CONSULTANTS, Sight.REVEALED),),
    ),
    a_phase(
        "sorting",
        3,
        voice=Voice.SILENCE,
        step="synthesis",
        captures=(
            Capture(Kind.ACTION, CLIENT, Sight.AUTHOR),
            Capture(Kind.LEARNING, CONSULTANTS, Sight.AUTHOR),
        ),
    ),
    a_phase(
        "plan",
        5,
        voice=Voice.CLIENT,
        step="synthesis",
        captures=(
            Capture(Kind.ACTION, CLIENT, Sight.ALL),
            Capture(Kind.LEARNING, CONSULTANTS, Sight.AUTHOR),
        ),
    ),
    a_phase(
        "learnings",
        9,
        voice=Voice.ROUND,
        protected=True,
        captures=(Capture(Kind.LEARNING, ALL, Sight.ALL), Capture(Kind.RATING, ALL, Sight.AUTHOR)),
    ),
)


def a_troika() -> Protocol:
    """Make a protocol of three client blocks and a round at the end."""
    block = (
        a_phase("question", 2, voice=Voice.CLIENT, guards=frozenset({Guard.CLIENT_CHOSEN})),
        a_phase("clarifying", 2, voice=Voice.QUESTIONS),
        a_phase(
            "advice",
            5,
            voice=Voice.FREE,
            stage=Stage.OFF,
            captures=(Capture(Kind.IDEA, CONSULTANTS, Sight.ALL),),
        ),
        a_phase("harvest", 1, voice=Voice.CLIENT, captures=(Capture(Kind.ACTION, CLIENT, Sight.AUTHOR),)),
    )
    closing = a_phase(
        "closing", 5, voice=Voice.ROUND, protected=True, captures=(Capture(Kind.LEARNING, ALL, Sight.ALL),)
    )
    return a_protocol(
        Block(block, per_client=True), Block((closing,), per_client=False), rounds=3, id="troika-test"
    )


def people(count: int = 4, tags: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Invited, ...]:
    """Seat a facilitator, Aude, and `count` members after her: Bruno, Chloé, Driss, Elena …"""
    members = (PersonId(name.lower()) for name in NAMES[:count])
    return (
        Invited(FACILITATOR, "Aude Rey", Role.FACILITATOR),
        *(Invited(id, id.title(), Role.CONSULTANT, (tags or {}).get(id, ())) for id in members),
    )


def a_plan(
    protocol: Protocol | None = None,
    *,
    seats: tuple[Invited, ...] | None = None,
    rounds: int | None = None,
    minutes: Mapping[str, timedelta] | None = None,
    clients: tuple[PersonId, ...] = (),
    reserve: PersonId | None = None,
    history: tuple[PastCast, ...] = (),
    self_guided: bool = False,
    trace: Trace = Trace.CLIENT_AND_LEARNINGS,
) -> SessionPlanned:
    """Plan a session for 8:00 UTC, four members and a facilitator."""
    held = protocol or a_protocol()
    return SessionPlanned(
        session_id=SessionId("s1"),
        title="Cercle Atlas",
        number=4,
        protocol_id=held.id,
        protocol_hash=held.content_hash,
        language="fr",
        zone="Europe/Paris",
        starts_at=START,
        people=people() if seats is None else seats,
        trace=trace,
        self_guided=self_guided,
        rounds=held.rounds if rounds is None else rounds,
        minutes=minutes or {},
        clients=clients,
        reserve=reserve,
        history=history,
    )


class Play:
    """A session under way in a test: it decides and evolves, and keeps its log and its hour."""

    def __init__(self, planned: SessionPlanned | None = None, protocol: Protocol | None = None) -> None:
        """Begin a quarter of an hour before the start."""
        self.protocol = protocol or a_protocol()
        planned = planned or a_plan(self.protocol)
        self.now = planned.starts_at - timedelta(minutes=15)
        self.log: list[tuple[Event, datetime]] = [(planned, self.now)]
        self.session: Session = begin(planned, self.protocol)

    def do(self, command: Command, by: Actor = FACILITATOR) -> tuple[Event, ...]:
        """Give a command; raises its Refusal."""
        events = decide(self.session, command, by, self.now)
        for event in events:
            self.session = evolve(self.session, event, self.now)
            self.log.append((event, self.now))
        return events

    def wait(self, minutes: float = 0, seconds: float = 0) -> "Play":
        """Let time pass."""
        self.now += timedelta(minutes=minutes, seconds=seconds)
        return self

    def open(self) -> "Play":
        """Open the doors and let everybody in."""
        return self.open_by(FACILITATOR)

    def open_by(self, opener: Actor) -> "Play":
        """Let somebody else open the doors."""
        self.do(OpenDoors(), opener)
        for person in self.session.people:
            self.do(Arrive(), person.id)
        return self

    def start(self) -> "Play":
        """Open, choose Bruno as client with his subject, and start on the hour."""
        self.open()
        self.do(ProposeSubject(EntryId("s-bruno"), "Reprendre une équipe après un conflit"), BRUNO)
        self.do(ChooseClient(BRUNO, EntryId("s-bruno"), CHLOE))
        self.now = self.session.starts_at
        self.do(Start())
        return self

    def next(self) -> "Play":
        """Go to the next phase."""
        slot = self.session.slot
        assert slot is not None
        self.do(Next(slot.key))
        return self

    def to(self, key: str) -> "Play":
        """Go on until a phase runs; the contract is written and accepted where it must be."""
        while self.session.slot is not None and self.session.slot.key != key:
            if self.session.slot.key == "contract":
                self.contract()
            self.next()
        return self

    def contract(self) -> "Play":
        """Let the client word the contract, and both sides accept it."""
        self.do(Write(EntryId("contract"), Kind.CONTRACT, "Aidez-moi à poser le cadre."), BRUNO)
        self.do(AcceptContract(EntryId("contract")), BRUNO)
        self.do(AcceptContract(EntryId("contract")))
        return self


def a_session(planned: SessionPlanned | None = None, protocol: Protocol | None = None) -> Session:
    """Make a session that was only planned."""
    held = protocol or a_protocol()
    return begin(planned or a_plan(held), held)
