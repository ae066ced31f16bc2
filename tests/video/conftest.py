"""What the tests of sound and picture share: a Chromium with fake devices, a real media server, and a table beside it."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from app.config import Settings
from app.gateways.clock import SystemClock
from app.main import Parts
from devtools import livekit
from devtools.environment import node
from devtools.system import find_browser
from tests.patience import until
from tests.ports import free_port
from tests.realtime.table import a_table, served
from tests.video.table import MEDIA_WORDS, Seat, sit_down


@pytest.fixture(scope="module")
async def filmed(anyio_backend: str) -> AsyncIterator[Browser]:
    """Start a Chromium with a fake camera and microphone."""
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node()))
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=list(MEDIA_WORDS))
        yield chromium
        await chromium.close()


@pytest.fixture
def media_server(tmp_path: Path) -> Iterator[livekit.Running]:
    """Start a real media server that nobody starts again when it is killed."""
    running = livekit.Running(livekit.require(), tmp_path / "livekit", free_port())
    running.start(supervised=False)
    yield running
    running.stop()


@pytest.fixture
async def parts(tmp_path: Path, media_server: livekit.Running) -> AsyncIterator[Parts]:
    """Serve the whole program beside the media server."""

    def with_media(settings: Settings) -> Settings:
        return replace(
            settings,
            livekit_url=media_server.url,
            livekit_key=media_server.key,
            livekit_secret=media_server.secret,
        )

    async with served(tmp_path, SystemClock(), change=with_media) as running:
        await until(running.video.is_alive, "the media server does not answer")
        yield running


@pytest.fixture
async def three(filmed: Browser, parts: Parts) -> AsyncIterator[list[Seat]]:
    """Open three rooms with a session that runs."""
    async with AsyncExitStack() as stack:
        yield (await sit_down(stack, filmed, await a_table(parts)))[0]
