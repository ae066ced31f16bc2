"""Whoever signs in for the first time says who they are before anything bears their name."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.engine.ids import PersonId
from app.usecases.links import issue_sign_in
from app.usecases.records import Facilitator
from tests.web.site import Site


async def newcomer(site: Site) -> Facilitator:
    """Make the very first facilitator, as the first start does."""
    made = Facilitator(PersonId("first"), "", "", "en", "Etc/UTC", site.clock.now())
    await site.parts.directory.save_facilitator(made)
    return made


@pytest.mark.parametrize("path", ["/desk", "/prepare", "/groups/anything"])
async def test_a_name_comes_before_everything_else(site: Site, path: str) -> None:
    async with await site.desk_of(await newcomer(site)) as desk:
        answer = await desk.get(path, follow_redirects=False)
        assert answer.headers["location"] == "/me?first=1"
        answer = await desk.post("/prepare", data={"action": "save"}, follow_redirects=False)
        assert answer.headers["location"] == "/me?first=1"


async def test_the_first_link_leads_to_who_are_you_and_then_to_the_desk(site: Site) -> None:
    secret, _ = await issue_sign_in(
        site.parts.directory, site.parts.links, await newcomer(site), site.parts.clock
    )
    async with site.visitor("fr") as browser:
        page = await browser.post(f"/sign-in/{secret}")
        assert "Qui êtes-vous" in page.text
        assert '<option value="fr" selected>' in page.text
        zone = re.search(r"<option selected>([^<]+)</option>", page.text)
        assert zone is not None, "a zone is proposed, and not by chance the first of the list"
        form = {"name": "Hélène Roy", "email": "h@example.org", "lang": "fr", "zone": "Europe/Brussels"}
        page = await browser.post("/me", data=form)
        assert "Bonjour Hélène." in page.text


async def test_a_name_of_invisible_signs_is_no_name(site: Site) -> None:
    async with await site.desk_of(await newcomer(site)) as desk:
        form = {"name": "\u200b\u2060 ", "email": "h@example.org", "lang": "fr", "zone": "Europe/Brussels"}
        assert (await desk.post("/me", data=form)).status_code == 422


async def test_a_newcomer_who_rehearses_first_has_a_name_at_the_table(site: Site) -> None:
    async with await site.desk_of(await newcomer(site)) as desk:
        begun = (
            await desk.post("/rehearse", data={"play": "there"}, headers={"Accept": "application/json"})
        ).json()
    session = await site.parts.rooms.session(begun["session"])
    assert all(person.name for person in session.people)


@pytest.mark.parametrize("zone", ["America/Montreal", "Asia/Tokyo", "UTC"])
async def test_the_browser_proposes_its_own_zone(
    browser: Browser,
    site: Site,
    address: str,
    artefacts: Path,
    zone: str,
) -> None:
    context = await browser.new_context(base_url=address, timezone_id=zone)
    async with await site.desk_of(await newcomer(site)) as desk:
        secret = desk.cookies["ronde"]
    await context.add_cookies([{"name": "ronde", "value": secret, "url": address}])
    page = await context.new_page()
    await page.goto("/desk")
    await page.get_by_role("heading", name="Welcome. Who are you?").wait_for()
    here = await page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert await page.get_by_label("Time zone").input_value() == here
    await context.close()
