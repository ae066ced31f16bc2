"""Keeps pictures of room and console with few and many people at four widths, light and dark, in both languages."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from app.main import Parts
from tests.e2e.people import StoryClock
from tests.e2e.screens import open_screens
from tests.e2e.test_layout import FLAWS, TWO_FRAMES
from tests.e2e.walk import gather

LIGHT: Literal["light"] = "light"
DARK: Literal["dark"] = "dark"
SIZES = ((320, 640, LIGHT), (390, 844, LIGHT), (390, 844, DARK), (1280, 800, LIGHT), (1440, 900, DARK))
STATES = {"hands": ("console", "room-consultant"), "contract": ("console", "room-client")}
SMALLEST = 44
"""CSS pixels: no face is ever drawn smaller, not even ten guests on the narrowest phone."""
WITHOUT_NOTES = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".told { display: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""
"""These windows send no sound, and the note about it would lie on every table."""
FACES = "Math.min(...[...document.querySelectorAll('.seat:not(.me)')].map((each) => each.getBoundingClientRect().width))"
CUT = """[...document.querySelectorAll('.plate b')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 || getComputedStyle(each).textOverflow === 'ellipsis')
  .map((each) => each.textContent)"""


@pytest.mark.parametrize(("people", "lang"), [(3, "en"), (6, "fr"), (8, "en"), (10, "fr")])
async def test_every_picture_of_a_table_is_whole(
    people: int, lang: str, browser: Browser, parts: Parts, clock: StoryClock, artefacts: Path
) -> None:
    folder = artefacts / "screens" / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    screens = await open_screens(browser, await gather(parts, clock, people, lang), lang)
    found: list[str] = []
    async for name, page in screens.walk(tuple(STATES)):
        window, _, state = name.rpartition(" ")
        if window not in STATES.get(state, ()):
            continue
        await page.evaluate(WITHOUT_NOTES)
        for width, height, scheme in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            await page.emulate_media(color_scheme=scheme)
            await page.evaluate(TWO_FRAMES)
            called = f"{people}-{window}-{state}-{width}-{scheme}-{lang}"
            await page.screenshot(path=folder / f"{called}.png")
            if (width, scheme) != (390, DARK):
                found += [f"{called}: {flaw}" for flaw in await page.evaluate(FLAWS)]
                found += [f"{called}: the name {cut} is cut" for cut in await page.evaluate(CUT)]
                smallest = await page.evaluate(FACES)
                if smallest < SMALLEST:
                    found.append(f"{called}: faces of {smallest:.0f} px")
    assert not found, "\n".join(found)
