"""Serves the whole program on a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.main import Parts
from tests.fakes import FakeClock
from tests.realtime.table import served


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Parts]:
    async with served(tmp_path, clock) as running:
        yield running
