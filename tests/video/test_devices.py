"""Devices that are refused, silent or spared; screens and faces shown only where they may be."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import ProposeSubject, Start
from app.engine.ids import CommandId, EntryId, PersonId
from app.gateways.clock import SystemClock
from app.main import Parts
from app.realtime import equity
from tests.patience import until
from tests.realtime.table import FACILITATOR, Table, a_table, served
from tests.video.table import PATIENCE, THREE, Seat, grows, hosting, opened, seated, sound

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

BRUNO, CHLOE, DRISS = THREE
DENIED = """navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException("Permission denied", "NotAllowedError"));"""
UNPROCESSED = """(() => {  // a microphone as it is: to a browser that tidies voices the fake one's tone is noise
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  navigator.mediaDevices.getUserMedia = (wanted) =>
    real(wanted.audio ? { ...wanted, audio: { ...wanted.audio, ...asItIs } } : wanted);
})();"""
MUTE = """(() => {  // a microphone whose own switch is off
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => {
    if (!wanted.audio) return real(wanted);
    const context = new AudioContext();
    return Promise.resolve(context.createMediaStreamDestination().stream);
  };
})();"""
APART = """(() => {  // a network on which this browser and Chloé's find no path to each other
  const real = WebSocket.prototype.send;
  WebSocket.prototype.send = function (frame) {
    const { t, to, data } = JSON.parse(frame);
    if (!(t === "signal" && to === "chloe" && (data.desc || data.cand))) real.call(this, frame);
  };
})();"""
LOSSY = """(() => {  // a line that loses a fifth of what is sent, as long as `lossy` says so
  const real = RTCRtpSender.prototype.getStats;
  RTCRtpSender.prototype.getStats = async function () {
    const stats = new Map(await real.call(this));
    if (window.lossy) stats.set("lossy", { id: "lossy", type: "remote-inbound-rtp", fractionLost: 0.2 });
    return stats;
  };
})();"""
PLAYS = """(() => {  // notes what is led to the loudspeaker
  window.__played = [];
  const real = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode)
      window.__played.push(this instanceof DelayNode ? `voice, ${this.delayTime.value} s later` : this.constructor.name);
    return real.call(this, to, ...rest);
  };
})();"""
AGENTS = {
    "Firefox": ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "crossed-out"),
    "iPhone": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
        "Website Settings",
    ),
    "Safari": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
        "Settings for this website",
    ),
}


@pytest.fixture
async def alone_parts(tmp_path: Path) -> AsyncIterator[Parts]:
    """Serve the program without a media server."""
    async with served(tmp_path, SystemClock()) as running:
        yield running


@pytest.fixture
async def table(alone_parts: Parts) -> Table:
    """Plan a session whose doors are open."""
    made = await a_table(alone_parts)
    await opened(made)
    return made


async def test_a_browser_without_media_takes_part_in_writing(filmed: Browser, table: Table) -> None:
    none = "delete window.RTCPeerConnection; delete window.MediaStream;"
    async with seated(filmed, table, BRUNO, script=none) as bruno:
        await expect(bruno.page.get_by_text(re.compile("carries no sound"))).to_be_visible()
        async with table.browser(CHLOE) as chloe:
            await chloe.until(
                lambda: any(s["id"] == BRUNO and s["rung"] == "text" for s in chloe.view.get("seats", []))
            )


async def test_a_denied_camera_says_how_to_allow_it_and_the_room_goes_on(
    filmed: Browser, table: Table
) -> None:
    async with seated(filmed, table, BRUNO, script=DENIED) as bruno:
        await expect(bruno.page.get_by_text("At the left of the address").first).to_be_visible()
        await bruno.page.get_by_role("button", name="Go on without").first.click()
        await expect(bruno.page.get_by_role("button", name="Mic off")).to_be_visible()


@pytest.mark.parametrize("browser", AGENTS)
async def test_each_browser_hears_where_its_own_permission_hides(
    filmed: Browser, table: Table, browser: str
) -> None:
    agent, words = AGENTS[browser]
    async with seated(filmed, table, BRUNO, script=DENIED, user_agent=agent) as bruno:
        await expect(bruno.page.get_by_text(words).first).to_be_visible()


async def test_the_door_lets_people_see_and_hear_themselves(filmed: Browser, table: Table) -> None:
    async with seated(filmed, table, BRUNO, script=PLAYS) as bruno:
        page = bruno.page
        await page.goto(f"/door/{table.session}")
        await page.get_by_role("button", name="Try mine").click()
        await expect(page.get_by_text("You are seen.")).to_be_visible()
        await expect(page.get_by_text("You are heard.")).to_be_visible(timeout=PATIENCE * 1000)
        assert await page.evaluate("window.__played") == []
        await page.get_by_role("button", name="Hear a soft note").click()
        assert await page.evaluate("window.__played") == ["GainNode"]
        await page.get_by_role("button", name="Say a word and hear it back").click()
        assert await page.evaluate("window.__played") == ["GainNode", "voice, 1.5 s later"]


async def test_on_direct_links_no_face_is_frozen_voices_are_gauged_and_who_is_not_heard_is_named(
    filmed: Browser, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(equity, "ENOUGH", 2_000)
    async with AsyncExitStack() as stack:
        bruno, chloe = [
            await stack.enter_async_context(seated(filmed, table, who, script=UNPROCESSED))
            for who in THREE[:2]
        ]
        faces = chloe.page.locator(".seat video")
        await expect(faces).to_have_count(2, timeout=PATIENCE * 1000)
        await bruno.page.get_by_role("button", name="Camera on").click()
        await expect(faces).to_have_count(1, timeout=PATIENCE * 1000)
        await bruno.page.get_by_role("button", name="Camera off").click()
        await expect(faces).to_have_count(2, timeout=PATIENCE * 1000)

        await chloe.page.get_by_role("button", name="Mic on").click()
        await table.parts.rooms.do(table.session, FACILITATOR, Start(), CommandId("start"))
        aude = await stack.enter_async_context(seated(filmed, table, FACILITATOR, wishes=(), script=APART))
        gauge = aude.page.get_by_role("img", name="A few voices carry the talk", exact=True)
        await expect(gauge).to_be_visible(timeout=PATIENCE * 1000)
        for one, other in ((aude, "Chloe"), (chloe, "Aude")):
            told = one.page.get_by_role("status").get_by_text(re.compile(f"You do not hear .?{other}"))
            await expect(told).to_be_visible(timeout=PATIENCE * 1000)
        await expect(aude.page.get_by_text("weak line")).to_have_count(2, timeout=PATIENCE * 1000)
        assert not (await bruno.told()).startswith("unlinked"), "he is linked with both"


async def test_who_speaks_into_a_silent_microphone_is_told_so(filmed: Browser, table: Table) -> None:
    async with seated(filmed, table, BRUNO, script=MUTE) as bruno:
        await begin(table, BRUNO, to="expose")
        told = bruno.page.get_by_text("Nothing comes from your microphone")
        await expect(told).to_be_visible(timeout=PATIENCE * 1000)


async def begin(table: Table, client: PersonId, to: str) -> None:
    """Begin the session with a client, and go on to a phase."""
    proposal = ProposeSubject(EntryId("s1"), "Une équipe")
    await table.parts.rooms.do(
        table.session, client, proposal, CommandId("subject")
    )  # their page stays theirs
    async with hosting(table) as host:
        await host.do("choose-client", person=client, subject="s1")
        await host.do("start")
        while (key := host.view["plan"][host.view["clock"]["at"]]["key"]) != to:
            assert (await host.do("next", from_key=key))["t"] == "ack"
            await host.until(lambda key=key: host.view["plan"][host.view["clock"]["at"]]["key"] != key)


async def test_sound_goes_before_pictures_on_a_tap_and_by_itself_where_the_line_loses_packets(
    filmed: Browser, parts: Parts
) -> None:
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        bruno, chloe = [
            await stack.enter_async_context(seated(filmed, table, who, script=LOSSY)) for who in THREE[:2]
        ]
        for seat in (bruno, chloe):
            await expect(seat.page.locator(".seat video")).to_have_count(2, timeout=PATIENCE * 1000)
        await spare(bruno, on=True)
        await expect(chloe.page.locator(".seat video")).to_have_count(1, timeout=PATIENCE * 1000)
        await expect(bruno.page.locator(".seat video")).to_have_count(1, timeout=PATIENCE * 1000)
        await grows([bruno, chloe], sound, by=30, within=PATIENCE)
        await expect(chloe.page.locator(f"[data-person={BRUNO}]")).to_contain_text(
            "sound only", timeout=PATIENCE * 1000
        )
        await spare(bruno, on=False)
        for seat in (bruno, chloe):
            await expect(seat.page.locator(".seat video")).to_have_count(2, timeout=PATIENCE * 1000)

        await bruno.page.evaluate("window.lossy = true")
        note = bruno.page.locator("[data-told=weak-yes]")
        await expect(note).to_contain_text("Your line is weak: sound goes first", timeout=PATIENCE * 1000)
        for seat in (bruno, chloe):
            await expect(seat.page.locator(".seat video")).to_have_count(1, timeout=PATIENCE * 1000)
        await grows([bruno, chloe], sound, by=30, within=PATIENCE)
        assert await chloe.told() == "", "whose line is good is told nothing"
        await bruno.page.evaluate("window.lossy = false")
        await spare(bruno, on=False)  # or thirty good seconds (line.ts, in way.test.ts)
        for seat in (bruno, chloe):
            await expect(seat.page.locator(".seat video")).to_have_count(2, timeout=PATIENCE * 1000)


async def spare(seat: Seat, *, on: bool) -> None:
    """Tick or untick *sound first*."""
    await seat.page.get_by_role("button", name="Sound and picture").click()
    await seat.page.get_by_label("Sound first").set_checked(on)
    await seat.page.get_by_role("contentinfo").get_by_role("button", name="Close").click()


async def test_a_screen_is_shown_only_where_the_facilitator_lets_people(
    filmed: Browser, parts: Parts
) -> None:
    table = await a_table(parts)
    shared = """navigator.mediaDevices.getDisplayMedia = async () => {
      const board = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
      const draw = board.getContext("2d");
      setInterval(() => { draw.fillStyle = `hsl(${Date.now() % 360} 50% 50%)`; draw.fillRect(0, 0, 640, 360); }, 50);
      return board.captureStream(20);
    };"""
    async with AsyncExitStack() as stack:
        bruno = await stack.enter_async_context(seated(filmed, table, BRUNO, script=shared))
        chloe = await stack.enter_async_context(seated(filmed, table, CHLOE))
        host = await stack.enter_async_context(hosting(table))
        await grows([bruno, chloe], sound, by=30, within=PATIENCE)
        panel = bruno.page.get_by_role("button", name="Sound and picture")
        await panel.click()
        await expect(bruno.page.get_by_label("Sound first")).to_be_visible()
        await expect(bruno.page.get_by_role("button", name="Show my screen")).to_have_count(0)
        await host.do("allow-screen", on=True)
        await bruno.page.get_by_role("button", name="Show my screen").click(timeout=PATIENCE * 1000)
        await expect(chloe.page.locator("figure.shared video")).to_be_visible(timeout=PATIENCE * 1000)
        await until(lambda: is_drawn(chloe), "the screen stays black")
        await bruno.page.get_by_role("button", name="Stop showing my screen").click()
        await expect(chloe.page.locator("figure.shared")).to_have_count(0, timeout=PATIENCE * 1000)


async def is_drawn(seat: Seat) -> bool:
    """Tell whether the shown screen has a picture."""
    return bool(await seat.page.locator("figure.shared video").evaluate("(one) => one.videoWidth > 0"))
