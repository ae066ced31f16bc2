"""Measures every screen at five widths, with few and many people, long names and long sentences."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from app.main import Parts
from tests.e2e.people import DESKTOP, PHONE, StoryClock
from tests.e2e.screens import open_screens
from tests.e2e.walk import gather

SIZES = ((320, 640), (390, 844), (768, 1024), (1024, 768), (1440, 900))
LOOKS: tuple[tuple[str, Any, Any], ...] = (("phone", PHONE, "light"), ("phone", PHONE, "dark"), ("desktop", DESKTOP, "light"))  # fmt: skip
STATES = ("open", "hands", "contract", "late", "synthesis-silence", "learnings")

FLAWS = """() => {
  const flaws = [];
  const root = document.documentElement;
  const wide = root.clientWidth;
  const seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.closest(".hidden, .skip, details:not([open]) > :not(summary)");
  const called = (each) => `${each.tagName.toLowerCase()}.${each.getAttribute("class") ?? ""} « ${each.textContent.trim().slice(0, 40)} »`;
  if (root.scrollWidth > wide) {
    const guilty = [...document.querySelectorAll("body *")].filter((each) => seen(each) && each.getBoundingClientRect().right > wide + 1);
    flaws.push(`the page scrolls sideways, ${root.scrollWidth} > ${wide}: ${guilty.slice(0, 3).map(called).join(", ")}`);
  }
  for (const each of document.querySelectorAll("button, .btn, summary, h1, h2, .plate")) {
    if (!seen(each)) continue;
    const box = each.getBoundingClientRect();
    if (!box.width) continue;
    if (box.left < -1 || box.right > wide + 1) flaws.push(`sticks out sideways: ${called(each)} ${Math.round(box.left)}–${Math.round(box.right)}`);
    const clips = getComputedStyle(each).overflowX !== "visible";
    if (each.scrollWidth > each.clientWidth + 2 && each.clientWidth && (clips || each.matches(".btn, .plate")))
      flaws.push(`words cut or spilt: ${called(each)} ${each.scrollWidth} > ${each.clientWidth}`);
  }
  for (const each of document.querySelectorAll(".btn.main")) {
    if (!seen(each)) continue;
    each.scrollIntoView({ block: "nearest" });
    const box = each.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (box.top < -1 || box.bottom > innerHeight + 1) flaws.push(`main action out of sight: ${called(each)}`);
    else if (!hit || !(each.contains(hit) || hit.contains(each))) flaws.push(`main action covered: ${called(each)} by ${hit ? called(hit) : "nothing"}`);
  }
  const plates = [...document.querySelectorAll(".seat .plate")].filter(seen).map((each) => [each, each.getBoundingClientRect()]);
  plates.forEach(([one, a], i) => plates.slice(i + 1).forEach(([other, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 3 && down > 3) flaws.push(`names overlap: ${called(one)} and ${called(other)}`);
  }));
  return flaws;
}"""
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


async def look(name: str, page: Page, folder: Path) -> list[str]:
    """Keep pictures of a screen as it is just now, and tell what is wrong with how it is laid out."""
    found = []
    for device, size, scheme in LOOKS:
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate(TWO_FRAMES)
        await page.screenshot(path=folder / f"{name}-{device}-{scheme}.png")
        found += [f"{name}, {device}: {flaw}" for flaw in await page.evaluate(FLAWS)]
    return found


async def flaws(name: str, page: Page) -> list[str]:
    """Measure a screen at every width."""
    found = []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(TWO_FRAMES)
        found += [f"{name}, {width} px: {flaw}" for flaw in await page.evaluate(FLAWS)]
    return found


async def test_pages_fit_every_width(browser: Browser, parts: Parts, clock: StoryClock) -> None:
    screens = await open_screens(browser, await gather(parts, clock, 10))
    found = [flaw async for name, page in screens.still() for flaw in await flaws(name, page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("people", [3, 6, 8, 10])
async def test_a_live_session_fits_every_width(
    people: int, browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    screens = await open_screens(browser, await gather(parts, clock, people))
    found = [flaw async for name, page in screens.walk(STATES) for flaw in await flaws(name, page)]
    assert not found, "\n".join(found)
