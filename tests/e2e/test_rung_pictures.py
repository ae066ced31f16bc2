"""Takes a picture of every rung of the ladder, on a phone and a desktop, in both languages, by day and by night."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from app.engine.commands import ChangePlan, Command, GiveFloor, Write
from app.engine.continuity import Rung
from app.engine.ids import SERVER, EntryId
from app.engine.ladder import LIVEKIT, Bridge
from app.engine.ladder_commands import AskToPhone, ForceRung, MoveGroup, MovePerson, OfferRise, TakeRung
from app.engine.protocol import Kind
from app.main import Parts
from tests.e2e.people import DESKTOP, PATIENCE, PHONE, StoryClock
from tests.e2e.walk import HOST, Gathering, gather
from tests.fake_video import FakeVideo
from tests.realtime.table import served

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("stories")]

PHONED = Bridge("+33 1 84 88 12 34", "4417#", "https://meet.example.org/meuse")
QUIET = """
// A still picture of a moment: links neither open nor fail while it is taken.
window.RTCPeerConnection = class extends EventTarget {
  connectionState = "new"; iceConnectionState = "new"; signalingState = "stable";
  addTransceiver() { return { sender: { replaceTrack: async () => {}, setStreams() {} }, receiver: { track: null } }; }
  getTransceivers() { return []; } getSenders() { return []; } getReceivers() { return []; }
  createDataChannel() { return new EventTarget(); } setConfiguration() {} restartIce() {} close() {}
  async getStats() { return new Map(); } async setLocalDescription() {} async setRemoteDescription() {}
  async addIceCandidate() {} addTrack() {} removeTrack() {}
};
"""
SCREENS: tuple[tuple[str, Any, str], ...] = (("phone", PHONE, "light"), ("desktop", DESKTOP, "light"), ("dark", DESKTOP, "dark"))  # fmt: skip


@pytest.fixture
async def filmed(tmp_path: Path, clock: StoryClock) -> AsyncIterator[Parts]:
    """Serve the whole program beside a media server that answers."""
    async with served(tmp_path, clock, video=FakeVideo()) as parts:
        yield parts


async def to_clarification(gathering: Gathering) -> None:
    """Lead the session to the questions, with a number to call."""
    async for state in gathering.walk():
        if state == "planned":
            await gathering.do(SERVER, ChangePlan(bridge=PHONED, relay=gathering.guests[2]))
        if state == "clarification":
            await gathering.do(HOST, GiveFloor(gathering.guests[1]))
            return


def rungs(gathering: Gathering) -> tuple[tuple[str, bool, tuple[tuple[Any, Command], ...]], ...]:
    """Say how each picture comes about: its name, whether the facilitator's console is in it, and the commands before."""
    me = gathering.guests[-1]
    back = ((HOST, ForceRung(Rung.SFU)), (SERVER, MovePerson(me, None)), (me, TakeRung(None)))
    return (
        ("sfu", True, ((SERVER, MoveGroup(Rung.SFU, LIVEKIT)),)),
        ("sfu-audio", False, ((SERVER, MoveGroup(Rung.SFU_AUDIO, "weak")),)),
        ("mesh", True, ((SERVER, MoveGroup(Rung.MESH, "video-unreachable")),)),
        ("offer", True, ((SERVER, OfferRise(Rung.SFU)),)),
        ("bridge", True, ((HOST, ForceRung(Rung.BRIDGE)),)),
        ("text", True, ((HOST, ForceRung(Rung.TEXT)), (HOST, GiveFloor(None)))),
        ("asked-to-phone", False, (*back, (HOST, AskToPhone(me)))),
        ("star", True, ((SERVER, MovePerson(me, Rung.MESH)),)),
        ("by-phone", True, ((SERVER, MovePerson(me, None)), (me, TakeRung(Rung.BRIDGE)))),
        (
            "one-writes",
            True,
            (
                (me, TakeRung(Rung.TEXT)),
                (HOST, GiveFloor(me)),
                (
                    me,
                    Write(
                        EntryId("said"),
                        Kind.SPEECH,
                        "Qu’est-ce qui changerait pour vous si l’annonce se passait bien ?",
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_rung_has_its_picture(
    browser: Browser, filmed: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    gathering = await gather(filmed, clock, 7, lang)
    folder = artefacts / "screens" / f"rungs-{lang}"
    for old in folder.glob("*.png"):
        old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    await to_clarification(gathering)
    for rank, (name, with_console, commands) in enumerate(rungs(gathering), 1):
        for who, command in commands:
            await gathering.do(who, command)
        for screen, size, scheme in SCREENS:
            people = (gathering.guests[-1], gathering.guests[1], HOST) if screen == "desktop" and with_console else (gathering.guests[-1],)  # fmt: skip
            for person in people:
                await take(browser, gathering, person, folder / f"{rank:02d}-{name}-{screen}-{label(gathering, person)}.png", lang, size, scheme)  # fmt: skip
    assert len(list(folder.glob("*.png"))) >= len(rungs(gathering)) * len(SCREENS)


def label(gathering: Gathering, person: object) -> str:
    """Name whose screen it is."""
    return "console" if person == HOST else "me" if person == gathering.guests[-1] else "other"


async def take(
    browser: Browser,
    gathering: Gathering,
    person: Any,
    path: Path,
    lang: str,
    size: dict[str, int],
    scheme: Any,
) -> None:
    """Open somebody's page, wait until it is drawn, and keep a picture of it."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale="fr-FR" if lang == "fr" else "en-GB",
        timezone_id="Europe/Paris",
        base_url=gathering.parts.settings.origin,
        reduced_motion="reduce",
        color_scheme=scheme,
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE)
    try:
        await gathering.seat(context, person)
        await context.add_cookies([{"name": "lang", "value": lang, "url": gathering.parts.settings.origin}])
        await context.add_init_script(QUIET)
        page: Page = await context.new_page()
        await page.goto(f"/{'console' if person == HOST else 'room'}/{gathering.session}")
        await expect(page.locator(".table[data-placed]").first).to_be_attached()
        missed = page.locator("[data-card=missed]")
        with suppress(AssertionError):
            await expect(missed).to_be_visible(
                timeout=5_000
            )  # who comes late is told what they missed, first
            await missed.get_by_role("button").click()
        with suppress(AssertionError):
            await expect(page.locator(".told .note").first).to_be_visible(timeout=2_000)
        await page.screenshot(path=path)
    finally:
        await context.close()
