"""Writes what each person keeps of a session: the client's plan, everybody's own learnings, each for one reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec

from app.engine.events import PersonArrived, PersonLeft, Trace
from app.engine.ids import EntryId, PersonId, SessionId
from app.engine.projections import project
from app.engine.protocol import Kind, Role
from app.engine.state import Session
from app.engine.time_events import PhaseReturned, PhaseStarted, SessionEnded, SessionStarted
from app.engine.view import EntryView, View
from app.usecases.ports import Clock, Directory, Erased, EventLog, Recorded
from app.usecases.records import (
    Attendance,
    CastTurn,
    Document,
    DocumentKind,
    HeldPhase,
    PlannedSession,
    Presence,
    Status,
    Tally,
)
from app.usecases.run_session import Rooms, UnknownSession

DETAILS: Final = ("first_step", "when", "with_whom", "how_known", "obstacle", "follow_up")
"""What a small step says besides its name (method.md §4); `follow_up` is an ISO date."""
FOUR_A: Final = ("appreciation", "expectations", "learnings", "applications")
"""The four A of the last phase, in the order people take them (method.md §4)."""
QUESTIONS: Final = ("helped", "frame", "distance")
"""What the stars are given to."""
MARKS: Final = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Action:
    """A small step of the plan; `details` has the keys of DETAILS that were filled in."""

    id: EntryId
    title: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Learning:
    """Something a person learned, under one of the four A."""

    id: EntryId
    a4: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one person keeps of one session; nobody else reads it."""

    kind: DocumentKind
    group: str
    number: int
    held_at: datetime
    zone: str
    reader: str  # name
    request: str = ""
    actions: tuple[Action, ...] = ()
    ideas: tuple[str, ...] = ()
    learnings: tuple[Learning, ...] = ()
    notes: tuple[str, ...] = ()  # while the session can be reopened; never kept

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not (self.request or self.actions or self.ideas or self.learnings)


# -- from a session --------------------------------------------------------------------------------------


def report_of(session: Session, view: View) -> Report:
    """Gather what the viewer wrote or kept, out of what the viewer may see."""
    me = PersonId(view.me.id)
    entries = view.entries
    mine = [entry for entry in _in_time(entries.values()) if entry.mine]
    reader = session.find_person(me)
    is_client = me in session.clients
    return Report(
        kind=DocumentKind.PLAN if is_client else DocumentKind.LEARNINGS,
        group=session.title,
        number=session.number,
        held_at=session.starts_at,
        zone=session.zone,
        reader=reader.name if reader else "",
        request=_request(session, me, entries),
        actions=tuple(map(_action, _in_order(mine, view.me.order))) if is_client else (),
        ideas=tuple(entry.text for entry in _in_time(entries.values()) if entry.kept) if is_client else (),
        learnings=tuple(
            _learning(entry) for entry in mine if entry.kind == Kind.LEARNING and entry.text.strip()
        ),
        notes=tuple(entry.text for entry in mine if entry.kind == Kind.NOTE and entry.text.strip()),
    )


def _in_time(entries: Iterable[EntryView]) -> list[EntryView]:
    return sorted(entries, key=lambda entry: (entry.written_at, entry.id))


def _in_order(mine: list[EntryView], order: tuple[str, ...]) -> list[EntryView]:
    actions = {entry.id: entry for entry in mine if entry.kind == Kind.ACTION}
    ranks = {each: rank for rank, each in enumerate(order)}
    return sorted(actions.values(), key=lambda entry: ranks.get(entry.id, len(ranks)))


def _request(session: Session, me: PersonId, entries: Mapping[str, EntryView]) -> str:
    """Find the person's request of each turn they were the client of: the contract, else their subject."""
    found = []
    for turn, client in enumerate(session.clients, start=1):
        if client != me:
            continue
        contract = session.contracts.get(turn)
        wanted = (contract.entry if contract else None, session.subjects[turn - 1])
        texts = (entries[each].text.strip() for each in wanted if each is not None and each in entries)
        found.append(next(filter(None, texts), ""))
    return "\n".join(filter(None, found))


def _action(entry: EntryView) -> Action:
    details = {name: said for name in DETAILS if (said := entry.fields.get(name, "").strip())}
    return Action(EntryId(entry.id), entry.text.strip(), details)


def _learning(entry: EntryView) -> Learning:
    a4 = entry.fields.get("a4", "")
    return Learning(EntryId(entry.id), a4 if a4 in FOUR_A else "learnings", entry.text.strip())


# -- as kept ---------------------------------------------------------------------------------------------


def encode(report: Report) -> bytes:
    """Write a report as the JSON that is kept; private notes never are."""
    return msgspec.json.encode(replace(report, notes=()))


def decode(body: bytes) -> Report:
    """Read a kept report; raises msgspec.ValidationError when it is none."""
    return msgspec.json.decode(body, type=Report)


def kept_kinds(trace: str) -> frozenset[DocumentKind]:
    """List what a trace policy lets remain (method.md §5.4)."""
    match Trace(trace):
        case Trace.NONE:
            return frozenset()
        case Trace.CLIENT:
            return frozenset({DocumentKind.PLAN})
        case Trace.CLIENT_AND_LEARNINGS:
            return frozenset(DocumentKind)


def documents_of(session: Session, now: datetime) -> tuple[Document, ...]:
    """Write the documents that the session's trace policy lets remain, one reader each."""
    kinds = kept_kinds(session.trace)
    reports = ((person.id, report_of(session, project(session, person.id, now))) for person in session.people)
    return tuple(
        Document(session.id, person, report.kind, encode(report), now)
        for person, report in reports
        if report.kind in kinds and not report.is_empty
    )


def tallies_of(session: Session) -> tuple[Tally, ...]:
    """Count the stars of each question, without who gave them; the last of each person's marks counts."""
    marks: dict[tuple[str, PersonId], str] = {}
    for entry in sorted(session.entries.values(), key=lambda each: each.written_at):
        if entry.kind is Kind.RATING:
            marks |= {(name, entry.author): mark for name, mark in entry.fields.items() if mark in MARKS}
    return tuple(
        Tally(question, _counts(mark for (name, _), mark in marks.items() if name == question))
        for question in QUESTIONS
        if any(name == question for name, _ in marks)
    )


def _counts(marks: Iterable[str]) -> tuple[int, int, int, int, int]:
    given = list(marks)
    one, two, three, four, five = (given.count(mark) for mark in MARKS)
    return one, two, three, four, five


def attendance_of(session: Session, facts: Iterable[Recorded]) -> Attendance:
    """Gather the evidence that the session took place: who was there and which phases ran, without any content."""
    first: dict[PersonId, datetime] = {}
    last: dict[PersonId, datetime] = {}
    phases: list[tuple[str, datetime]] = []
    ended = session.ended_at
    for fact in facts:
        match fact.event:
            case PersonArrived(person):
                first.setdefault(person, fact.at)
                last.pop(person, None)
            case PersonLeft(person):
                last[person] = fact.at
            case SessionStarted(key) | PhaseStarted(key) | PhaseReturned(key):
                phases.append((key, fact.at))
            case SessionEnded():
                ended = fact.at
            case _:
                pass
    end = ended or max(
        [*first.values(), *last.values(), *(at for _, at in phases)], default=session.starts_at
    )
    until = [at for _, at in phases[1:]] + [end]
    return Attendance(
        session.id,
        tuple(
            Presence(
                person.id,
                person.name,
                _held_role(session, person.id),
                first[person.id],
                last.get(person.id, end),
            )
            for person in session.people
            if person.id in first
        ),
        tuple(HeldPhase(key, at, stop) for (key, at), stop in zip(phases, until, strict=True)),
    )


def cast_of(session: Session, planned: PlannedSession) -> tuple[CastTurn, ...]:
    """List who held which role, for the fairness of the sessions to come."""
    clients = tuple(
        CastTurn(session.id, planned.group, person, Role.CLIENT, turn, session.starts_at)
        for turn, person in enumerate(session.clients, start=1)
        if person is not None
    )
    others = tuple(
        CastTurn(session.id, planned.group, person.id, person.role, 1, session.starts_at)
        for person in session.people
        if person.id not in session.clients
    )
    return clients + others


def _held_role(session: Session, person: PersonId) -> Role:
    if person in session.clients:
        return Role.CLIENT
    seated = session.find_person(person)
    return seated.role if seated else Role.CONSULTANT


# -- the end of the trace --------------------------------------------------------------------------------


async def close_session(
    session_id: SessionId, rooms: Rooms, log: EventLog, directory: Directory, clock: Clock
) -> None:
    """Let the trace policy take effect: keep what may remain, then throw the log and its key away.

    Harmless when said twice or cut in the middle: until the log is gone everything can be written again.
    """
    planned = await directory.find_session(session_id)
    if planned is None:
        return
    now = clock.now()
    if planned.status is Status.CANCELLED:  # it never began: nothing remains, whatever the policy
        await log.erase(session_id, now)
        rooms.forget(session_id)
        return
    try:
        session = await rooms.session(session_id)
        facts = await log.load(session_id)
    except Erased:
        await log.erase(session_id, now)  # done before; this overwrites what a reader may have held back then
    except UnknownSession:
        pass
    else:
        await directory.record_cast(session_id, cast_of(session, planned))
        evidence = attendance_of(session, facts)
        await log.erase(session_id, now, documents_of(session, now), tallies_of(session), evidence)
    await directory.set_status(session_id, Status.CLOSED, now)
    rooms.forget(session_id)
