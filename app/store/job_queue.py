"""Keeps the things to do after a commit: claimed under a lease, tried again, or buried."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy import Row as Found
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database
from app.store.event_log import as_row
from app.store.tables import as_instant, jobs
from app.usecases.records import Job, JobId, NewJob


class StoredJobs:
    """The jobs in a database."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        """Take the database, and what makes ids."""
        self._database = database
        self._new_id = new_id

    async def enqueue(self, new: tuple[NewJob, ...], at: datetime) -> None:
        """Add jobs that no log append causes."""
        rows = [as_row(job, self._new_id(), at) for job in new]

        def add(link: Connection) -> None:
            into = postgresql.insert(jobs) if link.dialect.name == "postgresql" else sqlite.insert(jobs)
            link.execute(
                into.on_conflict_do_nothing(index_elements=["key"]),
                [
                    {
                        "id": row.id,
                        "kind": row.kind,
                        "payload": row.payload,
                        "key": row.key,
                        "session_id": row.session,
                        "attempt": 0,
                        "run_at": as_instant(row.run_at),
                        "buried": False,
                        "problem": "",
                    }
                    for row in rows
                ],
            )

        if rows:
            await self._database.write(add)

    async def claim(
        self, kinds: tuple[str, ...], now: datetime, lease: timedelta, most: int = 1
    ) -> tuple[Job, ...]:
        """Take jobs that are due and nobody holds, oldest first; each is ours until its lease ends."""
        free = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until <= now)
        due = select(jobs).where(jobs.c.buried.is_(False), jobs.c.run_at <= now, jobs.c.kind.in_(kinds), free)
        due = due.order_by(jobs.c.run_at, jobs.c.id).limit(most).with_for_update(skip_locked=True)

        def take(link: Connection) -> tuple[Job, ...]:
            rows = link.execute(due).all()
            for row in rows:
                claimed = {"leased_until": now + lease, "attempt": row.attempt + 1}
                link.execute(update(jobs).where(jobs.c.id == row.id).values(claimed))
            return tuple(_as_job(row, now + lease) for row in rows)

        return await self._database.write(take)

    async def done(self, job: Job) -> None:
        """Forget a job that succeeded; without effect when somebody else claimed it meanwhile."""
        await self._database.write(lambda link: link.execute(delete(jobs).where(_still_ours(job))))

    async def retry(self, job: Job, at: datetime, problem: str) -> None:
        """Put a job back until `at`; `problem` is a code, never a text from people."""
        await self._change(job, leased_until=None, run_at=at, problem=problem)

    async def bury(self, job: Job, now: datetime, problem: str) -> None:
        """Give a job up, and keep it for the operator to see; `run_at` says since when."""
        await self._change(job, leased_until=None, run_at=now, buried=True, problem=problem)

    async def buried(self) -> tuple[tuple[JobId, str, str], ...]:
        """List the (id, kind, problem) of jobs given up, oldest first."""
        asked = (
            select(jobs.c.id, jobs.c.kind, jobs.c.problem)
            .where(jobs.c.buried)
            .order_by(jobs.c.run_at, jobs.c.id)
        )
        rows = await self._database.read(lambda link: link.execute(asked).all())
        return tuple((JobId(row.id), row.kind, row.problem) for row in rows)

    async def _change(self, job: Job, **values: Any) -> None:
        await self._database.write(
            lambda link: link.execute(update(jobs).where(_still_ours(job)).values(values))
        )


def _still_ours(job: Job) -> Any:
    """Match the job as it was claimed: whoever claimed it after us counted one attempt more."""
    return and_(jobs.c.id == job.id, jobs.c.attempt == job.attempt, jobs.c.leased_until == job.leased_until)


def _as_job(row: Found[Any], leased_until: datetime) -> Job:
    payload = msgspec.json.decode(row.payload, type=dict[str, str])
    return Job(
        JobId(row.id), row.kind, payload, row.key, row.session_id, row.attempt + 1, row.run_at, leased_until
    )
