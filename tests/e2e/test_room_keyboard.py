"""Conducts, walks round the table and puts a plan in order by keyboard alone, and listens to what a screen reader is told."""

from playwright.async_api import Browser, Page, expect

from app.engine.commands import RaiseHand, Write
from app.engine.ids import EntryId
from app.engine.protocol import Kind
from app.main import Parts
from tests.e2e.people import LOOK, StoryClock
from tests.e2e.screens import open_screens
from tests.e2e.test_room_tabs import SAY, lead_to
from tests.e2e.walk import gather


def said(page: Page) -> object:
    """Find what a screen reader is told politely."""
    return expect(page.locator("[role=status][aria-live=polite].hidden"))


async def test_every_key_of_the_console_does_what_its_list_says(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    page, press = screens.host, screens.host.keyboard.press
    await page.goto(f"/console/{gathering.session}")
    await lead_to(gathering, "clarification")
    timer = page.get_by_role("timer")
    await expect(timer).to_contain_text(SAY("left of {n} min", n=15))
    await press("+")
    await expect(timer).to_contain_text(SAY("left of {n} min", n=17))
    await press("-")
    await expect(timer).to_contain_text(SAY("left of {n} min", n=16))
    await press("u")
    await expect(timer).to_contain_text(SAY("left of {n} min", n=17))
    await press("Space")
    await expect(timer).to_contain_text(SAY("left, paused"))
    await press("Space")
    await expect(timer).not_to_contain_text(SAY("left, paused"))
    for person in gathering.guests[1:]:
        await gathering.do(person, RaiseHand())
    await expect(page.locator(".hand")).to_have_count(2)
    await press("2")
    await expect(page.locator(".seat.is-floor")).to_have_attribute("data-person", gathering.guests[2])
    await press("0")
    await expect(page.locator(".seat.is-floor")).to_have_count(0)
    await press("?")
    await expect(page.get_by_role("dialog")).to_contain_text(SAY("Keyboard shortcuts"))
    await press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    for region in (".script", ".stage", ".side", ".rail"):
        await press("F6")
        await expect(page.locator(region).first).to_be_focused()
    await press("n")
    await said(page).to_contain_text("Contrat")  # type: ignore[attr-defined]
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Clarification")
    await press("n")  # it is asked for a few seconds only
    await press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Contrat")
    await press("t")
    await said(page).to_contain_text("Contrat")  # type: ignore[attr-defined]
    assert not screens.troubles


async def test_arrows_lead_round_the_table_and_each_seat_says_its_sentence(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    page, press = screens.consultant, screens.consultant.keyboard.press
    await page.goto(f"/room/{gathering.session}")
    seats = page.locator(".seats > li")
    await expect(seats.first).to_have_attribute("tabindex", "0")
    await seats.first.focus()
    order = [await each.get_attribute("data-person") for each in await seats.all()]
    assert order[0] == gathering.guests[-1]
    for key, person in (("ArrowRight", order[1]), ("ArrowDown", order[2]), ("ArrowLeft", order[1]), ("End", order[3]), ("ArrowRight", order[0])):  # fmt: skip
        await press(key)
        await expect(page.locator(f"li[data-person='{person}']")).to_be_focused()
    await press("ArrowRight")
    sentence = await page.locator(":focus").get_attribute("aria-label")
    assert sentence
    assert (await page.locator(":focus .plate b").text_content() or "?") in sentence
    assert await page.locator(".seats > li[tabindex='0']").count() == 1


async def test_steps_of_the_plan_are_put_in_order_by_keyboard_and_by_button(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    page = screens.client
    await lead_to(gathering, "synthesis-silence")
    for rank, what in enumerate(("Écrire", "Appeler", "Relire")):
        await gathering.do(gathering.client, Write(EntryId(f"step-{rank}"), Kind.ACTION, what))
    await page.goto(f"/room/{gathering.session}")
    titles = page.locator(".pas h3")
    await expect(titles).to_contain_text(["Écrire", "Appeler", "Relire"])
    await page.get_by_role("button", name=SAY("Move down")).first.focus()
    await page.keyboard.press("Enter")
    await expect(titles).to_contain_text(["Appeler", "Écrire", "Relire"])
    await page.get_by_role("button", name=SAY("Move up")).last.click()
    await expect(titles).to_contain_text(["Appeler", "Relire", "Écrire"])
    await page.get_by_label(SAY("What?")).nth(1).fill("Relire à voix haute")
    await page.get_by_label(SAY("What?")).nth(1).blur()
    await page.get_by_role("button", name=SAY("Erase this step")).last.click()
    await page.reload()
    await expect(titles.nth(1)).to_contain_text("Relire à voix haute")
    await expect(titles.nth(0)).to_contain_text("Appeler")
    await expect(page.get_by_text("Écrire", exact=True)).to_have_count(0)
    assert not screens.troubles


async def test_a_screen_reader_hears_the_phase_the_last_minute_and_the_end(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, 3)
    screens = await open_screens(browser, gathering)
    page = screens.consultant
    await page.goto(f"/room/{gathering.session}")
    await expect(page.locator(".table[data-placed]")).to_be_attached()
    await lead_to(gathering, "expose")
    await said(page).to_contain_text("Exposé.")  # type: ignore[attr-defined]
    await said(page).to_contain_text("5 minutes")  # type: ignore[attr-defined]
    clock.advance(minutes=4, seconds=15)
    await page.evaluate(LOOK)
    await said(page).to_contain_text(SAY("Last minute. Finish your thought."))  # type: ignore[attr-defined]
    clock.advance(minutes=1)
    await page.evaluate(LOOK)
    await said(page).to_contain_text(SAY("The planned time has passed. There is no hurry."))  # type: ignore[attr-defined]
    assert not screens.troubles
