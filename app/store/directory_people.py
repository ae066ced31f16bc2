"""Facilitators, groups and their members, in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from app.engine.ids import GroupId, PersonId
from app.store import documents as kept
from app.store.rows import Shelf, upsert, values
from app.store.tables import (
    attendance,
    casts,
    documents,
    facilitators,
    groups,
    held_phases,
    invitations,
    join_tokens,
    members,
    sessions,
    tallies,
    web_sessions,
)
from app.usecases.records import Facilitator, Group, Member

NAMING = (members.name, attendance.name, documents.name)


def _email_key(email: str) -> str | None:
    return email.strip().casefold() or None


class StoredPeople(Shelf):
    """Facilitators, groups and their members."""

    async def save_facilitator(self, facilitator: Facilitator) -> None:
        """Add a facilitator or change one by id; raises ValueError when the e-mail is another's."""
        row = values(facilitator, email_key=_email_key(facilitator.email))
        await self._database.write(lambda link: upsert(link, facilitators, [row]))

    async def find_facilitator(self, person: PersonId) -> Facilitator | None:
        """Find a facilitator."""
        return await self._one(Facilitator, facilitators, facilitators.c.id == person)

    async def find_facilitator_by_email(self, email: str) -> Facilitator | None:
        """Find a facilitator by e-mail, without regard to case."""
        return await self._one(Facilitator, facilitators, facilitators.c.email_key == _email_key(email))

    async def has_facilitators(self) -> bool:
        """Tell whether anybody with an e-mail can sign in yet."""
        asked = select(facilitators.c.id).where(facilitators.c.email_key.is_not(None)).limit(1)
        return await self._database.read(lambda link: link.execute(asked).first()) is not None

    async def save_group(self, group: Group) -> None:
        """Add a group or change it by id."""
        await self._database.write(lambda link: upsert(link, groups, [values(group)]))

    async def find_group(self, group: GroupId) -> Group | None:
        """Find a group."""
        return await self._one(Group, groups, groups.c.id == group)

    async def groups_of(self, owner: PersonId) -> tuple[Group, ...]:
        """List a facilitator's groups, newest first."""
        order = (groups.c.created_at.desc(), groups.c.id)
        return await self._many(Group, groups, groups.c.owner == owner, order=order)

    async def save_members(self, people: tuple[Member, ...]) -> None:
        """Add members or change them by person id, all or nothing."""
        await self._database.write(lambda link: upsert(link, members, [values(each) for each in people]))

    async def find_member(self, person: PersonId) -> Member | None:
        """Find a member."""
        return await self._one(Member, members, members.c.person == person)

    async def members_of(self, group: GroupId) -> tuple[Member, ...]:
        """List everyone who is or was in a group, in the order of seats."""
        order = (members.c.seat, members.c.person)
        return await self._many(Member, members, members.c.group == group, order=order)

    async def erase_person(self, person: PersonId) -> None:
        """Forget a member: name, e-mail, tags, links, browsers and documents; a nameless id stays in past casts."""

        def forget(link: Connection) -> None:
            for table in (members, web_sessions, invitations, join_tokens):
                link.execute(delete(table).where(table.c.person == person))
            kept.forget(link, documents.c.person == person)
            link.execute(update(attendance).where(attendance.c.person == person).values(name=""))

        await self._database.write(forget)
        await self._database.scrub(NAMING)

    async def rehearsals_before(self, instant: datetime) -> tuple[Group, ...]:
        """List the groups made for rehearsals before an instant, oldest first."""
        order = (groups.c.created_at, groups.c.id)
        return await self._many(Group, groups, groups.c.rehearsal, groups.c.created_at < instant, order=order)

    async def erase_groups(self, gone: tuple[GroupId, ...]) -> None:
        """Forget groups with members, sessions, casts, attendance and documents; logs must be erased before."""
        if gone:
            await self._database.write(lambda link: _forget_groups(link, gone))
            await self._database.scrub((*NAMING, groups.name, sessions.name))


def _forget_groups(link: Connection, gone: tuple[GroupId, ...]) -> None:
    held = select(sessions.c.id).where(sessions.c.group.in_(gone))
    belonging = select(members.c.person).where(members.c.group.in_(gone))
    owners = list(link.execute(select(groups.c.owner).where(groups.c.id.in_(gone))).scalars())
    kept.forget(link, documents.c.session.in_(held))
    for table in (attendance, held_phases, tallies, web_sessions, casts, invitations, join_tokens):
        link.execute(delete(table).where(table.c.session.in_(held)))
    link.execute(delete(web_sessions).where(web_sessions.c.person.in_(belonging)))
    for table in (members, sessions):
        link.execute(delete(table).where(table.c.group.in_(gone)))
    link.execute(delete(groups).where(groups.c.id.in_(gone)))
    needed = select(groups.c.owner).union(select(sessions.c.facilitator))
    visitors = select(facilitators.c.id).where(
        facilitators.c.id.in_(owners), facilitators.c.email_key.is_(None), facilitators.c.id.not_in(needed)
    )
    link.execute(delete(web_sessions).where(web_sessions.c.person.in_(visitors)))
    link.execute(delete(facilitators).where(facilitators.c.id.in_(visitors)))
