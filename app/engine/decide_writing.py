"""Decisions about what people write: who may, how much, who reads it, and what the contract needs."""

import re
from collections.abc import Mapping
from datetime import date
from typing import assert_never

from app.engine.commands import (
    AcceptContract,
    Erase,
    KeepIdea,
    OrderActions,
    ProposeSubject,
    Reveal,
    SayReady,
    Write,
)
from app.engine.drops import is_client_by_phone
from app.engine.errors import Code, Refusal
from app.engine.events import (
    ActionsOrdered,
    ContractAccepted,
    EntriesRevealed,
    EntryErased,
    EntryWritten,
    Event,
    IdeaKept,
    ReadySaid,
    Side,
)
from app.engine.ids import Actor, EntryId, Machine
from app.engine.permissions import AFTERWARDS, writes
from app.engine.protocol import Kind, Role, Sight
from app.engine.sight import client_of, is_open, may_read
from app.engine.state import Entry, Person, Session, Status
from app.engine.written_turns import is_offered

TEXT_BYTES = 10_000
FIELD_BYTES = 2_000
TITLE_LENGTH = 300
STEPS = 3  # small steps in a plan (method.md §6); three subjects as well
MOST: Mapping[Kind, int] = {
    Kind.SUBJECT: 3,
    Kind.ACTION: STEPS,
    Kind.RATING: 1,
    Kind.CONTRACT: 1,
    Kind.QUESTION: 60,
    Kind.IDEA: 60,
    Kind.LEARNING: 40,
    Kind.NOTE: 200,
    Kind.SPEECH: 200,
}
"""How many entries of a kind one person has; actions are counted for each turn as client."""

ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
NATURES = frozenset({"problem", "concern", "project"})
FOUR_A = frozenset({"appreciation", "expectations", "learnings", "applications"})
FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.SUBJECT: frozenset({"nature", "urgency", "expects"}),
    Kind.ACTION: frozenset({"first_step", "when", "with_whom", "how_known", "obstacle", "follow_up"}),
    Kind.LEARNING: frozenset({"a4"}),
    Kind.RATING: frozenset({"helped", "frame", "distance"}),
}
ALWAYS_REWORDABLE = AFTERWARDS | {Kind.ACTION}

WritingCommand = ProposeSubject | Write | Erase | Reveal | AcceptContract | KeepIdea | OrderActions | SayReady


def decide(session: Session, command: WritingCommand, by: Actor) -> tuple[Event, ...]:
    """Decide a command about what is written."""
    person = None if isinstance(by, Machine) else session.find_person(by)
    if person is None:
        raise Refusal(Code.NOT_AT_THIS_TABLE)
    match command:
        case ProposeSubject(entry, title, nature, urgency, expects):
            fields = {"nature": nature, "urgency": str(urgency), "expects": expects}
            return _write(session, person, Write(entry, Kind.SUBJECT, title, fields))
        case Write():
            return _write(session, person, command)
        case Erase(entry):
            return _erase(session, person, entry)
        case Reveal():
            hidden = tuple(
                each.id
                for each in session.entries.values()
                if each.sight is Sight.REVEALED and not each.revealed
            )
            if not hidden:
                raise Refusal(Code.NOTHING_TO_REVEAL)
            return (EntriesRevealed(hidden),)
        case AcceptContract():
            return _accept(session, person, command)
        case KeepIdea(entry, keep):
            return _keep(session, person, entry, keep)
        case OrderActions(entries):
            order = session.orders.get(person.id, ())
            if len(entries) != len(order) or set(entries) != set(order):
                raise Refusal(Code.NOT_THESE_ACTIONS)
            return () if entries == order else (ActionsOrdered(person.id, entries),)
        case SayReady(ready):
            return () if (person.id in session.ready) == ready else (ReadySaid(person.id, ready),)
        case _:
            assert_never(command)


def _write(session: Session, person: Person, write: Write) -> tuple[Event, ...]:
    _check_words(write)
    fields = {name: value.strip() for name, value in write.fields.items() if value.strip()}
    text = write.text.strip()
    if write.kind is Kind.CONTRACT:
        return _word_contract(session, person, write, text)
    before = session.entries.get(write.entry)
    if before is None:
        return (_new(session, person, write, text, fields),)
    if before.author != person.id:
        raise Refusal(Code.NOT_YOURS)
    if before.kind is not write.kind:
        raise Refusal(Code.WRONG_KIND, kind=write.kind.value)
    if (text, fields) == (before.text, before.fields):
        return ()
    _check_rewordable(session, person, before)
    return (_again(before, text, fields),)


def _new(
    session: Session, person: Person, write: Write, text: str, fields: Mapping[str, str]
) -> EntryWritten:
    sight = _sight(session, person, write.kind)
    turn = _turn(session, person, write.kind)
    own = [each for each in session.entries.values() if each.author == person.id and each.kind is write.kind]
    if write.kind is Kind.ACTION:
        own = [each for each in own if each.turn == turn]
    if len(own) >= MOST[write.kind]:
        if write.kind is Kind.ACTION:
            raise Refusal(Code.THREE_STEPS_ARE_ENOUGH)
        raise Refusal(Code.TOO_MANY, most=MOST[write.kind], kind=write.kind.value)
    key = session.slot.key if session.slot else ""
    return EntryWritten(write.entry, write.kind, person.id, text, fields, sight, turn, key)


def _word_contract(session: Session, person: Person, write: Write, text: str) -> tuple[Event, ...]:
    """Word the one contract of the turn, whoever began it; another wording needs both acceptances again."""
    sight = _sight(session, person, Kind.CONTRACT)
    contract = session.contracts.get(session.turn)
    if contract is None:
        if write.entry in session.entries:
            raise Refusal(Code.NOT_YOURS)
        if not session.turn:
            raise Refusal(Code.NOT_IN_THIS_PHASE)
        key = session.slot.key if session.slot else ""
        return (EntryWritten(write.entry, Kind.CONTRACT, person.id, text, {}, sight, session.turn, key),)
    before = session.entries[contract.entry]
    return () if text == before.text else (_again(before, text, {}),)


def _again(before: Entry, text: str, fields: Mapping[str, str]) -> EntryWritten:
    return EntryWritten(
        before.id, before.kind, before.author, text, fields, before.sight, before.turn, before.phase
    )


def _sight(session: Session, person: Person, kind: Kind) -> Sight:
    sight = writes(session, person).get(kind)
    if sight is None:
        raise Refusal(Code.NOT_IN_THIS_PHASE)
    return sight


def _turn(session: Session, person: Person, kind: Kind) -> int:
    """Say to which client block a new entry belongs: a plan belongs to its client, also after the end."""
    if kind is Kind.ACTION and session.client != person.id and person.id in session.clients:
        return len(session.clients) - session.clients[::-1].index(person.id)
    return session.turn


def _check_rewordable(session: Session, person: Person, entry: Entry) -> None:
    if session.status is Status.ENDED and entry.kind not in ALWAYS_REWORDABLE:
        raise Refusal(Code.SESSION_ENDED)
    if entry.kind is Kind.CONTRACT:
        _sight(session, person, Kind.CONTRACT)
    if entry.kind is Kind.SPEECH and is_open(entry):
        raise Refusal(Code.ALREADY_READ)  # like words said aloud: one says more, one does not unsay


def _check_words(write: Write) -> None:
    if not ID.fullmatch(write.entry):
        raise Refusal(Code.BAD_ENTRY, field="entry")
    if _bytes(write.text, "text") > TEXT_BYTES:
        raise Refusal(Code.TEXT_TOO_LONG, most=TEXT_BYTES)
    if write.kind is Kind.SUBJECT and len(write.text) > TITLE_LENGTH:
        raise Refusal(Code.TEXT_TOO_LONG, most=TITLE_LENGTH)
    for name, value in write.fields.items():
        if name not in FIELDS.get(write.kind, frozenset()):
            raise Refusal(Code.BAD_ENTRY, field="fields")
        if _bytes(value, name) > FIELD_BYTES:
            raise Refusal(Code.TEXT_TOO_LONG, most=FIELD_BYTES)
        if value.strip() and not _fits(write.kind, name, value.strip()):
            raise Refusal(Code.BAD_ENTRY, field=name)
    has_fields = any(value.strip() for value in write.fields.values())
    if not write.text.strip() and not (has_fields and write.kind in (Kind.ACTION, Kind.RATING)):
        raise Refusal(Code.EMPTY_TEXT)


def _fits(kind: Kind, name: str, value: str) -> bool:
    match (kind, name):
        case (Kind.SUBJECT, "nature"):
            return value in NATURES
        case (Kind.SUBJECT, "urgency"):
            return value in ("1", "2", "3")
        case (Kind.LEARNING, "a4"):
            return value in FOUR_A
        case (Kind.RATING, _):
            return value in ("1", "2", "3", "4", "5")
        case (Kind.ACTION, "follow_up"):
            return _is_date(value)
        case _:
            return True


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _bytes(text: str, name: str) -> int:
    """Count what the text weighs; half a surrogate pair cannot be kept anywhere."""
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Refusal(Code.BAD_ENTRY, field=name) from None


def _erase(session: Session, person: Person, entry: EntryId) -> tuple[Event, ...]:
    before = session.entries.get(entry)
    if before is None:
        return ()
    if before.author != person.id:
        raise Refusal(Code.NOT_YOURS)
    _check_rewordable(session, person, before)
    return (EntryErased(entry),)


def _accept(session: Session, person: Person, accept: AcceptContract) -> tuple[Event, ...]:
    contract = session.contracts.get(session.turn)
    if contract is None or contract.entry != accept.entry:
        raise Refusal(Code.NO_CONTRACT)
    if accept.revision is not None and accept.revision != session.entries[contract.entry].revision:
        raise Refusal(Code.CONTRACT_REWORDED)
    if accept.for_client and not is_client_by_phone(session):
        raise Refusal(Code.NOT_YOUR_ROLE, role=person.role.value)
    by_client = session.role_of(person) is Role.CLIENT or accept.for_client
    side = Side.CLIENT if by_client else Side.CONSULTANTS
    if contract.client if side is Side.CLIENT else contract.consultants:
        return ()
    return (ContractAccepted(session.turn, side, person.id),)


def _keep(session: Session, person: Person, entry: EntryId, keep: bool) -> tuple[Event, ...]:
    idea = session.entries.get(entry)
    if idea is None or not is_offered(session, idea) or not may_read(session, person, idea):
        raise Refusal(Code.UNKNOWN_ENTRY)
    if client_of(session, idea) != person.id:
        raise Refusal(Code.NOT_YOUR_ROLE, role=session.role_of(person).value)
    return () if (entry in session.kept) == keep else (IdeaKept(entry, keep),)
