"""The whole program behind an HTTP client, without a network: facilitators, planned sessions, people with links."""

import re
import shutil
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx2
from fastapi import FastAPI

from app.config import Settings
from app.engine.ids import GroupId, PersonId, SessionId
from app.main import Parts, create_app
from app.usecases.links import hash_of
from app.usecases.records import Facilitator, PlannedSession, WebSession
from app.web.attempts import Attempts
from tests.fakes import FakeClock

ORIGIN = "http://127.0.0.1:8000"
OURS = {"Sec-Fetch-Site": "same-origin"}
PEOPLE = """Nadia Benali nadia@example.org
Karim Haddad, karim@example.org
Thomas Leroy <thomas@example.org>; Awa Diop awa@example.org
Luc Petit"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A session as its facilitator planned it, with everyone's link by name."""

    id: SessionId
    group: GroupId
    host: Facilitator
    links: dict[str, str]


class Site:
    """A program for one test."""

    def __init__(self, folder: Path, migrated: Path, clock: FakeClock, smtp: str = "") -> None:
        """Build it on a copy of an empty, migrated database."""
        shutil.copy(migrated, folder / "ronde.sqlite")
        self.clock = clock
        settings = Settings(folder, f"sqlite:///{folder / 'ronde.sqlite'}", ORIGIN, smtp=smtp)
        self.app: FastAPI = create_app(settings, clock)
        self.parts: Parts = self.app.state.parts

    def forgive(self) -> None:
        """Forget how often each network was wrong."""
        object.__setattr__(self.parts, "attempts", Attempts())

    async def close(self) -> None:
        """Let go of files and connections."""
        await self.parts.log.close()
        await self.parts.database.close()
        self.parts.pdf.close()

    def visitor(self, lang: str = "en", cookies: dict[str, str] | None = None) -> httpx2.AsyncClient:
        """Open a browser."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", 1234)),
            base_url=ORIGIN, headers={**OURS, "Accept-Language": lang}, cookies=cookies, follow_redirects=True,
        )  # fmt: skip

    async def facilitator(self, email: str = "helene@example.org", name: str = "Hélène Roy") -> Facilitator:
        """Make somebody who can sign in."""
        made = Facilitator(
            PersonId(f"f-{email or name}"), name, email, "fr", "Europe/Brussels", self.clock.now()
        )
        await self.parts.directory.save_facilitator(made)
        return made

    async def desk_of(self, facilitator: Facilitator, lang: str = "en") -> httpx2.AsyncClient:
        """Open a browser where a facilitator is signed in."""
        secret = self.parts.ids.secret()
        now = self.clock.now()
        await self.parts.directory.add_web_session(
            WebSession(hash_of(secret), facilitator.id, None, now, now + timedelta(days=30))
        )
        return self.visitor(lang, {"ronde": secret})

    async def plan(self, host: Facilitator, people: str = PEOPLE, **fields: str) -> Planned:
        """Plan a session by the form, as a browser does."""
        async with await self.desk_of(host) as desk:
            answer = await desk.post("/prepare", data=await filled(desk, people, **fields))
            assert answer.url.path.startswith("/sessions/"), answer.text
            links = re.findall(r'Link of (.*?)</label>\s*<input[^>]*value="[^"]*(/j/[^"]*)"', answer.text)
        session = SessionId(answer.url.path.split("/")[2])
        planned = await self.session(session)
        return Planned(session, planned.group, host, dict(links))

    async def session(self, session: SessionId) -> PlannedSession:
        """Read a session of the directory."""
        planned = await self.parts.directory.find_session(session)
        assert planned is not None
        return planned

    async def seated(self, link: str, lang: str = "en") -> httpx2.AsyncClient:
        """Open a browser that came by a personal link."""
        async with self.visitor() as browser:
            answer = await browser.post(link)
            assert answer.url.path.startswith("/door/"), answer.text
            cookies = dict(browser.cookies)
        return self.visitor(lang, cookies)

    async def send_letters(self) -> None:
        """Let the worker do what is due."""
        while await self.parts.worker.step():
            pass


async def filled(desk: httpx2.AsyncClient, people: str = PEOPLE, **fields: str) -> dict[str, str]:
    """Fill in the prepare form: a session of 75 minutes, tomorrow noon in UTC."""
    page = (await desk.get("/prepare")).text
    found = re.search(r'name="draft" value="([^"]+)"', page)
    assert found is not None
    return {
        "draft": found[1], "group": "", "group_name": "Cercle Meuse", "people": people, "day": "2026-11-24",
        "hour": "12:00", "zone": "UTC", "protocol": "codev-75", "trace": "client", "language": "fr", "client": "",
        "action": "save", **fields,
    }  # fmt: skip


class Tags(HTMLParser):
    """Checks that every element a page opens is closed in order, and ids are not given twice."""

    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
            "path",
            "circle",
            "use",
        ]
    )

    def __init__(self) -> None:
        """Begin with nothing open."""
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opened element."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on") or (value or "").startswith("javascript:"):
                self.inline.append(f"{tag} {name}")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Note a closed element."""
        if tag in self.VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()


def check_page(text: str) -> None:
    """Fail unless a page is well formed, without inline script or style, and names no id twice."""
    tags = Tags()
    tags.feed(text)
    assert not tags.open, tags.open
    assert not tags.inline, tags.inline
    assert len(tags.ids) == len(set(tags.ids)), [each for each in tags.ids if tags.ids.count(each) > 1]
    assert 'lang="' in text
    assert "<title>" in text
