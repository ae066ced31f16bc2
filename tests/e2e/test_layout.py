"""Measures every screen at five widths, with few and many people, long names and long sentences."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from app.engine.commands import ChangePlan
from app.engine.continuity import Rung
from app.engine.ids import SERVER
from app.engine.ladder import Bridge
from app.engine.ladder_commands import TakeRung
from app.main import Parts
from tests.e2e.people import DESKTOP, PHONE, StoryClock
from tests.e2e.screens import open_screens
from tests.e2e.walk import Gathering, gather

SIZES = ((320, 640), (390, 844), (768, 1024), (1024, 768), (1440, 900))
LOOKS: tuple[tuple[str, Any, Any], ...] = (("phone", PHONE, "light"), ("phone", PHONE, "dark"), ("desktop", DESKTOP, "light"))  # fmt: skip
LYING = ((844, 390), (667, 375))
"""A telephone on its side, where the console sets the table beside everything else."""
LEAST_TABLE = 0.45
"""Of such a screen's height and of its width, that the console's table has."""
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
  const end = Math.max(innerHeight, document.body.getBoundingClientRect().bottom + scrollY);
  if (root.scrollHeight > end + 1) {
    const guilty = [...document.querySelectorAll("body *")].filter((each) => each.offsetParent === document.body && each.getBoundingClientRect().bottom + scrollY > end + 1);
    flaws.push(`the page goes on below its end, ${root.scrollHeight} > ${Math.round(end)}: ${guilty.slice(0, 3).map(called).join(", ")}`);
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
  const letters = [...document.querySelectorAll(".seat .initials")].filter((each) => seen(each) && each.textContent.trim()).map((each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    const box = range.getBoundingClientRect();
    const tall = Number.parseFloat(getComputedStyle(each).fontSize) * 0.68;  // capitals; the line around them is taller
    const middle = (box.top + box.bottom) / 2;
    return [each, { left: box.left, right: box.right, top: middle - tall / 2, bottom: middle + tall / 2 }];
  });
  for (const over of document.querySelectorAll(".seat .plate, .seat .hand")) {
    if (!seen(over)) continue;
    const a = over.getBoundingClientRect();
    for (const [each, b] of letters)
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        flaws.push(`initials covered: ${called(each)} by ${called(over)}, ${Math.round(Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))} px`);
    if (over.matches(".hand")) continue;
    for (const face of document.querySelectorAll(".seat .face")) {
      if (!seen(face) || face.parentElement === over.parentElement) continue;
      const b = face.getBoundingClientRect();
      const [x, y] = [(b.left + b.right) / 2, (b.top + b.bottom) / 2];
      const apart = Math.hypot(Math.max(a.left - x, x - a.right, 0), Math.max(a.top - y, y - a.bottom, 0));
      if (b.width / 2 - apart > Math.max(8, b.width * 0.06)) flaws.push(`a name runs into a neighbour: ${called(over)} into ${called(face)}, ${Math.round(b.width / 2 - apart)} px`);
    }
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


TABLE = """() => {
  const { width, height, top, bottom } = document.querySelector(".desk .table").getBoundingClientRect();
  return [width / innerWidth, (Math.min(bottom, innerHeight) - top) / innerHeight * Math.sign(height)];
}"""


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
    """Measure a screen at every width; the console also on a telephone that lies on its side."""
    found = []
    lying = LYING if name.startswith("console") and await page.locator(".desk .table").count() else ()
    for width, height in SIZES + lying:
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(TWO_FRAMES)
        found += [f"{name}, {width} px: {flaw}" for flaw in await page.evaluate(FLAWS)]
        if (width, height) in lying:
            share = await page.evaluate(TABLE)
            found += [f"{name}, {width} px: the table has {each:.2f}" for each in share if each < LEAST_TABLE]
    return found


async def scatter(gathering: Gathering) -> None:
    """Let some take part by telephone and in writing, so that their plates say it."""
    await gathering.do(SERVER, ChangePlan(bridge=Bridge("+33 1 84 88 12 34", "4417#")))
    for rank, person in enumerate(gathering.guests[1:-1]):
        await gathering.do(person, TakeRung((Rung.BRIDGE, Rung.TEXT)[rank % 2]))


async def test_pages_fit_every_width(browser: Browser, parts: Parts, clock: StoryClock) -> None:
    screens = await open_screens(browser, await gather(parts, clock, 10))
    found = [flaw async for name, page in screens.still() for flaw in await flaws(name, page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("people", "lang"), [(4, "fr"), (6, "en"), (8, "en"), (10, "fr")])
async def test_a_live_session_fits_every_width(
    people: int, lang: str, browser: Browser, parts: Parts, clock: StoryClock
) -> None:
    gathering = await gather(parts, clock, people, lang)
    screens = await open_screens(browser, gathering, lang)
    found: list[str] = []
    async for name, page in screens.walk(STATES):
        if name == "console open":
            await scatter(gathering)
        found += await flaws(name, page)
    assert not found, "\n".join(found)
