"""The fairest next cast: fewest and oldest turns as client first, and the reason said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.engine.events import PastCast
from app.engine.ids import PersonId
from app.engine.protocol import CONDUCT, Kind, Role
from app.engine.state import Presence, Session

OBSERVED_FROM = 8
"""From so many peers on, one can watch without being missed [ours]."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What counts about a member when roles are given out; candidates come in the order of seats."""

    id: PersonId
    has_subject: bool = True
    present: bool = True
    declined: bool = False
    busy: bool = False  # is something already: no duty besides


@dataclass(frozen=True, slots=True)
class Cast:
    """A proposal the facilitator may override, with its reason as a code and values for one sentence."""

    client: PersonId | None
    reserve: PersonId | None
    timekeeper: PersonId | None
    scribe: PersonId | None
    observer: PersonId | None
    why: Mapping[str, str | int]
    # code: nobody | never | fewest | longest | seat; person; turns: times as client; number: session of the last time
    duties: Mapping[Role, str] = field(default_factory=dict)  # why each duty goes to whom it goes, as a code


def propose_cast(
    history: tuple[PastCast, ...],
    people: tuple[Candidate, ...],
    *,
    observer: bool = False,
    spare: bool = True,
) -> Cast:
    """Propose who is client, in reserve, timekeeper and scribe; the same question has the same answer (method.md §6).

    `spare` keeps duties away from the client and the reserve proposed, until others are chosen.
    """
    ranked = sorted(
        (each for each in people if each.present and each.has_subject and not each.declined),
        key=lambda each: _turns(history, each.id, Role.CLIENT),
    )
    client = ranked[0].id if ranked else None
    reserve = ranked[1].id if len(ranked) > 1 else None
    spared = (client, reserve) if spare else ()
    free = [each.id for each in people if each.present and not each.busy and each.id not in spared]
    duties: dict[Role, PersonId] = {}
    reasons: dict[Role, str] = {}
    for duty in (Role.TIMEKEEPER, Role.SCRIBE, *((Role.OBSERVER,) if observer else ())):
        fairest = _fairest(history, [each for each in free if each not in duties.values()], duty)
        if fairest:
            duties[duty] = fairest[0]
            reasons[duty] = str(_why(history, fairest, duty)["code"])
    return Cast(
        client,
        reserve,
        duties.get(Role.TIMEKEEPER),
        duties.get(Role.SCRIBE),
        duties.get(Role.OBSERVER),
        _why(history, [each.id for each in ranked], Role.CLIENT),
        reasons,
    )


def candidates(session: Session) -> tuple[Candidate, ...]:
    """Describe the people of a session for the question of who is the next client in it."""
    authors = {entry.author for entry in session.entries.values() if entry.kind is Kind.SUBJECT}
    waiting = session.clock.at is None
    return tuple(
        Candidate(
            each.id,
            has_subject=not authors or each.id in authors,
            present=each.presence is Presence.HERE or (waiting and each.presence is not Presence.GONE),
            declined=each.declined or each.id in session.clients,
            busy=each.role is not Role.CONSULTANT or each.id in (*session.clients, session.reserve),
        )
        for each in session.people
        if each.role not in CONDUCT and each.role is not Role.OBSERVER
    )


def _fairest(history: tuple[PastCast, ...], people: list[PersonId], role: Role) -> list[PersonId]:
    """Order people by how seldom and how long ago they had a role; seats decide between equals."""
    return sorted(people, key=lambda each: _turns(history, each, role))


def _turns(history: Iterable[PastCast], person: PersonId, role: Role) -> tuple[int, int]:
    """Count the turns in a role and say which session had the last one."""
    numbers = [past.number for past in history if past.roles.get(person) is role]
    return len(numbers), max(numbers, default=0)


def _why(history: tuple[PastCast, ...], ranked: list[PersonId], role: Role) -> Mapping[str, str | int]:
    if not ranked:
        return {"code": "nobody"}
    first = ranked[0]
    turns, last = _turns(history, first, role)
    why: dict[str, str | int] = {"person": first, "turns": turns, "number": last}
    rivals = [_turns(history, each, role) for each in ranked[1:]]
    if (turns, last) in rivals:
        return {"code": "seat", **why}
    if turns == 0:
        return {"code": "never", **why}
    if any(count == turns for count, _ in rivals):
        return {"code": "longest", **why}
    return {"code": "fewest", **why}
