"""Who conducts reaches the console, and gives the other roles there."""

import pytest
from playwright.async_api import Browser

from app.engine.commands import AssignRole, OpenDoors
from app.engine.ids import CLOCK, PersonId
from app.engine.protocol import Role
from tests.web.held import Held
from tests.web.site import Planned, Site
from tests.web.test_browser import opened


async def test_a_co_facilitator_reaches_the_console_and_a_consultant_the_room(
    site: Site, planned: Planned
) -> None:
    held = Held(site, planned)
    site.clock.jump((await site.session(planned.id)).starts_at)
    await held.do(CLOCK, OpenDoors())
    karim = (await held.people())[1]
    async with await site.seated(planned.links["Karim Haddad"]) as browser:
        answer = await browser.get(f"/console/{planned.id}", follow_redirects=False)
        assert answer.headers["location"] == f"/room/{planned.id}"
        await held.do(planned.host.id, AssignRole(karim, Role.CO_FACILITATOR))
        page = await browser.get(f"/console/{planned.id}", follow_redirects=False)
        assert page.status_code == 200
        assert karim in page.text


@pytest.mark.parametrize("role", [Role.TIMEKEEPER, Role.SCRIBE, Role.OBSERVER, Role.CO_FACILITATOR])
async def test_the_facilitator_gives_a_role_at_the_console(
    browser: Browser,
    site: Site,
    address: str,
    role: Role,
) -> None:
    planned = await site.plan(await site.facilitator())
    site.clock.jump((await site.session(planned.id)).starts_at)
    context = await opened(browser, site, address, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"/console/{planned.id}")
    await page.get_by_role("button", name="Change the roles").click()
    await page.get_by_label("Role of Karim Haddad").select_option(role.value)
    await page.get_by_role("button", name="Done").click()
    await page.get_by_text(f"Karim Haddad, {role.value}").wait_for()
    session = await site.parts.rooms.session(planned.id)
    assert {each.name: each.role for each in session.people}["Karim Haddad"] is role
    assert PersonId(planned.host.id) in [each.id for each in session.people]
    await context.close()
