"""Waits for what nothing announces: asks again until it is so, and fails with a sentence when it never is."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

ENOUGH = 90.0
"""Seconds a busy machine is given; nothing is asserted about speed."""


async def until(holds: Callable[[], Awaitable[bool]], what: str, within: float = ENOUGH) -> None:
    """Wait until something is so; `what` says what is wrong when it is not after `within` seconds."""
    started = time.monotonic()
    while not await holds():
        if time.monotonic() - started > within:
            pytest.fail(f"{what} (after {within:.0f} s)")
        await asyncio.sleep(0.05)
