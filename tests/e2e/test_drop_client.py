"""A client drops out of their own phase: time waits, and each of four ways to go on leads somewhere, on the screens."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import Arrive, Leave, Next
from app.engine.continuity import Rung
from app.main import Parts
from tests.e2e.broken import Broken, Window, broken
from tests.e2e.people import DESKTOP, LAPTOP, PHONE, StoryClock
from tests.e2e.walk import HOST
from tests.patience import until

pytestmark = pytest.mark.xdist_group("stories")


async def _client_drops(story: Broken) -> tuple[Window, Window, Window]:
    """Open three windows, let the client's break, and wait until time waits."""
    host = await story.sit(HOST)
    client = await story.sit(story.gathering.client, PHONE)
    consultant = await story.sit(story.gathering.guests[2], LAPTOP)
    await story.drop(client)

    async def time_waits() -> bool:
        await story.later(seconds=1)
        return (await story.session()).clock.running_since is None

    await until(time_waits, "time does not wait for the client")
    name = await story.name(client.person)
    await expect(host.card("client-away")).to_contain_text(story.words("{name} is away.", name=name))
    await expect(
        consultant.says("{name} is away. Time waits for them. Let us stay together a minute.", name=name)
    ).to_be_visible()
    return host, client, consultant


async def _time_runs(story: Broken, host: Window) -> None:
    await expect(host.page.locator("[data-card^=client-]")).to_have_count(0)
    assert (await story.session()).clock.running_since is not None


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_group_waits_and_the_client_reads_what_they_missed(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    folder = artefacts / "screens" / f"drop-client-{lang}"
    async with broken(browser, parts, clock, folder, lang=lang, until="expose") as story:
        host, client, consultant = await _client_drops(story)
        await story.shot(host, "1-console-choices")
        await story.shot(consultant, "2-room-waits")
        await host.press("Wait a minute more")
        await expect(host.says("Time waits. It runs again when you say so.")).to_be_visible()
        await story.later(seconds=60)
        await story.back(client)
        await expect(client.card("missed")).to_contain_text(story.words("You are back. Nothing is lost."))
        await story.shot(client, "3-phone-missed")
        await client.press("Understood")
        await expect(client.card("missed")).to_have_count(0)
        await expect(host.card("client-back")).to_be_visible()
        await host.press("Let time run again")
        await expect(host.card("client-back")).to_have_count(0)
        assert (await story.session()).clock.running_since is not None


async def test_a_client_on_the_telephone_has_their_request_written_and_accepted(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    folder = artefacts / "screens" / "drop-phone"
    async with broken(browser, parts, clock, folder, lang="fr", until="expose") as story:
        host, client, consultant = await _client_drops(story)
        name = await story.name(client.person)
        await host.press("{name} is on the telephone", name=name)
        await _time_runs(story, host)
        seat = consultant.page.locator(f"[data-person='{client.person}']")
        await expect(seat).to_contain_text(story.words("by phone"))
        for _ in range(2):
            slot = (await story.session()).slot
            assert slot is not None
            await story.gathering.do(HOST, Next(slot.key))
        await story.later(seconds=30)
        assert (await story.session()).clock.running_since is not None, (
            "nobody waits for who is on the telephone"
        )
        request = host.page.get_by_label(story.words("The request, in one sentence"))
        await request.fill("Aidez-moi à dire non sans me fermer de porte.")
        await request.blur()
        await host.press("{name} says yes on the telephone", name=name)
        await host.press("Accept for the consultants")
        await story.shot(host, "console-contract-by-phone")
        await expect(
            consultant.page.get_by_text("Aidez-moi à dire non sans me fermer de porte.").first
        ).to_be_visible()
        await expect(
            host.page.get_by_role("button", name=story.words("Accept for the consultants"))
        ).to_have_count(0)
        assert (await story.session()).contracts[1].accepted


async def test_the_group_goes_on_in_writing_and_the_client_finds_it_there(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    folder = artefacts / "screens" / "drop-writing"
    async with broken(browser, parts, clock, folder, lang="fr", until="expose") as story:
        host, client, consultant = await _client_drops(story)
        await host.press("Go on in writing")
        await _time_runs(story, host)
        await expect(consultant.says("We go on in writing.")).to_be_visible()
        await story.later(seconds=40)
        await story.back(client)
        await client.card("missed").get_by_role("button").click()
        await expect(client.says("We go on in writing.")).to_be_visible()
        await story.shot(client, "phone-in-writing")
        assert (await story.session()).ladder.rung is Rung.TEXT


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_facilitator_drops_too_and_the_relay_lets_the_reserve_take_the_place(
    browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path, lang: str
) -> None:
    folder = artefacts / "screens" / f"drop-reserve-{lang}"
    async with broken(browser, parts, clock, folder, lang=lang, until="expose") as story:
        host, client, consultant = await _client_drops(story)
        relay = await story.sit(story.gathering.guests[3], PHONE)
        await story.drop(host)
        await story.later(seconds=20)
        await relay.press("Keep the time")
        await expect(relay.card("stand-in")).to_be_visible()
        away = relay.card("client-away")
        await expect(away.get_by_role("button", name=story.words("Let time run again"))).to_be_visible()
        await expect(away.get_by_role("button", name=story.words("Go on in writing"))).to_have_count(0)
        await story.shot(relay, "1-phone-keeps-time")
        await story.later(seconds=60)
        await relay.press("Facilitate meanwhile")
        reserve = story.gathering.guests[1]
        become = {"name": await story.name(reserve)}
        ways = ("Go on in writing", "{name} becomes the client", "{name} is on the telephone")
        names = (become, become, {"name": await story.name(client.person)})
        for way, name in zip(ways, names, strict=True):
            await expect(away.get_by_role("button", name=story.words(way, **name))).to_be_visible()
        await expect(relay.card("stand-in")).to_be_visible()
        await relay.page.emulate_media(color_scheme="dark")
        await story.shot(relay, "2-phone-conducts")
        await story.gathering.do(reserve, Leave())
        await expect(
            away.get_by_role("button", name=story.words("{name} becomes the client", **become))
        ).to_have_count(0)
        await story.gathering.do(reserve, Arrive())
        await relay.page.goto(f"/console/{story.gathering.session}")
        await relay.page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
        await expect(away).to_be_visible()
        await story.shot(relay, "3-console-conducts")
        await relay.press("{name} becomes the client", **become)
        await _time_runs(story, relay)
        assert (await story.session()).client == reserve
        await expect(consultant.page.locator(f"[data-person='{reserve}'].is-client")).to_have_count(1)
