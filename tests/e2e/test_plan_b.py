"""Plan B is one key away in the room and in the console, and leads to the card and its PDF."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.main import Parts
from tests.e2e.broken import BRIDGE, broken
from tests.e2e.people import PHONE, StoryClock
from tests.e2e.test_axe import faults
from tests.e2e.walk import HOST

pytestmark = pytest.mark.xdist_group("stories")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_key_b_and_the_button_open_plan_b_with_number_names_and_hours(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    folder = artefacts / "screens" / f"planb-{lang}"
    async with broken(browser, parts, clock, folder, lang=lang, until="expose") as story:
        protocol = (await story.session()).protocol
        titles = [phase.title[lang] for phase in protocol.phases()]
        for person, viewport in ((HOST, None), (story.gathering.guests[2], PHONE)):
            window = await (story.sit(person, viewport) if viewport else story.sit(person))
            button = window.page.get_by_role("button", name=story.words("Plan B"), exact=True)
            await expect(button).to_be_visible()
            await window.page.keyboard.press("b")
            panel = window.page.get_by_role("dialog", name=story.words("Plan B"))
            await expect(panel).to_be_visible()
            for text in (BRIDGE.phone, BRIDGE.code, "Hélène Roy", *titles):
                await expect(panel).to_contain_text(text)
            await expect(panel.locator("[aria-current=step]")).to_contain_text(titles[2])
            await story.shot(window, f"panel-{'console' if person == HOST else 'phone'}")
            assert not await faults("plan B", window.page)
            answer = await window.context.request.get(f"/planb/{story.gathering.session}.pdf")
            assert (await answer.body()).startswith(b"%PDF-")
            await panel.get_by_role("button", name=story.words("Close")).click()
            await expect(panel).to_have_count(0)
            await button.click()
            await expect(panel).to_be_visible()
            await window.page.keyboard.press("Escape")
            await expect(panel).to_have_count(0)
