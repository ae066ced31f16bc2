"""Sound and picture in real browsers: through a real LiveKit server, directly when it dies, in writing without either."""

import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from app.config import Settings
from app.engine.ids import PersonId, SessionId
from app.gateways.clock import SystemClock
from app.main import Parts
from devtools import livekit
from devtools.environment import node
from devtools.system import find_browser
from tests.realtime.table import FACILITATOR, Table, a_table, served
from tests.video.table import MEDIA_WORDS, Flow, Seat, grows, seated, until
from tests.video.test_livekit import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("livekit")]

THREE = (PersonId("bruno"), PersonId("chloe"), PersonId("driss"))
PATIENCE = 90.0
"""Seconds for what must come by itself; how fast it comes is printed, and a busy machine is no fault."""


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
    if running.process:
        with_signal(running, signal.SIGCONT)
    running.stop()


def with_signal(server: livekit.Running, number: signal.Signals) -> None:
    """Send a signal to the media server, if it lives."""
    assert server.process is not None
    if server.process.poll() is None:
        os.kill(server.process.pid, number)


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
        yield running


@pytest.fixture
async def three(filmed: Browser, parts: Parts) -> AsyncIterator[list[Seat]]:
    """Open three rooms with a session that runs."""
    async with AsyncExitStack() as stack:
        yield await sit_down(stack, filmed, await a_table(parts))


async def sit_down(stack: AsyncExitStack, browser: Browser, table: Table) -> list[Seat]:
    """Open a room for each of three people, and begin the session."""
    seats = [await stack.enter_async_context(seated(browser, table, person)) for person in THREE]
    for seat in seats:
        await expect(seat.page.locator(".seat video")).to_have_count(len(seats), timeout=PATIENCE * 1000)
    host = await stack.enter_async_context(table.browser(FACILITATOR))
    await host.do("start")
    return seats


def sound(flow: Flow) -> float:
    """Count packets of sound."""
    return flow.audio


async def test_three_people_hear_and_see_each_other_through_the_media_server(three: list[Seat]) -> None:
    await grows(three, sound, by=60, within=PATIENCE)
    await grows(three, lambda flow: flow.frames, by=20, within=PATIENCE)
    assert [await seat.told() for seat in three] == ["", "", ""]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_sound_comes_back_by_itself_and_time_goes_on(
    three: list[Seat], media_server: livekit.Running, parts: Parts, end: signal.Signals
) -> None:
    await grows(three, sound, by=60, within=PATIENCE)
    with_signal(media_server, end)
    took = await grows(three, sound, by=60, within=PATIENCE)
    print(f"sound is back {took:.1f} s after {end.name}")
    session = await parts.rooms.session(SessionId("table"))
    assert session.clock.running_since is not None, "the clock stopped"


async def test_one_persons_blocked_line_moves_only_that_person(filmed: Browser, parts: Parts) -> None:
    blocked = """
    (() => {  // this person's firewall lets nothing of the media server through; direct links are free
      const Real = window.RTCPeerConnection;
      const walled = (given) =>
        given?.continualGatheringPolicy ? { ...given, iceServers: [], iceTransportPolicy: "relay" } : given;
      window.RTCPeerConnection = class extends Real {
        constructor(given) { super(walled(given)); }
        setConfiguration(given) { super.setConfiguration(walled(given)); }
      };
    })();
    """
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        bruno = await stack.enter_async_context(seated(filmed, table, THREE[0], script=blocked))
        others = [await stack.enter_async_context(seated(filmed, table, person)) for person in THREE[1:]]
        await grows([bruno, *others], sound, by=60, within=PATIENCE)
        await until(lambda: has_told(bruno, "star"), PATIENCE, "bruno is not told of his direct links")
        assert [await seat.told() for seat in others] == ["", ""]


async def has_told(seat: Seat, key: str) -> bool:
    """Tell whether a note is on somebody's screen."""
    return (await seat.told()).startswith(key)


async def test_a_browser_without_media_takes_part_in_writing(filmed: Browser, parts: Parts) -> None:
    table = await a_table(parts)
    none = "delete window.RTCPeerConnection; delete window.MediaStream;"
    async with seated(filmed, table, THREE[0], script=none) as bruno:
        await expect(bruno.page.get_by_text(re.compile("carries no sound"))).to_be_visible()
        async with table.browser(THREE[1]) as chloe:
            await chloe.until(
                lambda: any(s["id"] == THREE[0] and s["rung"] == "text" for s in chloe.view.get("seats", []))
            )


async def test_a_denied_camera_says_how_to_allow_it_and_the_room_goes_on(
    filmed: Browser, parts: Parts
) -> None:
    denied = """navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("Permission denied", "NotAllowedError"));"""
    table = await a_table(parts)
    async with seated(filmed, table, THREE[0], script=denied) as bruno:
        await expect(bruno.page.get_by_text("At the left of the address").first).to_be_visible()
        await bruno.page.get_by_role("button", name="Go on without").first.click()
        await expect(bruno.page.get_by_role("button", name="Mic off")).to_be_visible()
