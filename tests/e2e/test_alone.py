"""Our server is killed in the middle of a session: the browser goes on by the plan it holds, and brings back what was written."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from app.engine.ids import PersonId
from app.engine.protocol import Kind
from app.gateways.clock import SystemClock
from tests.e2e.test_axe import faults
from tests.e2e.test_layout import look
from tests.e2e.words import Words
from tests.patience import until
from tests.program import Program
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, secret_of, served

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("stories")]

BRUNO = CONSULTANTS[0]
ENGLISH, FRENCH = Words("en"), Words("fr")
PATIENCE = 60.0
"""Seconds until a test gives up; nothing is asserted about how fast anything is."""
LEFT = 30
"""Seconds the first phase has left when the server dies."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Choose a folder and a port; whatever runs there at the end is killed."""
    made = Program(tmp_path)
    yield made
    made.kill()


@pytest.fixture
async def table(program: Program) -> Table:
    """Plan a session, and let the real program serve it."""
    async with served(program.folder, SystemClock()) as parts:
        planned = await a_table(parts)
    planned.origin = program.origin
    await program.start()
    return planned


@asynccontextmanager
async def seated(
    browser: Browser,
    table: Table,
    person: PersonId = BRUNO,
    script: str = "",
    lang: str = "en",
    where: str = "",
    **options: Any,
) -> AsyncIterator[Page]:
    """Open somebody's room, or another page of theirs, in a browser of their own."""
    context = await browser.new_context(base_url=table.origin, reduced_motion="reduce", **options)
    cookies = {f"seat-{table.session}": secret_of(table.session, person), f"charter-{table.session}": "yes"}
    await context.add_cookies(
        [
            {"name": name, "value": value, "url": table.origin}
            for name, value in (*cookies.items(), ("lang", lang))
        ]
    )
    if script:
        await context.add_init_script(script)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    await page.goto(f"/{where or ('console' if person == FACILITATOR else 'room')}/{table.session}")
    try:
        yield page
    finally:
        await context.close()


async def kept(page: Page) -> dict[str, Any]:
    """Say what the browser keeps for its seat: paths, and the last view."""
    found: dict[str, Any] = await page.evaluate(
        """async () => {
          const names = (await caches.keys()).filter((name) => name.startsWith("ronde-seat:"));
          const paths = {};
          for (const name of names)
            for (const { url } of await (await caches.open(name)).keys()) {
              const answer = await caches.match(url);
              const path = new URL(url).pathname;
              paths[path] = path.startsWith("/alone/") ? await answer.json() : (await answer.text()).length;
            }
          return paths;
        }"""
    )
    return found


async def begin(table: Table, page: Page) -> None:
    """Start the session with little left of its first phase, and wait until the browser holds all it needs."""
    async with table.browser(FACILITATOR) as host:
        await host.do("open-doors")
        await host.do("start")
        await host.do("extend", seconds=LEFT - 8 * 60)
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Opening")

        async def has_all() -> bool:
            found = await kept(page)
            last = found.get(f"/alone/{table.session}", {}).get("view", {}).get("clock", {})
            pages = {f"/room/{table.session}", f"/planb/{table.session}", f"/planb/{table.session}.pdf"}
            return bool(pages <= found.keys() and 0 < last.get("granted_ms", 0) < 2 * LEFT * 1000)

        await until(has_all, "the browser does not keep its pages")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")


async def write_note(page: Page, text: str, say: Words = ENGLISH) -> None:
    """Write in the notebook, as a person does."""
    await open_notebook(page, say)
    await page.get_by_label(say("My notes")).fill(text)


async def open_notebook(page: Page, say: Words = ENGLISH) -> None:
    """Open the notebook, unless it is open."""
    button = page.get_by_role("contentinfo").get_by_role("button", name=say("Notebook"))
    if await button.get_attribute("aria-expanded") != "true":
        await button.click()


def notes_of(seen: Any, person: PersonId) -> list[str]:
    """Read somebody's notes from the session's state."""
    return [each.text for each in seen.entries.values() if each.author == person and each.kind is Kind.NOTE]


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


async def test_whoever_waits_at_the_door_has_the_card_without_the_server_until_the_session_is_over(
    browser: Browser, program: Program, table: Table
) -> None:
    async with seated(browser, table, where="door") as page:
        card = page.get_by_role("heading", level=1, name="Plan B")

        async def has_the_card() -> bool:
            found = await kept(page)
            pages = {f"/planb/{table.session}", f"/planb/{table.session}.pdf"}
            return pages == {path for path, size in found.items() if isinstance(size, int) and size}

        await until(has_the_card, "the card is not kept")
        assert (await kept(page))[f"/alone/{table.session}"].keys() == {"until"}, "so that it goes in the end"
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        program.kill()
        await page.get_by_role("link", name="Keep the card").click()
        await expect(card).to_be_visible()
        await page.get_by_role("link", name="Back").click()  # to the door that nobody opens
        await expect(page).to_have_url(f"{table.origin}/door/{table.session}")
        await expect(card).to_be_visible()

        await program.start()
        await page.goto(f"/door/{table.session}")
        await expect(page.get_by_role("heading", level=1, name="your place is ready")).to_be_visible()
        async with table.browser(FACILITATOR) as host:
            for step in ("open-doors", "start", "end"):
                await host.do(step)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

        async def keeps_nothing() -> bool:
            return await kept(page) == {}

        await until(keeps_nothing, "something stays")


async def test_a_seat_that_is_no_longer_this_browsers_leaves_no_card_at_the_door(
    browser: Browser, table: Table
) -> None:
    async with seated(browser, table, where="planb") as page:

        async def has_the_card() -> bool:
            return f"/planb/{table.session}" in await kept(page)

        await until(has_the_card, "the card is not kept")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.context.clear_cookies()
        await page.goto(f"/door/{table.session}")
        await expect(page.get_by_role("heading", name="Plan B")).to_have_count(0)

        async def keeps_nothing() -> bool:
            return await kept(page) == {}

        await until(keeps_nothing, "something stays")


REFUSES = """
for (const name of ["caches", "indexedDB", "localStorage", "sessionStorage"])
  Object.defineProperty(globalThis, name, { get() { throw new DOMException("denied", "SecurityError"); } });
Object.defineProperty(Navigator.prototype, "serviceWorker", { get() { return undefined; } });
"""


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
        await expect(page.locator(".told")).to_be_attached()  # all of the page is here
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
        await expect(page.locator(".told")).to_be_attached()  # all of the page is here
        program.kill()
        await expect(page.get_by_text("The server is out of reach.")).to_be_visible()
        for button in (pause, following, page.get_by_role("button", name="Two minutes more")):
            await expect(button).to_be_disabled()
        assert not await faults("alone-console", page)
        await program.start()
        await expect(pause).to_be_enabled()
        await following.click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Choice of subject")


async def test_what_is_kept_may_be_spoilt_and_no_page_stays_white(
    browser: Browser, program: Program, table: Table
) -> None:
    async with seated(browser, table) as page:
        await begin(table, page)
        await page.evaluate(
            """async (session) => {
              for (const name of (await caches.keys()).filter((each) => each.startsWith("ronde-seat:")))
                await (await caches.open(name)).put(`/alone/${session}`, new Response("{half of"));
            }""",
            table.session,
        )
        program.kill()
        await page.reload()
        await expect(page.get_by_text("The table is being set.")).to_be_visible()
        await page.evaluate(
            """async () => {
              for (const name of (await caches.keys()).filter((each) => each.startsWith("ronde-files:")))
                for (const request of await (await caches.open(name)).keys())
                  if (new URL(request.url).pathname.endsWith(".js")) await (await caches.open(name)).delete(request);
            }"""
        )
        await page.goto(f"/room/{table.session}")
        await expect(page.get_by_role("heading", name="Plan B")).to_be_visible()
        await program.start()
        await page.goto(f"/room/{table.session}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Opening")


async def test_an_old_worker_and_an_old_list_make_way_without_a_reload(
    browser: Browser, program: Program, table: Table
) -> None:
    older = "void caches.open('ronde-files:older').then(() => caches.open('ronde-files:old'));"
    async with seated(browser, table, script=older) as page:  # there before this page's worker is
        loads: list[str] = []
        page.on("load", lambda shown: loads.append(shown.url))
        await begin(table, page)

        async def has_tidied() -> bool:
            names: list[str] = await page.evaluate("caches.keys()")
            lists = [name for name in names if name.startswith("ronde-files:")]
            return len(lists) == 2 and "ronde-files:older" not in lists

        await until(has_tidied, "old lists stay")
        assert loads == []


async def test_a_seat_taken_on_another_device_leaves_nothing_on_this_one(
    browser: Browser, program: Program, table: Table
) -> None:
    async with seated(browser, table) as page:
        await begin(table, page)
        async with table.browser(BRUNO, take=True):
            await expect(page.get_by_role("heading", name="Open elsewhere")).to_be_visible()

            async def keeps_nothing() -> bool:
                return await kept(page) == {}

            await until(keeps_nothing, "something stays")


async def test_signing_out_forgets_every_seat(browser: Browser, table: Table) -> None:
    async with seated(browser, table) as page:
        await begin(table, page)
        context: BrowserContext = page.context
        other = await context.new_page()
        await other.goto("/")
        await page.close()  # an open room goes on keeping what it needs
        async with other.expect_navigation():
            await other.evaluate(
                """() => {
                  const form = document.body.appendChild(document.createElement("form"));
                  form.method = "post";
                  form.action = "/sign-out";
                  form.submit();
                }"""
            )

        async def keeps_nothing() -> bool:
            return await kept(other) == {}

        await until(keeps_nothing, json.dumps(list(await kept(other))))
