"""Forgets, every hour, the links and browsers that ended and the rehearsals of the days before."""

from datetime import datetime, timedelta

from app.usecases.ports import Clock, Directory, EventLog, Jobs
from app.usecases.records import NewJob
from app.usecases.run_session import Rooms

TIDY_JOB = "tidy-up"
EVERY = timedelta(hours=1)
REHEARSALS_LAST = timedelta(days=2)
"""Anybody may begin a rehearsal; nobody comes back to delete it."""


def tidying(at: datetime) -> NewJob:
    """Make the job of the hour that holds this instant: all nodes make the same one, and one of them does it."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return NewJob(TIDY_JOB, {}, f"{TIDY_JOB}:{hour.isoformat()}", run_at=hour)


async def tidy_up(directory: Directory, log: EventLog, rooms: Rooms, jobs: Jobs, clock: Clock) -> None:
    """Forget what ended, and see to it that it happens again in an hour."""
    now = clock.now()
    await jobs.enqueue((tidying(now + EVERY),), now)
    await directory.forget_expired(now)
    old = await directory.rehearsals_before(now - REHEARSALS_LAST)
    for group in old:
        for session in await directory.sessions_of(group.id):
            await log.erase(session.id, now)
            rooms.forget(session.id)
    await directory.erase_groups(tuple(group.id for group in old))
