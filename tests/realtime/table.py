"""A served room for tests: the whole program on a free port, a session with its seats, and browsers that speak the wire."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from app.config import Settings
from app.engine.events import Invited, SessionPlanned
from app.engine.ids import CommandId, GroupId, PersonId, SessionId
from app.engine.protocol import Role
from app.main import Parts, create_app, server
from app.store.database import migrate_now
from app.usecases.links import hash_of
from app.usecases.ports import Clock, Erased
from app.usecases.records import Facilitator, Group, PlannedSession, WebSession
from app.usecases.video_port import Video
from tests.fakes import FakeClock

PATIENCE = 60.0
"""Seconds after which a test gives up waiting; nothing is asserted about time."""

FACILITATOR = PersonId("aude")
CONSULTANTS = tuple(PersonId(name) for name in ("bruno", "chloe", "driss", "elena"))


def settings_for(folder: Path, port: int, database: str = "") -> Settings:
    """Make settings for a server of a test."""
    return Settings(
        data=folder,
        database=database or f"sqlite:///{folder / 'ronde.sqlite'}",
        origin=f"http://127.0.0.1:{port}",
        port=port,
    )


def free_socket() -> socket.socket:
    """Take a free port of this machine."""
    taken = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # else asyncio leaves Nagle on
    taken.bind(("127.0.0.1", 0))
    taken.listen(128)
    return taken


@asynccontextmanager
async def served(
    folder: Path,
    clock: Clock | None = None,
    database: str = "",
    change: Callable[[Settings], Settings] = lambda settings: settings,
    video: Video | None = None,
) -> AsyncIterator[Parts]:
    """Serve the whole program until the test is over."""
    listening = free_socket()
    settings = change(settings_for(folder, listening.getsockname()[1], database))
    await asyncio.to_thread(migrate_now, settings.database)
    started = asyncio.Event()

    async def greet(_parts: Parts) -> None:
        started.set()

    application = create_app(settings, clock or FakeClock(), greet, video)
    running = server(application, settings.host, settings.port)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        async with asyncio.timeout(PATIENCE):
            await started.wait()  # the port listens already: who comes early waits a moment
        yield application.state.parts
    finally:
        running.should_exit = True
        await task


@dataclass
class Table:
    """A session of four consultants and their facilitator, planned in the store, and a way in for each."""

    parts: Parts
    session: SessionId
    people: tuple[PersonId, ...] = (FACILITATOR, *CONSULTANTS)
    origin: str = ""
    made: int = field(default=0)

    def browser(
        self, person: PersonId, *, tab: str = "", since: int | None = None, take: bool = False
    ) -> "Browser":
        """Open a page for somebody; enter it with `async with`."""
        self.made += 1
        return Browser(self, person, tab or f"tab-{self.made}", since, take)

    async def desk(self) -> "Desk":
        """Let the facilitator sign in, and open the console in that browser; enter it with `async with`."""
        self.made += 1
        desk = Desk(self, FACILITATOR, f"tab-{self.made}", None, take=False)
        now = self.parts.clock.now()
        await self.parts.directory.add_web_session(
            WebSession(hash_of(desk.secret), FACILITATOR, None, now, now + timedelta(days=1))
        )
        return desk

    @property
    def url(self) -> str:
        """Give the address of the room's socket."""
        return f"{self.origin.replace('http', 'ws')}/ws/{self.session}"


async def is_erased(table: Table) -> bool:
    """Tell whether everything that was said in a session is gone."""
    with suppress(Erased):
        return not await table.parts.log.load(table.session)
    return True


async def a_table(
    parts: Parts,
    name: str = "table",
    starts_in: timedelta = timedelta(minutes=10),
    consultants: tuple[PersonId, ...] = CONSULTANTS,
) -> Table:
    """Plan a codev-75 session that is about to begin, with a cookie for each person."""
    now = parts.clock.now()
    protocol = await parts.protocols.find("codev-75")
    assert protocol is not None
    session, group = SessionId(name), GroupId(f"group-{name}")
    await parts.directory.save_facilitator(
        Facilitator(FACILITATOR, "Aude", "aude@example.org", "fr", "Europe/Paris", now)
    )
    await parts.directory.save_group(
        Group(group, FACILITATOR, "Atelier", "fr", "Europe/Paris", "client", now)
    )
    people = (
        Invited(FACILITATOR, "Aude", Role.FACILITATOR),
        *(Invited(person, person.title()) for person in consultants),
    )
    planned = SessionPlanned(
        session,
        "Atelier",
        1,
        protocol.id,
        protocol.content_hash,
        "fr",
        "Europe/Paris",
        now + starts_in,
        people,
    )
    await parts.rooms.begin(planned, CommandId(f"plan-{name}"), FACILITATOR)
    await parts.directory.save_session(
        PlannedSession(
            session, group, 1, FACILITATOR, protocol.id, protocol.content_hash, now + starts_in,
            now + starts_in + timedelta(minutes=75), "Europe/Paris", "client", now,
        )
    )  # fmt: skip
    for person in people:
        await parts.directory.add_web_session(
            WebSession(
                hash_of(secret_of(session, person.id)), person.id, session, now, now + timedelta(days=1)
            )
        )
    everybody = tuple(person.id for person in people)
    return Table(parts, session, everybody, parts.settings.origin)


def secret_of(session: SessionId, person: PersonId) -> str:
    """Give the cookie of a seat."""
    return f"secret-{session}-{person}"


class Browser:
    """One page: speaks the wire as core.ts does, and keeps the view it was told."""

    def __init__(self, table: Table, person: PersonId, tab: str, since: int | None, take: bool) -> None:
        self.table, self.person, self.tab, self.take = table, person, tab, take
        self.seq = since or 0
        self.view: dict[str, Any] = {}
        self.words: dict[str, Any] | None = None
        self.signals: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.bye: dict[str, Any] | None = None
        self.welcome: dict[str, Any] | None = None
        self.raw: list[str] = []
        self.sent = 0
        self.epoch: str | None = None  # of the server's running
        self._since = since
        self._news = asyncio.Condition()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """Give the cookie this browser sends."""
        return {"Cookie": f"seat-{self.table.session}={secret_of(self.table.session, self.person)}"}

    @property
    def socket(self) -> ClientConnection:
        """Give the open socket."""
        assert self._socket is not None
        return self._socket

    async def open(self) -> Self:
        """Connect and say hello, and wait for the answer."""
        self._socket = await connect(
            self.table.url,
            additional_headers=self.headers,
            origin=Origin(self.table.origin),
            compression=None,
            proxy=None,
        )
        hello = {"t": "hello", "lang": "fr", "since": self._since, "tab": self.tab, "take": self.take}
        await self.send({**hello, "epoch": self.table.parts.hub.epoch if self.epoch is None else self.epoch})
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: self.welcome is not None or self.bye is not None)
        return self

    async def close(self) -> None:
        """Close the page."""
        await self.socket.close()
        if self._reader is not None:
            await self._reader

    async def __aenter__(self) -> Self:
        """Open the page."""
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the page."""
        await self.close()

    async def send(self, frame: Mapping[str, Any]) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps(frame))

    async def do(self, type: str, id: str | None = None, **fields: Any) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        self.sent += 1
        command = id or f"{self.tab}-{self.sent}"
        self.answers.pop(command, None)
        await self.send({"t": "do", "id": command, "type": type, **fields})
        await self.until(lambda: command in self.answers)
        return self.answers[command]

    async def until(self, holds: Any) -> None:
        """Wait until something holds of what was told."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(holds)

    async def reaches(self, seq: int) -> None:
        """Wait until the view is at a seq."""
        await self.until(lambda: self.seq >= seq)

    @property
    def closed_with(self) -> int | None:
        """Give the close code."""
        return self.socket.close_code

    async def gone(self) -> int | None:
        """Wait until the server has closed the socket and give the code."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE):
            await self._reader
        return self.closed_with

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                self.raw.append(str(text))
                frame = json.loads(text)
                async with self._news:
                    self._take(frame)
                    self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "welcome":
                self.welcome, self.seq = frame, frame["seq"]
                if frame["view"] is not None:
                    self.view, self.words = frame["view"], frame["words"]
            case "set":
                self.seq = frame["seq"]
                for path, value in frame["set"].items():
                    if path.startswith("entries/"):
                        entry = path.removeprefix("entries/")
                        if value is None:
                            self.view["entries"].pop(entry, None)
                        else:
                            self.view["entries"][entry] = value
                    else:
                        self.view[path] = value
            case "ack" | "refused":
                self.answers[frame["id"]] = frame
            case "signal":
                self.signals.append(frame)
            case "bye":
                self.bye = frame
            case _:
                self.answers[frame["t"]] = frame


class Desk(Browser):
    """The console, in the browser in which the facilitator signed in."""

    @property
    def secret(self) -> str:
        """Give the cookie of the desk."""
        return f"desk-{self.tab}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Give the cookie this browser sends."""
        return {"Cookie": f"ronde={self.secret}"}
