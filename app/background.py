"""Keeps the endless tasks of a server going: one that breaks is logged and begun again, and stops nothing else."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.realtime.measures import BROKEN

PAUSE = 1.0
"""Seconds before a task that broke begins again."""

Run = Callable[[], Awaitable[None]]

log = structlog.get_logger(part="background")


async def keep_going(kind: str, run: Run) -> None:
    """Run a task for ever; without this a bug in one would end them all, and the server would go on without a clock."""
    while True:
        try:
            await run()
        except Exception:
            BROKEN.labels(kind).inc()
            log.exception("task broke", kind=kind)
        await asyncio.sleep(PAUSE)
