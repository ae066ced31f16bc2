"""A facilitator drops out: the relay keeps the time, then conducts, and hands back; without a relay the group goes on by itself."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import End
from app.main import Parts
from tests.e2e.broken import Broken, Window, broken
from tests.e2e.people import LAPTOP, PHONE, StoryClock
from tests.e2e.walk import HOST

pytestmark = pytest.mark.xdist_group("stories")


async def _host_drops(story: Broken) -> tuple[Window, Window, Window]:
    host = await story.sit(HOST)
    relay = await story.sit(story.gathering.guests[3], LAPTOP)
    other = await story.sit(story.gathering.guests[2], PHONE)
    await story.drop(host)
    await story.later(seconds=6)
    return host, relay, other


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_relay_keeps_the_time_then_conducts_and_hands_back(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    folder = artefacts / "screens" / f"drop-facilitator-{lang}"
    async with broken(browser, parts, clock, folder, lang=lang, until="hands") as story:
        host, relay, other = await _host_drops(story)
        names = {"host": await story.name(HOST), "relay": await story.name(relay.person)}
        running = (await story.session()).clock
        await expect(other.card("host-away")).to_contain_text(names["relay"])
        await story.shot(other, "1-phone-host-away")
        await story.later(seconds=15)
        await relay.press("Keep the time")
        await expect(relay.card("stand-in")).to_contain_text(story.words("You keep the time."))
        await expect(
            other.says("{name} keeps the time. The session goes on.", name=names["relay"])
        ).to_be_visible()
        await story.shot(relay, "2-relay-keeps-time")
        await story.later(seconds=50)
        await relay.press("Facilitate meanwhile")
        await expect(relay.card("stand-in")).to_contain_text(story.words("You facilitate meanwhile."))
        await relay.page.get_by_role("link", name=story.words("Open the console")).click()
        await relay.page.wait_for_url("**/console/*")
        await expect(relay.page.locator(".controls").first).to_be_visible()
        await story.shot(relay, "3-relay-console")
        assert (await story.session()).clock.running_since == running.running_since, "nothing stopped"
        await relay.press("Pause")
        await relay.press("Resume")
        await story.back(host)
        await expect(host.card("handed")).to_contain_text(names["relay"])
        await story.shot(host, "4-host-is-back")
        await relay.press("Hand back to {name}", name=names["host"])
        await relay.page.wait_for_url("**/room/*")
        await expect(host.card("handed")).to_have_count(0)
        assert (await story.session()).stand_in is None
        await story.gathering.do(HOST, End())
        await expect(host.page.get_by_role("heading", name=story.words("What dropped"))).to_be_visible()
        await expect(host.page.locator(".drops")).to_contain_text(names["host"])
        await story.shot(host, "5-debrief")
        await expect(other.says("The session is over")).to_be_visible()
        await expect(other.page.get_by_role("heading", name=story.words("What dropped"))).to_have_count(0)


async def test_without_a_relay_the_group_goes_on_by_itself_until_the_facilitator_takes_it_back(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    folder = artefacts / "screens" / "drop-nobody"
    async with broken(browser, parts, clock, folder, lang="fr", until="hands", relay=None) as story:
        host, _, other = await _host_drops(story)
        await expect(other.card("host-away")).to_be_visible()
        await story.later(seconds=62)
        await expect(other.card("by-itself")).to_be_visible()
        assert (await story.session()).self_guided
        await story.shot(other, "phone-by-itself")
        await story.back(host)
        await expect(host.card("alone-before")).to_be_visible()
        await host.press("Take the session back")
        await expect(host.card("alone-before")).to_have_count(0)
        assert not (await story.session()).self_guided
