"""Changes a session that was planned: who comes, when, how long, what is kept; who was told before is told again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.engine.commands import AddPerson, AssignRole, ChangePlan, Command, RemovePerson
from app.engine.decide import decide
from app.engine.events import Trace
from app.engine.evolve import evolve
from app.engine.ids import CommandId, PersonId, SessionId
from app.engine.ladder import Bridge, Microphones
from app.engine.plan import total
from app.engine.protocol import Role
from app.engine.state import Session
from app.usecases.links import JOIN_LASTS, issue_joins
from app.usecases.manage_people import Names, recognise
from app.usecases.pasted_people import Named
from app.usecases.plan_b import as_kept
from app.usecases.plan_session import CannotPlan, Planner, check, send_invitations
from app.usecases.records import Facilitator, Invitation, Member, NewJob, PlannedSession, Sending, Status
from app.usecases.run_session import closing

CHANGED_JOB, REMOVED_JOB, CANCELLED_JOB = "send-change", "send-removal", "send-cancellation"


@dataclass(frozen=True, slots=True)
class Change:
    """A planned session as its facilitator wants it now; people are named by id, newcomers by their key."""

    starts_at: datetime
    zone: str
    language: str
    trace: Trace
    minutes: Mapping[str, timedelta]  # by phase id
    bridge: Bridge
    microphones: Microphones
    screen_share: bool
    roles: Mapping[str, Role]  # who is not named keeps theirs
    leaving: frozenset[PersonId]
    coming: Names
    client: str | None  # of the first turn; None: decided at the opening
    reserve: str | None
    relay: str | None


LEFT = frozenset({Sending.SENT, Sending.OPENED})
"""Letters that left: whoever got one is told of what follows."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a change did, for one sentence."""

    planned: PlannedSession
    changed: bool
    letters: int


async def change_session(
    planned: PlannedSession, host: Facilitator, change: Change, outside: Planner
) -> Told:
    """Let a change hold as a whole: nothing is written before all of it was found possible.

    Whoever leaves loses their link at once. Raises CannotPlan, and Refusal when the session began meanwhile.
    """
    directory, now = outside.directory, outside.clock.now()
    if planned.status not in (Status.PLANNED, Status.OPEN):
        raise CannotPlan("begun")
    session = await outside.rooms.session(planned.id)
    group = await directory.find_group(planned.group)
    if group is None:
        raise CannotPlan("begun")
    known = {each.person: each for each in await directory.members_of(group.id)}
    stay = [known[each.id] for each in session.people if each.id in known and each.id not in change.leaving]
    table = (*(Named(each.name, each.email, 0) for each in stay), *change.coming)
    seated, moved = recognise(tuple(known.values()), outside.ids, group, table, now)
    left = {each.person: each.left_at for each in stay}  # a seat kept is no return to the group
    members = tuple(replace(each, left_at=left.get(each.person)) for each in seated)
    _check(session, change, members, now)
    commands = _commands(session, change, members, host.id)
    after = _foresee(session, commands, host.id, now)
    if after.seq == session.seq:
        return Told(planned, changed=False, letters=0)
    await directory.save_group(replace(group, lang=change.language, plan_b=as_kept(change.bridge)))
    await directory.save_members(tuple(replace(each, lang=change.language) for each in members) + moved)
    leaving = tuple(each.id for each in session.people if after.find_person(each.id) is None)
    for person in leaving:
        await directory.revoke_join(planned.id, person, now)
    for number, command in enumerate(commands):
        await outside.rooms.do(planned.id, host.id, command, CommandId(f"{outside.ids.new()}-{number}"))
    later = replace(
        planned,
        starts_at=after.starts_at,
        ends_at=after.starts_at + total(after.plan),
        zone=after.zone,
        trace=after.trace,
    )
    await directory.save_session(later)
    if later.ends_at != planned.ends_at:
        await directory.prolong_joins(planned.id, later.ends_at + JOIN_LASTS)
    coming = tuple(each.person for each in members if session.find_person(each.person) is None)
    letters = await _tell(planned, later, session, after, leaving, coming, outside)
    return Told(later, changed=True, letters=letters)


def _check(session: Session, change: Change, members: tuple[Member, ...], now: datetime) -> None:
    """Raise CannotPlan for what the protocol or the calendar does not allow."""
    starts_at = change.starts_at
    problems = [
        each
        for each in check(session.protocol, len(members), starts_at, now)
        if each != "past" or starts_at != session.starts_at
    ]
    if change.client is not None and change.client == change.reserve:
        problems.append("client-in-reserve")
    if problems:
        raise CannotPlan(*problems)


def _commands(
    session: Session, change: Change, members: tuple[Member, ...], host: PersonId
) -> tuple[Command, ...]:
    """List what has to be asked of the session; what is so already is asked in vain, and harmless."""
    by_key = {(each.email or each.name).casefold(): each.person for each in members}
    seated = {each.person for each in members}
    gone = [
        RemovePerson(each.id)
        for each in session.people
        if each.id in change.leaving and each.id not in seated and each.id != host
    ]

    def find(wish: str | None) -> PersonId | None:
        if wish is None:
            return None
        return PersonId(wish) if wish in seated else by_key.get(wish.casefold())

    new = [
        AddPerson(each.person, each.name, tags=each.tags)
        for each in members
        if session.find_person(each.person) is None
    ]
    given = ((find(key), role) for key, role in change.roles.items())
    roles = [AssignRole(person, role) for person, role in given if person is not None]
    roles.sort(key=lambda each: each.role is not Role.CONSULTANT)  # who gives a role up goes first
    client = find(change.client)
    single = len(session.clients) == 1
    plan = ChangePlan(
        starts_at=change.starts_at,
        zone=change.zone,
        minutes=change.minutes,
        bridge=change.bridge,
        relay=find(change.relay) or PersonId(""),
        microphones=change.microphones,
        screen_share=change.screen_share,
        language=change.language,
        trace=change.trace,
        reserve=(find(change.reserve) or PersonId("")) if single else None,
        clients=((client,) if client else ()) if single else None,
    )
    return (*gone, *new, *roles, plan)


def _foresee(session: Session, commands: tuple[Command, ...], by: PersonId, now: datetime) -> Session:
    """Try the commands on a copy; raises Refusal where the session would."""
    for command in commands:
        for event in decide(session, command, by, now):
            session = evolve(session, event, now)
    return session


# -- letters ---------------------------------------------------------------------------------------------


async def _tell(
    before: PlannedSession,
    after: PlannedSession,
    was: Session,
    now_is: Session,
    leaving: tuple[PersonId, ...],
    coming: tuple[PersonId, ...],
    outside: Planner,
) -> int:
    """Ask for the letters a change deserves; tells how many will leave."""
    directory, now = outside.directory, outside.clock.now()
    expected = {each.person: each for each in await directory.invitations_of(after.id)}
    told = {person for person, each in expected.items() if each.status is not Sending.DRAFT}
    for person in leaving:
        await directory.withdraw_invitation(after.id, person)
    await directory.save_invitations(
        tuple(Invitation(after.id, person, Sending.DRAFT, now) for person in coming)
    )
    await issue_joins(directory, outside.links, after, coming, now)
    reached = {person for person, each in expected.items() if each.status in LEFT}
    letters = await _enqueue(REMOVED_JOB, after.id, [each for each in leaving if each in reached], outside)
    what = _what(before, after, was, now_is)
    if what:
        stay = [each for each in told if each not in leaving and each not in coming]
        payload = {"was": before.starts_at.isoformat(), "what": what}
        letters += await _enqueue(CHANGED_JOB, after.id, stay, outside, payload)
    return letters + (await send_invitations(after, coming, outside) if told else 0)


def _what(before: PlannedSession, after: PlannedSession, was: Session, now_is: Session) -> str:
    """Name what changed for everybody, in words that templates know."""
    facts = {
        "moved": before.starts_at != after.starts_at,
        "length": before.ends_at - before.starts_at != after.ends_at - after.starts_at,
        "trace": was.trace != now_is.trace,
        "bridge": was.bridge != now_is.bridge,
    }
    return " ".join(name for name, holds in facts.items() if holds)


async def cancel_session(planned: PlannedSession, outside: Planner) -> int:
    """Cancel a session that has not begun: its doors stay shut and say so, and what was prepared in it is erased.

    Tells how many letters will leave: one to each who had an invitation. Raises CannotPlan.
    """
    if planned.status not in (Status.PLANNED, Status.OPEN):
        raise CannotPlan("begun")
    now = outside.clock.now()
    told = [each.person for each in await outside.directory.invitations_of(planned.id) if each.status in LEFT]
    await outside.directory.set_status(planned.id, Status.CANCELLED, now)
    await outside.jobs.enqueue((closing(planned.id),), now)
    return await _enqueue(CANCELLED_JOB, planned.id, told, outside)


async def _enqueue(
    kind: str,
    session: SessionId,
    people: list[PersonId],
    outside: Planner,
    more: Mapping[str, str] | None = None,
) -> int:
    """Ask for a letter to each of these who has an address; tells how many that are."""
    now = outside.clock.now()
    found = [await outside.directory.find_member(person) for person in people]
    reached = [each.person for each in found if each is not None and each.email]
    stamp = now.isoformat()
    jobs = tuple(
        NewJob(
            kind,
            {"session": session, "person": person, "at": stamp, **(more or {})},
            f"{kind}-{session}-{person}-{stamp}",
            session=session,
        )
        for person in reached
    )
    await outside.jobs.enqueue(jobs, now)
    return len(reached)
