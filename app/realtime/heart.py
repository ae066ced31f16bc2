"""Says every few seconds that this node is alive, so that the next start knows how long nobody served."""

import asyncio

import structlog

from app.usecases.ports import GatewayError, Pulse

EVERY = 2.0
"""Seconds between two beats."""

log = structlog.get_logger(part="heart")


async def beat_for_ever(pulse: Pulse) -> None:
    """Beat; a store that is away is no reason to stop."""
    while True:
        try:
            await pulse.beat()
        except GatewayError as error:
            log.warning("store away", error=type(error).__name__)
        await asyncio.sleep(EVERY)
