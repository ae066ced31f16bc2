"""A whole program for each test of the pages."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.main import server
from app.store.database import migrate_now
from tests.fakes import FakeClock
from tests.realtime.table import free_socket
from tests.web.site import Planned, Site


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one empty database at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "ronde.sqlite"
    migrate_now(f"sqlite:///{path}")
    return path


@pytest.fixture
def clock() -> FakeClock:
    """Stop the time until the test moves it."""
    return FakeClock()


@pytest.fixture
async def site(tmp_path: Path, migrated: Path, clock: FakeClock) -> AsyncIterator[Site]:
    """Build the program."""
    made = Site(tmp_path, migrated, clock)
    yield made
    await made.close()


@pytest.fixture
async def planned(site: Site) -> Planned:
    """Plan a session for tomorrow noon, with five people, one of them without an address."""
    return await site.plan(await site.facilitator())


@pytest.fixture
async def address(site: Site) -> AsyncIterator[str]:
    """Serve the program on a free port of this machine, under a name, for passkeys need one."""
    listening = free_socket()
    running = server(site.app, "127.0.0.1", listening.getsockname()[1])
    task = asyncio.create_task(running.serve(sockets=[listening]))
    yield f"http://localhost:{listening.getsockname()[1]}"
    running.should_exit = True
    await task
