"""What tests of a server that is gone share: a seat in a browser, what it keeps, and writing in the notebook."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect

from app.engine.ids import PersonId
from app.engine.protocol import Kind
from tests.e2e.words import Words
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, secret_of

BRUNO = CONSULTANTS[0]
ENGLISH, FRENCH = Words("en"), Words("fr")
PATIENCE = 60.0
"""Seconds until a test gives up; nothing is asserted about how fast anything is."""
LEFT = 30
"""Seconds the first phase has left when the server dies."""


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
              if (!answer) continue; // forgotten in between
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


async def forgotten(page: Page) -> None:
    """Wait until nothing of any seat is left in a browser."""

    async def keeps_nothing() -> bool:
        return await kept(page) == {}

    await until(keeps_nothing, "something stays")
