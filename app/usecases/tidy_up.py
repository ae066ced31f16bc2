"""Forgets, every hour, the links and browsers that ended."""

from datetime import datetime, timedelta

from app.usecases.ports import Clock, Directory, Jobs
from app.usecases.records import NewJob

TIDY_JOB = "forget-expired"
EVERY = timedelta(hours=1)


def tidying(at: datetime) -> NewJob:
    """Make the job of the hour that holds this instant: all nodes make the same one, and one of them does it."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return NewJob(TIDY_JOB, {}, f"{TIDY_JOB}:{hour.isoformat()}", run_at=hour)


async def forget_expired(directory: Directory, jobs: Jobs, clock: Clock) -> None:
    """Forget what ended, and see to it that it happens again in an hour."""
    now = clock.now()
    await jobs.enqueue((tidying(now + EVERY),), now)
    await directory.forget_expired(now)
