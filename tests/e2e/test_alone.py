"""Our server is killed in the middle of a session: the browser goes on by the plan it holds, and brings back what was written."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.gateways.clock import SystemClock
from tests.e2e.alone import BRUNO, FRENCH, LEFT, begin, kept, notes_of, open_notebook, seated, write_note
from tests.e2e.test_axe import faults
from tests.e2e.test_layout import look
from tests.patience import until
from tests.program import Program
from tests.realtime.table import FACILITATOR, Table, served

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("stories")]

REFUSES = """
for (const name of ["caches", "indexedDB", "localStorage", "sessionStorage"])
  Object.defineProperty(globalThis, name, { get() { throw new DOMException("denied", "SecurityError"); } });
Object.defineProperty(Navigator.prototype, "serviceWorker", { get() { return undefined; } });
"""


async def test_the_page_goes_on_without_the_server_and_brings_back_what_was_written(
    browser: Browser, program: Program, table: Table, artefacts: Path
) -> None:
    async with seated(browser, table) as page:
        loads: list[str] = []
        page.on("load", lambda shown: loads.append(shown.url))
        await begin(table, page)
        program.kill()
        await write_note(page, "Written while the server was away.")
        await expect(page.get_by_text("The server is out of reach.")).to_be_visible()

        await page.reload()
        await expect(page.get_by_text("The server is out of reach.")).to_be_visible()
        assert not await faults("alone", page)
        assert not await look("en", page, artefacts / "screens" / "alone")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Choice of subject")
        await write_note(page, "Written while the server was away. And after a reload.")
        await page.goto(f"/planb/{table.session}")
        await expect(page.get_by_role("heading", name="Plan B")).to_be_visible()
        await page.goto(f"/room/{table.session}")
        assert len(loads) == 3, "only the loads that a person asked for"

        await open_notebook(page)
        waiting = page.get_by_text("Kept on this device, sent when the link returns.")
        await expect(waiting).to_be_visible()
        await program.start()
        await expect(page.get_by_text("The server is out of reach.")).to_have_count(0)
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Opening")
        await expect(waiting).to_have_count(0)

        async def has_arrived() -> bool:
            found = await kept(page)
            entries = found[f"/alone/{table.session}"]["view"]["entries"].values()
            return [each["text"] for each in entries if each["kind"] == "note"] == [
                "Written while the server was away. And after a reload."
            ]

        await until(has_arrived, "the note does not arrive")
        assert len(loads) == 3
    program.kill()
    async with served(program.folder, SystemClock()) as parts:
        session = await parts.rooms.session(table.session)
        assert notes_of(session, BRUNO) == ["Written while the server was away. And after a reload."]


async def test_a_browser_that_keeps_nothing_goes_on_as_well(
    browser: Browser, program: Program, table: Table, artefacts: Path
) -> None:
    async with seated(browser, table, script=REFUSES, lang="fr") as page:
        told: list[str] = []
        page.on("websocket", lambda line: line.on("framereceived", lambda frame: told.append(str(frame))))
        async with table.browser(FACILITATOR) as host:
            await host.do("open-doors")
            await host.do("start")
            await host.do("extend", seconds=LEFT - 8 * 60)
            await expect(page.get_by_role("heading", level=1)).to_contain_text("Accueil")
        await expect(page.locator(".told")).to_be_attached()
        await page.wait_for_load_state("networkidle")  # all of the page is here, what it loads later as well
        program.kill()
        await expect(page.get_by_text(FRENCH("The server is out of reach."))).to_be_visible()
        assert not await look("fr", page, artefacts / "screens" / "alone")
        await write_note(page, "Only in memory.", FRENCH)
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Choix du sujet")
        await program.start()

        async def has_arrived() -> bool:
            return any("Only in memory." in frame for frame in told)

        await until(has_arrived, "the note does not arrive")
    program.kill()
    async with served(program.folder, SystemClock()) as parts:
        assert notes_of(await parts.rooms.session(table.session), BRUNO) == ["Only in memory."]


async def test_whoever_conducts_presses_no_button_that_nobody_hears(
    browser: Browser, program: Program, table: Table
) -> None:
    async with table.browser(FACILITATOR) as host:
        await host.do("open-doors")
        await host.do("start")
    async with seated(browser, table, FACILITATOR) as page:
        pause = page.get_by_role("button", name="Pause")
        following = page.get_by_role("button", name="Choice of subject")
        await expect(pause).to_be_enabled()
        await expect(page.locator(".told")).to_be_attached()
        await page.wait_for_load_state("networkidle")  # all of the page is here, what it loads later as well
        program.kill()
        await expect(page.get_by_text("The server is out of reach.")).to_be_visible()
        for button in (pause, following, page.get_by_role("button", name="Two minutes more")):
            await expect(button).to_be_disabled()
        assert not await faults("alone-console", page)
        await program.start()
        await expect(pause).to_be_enabled()
        await following.click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Choice of subject")
