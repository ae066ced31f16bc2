"""Does what a commit asked for later: claims jobs, runs the use case of each kind, retries or buries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from app.usecases.ports import Clock, GatewayError, Jobs
from app.usecases.records import Job

LEASE = timedelta(minutes=2)
"""How long a claimed job is ours; a worker that dies leaves it to the next."""

POLL = 1.0
"""Seconds between two looks at the queue while it is empty."""

AT_ONCE = 8
"""Jobs claimed and done together."""

MOST_ATTEMPTS = 10
"""After this many failures (about two hours) a job waits for the operator."""

log = structlog.get_logger(part="worker")

Handler = Callable[[Job], Awaitable[None]]


def pause_after(attempt: int) -> timedelta:
    """Tell how long to wait after a failed attempt: 5 s, then double, at most half an hour."""
    return timedelta(seconds=min(5 << (attempt - 1), 1800))


class Worker:
    """Runs jobs until it is cancelled; any number of workers may share a queue."""

    def __init__(self, jobs: Jobs, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._jobs = jobs
        self._clock = clock
        self._handlers = handlers

    async def run(self) -> None:
        """Work for ever."""
        while True:
            worked = 0
            try:
                worked = await self.step()
            except* GatewayError as errors:
                log.warning("store away", error=type(errors.exceptions[0]).__name__)
            if not worked:
                await asyncio.sleep(POLL)

    async def step(self) -> int:
        """Do some of the jobs that are due now and tell how many they were.

        Side by side, so that each has its whole lease, and a mail server that hangs does not keep a session from being
        erased.
        """
        claimed = await self._jobs.claim(tuple(self._handlers), self._clock.now(), LEASE, AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for job in claimed:
                tasks.create_task(self._run(job))
        return len(claimed)

    async def _run(self, job: Job) -> None:
        try:
            async with asyncio.timeout(LEASE / timedelta(seconds=1)):
                await self._handlers[job.kind](job)
        except Exception as error:  # noqa: BLE001 - one broken job must not stop the others
            await self._failed(job, error)
        else:
            await self._jobs.done(job)

    async def _failed(self, job: Job, error: Exception) -> None:
        """Put a job back for later, or give it up when trying again cannot help."""
        hopeless = isinstance(error, GatewayError) and not error.retryable
        problem = type(error).__name__
        log.warning("job failed", job=job.id, kind=job.kind, attempt=job.attempt, exc_info=error)
        if hopeless or job.attempt >= MOST_ATTEMPTS:
            log.error("job given up", job=job.id, kind=job.kind)
            await self._jobs.bury(job, self._clock.now(), problem)
        else:
            await self._jobs.retry(job, self._clock.now() + pause_after(job.attempt), problem)
