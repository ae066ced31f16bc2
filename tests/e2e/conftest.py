"""Serves the whole program for each story, on a clock that the story moves."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.gateways.clock import SystemClock
from app.main import Parts
from app.realtime.continuity import Continuity
from tests.e2e.people import Cast, StoryClock
from tests.program import Program
from tests.realtime.table import Table, a_table, served

Stage = Callable[[str, str], AbstractAsyncContextManager[Cast]]


@pytest.fixture(autouse=True)
def quiet_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every group where it is: these windows send no sound, and would soon go on in writing (see tests/video)."""

    async def leave(_loop: Continuity) -> None:
        """Judge nothing."""

    monkeypatch.setattr(Continuity, "tick", leave)


@pytest.fixture
def clock() -> StoryClock:
    """Start at noon, UTC, a Monday."""
    return StoryClock()


@pytest.fixture
async def parts(tmp_path: Path, clock: StoryClock) -> AsyncIterator[Parts]:
    """Serve the whole program."""
    async with served(tmp_path, clock) as running:
        yield running


@pytest.fixture
def stage(browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path) -> Stage:
    """Give each story its cast: a language, and a folder of pictures named after both."""

    @asynccontextmanager
    async def begin(story: str, lang: str) -> AsyncIterator[Cast]:
        folder = artefacts / "screens" / f"{story}-{lang}"
        for old in folder.glob("*.png"):
            old.unlink()
        cast = Cast(browser, clock, parts.settings.origin, lang, folder)
        try:
            yield cast
        except BaseException:
            for person in cast.people:
                await cast.shot(person, f"broken-{person.first}")
            raise
        finally:
            await cast.leave()

    return begin


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Choose a folder and a port; whatever runs there at the end is killed."""
    made = Program(tmp_path)
    yield made
    made.kill()


@pytest.fixture
async def table(program: Program) -> Table:
    """Plan a session, and let the real program serve it."""
    async with served(program.folder, SystemClock()) as parts:
        planned = await a_table(parts)
    planned.origin = program.origin
    await program.start()
    return planned
