"""What facts about people and the plan change."""

from datetime import datetime
from typing import TypeVar, assert_never

from app.engine.events import (
    ClientChosen,
    ClientDeclined,
    PersonAdded,
    PersonRemoved,
    PlanChanged,
    RoleAssigned,
)
from app.engine.evolve_ladder import AWAY, back, dropped, forgotten
from app.engine.evolve_voices import without
from app.engine.evolve_writing import less
from app.engine.ids import EntryId, PersonId
from app.engine.plan import expand, total, turns
from app.engine.replacing import replace
from app.engine.state import Person, Presence, Session
from app.engine.timer import new_clock

V = TypeVar("V")


def change_cast(
    session: Session,
    event: PlanChanged | PersonAdded | PersonRemoved | RoleAssigned | ClientChosen | ClientDeclined,
) -> Session:
    """Take in a fact about people or the plan."""
    match event:
        case PlanChanged():
            return _replanned(session, event)
        case PersonAdded(person, name, role, tags):
            if session.find_person(person):
                return with_person(session, person, name=name, role=role, tags=tags)
            return replace(session, people=(*session.people, Person(person, name, role, tags)))
        case PersonRemoved(person):
            return _removed(session, person)
        case RoleAssigned(person, role):
            return with_person(session, person, role=role)
        case ClientChosen(person, turn, subject, reserve):
            return _chosen(session, person, turn, subject, reserve)
        case ClientDeclined(person, declined):
            return with_person(session, person, declined=declined)
        case _:
            assert_never(event)


def _replanned(session: Session, changed: PlanChanged) -> Session:
    """Take the plan as it is now; a turn that has another client has no subject yet."""
    plan = expand(session.protocol, changed.rounds, changed.minutes)
    count = turns(session.protocol, changed.rounds)
    before = resized(session.clients, count)
    clients = before if changed.clients is None else resized(changed.clients, count)
    kept = zip(before, clients, resized(session.subjects, count), strict=True)
    return replace(
        session,
        title=changed.title,
        starts_at=changed.starts_at,
        zone=changed.zone,
        rounds=changed.rounds,
        minutes=changed.minutes,
        plan=plan,
        clock=new_clock(plan, changed.starts_at + total(plan)),
        clients=clients,
        subjects=tuple(subject if was == now else None for was, now, subject in kept),
        bridge=changed.bridge,
        relay=changed.relay,
        microphones=changed.microphones,
        screen_share=changed.screen_share,
        language=session.language if changed.language is None else changed.language,
        trace=session.trace if changed.trace is None else changed.trace,
        reserve=session.reserve if changed.language is None else changed.reserve,
    )


def with_person(session: Session, person: PersonId, **changes: object) -> Session:
    """Change one seat."""
    people = tuple(replace(each, **changes) if each.id == person else each for each in session.people)  # type: ignore[arg-type]
    return replace(session, people=people)


def arrive(session: Session, person: PersonId, at: datetime) -> Session:
    """A person is here, and what kept them away is over."""
    here = with_person(session, person, presence=Presence.HERE, left_at=None)
    return back(here, person, at, away=True)


def leave(session: Session, person: PersonId, gone: bool, at: datetime) -> Session:
    """A person who is away keeps hand and turn; one who is gone does not."""
    known = session.find_person(person)
    since = at if known is None or known.left_at is None else known.left_at
    if not gone:
        left = with_person(session, person, presence=Presence.AWAY, left_at=since)
        return replace(left, ladder=dropped(left, person, AWAY, at))
    left = with_person(session, person, presence=Presence.GONE, left_at=since)
    left = back(left, person, at, away=True)
    stand_in = None if left.stands_in(person) else left.stand_in
    return replace(left, floor=without(left.floor, person), stand_in=stand_in)


def _removed(session: Session, person: PersonId) -> Session:
    return replace(
        session,
        people=tuple(each for each in session.people if each.id != person),
        clients=tuple(None if each == person else each for each in session.clients),
        subjects=tuple(
            None if client == person else subject
            for client, subject in zip(session.clients, session.subjects, strict=True)
        ),
        reserve=None if session.reserve == person else session.reserve,
        floor=without(session.floor, person),
        ready=session.ready - {person},
        interests={entry: people - {person} for entry, people in session.interests.items()},
        relay=None if session.relay == person else session.relay,
        stand_in=None if session.stands_in(person) else session.stand_in,
        ladder=forgotten(session.ladder, person),
    )


def _chosen(
    session: Session, person: PersonId, turn: int, subject: EntryId | None, reserve: PersonId | None
) -> Session:
    """Another client has another request: the contract of the turn goes, and the ideas the one before had kept."""
    index = turn - 1
    before = session.clients[index]
    chosen = replace(
        session,
        clients=(*session.clients[:index], person, *session.clients[index + 1 :]),
        subjects=(*session.subjects[:index], subject, *session.subjects[index + 1 :]),
        reserve=reserve,
    )
    if before == person:
        return chosen
    kept = frozenset(each for each in session.kept if session.entries[each].turn != turn)
    contract = session.contracts.get(turn)
    if contract is None:
        return replace(chosen, kept=kept)
    entries, contracts = less(session.entries, contract.entry), less(session.contracts, turn)
    return replace(chosen, kept=kept, contracts=contracts, entries=entries)


def resized(values: tuple[V | None, ...], count: int) -> tuple[V | None, ...]:
    """Cut or fill up to so many turns."""
    return (*values[:count], *(None for _ in range(count - len(values))))
