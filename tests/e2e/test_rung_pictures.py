"""Takes a picture of every rung of the ladder, on a phone and a desktop, in both languages, by day and by night."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from app.engine.commands import ChangePlan, Command, GiveFloor, Write
from app.engine.continuity import Rung
from app.engine.ids import SERVER, EntryId, PersonId
from app.engine.ladder import LIVEKIT, Bridge
from app.engine.ladder_commands import AskToPhone, ForceRung, MoveGroup, MovePerson, OfferRise, TakeRung
from app.engine.protocol import Kind
from app.main import Parts
from tests.e2e.people import DESKTOP, PATIENCE, PHONE, StoryClock
from tests.e2e.test_layout import TWO_FRAMES
from tests.e2e.walk import HOST, Gathering, gather
from tests.e2e.words import Words
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
LINKED = QUIET.replace('connectionState = "new"', 'connectionState = "connected"')
"""The same, with links that are open from the beginning."""
LOOKS: tuple[tuple[str, Any, Any], ...] = (("phone", PHONE, "light"), ("desktop", DESKTOP, "light"), ("dark", DESKTOP, "dark"))  # fmt: skip


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


def rungs(gathering: Gathering) -> tuple[tuple[str, str, tuple[tuple[Any, Command], ...]], ...]:
    """Say how each picture comes about: its name, what one of them is told, and the commands before."""
    me = gathering.guests[-1]
    return (
        ("sfu", "", ((SERVER, MoveGroup(Rung.SFU, LIVEKIT)),)),
        ("sfu-audio", "audio-", ((SERVER, MoveGroup(Rung.SFU_AUDIO, "weak")),)),
        ("mesh", "mesh-", ((SERVER, MoveGroup(Rung.MESH, "video-unreachable")),)),
        ("offer", "", ((SERVER, OfferRise(Rung.SFU)),)),
        ("bridge", "bridge-", ((HOST, ForceRung(Rung.BRIDGE)),)),
        ("text", "text-", ((me, TakeRung(None)), (HOST, ForceRung(Rung.TEXT)), (HOST, GiveFloor(None)))),
        ("star", "star", ((HOST, ForceRung(Rung.SFU)), (SERVER, MovePerson(me, Rung.MESH)))),
        ("asked-to-phone", "asked", ((SERVER, MovePerson(me, None)), (HOST, AskToPhone(me)))),
        ("by-phone", "own-bridge", ((me, TakeRung(Rung.BRIDGE)),)),
        (
            "one-writes",
            "own-text",
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
        ("back", "sfu-", ((me, TakeRung(None)), (HOST, ForceRung(Rung.TEXT)), (HOST, ForceRung(Rung.SFU)))),
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_rung_has_its_sentence_and_its_picture(
    browser: Browser, filmed: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    gathering = await gather(filmed, clock, 7, lang)
    folder = artefacts / "screens" / f"rungs-{lang}"
    for old in folder.glob("*.png"):
        old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    await to_clarification(gathering)
    people = (("other", gathering.guests[1]), ("console", HOST), ("me", gathering.guests[-1]))
    for rank, (name, told, commands) in enumerate(rungs(gathering), 1):
        for who, command in commands:
            await gathering.do(who, command)
        pages = []
        for window, person in people:
            linked = name == "star" and window == "me"  # the others are there still: one is linked with them
            page = await opened(browser, gathering, person, lang, LINKED if linked else QUIET)
            pages.append(page)
            if window == "me":
                await expect(
                    page.locator(f".told[data-told^={json.dumps(told)}]" if told else ".told")
                ).to_be_attached()
            for look, size, scheme in LOOKS if window == "me" else LOOKS[1:]:
                await page.set_viewport_size({"width": size["width"], "height": size["height"]})
                await page.emulate_media(color_scheme=scheme)
                await page.evaluate(TWO_FRAMES)
                await page.screenshot(path=folder / f"{rank:02d}-{name}-{look}-{window}.png")
        if name == "bridge":  # who has no telephone writes, and the others read it
            await pages[2].get_by_role("button", name=Words(lang)("Go on in writing")).click()
            await expect(pages[2].locator(".told[data-told=own-text]")).to_be_attached()
            await expect(pages[2].locator(".talk textarea")).to_be_visible()
            await pages[2].screenshot(path=folder / f"{rank:02d}-{name}-writes.png")
        if name == "asked-to-phone":
            await is_answered_and_taken_back(pages[1], pages[2], Words(lang), folder / f"{rank:02d}-card.png")
        for page in pages:
            await page.context.close()


async def is_answered_and_taken_back(console: Page, me: Page, words: Words, picture: Path) -> None:
    """Let the console show who is asked to phone until they say not now; ask again, and take it back."""
    asked, card = me.locator(".told[data-told=asked]"), console.locator(".rungs")
    await card.locator("summary").click()
    row = card.locator("li", has_text=words("asked to phone"))
    await expect(row).to_have_count(1)
    await card.screenshot(path=picture)
    person = (await row.locator("bdi").inner_text()).strip()
    await me.get_by_role("button", name=words("Not now")).click()
    await expect(asked).to_have_count(0)
    await expect(row).to_have_count(0)
    await card.get_by_role("button", name=words("Ask {name} to phone", name=person), exact=True).click()
    await expect(asked).to_have_count(1)
    await card.get_by_role("button", name=words("Ask {name} to phone no longer", name=person)).click()
    await expect(asked).to_have_count(0)
    await expect(row).to_have_count(0)


async def opened(browser: Browser, gathering: Gathering, person: PersonId, lang: str, links: str) -> Page:
    """Open somebody's page and wait until it is drawn; whoever comes late puts away what they missed."""
    context = await browser.new_context(
        locale="fr-FR" if lang == "fr" else "en-GB",
        timezone_id="Europe/Paris",
        base_url=gathering.parts.settings.origin,
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE)
    await gathering.seat(context, person)
    await context.add_cookies([{"name": "lang", "value": lang, "url": gathering.parts.settings.origin}])
    await context.add_init_script(links)
    page = await context.new_page()
    await page.goto(f"/{'console' if person == HOST else 'room'}/{gathering.session}")
    await expect(page.locator(".table[data-placed]").first).to_be_attached()
    await expect(page.locator(".told")).to_be_attached()
    missed = page.locator("[data-card=missed]")
    if await missed.count():
        await missed.get_by_role("button").click()
    return page
