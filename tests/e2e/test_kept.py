"""What a browser keeps for its seat: the card from the door on, whole or spoilt, and nothing when the seat is no longer its own."""

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.e2e.alone import BRUNO, begin, forgotten, kept, seated
from tests.patience import until
from tests.program import Program
from tests.realtime.table import FACILITATOR, Table

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("stories")]


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
        await forgotten(page)


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
        await forgotten(page)


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

            await forgotten(page)


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
        await forgotten(other)
