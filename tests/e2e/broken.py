"""A session under way with a telephone number and a relay, in windows that break and come back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from app.engine.commands import ChangePlan
from app.engine.ids import PersonId
from app.engine.ladder import Bridge
from app.engine.state import Session
from app.main import Parts
from tests.e2e.people import DESKTOP, LOOK, PATIENCE, StoryClock, watch
from tests.e2e.walk import HOST, Gathering, gather
from tests.e2e.words import Words
from tests.patience import until

BRIDGE = Bridge("01 99 00 47 11", "2407#")


@dataclass
class Window:
    """One person's browser: it keeps what a browser keeps while its page is gone."""

    person: PersonId
    path: str
    context: BrowserContext
    page: Page
    words: Words

    def says(self, sentence: str, **values: object) -> Locator:
        """Find a sentence on the screen."""
        return self.page.get_by_text(self.words(sentence, **values)).first

    def card(self, name: str) -> Locator:
        """Find a card about somebody who is not at the table."""
        return self.page.locator(f"[data-card={name}]")

    async def press(self, sentence: str, **values: object) -> None:
        """Press a button by its words."""
        await self.page.get_by_role("button", name=self.words(sentence, **values)).first.click()


@dataclass
class Broken:
    """A session in which people drop out."""

    browser: Browser
    gathering: Gathering
    clock: StoryClock
    lang: str
    folder: Path
    windows: list[Window] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """Give the sentences of the story's language."""
        return Words(self.lang)

    async def session(self) -> Session:
        """Give the session as it is."""
        return await self.gathering.parts.rooms.session(self.gathering.session)

    async def name(self, person: PersonId) -> str:
        """Give somebody's first name."""
        seat = (await self.session()).find_person(person)
        assert seat is not None
        return seat.name.split()[0]

    async def sit(self, person: PersonId, viewport: dict[str, int] = DESKTOP) -> Window:
        """Open a window on somebody's seat."""
        context = await self.browser.new_context(
            viewport={"width": viewport["width"], "height": viewport["height"]},
            locale="fr-FR" if self.lang == "fr" else "en-GB",
            timezone_id="Europe/Paris",
            base_url=self.gathering.parts.settings.origin,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        await self.gathering.seat(context, person)
        place = "console" if person == HOST else "room"
        window = Window(
            person, f"/{place}/{self.gathering.session}", context, await context.new_page(), self.words
        )
        self.windows.append(window)
        await self.back(window)
        return window

    async def drop(self, window: Window) -> None:
        """Break somebody's connection, and let the server become sure of it."""
        await window.page.close()
        await self.away(window.person)

    async def away(self, person: PersonId) -> None:
        """Wait until the session knows that somebody is away."""

        async def is_away() -> bool:
            await self.later(seconds=1)
            found = (await self.session()).find_person(person)
            return found is not None and found.left_at is not None

        await until(is_away, "the session does not notice")

    async def back(self, window: Window) -> None:
        """Open the page again, in the same browser."""
        if window.page.is_closed():
            window.page = await window.context.new_page()
        watch(window.page, self.troubles)
        await window.page.goto(window.path)
        await expect(window.page.locator(".table[data-placed]").first).to_be_attached()

    async def later(self, **span: float) -> None:
        """Let time pass on the server's clock, and let every page look at it."""
        self.clock.advance(timedelta(**span))
        for window in self.windows:
            if not window.page.is_closed():
                await window.page.evaluate(LOOK)

    async def shot(self, window: Window, name: str) -> None:
        """Keep a picture of what somebody sees."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await window.page.screenshot(path=self.folder / f"{name}.png")


@asynccontextmanager
async def broken(
    browser: Browser,
    parts: Parts,
    clock: StoryClock,
    folder: Path,
    *,
    lang: str,
    until: str,
    relay: int | None = 3,
) -> AsyncIterator[Broken]:
    """Lead a session of four guests to a state; the relay is one of them."""
    gathering = await gather(parts, clock, 4, lang)
    who = gathering.guests[relay] if relay is not None else None
    await gathering.do(HOST, ChangePlan(bridge=BRIDGE, relay=who))
    walking = gathering.walk()
    async for state in walking:
        if state == until:
            break
    story = Broken(browser, gathering, clock, lang, folder)
    try:
        yield story
    finally:
        await walking.aclose()  # type: ignore[attr-defined]  # it is an async generator
        for window in story.windows:
            await window.context.close()
    assert not story.troubles, "\n".join(story.troubles)
