"""One table says who may ask what, in which state of the session and in which sort of phase."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.engine import commands as ask
from app.engine import ladder_commands as ladder
from app.engine.commands import Command
from app.engine.drops import is_client_by_phone
from app.engine.errors import Code, Refusal
from app.engine.ids import CLOCK, SERVER, Actor, Machine, PersonId
from app.engine.protocol import CONDUCT, TABLE, Kind, Role, Sight, Stage, Voice
from app.engine.relay import KEEPS_TIME, TAKES, taken_by
from app.engine.state import Person, Session, Status
from app.engine.written_turns import sight_of_speech

EVERYBODY = frozenset(Role)
TIME = CONDUCT | {Role.TIMEKEEPER}
NOBODY: frozenset[Role] = frozenset()

BEFORE = frozenset({Status.PLANNED, Status.OPEN})
LIVE = frozenset({Status.OPEN, Status.RUNNING})
RUNNING = frozenset({Status.RUNNING})
INSIDE = frozenset({Status.OPEN, Status.RUNNING, Status.ENDED})
UNTIL_END = frozenset({Status.PLANNED, Status.OPEN, Status.RUNNING})

TALKING = frozenset({Voice.QUESTIONS, Voice.IN_TURN, Voice.ROUND, Voice.FREE})
ANY_VOICE = frozenset(Voice)
ANY_STAGE = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a command may be given: by whom, in which state, and in phases of which voice and stage."""

    roles: frozenset[Role]
    status: frozenset[Status]
    voices: frozenset[Voice] = ANY_VOICE
    client_stage: frozenset[Stage] = ANY_STAGE  # where the client must be, when it is the client who asks
    machines: frozenset[Machine] = frozenset()


RULES: Mapping[type[Command], Rule] = {
    ask.Arrive: Rule(EVERYBODY, INSIDE),
    ask.Leave: Rule(EVERYBODY, INSIDE),
    ask.ChangePlan: Rule(CONDUCT, BEFORE, machines=frozenset({SERVER})),
    ask.AddPerson: Rule(CONDUCT, UNTIL_END, machines=frozenset({SERVER})),
    ask.RemovePerson: Rule(CONDUCT, UNTIL_END, machines=frozenset({SERVER})),
    ask.OpenDoors: Rule(CONDUCT, frozenset({Status.PLANNED}), machines=frozenset({CLOCK, SERVER})),
    ask.AssignRole: Rule(CONDUCT, UNTIL_END, machines=frozenset({SERVER})),
    ask.ChooseClient: Rule(CONDUCT, UNTIL_END, machines=frozenset({SERVER})),
    ask.ProposeSubject: Rule(TABLE, UNTIL_END),
    ask.SignalInterest: Rule(TABLE, LIVE),
    ask.DeclineClient: Rule(TABLE, UNTIL_END),
    ask.Start: Rule(CONDUCT, frozenset({Status.OPEN})),
    ask.Pause: Rule(
        TIME, RUNNING, machines=frozenset({CLOCK})
    ),  # the client dropped where nothing goes on without them
    ask.Resume: Rule(TIME, RUNNING),
    ask.Extend: Rule(TIME, RUNNING, machines=frozenset({CLOCK})),  # an outage of the server is given back
    ask.Next: Rule(CONDUCT, RUNNING, machines=frozenset({CLOCK})),
    ask.Back: Rule(CONDUCT, RUNNING),
    ask.Undo: Rule(CONDUCT, frozenset({Status.RUNNING, Status.ENDED})),
    ask.Replan: Rule(CONDUCT, RUNNING),
    ask.RaiseHand: Rule(EVERYBODY - CONDUCT, RUNNING, TALKING, frozenset({Stage.ON})),
    ask.LowerHand: Rule(EVERYBODY, RUNNING),
    ask.GiveFloor: Rule(CONDUCT, RUNNING),
    ask.PassFloor: Rule(EVERYBODY, RUNNING),
    ask.StartRound: Rule(
        CONDUCT, RUNNING, frozenset({Voice.IN_TURN, Voice.ROUND, Voice.FREE, Voice.QUESTIONS})
    ),
    ask.Write: Rule(EVERYBODY, INSIDE),
    ask.Erase: Rule(EVERYBODY, INSIDE),
    ask.Reveal: Rule(CONDUCT, RUNNING),
    ask.AcceptContract: Rule(CONDUCT | {Role.CLIENT}, RUNNING),
    ask.KeepIdea: Rule(TABLE, frozenset({Status.RUNNING, Status.ENDED})),
    ask.OrderActions: Rule(TABLE, frozenset({Status.RUNNING, Status.ENDED})),
    ask.SayReady: Rule(EVERYBODY - CONDUCT, RUNNING),
    ask.End: Rule(CONDUCT, LIVE, machines=frozenset({CLOCK})),
    ask.Reopen: Rule(CONDUCT, frozenset({Status.ENDED})),
    ask.Close: Rule(NOBODY, frozenset({Status.ENDED}), machines=frozenset({CLOCK, SERVER})),
    ladder.MoveGroup: Rule(NOBODY, INSIDE, machines=frozenset({SERVER})),
    ladder.OfferRise: Rule(NOBODY, INSIDE, machines=frozenset({SERVER})),
    ladder.MovePerson: Rule(NOBODY, INSIDE, machines=frozenset({SERVER})),
    ladder.ForceRung: Rule(CONDUCT, INSIDE),
    ladder.AskToPhone: Rule(CONDUCT, INSIDE),
    ladder.TakeRung: Rule(EVERYBODY, INSIDE),
    ladder.PlacePerson: Rule(CONDUCT, INSIDE),
    ladder.Drill: Rule(EVERYBODY, LIVE),  # in rehearsals only
    ladder.AllowScreen: Rule(CONDUCT, INSIDE),
    ladder.TakeClock: Rule(EVERYBODY, RUNNING),
    ladder.TakeTitle: Rule(EVERYBODY, RUNNING),
    ladder.GiveBack: Rule(EVERYBODY, RUNNING),
    ladder.GuideYourselves: Rule(NOBODY, RUNNING, machines=frozenset({CLOCK})),
}

_WHY_NOT: Mapping[Status, Code] = {
    Status.PLANNED: Code.DOORS_CLOSED,
    Status.OPEN: Code.NOT_STARTED,
    Status.RUNNING: Code.ALREADY_STARTED,
    Status.ENDED: Code.SESSION_ENDED,
    Status.CLOSED: Code.SESSION_CLOSED,
}

HATS: Mapping[Role, frozenset[Role]] = {
    **{role: frozenset({role}) for role in Role},
    Role.TIMEKEEPER: frozenset({Role.TIMEKEEPER, Role.CONSULTANT}),
    Role.SCRIBE: frozenset({Role.SCRIBE, Role.CONSULTANT}),
    Role.CO_FACILITATOR: CONDUCT,
}
"""What a role is allowed as well: the timekeeper and the scribe are consultants with a duty."""

OF_CLIENTS: frozenset[type[Command]] = frozenset({ask.KeepIdea, ask.OrderActions})
"""What only those do who are, were or will be client in this session."""

AFTERWARDS = frozenset({Kind.NOTE, Kind.LEARNING, Kind.RATING})
"""What everybody may still write once the session has ended and until it closes."""


@lru_cache(maxsize=4096)
def allowed(
    role: Role, status: Status, voice: Voice | None, stage: Stage | None, self_guided: bool
) -> frozenset[type[Command]]:
    """List what a role may ask; without a facilitator everybody at the table conducts."""
    return frozenset(
        command
        for command, rule in RULES.items()
        if (role in rule.roles or (self_guided and role in TABLE and rule.roles & CONDUCT))
        and status in rule.status
        and (voice is None or voice in rule.voices)
        and (stage is None or role is not Role.CLIENT or stage in rule.client_stage)
    )


def commands_of(session: Session, person: Person) -> frozenset[type[Command]]:
    """List what a person may ask now."""
    slot = session.slot
    voice, stage = (slot.phase.voice, slot.phase.stage) if slot else (None, None)
    role = session.role_of(person)
    commands = allowed(role, session.status, voice, stage, session.self_guided)
    stand_in = session.stand_in
    if stand_in is not None and session.stands_in(person.id):
        conducts = allowed(Role.CO_FACILITATOR, session.status, voice, stage, self_guided=False)
        commands |= conducts if stand_in.title else conducts & KEEPS_TIME
    commands = commands - TAKES | taken_by(session, person)
    if not session.rehearsal:
        commands -= {ladder.Drill}
    return commands if person.id in session.clients else commands - OF_CLIENTS


def may(session: Session, person: PersonId, command: type[Command]) -> bool:
    """Whether a person may ask this now."""
    found = session.find_person(person)
    return found is not None and command in commands_of(session, found)


def check(session: Session, command: Command, by: Actor) -> None:
    """Raise a Refusal unless `by` may ask this now."""
    if session.status is Status.CLOSED:
        raise Refusal(Code.SESSION_CLOSED)
    if isinstance(command, ladder.Drill) and not session.rehearsal:
        raise Refusal(Code.NOT_A_REHEARSAL)
    rule = RULES[type(command)]
    if isinstance(by, Machine):
        if by not in rule.machines:
            raise Refusal(Code.NOT_YOUR_ROLE, role=by.value)
    else:
        person = session.find_person(by)
        if person is None:
            raise Refusal(Code.NOT_AT_THIS_TABLE)
        if type(command) in commands_of(session, person):
            return
        if type(command) in TAKES and session.status is Status.RUNNING:
            raise Refusal(Code.NOT_THE_RELAY)
        role = session.role_of(person)
        if role not in rule.roles and not (session.self_guided and role in TABLE and rule.roles & CONDUCT):
            raise Refusal(Code.NOT_YOUR_ROLE, role=role.value)
        if type(command) in OF_CLIENTS and person.id not in session.clients:
            raise Refusal(Code.NOT_YOUR_ROLE, role=role.value)
    if isinstance(command, ask.OpenDoors) and session.status is Status.OPEN:
        return  # the clock and whoever conducts may both see to the doors: who comes second finds them open
    if session.status not in rule.status:
        raise Refusal(_why_not(rule, session.status))
    if not isinstance(by, Machine):
        raise Refusal(Code.NOT_IN_THIS_PHASE)


def conducts(session: Session, person: Person) -> bool:
    """Whether a person leads the session: they see the whole clock and may move it."""
    role = session.role_of(person)
    if session.stands_in(person.id):
        return True
    return role in CONDUCT or (session.self_guided and role in TABLE)


def writes(session: Session, person: Person) -> dict[Kind, Sight]:
    """List what a person may begin to write now, and who will read it."""
    role = session.role_of(person)
    if session.status is Status.ENDED:
        kinds = dict.fromkeys(AFTERWARDS, Sight.AUTHOR)
        if person.id in session.clients:
            kinds[Kind.ACTION] = Sight.AUTHOR
        return kinds
    if session.status not in UNTIL_END:
        return {}
    kinds = {Kind.SUBJECT: Sight.ALL} if role in TABLE else {}
    if session.status is Status.PLANNED:
        return kinds
    kinds[Kind.NOTE] = Sight.AUTHOR
    said = sight_of_speech(session, person)
    if said is not None:
        kinds[Kind.SPEECH] = said
    slot = session.slot
    if slot is None:
        return kinds
    hats = HATS[role]
    dictated = is_client_by_phone(session) and conducts(session, person)
    for capture in slot.phase.captures:
        if hats & capture.by or (capture.kind is Kind.CONTRACT and (role is Role.SCRIBE or dictated)):
            kinds[capture.kind] = capture.sight
    return kinds


def _why_not(rule: Rule, status: Status) -> Code:
    if rule.status == frozenset({Status.ENDED}):
        return Code.SESSION_NOT_ENDED
    return _WHY_NOT[status]
