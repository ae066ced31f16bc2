"""Lets axe look at every screen, light and dark, and listens for what the content security policy refuses."""

import pytest
from playwright.async_api import Browser, Page

from app.main import Parts
from devtools.steps import ROOT
from tests.e2e.people import StoryClock
from tests.e2e.screens import Screens, open_screens
from tests.e2e.walk import gather

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """async (rules) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}"""
MISSING = ("unknown", "404")
"""Links to nowhere are answered with 404, which Chromium notes in the console."""


UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


async def faults(name: str, page: Page) -> list[str]:
    """Let axe look at a screen with all that folds open: every rule in the light, contrasts again in the dark."""
    found = []
    await page.evaluate(UNFOLD)
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    for scheme, rules in (("light", []), ("dark", ["color-contrast"])):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        found += [f"{name}, {scheme}: {each}" for each in await page.evaluate(RUN, rules)]
    return found


def unexpected(screens: Screens) -> list[str]:
    """Tell what went wrong in the windows."""
    return [each for each in screens.troubles if not all(word in each for word in MISSING)]


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_axe_finds_nothing_serious_on_any_page(
    lang: str, browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    screens = await open_screens(browser, await gather(parts, clock, 8, lang), lang)
    found = [fault async for name, page in screens.still() for fault in await faults(name, page)]
    assert not found, "\n".join(found)
    assert not unexpected(screens)


async def test_axe_finds_nothing_serious_in_a_live_session(
    browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    screens = await open_screens(browser, await gather(parts, clock, 8))
    found = [fault async for name, page in screens.walk() for fault in await faults(name, page)]
    assert not found, "\n".join(found)
    assert not unexpected(screens)
