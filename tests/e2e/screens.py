"""Opens each screen of the program in turn, so that a test can look at all of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, Page, expect

from devtools.steps import ROOT
from tests.e2e.people import PATIENCE, watch
from tests.e2e.walk import HOST, Gathering

FACILITATORS = (
    "/desk",
    "/groups/{group}",
    "/prepare",
    "/prepare?group={group}",
    "/sessions/{session}",
    "/sessions/{session}/change",
    "/me",
    "/outbox",
)
ANYBODYS = ("/", "/sign-in", "/sign-in/unknown", "/protocols", "/protocols/codev-75", "/j/unknown")
FLASH = (ROOT / "protocols" / "codev-flash.yaml").read_text()
FILES = (
    ("with errors", FLASH.replace("version: 1", "version: un", 1).replace("minutes:", "minute:", 1)),
    ("as it must be", FLASH.replace("id: codev-flash", "id: our-circle", 1)),
)
LIVE = (
    "open",
    "opening",
    "subject",
    "expose",
    "hands",
    "paused",
    "contract",
    "late",
    "synthesis-silence",
    "learnings",
)


@dataclass
class Screens:
    """Three browsers: the facilitator's, the client's and a consultant's; and what went wrong in them."""

    gathering: Gathering
    host: Page
    client: Page
    consultant: Page
    troubles: list[str]

    @property
    def live(self) -> tuple[tuple[str, Page, str], ...]:
        """Name the three windows of the live session with their addresses."""
        session = self.gathering.session
        return (
            ("console", self.host, f"/console/{session}"),
            ("room-client", self.client, f"/room/{session}"),
            ("room-consultant", self.consultant, f"/room/{session}"),
        )

    async def still(self) -> AsyncIterator[tuple[str, Page]]:
        """Open every page that is not live."""
        session = self.gathering.session
        for path in ANYBODYS:
            await self.consultant.goto(path)
            yield f"anybody {path}", self.consultant
        for page in (self.consultant, self.host):  # who is signed in may add the file to the gallery
            for called, text in FILES:
                await page.goto("/protocols")
                await page.locator("#text").fill(text)
                await page.locator("form[action='/protocols/check'] button").click()
                await page.wait_for_url("**/protocols/check")
                yield f"/protocols/check, a file {called}", page
        for path in FACILITATORS:
            await self.host.goto(path.format(session=session, group=f"group-{session}"))
            yield f"facilitator {path}", self.host
        for path in (f"/door/{session}", f"/planb/{session}"):
            await self.client.goto(path)
            yield f"client {path}", self.client

    async def walk(self, only: tuple[str, ...] = LIVE) -> AsyncIterator[tuple[str, Page]]:
        """Lead the session through its states and open the live windows and the door in each."""
        async for state in self.gathering.walk():
            if state in only:
                for name, page, path in self.live:
                    await page.goto(path)
                    await expect(page.locator(".table[data-placed]").first).to_be_attached()
                    yield f"{name} {state}", page
            elif state == "ended":
                for name, page, path in self.live:
                    await page.goto(path)
                    await expect(page.get_by_role("heading", level=1)).to_be_visible()
                    yield f"{name} {state}", page
                for page in (self.client, self.consultant):
                    await page.goto(f"/after/{self.gathering.session}")
                    yield "after", page


async def open_screens(browser: Browser, gathering: Gathering, lang: str = "fr") -> Screens:
    """Open a window for the facilitator, the client and a consultant, each with their seat."""
    troubles: list[str] = []
    pages = []
    for person in (HOST, gathering.client, gathering.guests[-1]):
        context: BrowserContext = await browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="fr-FR" if lang == "fr" else "en-GB",
            timezone_id="Europe/Paris",
            base_url=gathering.parts.settings.origin,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        await gathering.seat(context, person)
        page = await context.new_page()
        watch(page, troubles)
        pages.append(page)
    return Screens(gathering, pages[0], pages[1], pages[2], troubles)
