"""Plays formats with several clients to their end, and keeps a picture of each kind of phase."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import ChooseClient, End, Next, Start
from app.main import Parts
from tests.e2e.people import DESKTOP, PHONE, StoryClock
from tests.e2e.screens import open_screens
from tests.e2e.test_layout import FLAWS, TWO_FRAMES
from tests.e2e.walk import HOST, gather
from tests.e2e.words import Words


@pytest.mark.parametrize(("kind", "people"), [("troika", 3), ("wise-crowds", 5)])
async def test_a_format_with_turns_is_whole_in_every_phase_to_its_end(
    kind: str, people: int, browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    folder = artefacts / "screens" / kind
    folder.mkdir(parents=True, exist_ok=True)
    gathering = await gather(parts, clock, people, "fr", kind)
    screens = await open_screens(browser, gathering)
    clock.advance(minutes=20)
    await gathering.sit_down()
    for _name, page, path in screens.live:
        await page.goto(path)
        await expect(page.locator(".table[data-placed]").first).to_be_attached()
    await gathering.do(HOST, ChooseClient(gathering.guests[0], None, None))
    await gathering.do(HOST, Start())
    found, seen, turns = [], set(), set()
    while True:
        session = await parts.rooms.session(gathering.session)
        assert session.slot is not None
        phase = session.slot.phase
        turns.add(session.slot.round)
        for name, page, _path in screens.live:
            await expect(page.get_by_role("heading", level=1)).to_contain_text(
                phase.title["fr"].split(",")[0]
            )
            for size in (DESKTOP, PHONE) if phase.id not in seen else (DESKTOP,):
                await page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
                await page.evaluate(TWO_FRAMES)
                called = f"{session.slot.round}-{phase.id}-{name}-{size['width']}"
                if phase.id not in seen:
                    await page.screenshot(path=folder / f"{called}.png")
                found += [f"{called}: {flaw}" for flaw in await page.evaluate(FLAWS)]
        seen.add(phase.id)
        if session.following is None:
            break
        turn = session.following.round
        if session.clients[turn - 1] is None:
            await gathering.do(HOST, ChooseClient(gathering.guests[turn - 1], None, None, turn))
        await gathering.do(HOST, Next(session.slot.key))
    await gathering.do(HOST, End())
    for _name, page, _path in screens.live:
        await expect(page.get_by_role("heading", level=1)).to_contain_text("finie")
    assert len(turns) == session.rounds > 1
    assert not found, "\n".join(found)
    assert not screens.troubles


async def test_on_a_phone_a_long_notebook_scrolls_and_the_page_does_not(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3, "fr", "troika")
    screens = await open_screens(browser, gathering)
    page, say = screens.client, Words("fr")
    clock.advance(minutes=20)
    await gathering.sit_down()
    await gathering.do(HOST, ChooseClient(gathering.client, None, None))
    await gathering.do(HOST, Start())
    while await gathering.go_on() != "harvest":
        pass
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # width and height
    await page.goto(f"/room/{gathering.session}")
    await page.get_by_role("contentinfo").get_by_role("button", name=say("Notebook")).click()
    await page.get_by_label(say("My notes")).fill("Une note, tout en bas.")
    await expect(page.get_by_label(say("My notes"))).to_be_in_viewport()
    assert not await page.evaluate(FLAWS)
    assert await page.evaluate("scrollY") == 0
    assert not screens.troubles
