"""Opens the table twice, and loads it anew in the middle of a sentence: one tab speaks, and nothing typed is lost."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.engine.commands import AcceptContract, ChooseClient, Start, Write
from app.engine.ids import EntryId
from app.engine.protocol import Kind
from app.main import Parts
from tests.e2e.people import PATIENCE, StoryClock, watch
from tests.e2e.screens import open_screens
from tests.e2e.test_layout import look
from tests.e2e.walk import HOST, LONG_IDEA, LONG_REQUEST, LONG_SUBJECT, Gathering, gather
from tests.e2e.words import Words

SAY = Words("fr")


async def lead_to(gathering: Gathering, phase: str) -> None:
    """Begin with everybody present, choose the client, agree on the request, and go on to a phase."""
    gathering.clock.advance(minutes=20)
    await gathering.sit_down()
    await gathering.do(HOST, Start())
    await gathering.do(HOST, ChooseClient(gathering.client, None, None))
    while (here := await gathering.go_on()) != phase:
        if here == "contract":
            await gathering.do(gathering.client, Write(EntryId("request"), Kind.CONTRACT, LONG_REQUEST))
            await gathering.do(gathering.client, AcceptContract(EntryId("request")))
            await gathering.do(HOST, AcceptContract(EntryId("request")))


async def notebook(page: Page) -> None:
    """Open the notebook unless it lies open."""
    button = page.get_by_role("contentinfo").get_by_role("button", name=SAY("Notebook"))
    await expect(button).to_be_visible()
    if await button.get_attribute("aria-expanded") != "true":
        await button.click()
    await expect(page.locator("#notebook")).to_be_visible()


async def test_a_second_tab_takes_over_only_when_it_is_asked_to(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    first, path = screens.client, f"/room/{gathering.session}"
    await first.goto(path)
    await expect(first.locator(".seats > li")).to_have_count(4)
    second = await first.context.new_page()
    watch(second, screens.troubles)
    second.set_default_timeout(PATIENCE)
    await second.goto(path)
    here, there = SAY("Take over here"), SAY("Open elsewhere")
    await expect(second.get_by_role("heading", name=there)).to_be_visible()
    await expect(first.locator(".seats > li")).to_have_count(4)
    await second.get_by_role("button", name=here).click()
    await expect(second.locator(".seats > li")).to_have_count(4)
    await expect(first.get_by_role("heading", name=there)).to_be_visible()
    await first.get_by_role("button", name=here).click()
    await expect(first.locator(".seats > li")).to_have_count(4)
    await expect(second.get_by_role("heading", name=there)).to_be_visible()
    # what a seat keeps for times without the server is asked for by each tab; a page that is not there is no trouble
    assert not screens.troubles


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_signing_out_in_one_tab_closes_the_console_in_the_other(
    lang: str, browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    gathering, say = await gather(parts, clock, 3, lang), Words(lang)
    screens = await open_screens(browser, gathering, lang)
    console = screens.host
    await console.goto(f"/console/{gathering.session}")
    await expect(console.locator(".seats > li")).to_have_count(4)
    me = await console.context.new_page()
    await me.goto("/me")
    await me.get_by_role("button", name=say("Sign out")).click()
    await expect(
        console.get_by_text(say("You signed out in this browser. Sign in again to go on."))
    ).to_be_visible()
    assert not await look(f"console-{lang}", console, artefacts / "screens" / "signed-out")
    await console.get_by_role("link", name=say("Sign in")).click()
    await expect(console.get_by_label(say("Your e-mail address"))).to_be_visible()
    assert not screens.troubles


PLACES = (
    ("clarification", "consultant", "One short, open question", LONG_SUBJECT),
    ("expose", "consultant", "My notes", LONG_IDEA),
    ("contract", "client", "In one sentence: I would like you to help me…", LONG_REQUEST),
    ("synthesis-silence", "client", "What?", LONG_IDEA),
)


@pytest.mark.parametrize(("phase", "who", "label", "text"), PLACES, ids=[each[0] for each in PLACES])
async def test_a_page_loaded_anew_in_mid_sentence_keeps_every_letter(
    phase: str, who: str, label: str, text: str, browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    page: Page = getattr(screens, who)
    await page.goto(f"/room/{gathering.session}")
    await lead_to(gathering, phase)
    half, rest = text[:40], text[40:60]
    if phase != "synthesis-silence":
        await notebook(page)
    field = page.get_by_label(SAY(label)).first
    await field.press_sequentially(half)
    await page.reload()  # at once: the server may not have heard of it yet
    if phase != "synthesis-silence":
        await notebook(page)
    await expect(field).to_have_value(half)
    await field.press("End")
    await field.press_sequentially(rest)
    await expect(field).to_have_value(half + rest)
    await page.reload()
    if phase != "synthesis-silence":
        await notebook(page)
    await expect(field).to_have_value(half + rest)
    assert not screens.troubles
