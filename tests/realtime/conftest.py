"""A served program and a planned table for each test of the live room."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.engine.commands import OpenDoors
from app.engine.continuity import Rung
from app.engine.errors import Refusal
from app.engine.ids import CLOCK, SERVER, CommandId
from app.engine.ladder import NO_LIVEKIT
from app.engine.ladder_commands import MoveGroup
from app.main import Parts
from tests.fake_video import FakeVideo
from tests.fakes import FakeClock
from tests.realtime.table import Table, a_table, served


@pytest.fixture
async def clock() -> FakeClock:
    """Stop the time until the test moves it."""
    return FakeClock()


@pytest.fixture
def video() -> FakeVideo | None:
    """Give no media server, unless a file has one."""
    return None


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock, video: FakeVideo | None) -> AsyncIterator[Parts]:
    """Serve the whole program."""
    async with served(tmp_path, clock, video=video) as running:
        yield running


@pytest.fixture
async def table(parts: Parts) -> Table:
    """Plan a session whose doors are open."""
    made = await a_table(parts)
    with suppress(Refusal):  # the ticker may have been faster
        await parts.rooms.do(made.session, CLOCK, OpenDoors(), CommandId("doors"))
    with suppress(Refusal):  # as the server does at the doors where there is no LiveKit
        await parts.rooms.do(made.session, SERVER, MoveGroup(Rung.MESH, NO_LIVEKIT), CommandId("mesh"))
    return made
