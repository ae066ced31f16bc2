"""Opens one real browser window for each person of a story, lets their time pass together, and keeps what they saw."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect
from playwright.async_api import TimeoutError as TooLong

from tests.e2e.words import Words
from tests.fakes import NOON, FakeClock
from tests.patience import until

PATIENCE = 60_000
"""Milliseconds until a test gives up waiting for something on a screen; nothing is asserted about time."""
SOON = 2_000
"""Milliseconds for something that may be over already."""

DESKTOP = {"width": 1440, "height": 900}
LAPTOP = {"width": 1100, "height": 800}
PHONE = {"width": 390, "height": 844}

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
"""What a browser says when its window is seen again: pages then ask the server what time it is."""

expect.set_options(timeout=PATIENCE)


class StoryClock(FakeClock):
    """Runs as a clock does, and jumps when the story says so."""

    def __init__(self, start: datetime = NOON) -> None:
        """Show an instant and begin to run."""
        super().__init__(start)
        self._born = time.monotonic()

    def now(self) -> datetime:
        """Tell the present instant of the story."""
        return super().now() + timedelta(seconds=time.monotonic() - self._born)


@dataclass
class Person:
    """Somebody in a story: a name, a window of their own, and what went wrong in it."""

    name: str
    words: Words
    context: BrowserContext
    page: Page
    troubles: list[str]

    @property
    def first(self) -> str:
        """Give the first name."""
        return self.name.split()[0]

    def button(self, sentence: str, **values: object) -> Locator:
        """Find a button by its words."""
        return self.page.get_by_role("button", name=self.words(sentence, **values))

    def link(self, sentence: str, **values: object) -> Locator:
        """Find a link by its words."""
        return self.page.get_by_role("link", name=self.words(sentence, **values))

    def field(self, sentence: str, **values: object) -> Locator:
        """Find a field by its label."""
        return self.page.get_by_label(self.words(sentence, **values))

    async def press(self, sentence: str, **values: object) -> None:
        """Press a button by its words."""
        await self.button(sentence, **values).first.click()

    async def fill(self, sentence: str, text: str) -> None:
        """Write in a field and leave it."""
        place = self.field(sentence).first
        await place.fill(text)
        await place.blur()

    async def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    async def reads(self, sentence: str, **values: object) -> None:
        """Wait until a sentence is on the screen."""
        await self.sees(self.words(sentence, **values))

    async def open_notebook(self) -> None:
        """Open the notebook unless it lies open."""
        button = self.page.get_by_role("contentinfo").get_by_role("button", name=self.words("Notebook"))
        await expect(button).to_be_visible()
        if await button.get_attribute("aria-expanded") != "true":
            await button.click()
        await expect(self.page.get_by_role("heading", name=self.words("My notebook"))).to_be_visible()

    async def close_notebook(self) -> None:
        """Close the notebook; press again, as anybody would, when a note that came just then moved the button away."""
        notebook = self.page.locator("#notebook")

        async def is_closed() -> bool:
            if await notebook.count():
                with suppress(TooLong):  # closed in between
                    await notebook.get_by_role("button", name=self.words("Close")).click(timeout=SOON)
            return not await notebook.count()

        await until(is_closed, "the notebook stays open")


@dataclass
class Cast:
    """Everybody of one story, with the clock they share and the folder of their pictures."""

    browser: Browser
    clock: StoryClock
    origin: str
    lang: str
    folder: Path
    people: list[Person] = field(default_factory=list)
    _shots: int = 0

    @property
    def words(self) -> Words:
        """Give the sentences of the story's language."""
        return Words(self.lang)

    async def enter(self, name: str, viewport: dict[str, int] = LAPTOP, **options: Any) -> Person:
        """Open a window of their own for somebody; its clock shows the story's time."""
        context = await self.browser.new_context(
            viewport={"width": viewport["width"], "height": viewport["height"]},
            locale="fr-FR" if self.lang == "fr" else "en-GB",
            timezone_id="Europe/Paris",
            base_url=self.origin,
            has_touch=viewport is PHONE,
            is_mobile=viewport is PHONE,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        troubles: list[str] = []
        watch(page, troubles)
        person = Person(name, self.words, context, page, troubles)
        self.people.append(person)
        return person

    async def later(self, **span: float) -> None:
        """Let time pass on the server's clock, without waiting, and let every window look at it."""
        self.clock.advance(timedelta(**span))
        await asyncio.gather(*(each.page.evaluate(LOOK) for each in self.people))

    async def until(self, instant: datetime) -> None:
        """Let time pass until an instant of the story."""
        await self.later(seconds=(instant - self.clock.now()).total_seconds())

    async def shot(self, person: Person, name: str) -> None:
        """Keep a picture of what somebody sees."""
        self._shots += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        await person.page.screenshot(path=self.folder / f"{self._shots:02d}-{name}.png")

    async def leave(self) -> None:
        """Close every window; fails when something went wrong in one of them."""
        for each in self.people:
            await each.context.close()
        troubles = [f"{each.name}: {trouble}" for each in self.people for trouble in each.troubles]
        assert not troubles, "\n".join(troubles)


def watch(page: Page, troubles: list[str]) -> None:
    """Note every error and every refusal of the content security policy in a window."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            troubles.append(f"{message.type}: {message.text} {message.location.get('url')} at {page.url}")

    def break_down(error: Error) -> None:
        troubles.append(f"exception: {error} at {page.url}")

    page.on("console", hear)
    page.on("pageerror", break_down)
