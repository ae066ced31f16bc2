"""Pages in a real browser: accessible, no wider than a phone, and working with a passkey, a script, or neither."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from devtools.steps import ROOT
from tests.web.site import ORIGIN, Site

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


async def opened(browser: Browser, site: Site, address: str, **words: Any) -> BrowserContext:
    """Open a browser where Hélène is signed in; axe may run its script, so the page's own policy is set aside there."""
    context = await browser.new_context(base_url=address, **words)
    async with await site.desk_of(await site.facilitator()) as desk:
        secret = desk.cookies["ronde"]
    await context.add_cookies([{"name": "ronde", "value": secret, "url": address}])
    return context


async def serious(page: Page) -> list[str]:
    """Name what axe finds serious on a page."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {each['id']}: {each['nodes'][0]['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
async def test_pages_are_accessible_and_fit(
    browser: Browser, site: Site, address: str, artefacts: Path, scheme: Any, width: int
) -> None:
    planned = await site.plan(await site.facilitator())
    site.clock.advance(hours=23, minutes=50)
    context = await opened(
        browser, site, address, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="fr-FR", bypass_csp=True,
    )  # fmt: skip
    page = await context.new_page()
    wrong: list[str] = []
    paths = ("/", "/desk", "/me", f"/prepare?group={planned.group}", f"/sessions/{planned.id}", f"/sessions/{planned.id}/change", f"/groups/{planned.group}", "/outbox", "/nothing", "/j/x", planned.links["Karim Haddad"])  # fmt: skip
    for path in paths:
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        wrong += await serious(page)
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path} is wider than the screen")
    await page.get_by_role("button", name="Prendre ma place").click()
    await page.get_by_role("heading", name="Bonjour Karim, votre place est prête.").wait_for()
    wrong += await serious(page)
    await page.screenshot(path=artefacts / f"door-{width}-{scheme}.png", full_page=True)
    await context.close()
    assert not wrong, "\n".join(wrong)


async def test_a_passkey_is_added_and_signs_in(browser: Browser, site: Site, address: str) -> None:
    context = await opened(browser, site, address, locale="en-GB")
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    await page.goto("/me")
    await page.get_by_role("button", name="Add a passkey for this device").click()
    await page.get_by_role("button", name="Remove").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url("**/desk")
    await page.get_by_role("heading", name="Hello Hélène.").wait_for()
    await context.close()


@pytest.mark.parametrize("script", [True, False])
async def test_a_session_is_prepared_and_entered_with_and_without_a_script(
    browser: Browser, site: Site, address: str, script: bool
) -> None:
    context = await opened(browser, site, address, locale="en-GB", java_script_enabled=script)
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
    await page.goto("/prepare")
    await page.get_by_label("Paste names and addresses").fill(
        "Nadia n@example.org\nKarim k@example.org\nAwa a@example.org\nLuc"
    )
    await page.get_by_label("Day", exact=True).fill("2026-11-24")
    await page.get_by_role("button", name="Presentation: one minute more").click()
    await page.get_by_text("76 min").wait_for()
    await page.get_by_text("4 people recognised.").wait_for()
    await page.get_by_role("button", name="Save without sending").click()
    await page.get_by_role("heading", name="Personal links").wait_for()
    link = await page.get_by_label("Link of Nadia", exact=True).input_value()
    site.clock.advance(hours=25, minutes=50)
    await page.goto(link.replace(ORIGIN, address))
    await page.get_by_role("button", name="Take my place").click()
    await page.get_by_role("heading", name="Hello Nadia, your place is ready.").wait_for()
    await page.get_by_label("I accept the charter").check()
    await page.get_by_role("button", name="Come in").click()
    await page.wait_for_url("**/room/**")
    await context.close()
    assert not problems


def test_the_scripts_of_pages_are_built() -> None:
    manifest = json.loads((ROOT / "app" / "static" / "dist" / "manifest.json").read_text())
    assert {"pages.js", "ronde.css", "icons.svg"} <= manifest.keys()
