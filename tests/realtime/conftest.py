"""A served program and a planned table for each test of the live room."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.engine.commands import OpenDoors
from app.engine.errors import Refusal
from app.engine.ids import CLOCK, CommandId
from app.main import Parts
from tests.fakes import FakeClock
from tests.realtime.table import Table, a_table, served


@pytest.fixture
async def clock() -> FakeClock:
    """Stop the time until the test moves it."""
    return FakeClock()


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Parts]:
    """Serve the whole program."""
    async with served(tmp_path, clock) as running:
        yield running


@pytest.fixture
async def table(parts: Parts) -> Table:
    """Plan a session whose doors are open."""
    made = await a_table(parts)
    with suppress(Refusal):  # the ticker may have been faster
        await parts.rooms.do(made.session, CLOCK, OpenDoors(), CommandId("doors"))
    return made
