"""Planned sessions, their casts and their evidence, in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from app.engine.ids import GroupId, PersonId, SessionId
from app.store.rows import Shelf, fetch, upsert, values
from app.store.tables import attendance, casts, held_phases, protocol_sources, sessions
from app.usecases.records import Attendance, CastTurn, HeldPhase, PlannedSession, Presence, Status

OVER = (Status.CLOSED, Status.CANCELLED)
UNDER_WAY = (Status.OPEN, Status.RUNNING, Status.ENDED)


class StoredSessions(Shelf):
    """Planned sessions, their casts and their evidence."""

    async def save_session(self, session: PlannedSession) -> None:
        """Add a session or change it by id."""
        await self._database.write(lambda link: upsert(link, sessions, [values(session)]))

    async def find_session(self, session: SessionId) -> PlannedSession | None:
        """Find a session."""
        return await self._one(PlannedSession, sessions, sessions.c.id == session)

    async def sessions_of(self, group: GroupId) -> tuple[PlannedSession, ...]:
        """List a group's sessions by number."""
        order = (sessions.c.number, sessions.c.id)
        return await self._many(PlannedSession, sessions, sessions.c.group == group, order=order)

    async def sessions_by(self, facilitator: PersonId) -> tuple[PlannedSession, ...]:
        """List a facilitator's sessions, rehearsals too, by starting time."""
        order = (sessions.c.starts_at, sessions.c.id)
        return await self._many(PlannedSession, sessions, sessions.c.facilitator == facilitator, order=order)

    async def sessions_near(self, until: datetime) -> Mapping[SessionId, Status]:
        """Tell how far each session is that is not over, and has begun or begins until an instant.

        Asked every few seconds for a thousand rooms: two columns cost a tenth of whole records.
        """
        table = sessions.c
        begun = table.status.in_(UNDER_WAY)
        soon = and_(table.status == Status.PLANNED, table.starts_at <= until)
        asked = select(table.id, table.status).where(or_(begun, soon))
        rows = await self._database.read(lambda link: link.execute(asked).all())
        return {SessionId(each): status for each, status in rows}

    async def set_status(self, session: SessionId, status: Status, at: datetime) -> None:
        """Note how far a session is, unless it is over already; `at` becomes `closed_at` when it closes."""
        closed = at if status is Status.CLOSED else None
        goes_on = (sessions.c.id == session, sessions.c.status.not_in(OVER))
        change = update(sessions).where(*goes_on).values(status=status, closed_at=closed)
        await self._database.write(lambda link: link.execute(change))

    async def record_cast(self, session: SessionId, turns: tuple[CastTurn, ...]) -> None:
        """Note who held which role, in place of what was noted before for this session."""

        def replace(link: Connection) -> None:
            link.execute(delete(casts).where(casts.c.session == session))
            upsert(link, casts, [values(turn) for turn in turns])

        await self._database.write(replace)

    async def casts_of(self, group: GroupId) -> tuple[CastTurn, ...]:
        """List who held which role in a group, oldest first."""
        order = (casts.c.held_at, casts.c.session, casts.c.round, casts.c.role, casts.c.person)
        return await self._many(CastTurn, casts, casts.c.group == group, order=order)

    async def find_attendance(self, session: SessionId) -> Attendance | None:
        """Find the evidence of a closed session."""

        def find(link: Connection) -> Attendance | None:
            there = fetch(
                link, Presence, attendance, attendance.c.session == session, order=attendance.c.position
            )
            held = fetch(
                link, HeldPhase, held_phases, held_phases.c.session == session, order=held_phases.c.position
            )
            return Attendance(session, there, held) if there or held else None

        return await self._database.read(find)

    async def keep_protocol(self, content_hash: str, source: str) -> None:
        """Keep the text of a protocol file under its hash, once."""
        row = {"content_hash": content_hash, "source": source}
        await self._database.write(lambda link: upsert(link, protocol_sources, [row]))

    async def find_protocol(self, content_hash: str) -> str | None:
        """Find the text of a protocol file by its hash."""
        asked = select(protocol_sources.c.source).where(protocol_sources.c.content_hash == content_hash)
        found: str | None = await self._database.read(lambda link: link.execute(asked).scalar())
        return found
