"""Takes the README's pictures anew: a rehearsal in real browsers, and the plan of a rehearsed client."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from app.rehearsal import local_server
from app.rehearsal.local_server import LocalServer
from devtools.environment import node
from devtools.steps import ROOT, Stop, say
from devtools.system import find_browser

FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1440, "height": 900}
DOTS = "80"
"""Per inch of the plan's paper."""
PATIENCE = 240_000
"""Milliseconds until the rehearsal should have come to where a picture is taken."""
FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
OPEN_MICROPHONE = """
try { localStorage.setItem("ronde:audio-on", "yes"); localStorage.setItem("ronde:video-on", "no"); } catch {}
window.WebSocket = class extends WebSocket { constructor(...where) { super(...where); window.wire = this; } };
"""
"""Who looks has their microphone open; and the page's wire is kept at hand, by which the video server is stopped."""
STOP_VIDEO = (
    "wire.send(JSON.stringify({ t: 'do', id: crypto.randomUUID(), type: 'drill', fault: 'video', on: true }))"
)
NOTES = (
    "She says “I don’t control it” three times.\nWhat does she control? The date, the tone, the listening."
)
CONSULTATION = "Consultation"


def main() -> int:
    """Take every picture; whatever is missing is one sentence."""
    try:
        asyncio.run(_all())
    except (Stop, local_server.Stop) as stop:
        print(stop, file=sys.stderr)
        return 1
    return 0


async def _all() -> None:
    program = find_browser()
    if program is None or shutil.which("pdftoppm") is None:
        raise Stop(
            "The pictures need Chromium and pdftoppm: `python3 dev.py test` installs them or says how."
        )
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node()))
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory(prefix="ronde-pictures-") as data:
        async with LocalServer() as server, async_playwright() as playwright:
            flags = (*FLAGS, "--no-sandbox") if os.geteuid() == 0 else FLAGS
            browser = await playwright.chromium.launch(executable_path=program, args=flags)
            try:
                await asyncio.gather(_console(browser, server.address), _room(browser, server.address))
            finally:
                await browser.close()
        _plan(data)


# -- the pictures --------------------------------------------------------------------------------------


async def _window(browser: Browser, origin: str) -> Page:
    """Open the home page as an English visitor."""
    context = await browser.new_context(
        viewport=SIZE,  # type: ignore[arg-type]  # a dictionary of its two keys
        locale="en-GB",
        reduced_motion="reduce",
        color_scheme="light",
    )
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(OPEN_MICROPHONE)
    page = await context.new_page()
    await page.goto(origin)
    return page


async def _take(page: Page, name: str) -> None:
    """Keep what is seen, with nothing under the pointer and no field in use."""
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.move(SIZE["width"] / 2, SIZE["height"] - 4)
    await page.wait_for_timeout(1200)  # faces and collars come to rest
    await page.screenshot(path=FOLDER / f"{name}.png")
    say(f"  ✓ {name}.png")


async def _console(browser: Browser, origin: str) -> None:
    """Conduct up to the consultation, and give the floor to one of those who wait."""
    page = await _window(browser, origin)
    await page.get_by_role("button", name="Rehearse a session now").click()
    await page.get_by_role("button", name="Choose Nadia").first.click()
    step = page.locator(".core .step").first
    following = page.locator(".core .btn.main")
    accept = page.get_by_role("button", name="Accept for the consultants")
    while not (await step.inner_text()).startswith(CONSULTATION):
        await page.wait_for_timeout(500)
        for button in (accept, following):
            if await button.count() and await button.first.get_attribute("aria-disabled") != "true":
                await button.first.click()
                break
    await expect(page.locator(".hand").nth(2)).to_be_visible()
    await page.locator(".turns .btn.floor").first.click()
    await expect(page.locator(".seat.is-floor")).to_have_count(1)
    await _take(page, "console-en")
    await page.context.close()


async def _room(browser: Browser, origin: str) -> None:
    """Look on as a consultant until somebody advises and others wait; then stop the video server."""
    page = await _window(browser, origin)
    await page.get_by_text("Choose a seat and a speed").click()
    await page.get_by_label("I am a consultant").check()
    await page.get_by_label("Speed").select_option("20")
    await page.get_by_role("button", name="Rehearse a session now").click()
    await expect(page.locator(".core .step").first).to_contain_text(CONSULTATION)
    await page.get_by_label("My notes").fill(NOTES)
    await expect(page.locator(".hand").first).to_be_visible()
    await expect(page.locator(".seat.is-floor")).to_have_count(1)
    for close in await page.locator(".told").get_by_role("button").all():
        await close.click()
    await _take(page, "room-en")
    await page.evaluate(STOP_VIDEO)
    await expect(page.locator(".told")).to_contain_text("The picture has stopped.")
    await expect(page.locator(".seat.is-floor")).to_have_count(1)
    await _take(page, "drop-en")
    await page.context.close()


def _plan(data: str) -> None:
    """Play a whole session in French, and draw the client's plan as it is on paper."""
    words = ("rehearse", "--speed", "max", "--lang", "fr", "--json", "--data", data)
    command = [sys.executable, "-m", "app", *words]
    played = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    pdf = Path(json.loads(played.stdout.splitlines()[-1])["pdf"])
    subprocess.run(
        ["pdftoppm", "-png", "-r", DOTS, "-singlefile", str(pdf), str(FOLDER / "plan-fr")], check=True
    )
    say("  ✓ plan-fr.png")


if __name__ == "__main__":
    sys.exit(main())
