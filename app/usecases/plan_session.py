"""Prepares a session: who, when, how and what is kept; then its links, its letters, and changes of mind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.engine.decide_plan import check_planned
from app.engine.errors import Refusal
from app.engine.events import Invited, PastCast, SessionPlanned, Trace
from app.engine.ids import CommandId, GroupId, PersonId, SessionId
from app.engine.ladder import Bridge, Microphones
from app.engine.plan import Slot, expand, total, turns
from app.engine.protocol import Protocol, Role
from app.usecases.links import Links, issue_joins
from app.usecases.manage_people import Names, settle_members
from app.usecases.ports import Clock, Directory, Ids, Jobs
from app.usecases.records import (
    CastTurn,
    Facilitator,
    Group,
    Invitation,
    Member,
    NewJob,
    PlannedSession,
    Sending,
)
from app.usecases.run_session import Rooms

LONGEST_AHEAD = timedelta(days=731)
INVITATION_JOB = "send-invitation"


@dataclass(frozen=True, slots=True)
class Plan:
    """A session as its facilitator wants it; complete and possible (see `check`)."""

    group: Group
    people: Names
    starts_at: datetime
    zone: str
    protocol: Protocol
    minutes: Mapping[str, timedelta]  # by phase id, where they differ from the protocol
    trace: Trace
    client: str | None  # key of the person in `people`
    reserve: str | None
    language: str
    bridge: Bridge = field(default_factory=Bridge)
    relay: str | None = None  # key of the person who stands in for the facilitator
    duties: Mapping[str, Role] = field(default_factory=dict)  # by key of the person
    microphones: Microphones = Microphones.PEOPLE
    screen_share: bool = False


class CannotPlan(Exception):
    """Something about the plan is impossible; `problems` are codes, each with a sentence beside its field."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Planner:
    """What planning needs from the outside."""

    directory: Directory
    rooms: Rooms
    jobs: Jobs
    links: Links
    clock: Clock
    ids: Ids


def check(protocol: Protocol, people: int, starts_at: datetime, now: datetime) -> tuple[str, ...]:
    """List what is impossible, as codes."""
    least, most = protocol.people
    problems = []
    if people < least:
        problems.append("too-few")
    if people > most:
        problems.append("too-many")
    if starts_at <= now:
        problems.append("past")
    if starts_at > now + LONGEST_AHEAD:
        problems.append("too-far")
    return tuple(problems)


def clip_minutes(protocol: Protocol, wished: Mapping[str, timedelta]) -> dict[str, timedelta]:
    """Keep the wished lengths that differ from the protocol, inside what each phase allows."""
    kept = {}
    for phase in protocol.phases():
        if phase.id in wished:
            asked = max(phase.minutes.least, min(wished[phase.id], phase.minutes.most))
            if asked != phase.minutes.default:
                kept[phase.id] = asked
    return kept


def timeline(protocol: Protocol, minutes: Mapping[str, timedelta]) -> tuple[Slot, ...]:
    """Lay out the phases as they would run."""
    return expand(protocol, protocol.rounds, minutes)


async def plan_session(
    plan: Plan, host: Facilitator, session_id: SessionId, outside: Planner
) -> PlannedSession:
    """Write down a session with its group, seats and links; saying it twice with one id changes nothing.

    Raises CannotPlan, and what the store raises; then nothing people would see was written.
    """
    now = outside.clock.now()
    if problems := check(plan.protocol, len(plan.people), plan.starts_at, now):
        raise CannotPlan(*problems)
    directory = outside.directory
    if known := await directory.find_session(session_id):
        return known
    await directory.save_group(plan.group)
    members = await settle_members(directory, outside.ids, plan.group, plan.people, now)
    earlier = await directory.sessions_of(plan.group.id)
    casts = await directory.casts_of(plan.group.id)
    number = max((each.number for each in earlier), default=0) + 1
    first = _first_fact(
        plan, host, session_id, number, members, casts, {each.id: each.number for each in earlier}
    )
    if not plan.group.rehearsal:  # whose minutes are shorter than any protocol allows
        try:
            check_planned(first, plan.protocol)
        except Refusal as refused:
            raise CannotPlan(str(refused.code)) from refused
    planned = PlannedSession(
        id=session_id,
        group=plan.group.id,
        number=number,
        facilitator=host.id,
        protocol_id=plan.protocol.id,
        protocol_hash=plan.protocol.content_hash,
        starts_at=plan.starts_at,
        ends_at=plan.starts_at + total(timeline(plan.protocol, plan.minutes)),
        zone=plan.zone,
        trace=plan.trace,
        created_at=now,
        rehearsal=plan.group.rehearsal,
    )
    await outside.rooms.begin(first, CommandId(f"plan-{session_id}"), host.id)
    await directory.save_session(planned)
    people = tuple(member.person for member in members)
    await directory.save_invitations(
        tuple(Invitation(session_id, each, Sending.DRAFT, now) for each in people)
    )
    await issue_joins(directory, outside.links, planned, people, now)
    return planned


def _first_fact(
    plan: Plan,
    host: Facilitator,
    session_id: SessionId,
    number: int,
    members: tuple[Member, ...],
    casts: tuple[CastTurn, ...],
    numbers: Mapping[SessionId, int],
) -> SessionPlanned:
    by_key = {_key(member): member.person for member in members}
    client = by_key.get(plan.client) if plan.client else None
    reserve = by_key.get(plan.reserve) if plan.reserve else None
    relay = by_key.get(plan.relay) if plan.relay else None
    return SessionPlanned(
        session_id=session_id,
        title=plan.group.name,
        number=number,
        protocol_id=plan.protocol.id,
        protocol_hash=plan.protocol.content_hash,
        language=plan.language,
        zone=plan.zone,
        starts_at=plan.starts_at,
        people=_seats(members, host, client, plan.duties),
        trace=plan.trace,
        rehearsal=plan.group.rehearsal,
        rounds=turns(plan.protocol, plan.protocol.rounds),
        minutes=dict(plan.minutes),
        clients=(client,) if client else (),
        reserve=reserve,
        history=past_casts(casts, numbers),
        bridge=plan.bridge,
        relay=relay,
        microphones=plan.microphones,
        screen_share=plan.screen_share,
    )


def _key(member: Member) -> str:
    return (member.email or member.name).casefold()


def _seats(
    members: tuple[Member, ...], host: Facilitator, client: PersonId | None, duties: Mapping[str, Role]
) -> tuple[Invited, ...]:
    """Seat the members in their order, and the facilitator at the client's right: just before them."""
    seats = [
        Invited(each.person, each.name, duties.get(_key(each), Role.CONSULTANT), each.tags)
        for each in members
    ]
    at = next((i for i, seat in enumerate(seats) if seat.id == client), 0)
    seats.insert(at, Invited(host.id, host.name, Role.FACILITATOR))
    return tuple(seats)


def past_casts(casts: tuple[CastTurn, ...], numbers: Mapping[SessionId, int]) -> tuple[PastCast, ...]:
    """Gather who had which role, session by session, oldest first; the client's role wins over another of the same day."""
    roles: dict[int, dict[PersonId, Role]] = {}
    for cast in casts:
        of_session = roles.setdefault(numbers.get(cast.session, 0), {})
        if of_session.get(cast.person) is not Role.CLIENT:
            of_session[cast.person] = cast.role
    return tuple(PastCast(number, held) for number, held in sorted(roles.items()) if number)


# -- letters --------------------------------------------------------------------------------------------


async def send_invitations(planned: PlannedSession, people: tuple[PersonId, ...], outside: Planner) -> int:
    """Send their links to those who have an address; tells how many letters will leave."""
    now = outside.clock.now()
    members = {each.person: each for each in await outside.directory.members_of(planned.group)}
    reached = tuple(each for each in people if each in members and members[each].email)
    joins = {each.person: each for each in await outside.directory.joins_of(planned.id)}
    await outside.directory.save_invitations(
        tuple(Invitation(planned.id, each, Sending.QUEUED, now) for each in reached)
    )
    await outside.jobs.enqueue(
        tuple(
            NewJob(
                INVITATION_JOB,
                {"session": planned.id, "person": person},
                f"invitation-{planned.id}-{person}-{joins[person].created_at.timestamp():.3f}-{now.timestamp():.0f}",
                session=planned.id,
            )
            for person in reached
            if person in joins
        ),
        now,
    )
    return len(reached)


async def reissue_link(planned: PlannedSession, person: PersonId, outside: Planner) -> None:
    """Give a seat a new link; the old one and the browsers that came by it are out."""
    await issue_joins(outside.directory, outside.links, planned, (person,), outside.clock.now())


def new_group(
    host: Facilitator, ids: Ids, name: str, language: str, zone: str, trace: Trace, now: datetime
) -> Group:
    """Make a group that does not exist yet."""
    return Group(GroupId(ids.new()), host.id, name, language, zone, trace, now)
