"""People, sessions and evidence in memory, as strict about repeated keys and loose ends as a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.engine.ids import GroupId, PersonId, SessionId
from app.usecases.records import (
    Attendance,
    CastTurn,
    Document,
    DocumentKind,
    Facilitator,
    Group,
    Invitation,
    JoinToken,
    Member,
    PlannedSession,
    Status,
    Tally,
    TokenHash,
    WebSession,
)


def must(holds: bool) -> None:
    if not holds:
        raise ValueError("a row repeats a key or points to nothing")


class FakePeople:
    """Facilitators, groups, members, sessions, casts and evidence."""

    def __init__(
        self,
        documents: dict[tuple[SessionId, PersonId, DocumentKind], Document],
        marks: dict[SessionId, tuple[Tally, ...]],
    ) -> None:
        """Take the documents that leave with their people."""
        self._documents, self._marks = documents, marks
        self._facilitators: dict[PersonId, Facilitator] = {}
        self._groups: dict[GroupId, Group] = {}
        self._members: dict[PersonId, Member] = {}
        self._sessions: dict[SessionId, PlannedSession] = {}
        self._casts: dict[SessionId, tuple[CastTurn, ...]] = {}
        self._sources: dict[str, str] = {}
        self.evidence: dict[SessionId, Attendance] = {}
        self._invitations: dict[tuple[SessionId, PersonId], Invitation] = {}
        self._joins: dict[TokenHash, JoinToken] = {}
        self._browsers: dict[TokenHash, WebSession] = {}

    async def save_facilitator(self, facilitator: Facilitator) -> None:
        """Add or change a facilitator."""
        found = await self.find_facilitator_by_email(facilitator.email)
        must(found is None or found.id == facilitator.id)
        self._facilitators[facilitator.id] = facilitator

    async def find_facilitator(self, person: PersonId) -> Facilitator | None:
        """Find a facilitator."""
        return self._facilitators.get(person)

    async def find_facilitator_by_email(self, email: str) -> Facilitator | None:
        """Find a facilitator by e-mail."""
        asked = email.strip().casefold()
        every = self._facilitators.values()
        return next((each for each in every if asked and each.email.strip().casefold() == asked), None)

    async def has_facilitators(self) -> bool:
        """Tell whether anybody can sign in."""
        return any(each.email.strip() for each in self._facilitators.values())

    async def save_group(self, group: Group) -> None:
        """Add or change a group."""
        must(group.owner in self._facilitators)
        self._groups[group.id] = group

    async def find_group(self, group: GroupId) -> Group | None:
        """Find a group."""
        return self._groups.get(group)

    async def groups_of(self, owner: PersonId) -> tuple[Group, ...]:
        """List a facilitator's groups."""
        mine = sorted(
            (each for each in self._groups.values() if each.owner == owner), key=lambda each: each.id
        )
        return tuple(sorted(mine, key=lambda each: each.created_at, reverse=True))

    async def save_members(self, members: tuple[Member, ...]) -> None:
        """Add or change members."""
        must(all(member.group in self._groups for member in members))
        self._members |= {member.person: member for member in members}

    async def find_member(self, person: PersonId) -> Member | None:
        """Find a member."""
        return self._members.get(person)

    async def members_of(self, group: GroupId) -> tuple[Member, ...]:
        """List a group's members."""
        inside = [member for member in self._members.values() if member.group == group]
        return tuple(sorted(inside, key=lambda member: (member.seat, member.person)))

    async def erase_person(self, person: PersonId) -> None:
        """Forget a member."""
        self._members.pop(person, None)
        for table in (self._browsers, self._joins, self._invitations, self._documents):
            drop(table, person=person)
        for session, found in self.evidence.items():
            people = tuple(replace(each, name="") if each.person == person else each for each in found.people)
            self.evidence[session] = replace(found, people=people)

    async def rehearsals_before(self, instant: datetime) -> tuple[Group, ...]:
        """List old rehearsals."""
        old = [each for each in self._groups.values() if each.rehearsal and each.created_at < instant]
        return tuple(sorted(old, key=lambda each: (each.created_at, each.id)))

    async def erase_groups(self, groups: tuple[GroupId, ...]) -> None:
        """Forget groups."""
        for session in [each.id for each in self._sessions.values() if each.group in groups]:
            for table in (self._browsers, self._joins, self._invitations, self._documents):
                drop(table, session=session)
            for kept in (self._casts, self._marks, self.evidence, self._sessions):
                kept.pop(session, None)
        for member in [each for each in self._members.values() if each.group in groups]:
            drop(self._browsers, person=member.person)
            del self._members[member.person]
        owners = [self._groups.pop(group).owner for group in groups if group in self._groups]
        needed = {each.owner for each in self._groups.values()}
        needed |= {each.facilitator for each in self._sessions.values()}
        for owner in owners:
            visitor = self._facilitators.get(owner)
            if visitor is not None and not visitor.email.strip() and owner not in needed:
                drop(self._browsers, person=owner)
                del self._facilitators[owner]

    async def save_session(self, session: PlannedSession) -> None:
        """Add or change a session."""
        must(session.group in self._groups and session.facilitator in self._facilitators)
        self._sessions[session.id] = session

    async def find_session(self, session: SessionId) -> PlannedSession | None:
        """Find a session."""
        return self._sessions.get(session)

    async def sessions_of(self, group: GroupId) -> tuple[PlannedSession, ...]:
        """List a group's sessions."""
        held = [each for each in self._sessions.values() if each.group == group]
        return tuple(sorted(held, key=lambda each: (each.number, each.id)))

    async def sessions_by(self, facilitator: PersonId) -> tuple[PlannedSession, ...]:
        """List a facilitator's sessions."""
        return self._by_start(each for each in self._sessions.values() if each.facilitator == facilitator)

    async def sessions_near(self, until: datetime) -> Mapping[SessionId, Status]:
        """Tell of the sessions that the clock watches."""
        begun = (Status.OPEN, Status.RUNNING, Status.ENDED)
        return {
            each.id: each.status
            for each in self._sessions.values()
            if each.status in begun or (each.status is Status.PLANNED and each.starts_at <= until)
        }

    async def set_status(self, session: SessionId, status: Status, at: datetime) -> None:
        """Note how far a session is."""
        found = self._sessions.get(session)
        if found is not None and found.status not in (Status.CLOSED, Status.CANCELLED):
            closed_at = at if status is Status.CLOSED else None
            self._sessions[session] = replace(found, status=status, closed_at=closed_at)

    async def record_cast(self, session: SessionId, turns: tuple[CastTurn, ...]) -> None:
        """Note who held which role."""
        must(not turns or session in self._sessions)
        self._casts[session] = turns

    async def casts_of(self, group: GroupId) -> tuple[CastTurn, ...]:
        """List who held which role."""
        turns = [turn for kept in self._casts.values() for turn in kept if turn.group == group]
        return tuple(sorted(turns, key=lambda t: (t.held_at, t.session, t.round, t.role.value, t.person)))

    async def find_attendance(self, session: SessionId) -> Attendance | None:
        """Find the evidence of a session."""
        return self.evidence.get(session)

    async def keep_protocol(self, content_hash: str, source: str) -> None:
        """Keep a protocol's text."""
        self._sources[content_hash] = source

    async def find_protocol(self, content_hash: str) -> str | None:
        """Find a protocol's text."""
        return self._sources.get(content_hash)

    @staticmethod
    def _by_start(sessions: Any) -> tuple[PlannedSession, ...]:
        return tuple(sorted(sessions, key=lambda each: (each.starts_at, each.id)))


def drop(table: dict[Any, Any], **match: str) -> None:
    """Remove the records whose fields have these values."""
    for key, record in list(table.items()):
        if all(getattr(record, name) == value for name, value in match.items()):
            del table[key]
