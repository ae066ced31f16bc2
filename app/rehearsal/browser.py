"""What a simulated person has instead of a browser: cookies, pages, and one socket to the room."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.engine.ids import SessionId
from app.realtime.messages import CloseCode

PING_EVERY = 5.0
"""Seconds between two heartbeats, as every browser does."""

ANSWER_WITHIN = 30.0
"""Seconds after which an unanswered command counts as lost."""

View = dict[str, Any]


class Lost(Exception):
    """The server refused the page or the socket; its text says how."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer over HTTP."""

    status: int
    location: str
    body: bytes


@dataclass(slots=True)
class Ledger:
    """What all simulated people sent and how it was answered."""

    sent: int = 0
    acknowledged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def latency_ms(self, share: float) -> float:
        """Tell within how many milliseconds this share of the commands was on disk and answered."""
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2) if ordered else 0.0


@dataclass(slots=True)
class Browser:
    """Asks pages of one server as one person; `base` is where it listens, `origin` what it is called."""

    base: str
    origin: str
    lang: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Page:
        """Ask for a page."""
        return await asyncio.to_thread(self._ask, "GET", path, None, {})

    async def post(self, path: str, form: Mapping[str, str], accept: str = "text/html") -> Page:
        """Send a form."""
        return await asyncio.to_thread(self._ask, "POST", path, urlencode(form), {"Accept": accept})

    def _ask(self, method: str, path: str, body: str | None, more: Mapping[str, str]) -> Page:
        at = urlsplit(self.base)
        kind = HTTPSConnection if at.scheme == "https" else HTTPConnection
        connection = kind(at.netloc, timeout=30)
        headers = {"Origin": self.origin, "Accept-Language": self.lang, "Cookie": self.cookie(), **more}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("set-cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return Page(answer.status, answer.headers.get("location", ""), answer.read())
        except OSError as error:
            raise Lost(f"{self.base} does not answer ({error.strerror or error}).") from error
        finally:
            connection.close()

    def cookie(self) -> str:
        """Write the Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Seat:
    """A person's place at the table: the view as the server tells it, and commands that wait for their answer."""

    def __init__(self, browser: Browser, session: SessionId, ledger: Ledger) -> None:
        self.browser = browser
        self.view: View = {}
        self.words: dict[str, Any] = {}
        self.you = ""
        self.over = asyncio.Event()
        self._session = session
        self._ledger = ledger
        self._socket: ClientConnection | None = None
        self._answers: dict[str, tuple[str, float, asyncio.Future[bool]]] = {}
        self._changed = asyncio.Event()
        self._offset_ms = 0.0

    async def sit(self, tasks: asyncio.TaskGroup) -> None:
        """Open the socket, say hello and have the whole view; raises Lost."""
        address = self.browser.base.replace("http", "ws", 1) + f"/ws/{self._session}"
        self._socket = await connect(
            address,
            origin=self.browser.origin,  # type: ignore[arg-type]  # websockets names the type of an origin
            additional_headers={"Cookie": self.browser.cookie()},
            compression=None,
            max_size=8 * 1024 * 1024,
            ping_interval=None,
            proxy=None,
        )
        await self._socket.send(json.dumps({"t": "hello", "lang": self.browser.lang, "tab": uuid4().hex}))
        tasks.create_task(self._read(self._socket))
        tasks.create_task(self._beat(self._socket))
        async with asyncio.timeout(ANSWER_WITHIN):
            await self.until(lambda view: bool(view) or self.over.is_set())
        if self.over.is_set():
            raise Lost("The room closed its door.")

    async def leave(self) -> None:
        """Close the socket, once everything sent is answered."""
        if self._socket is None:
            return
        waiting = [answer for _, _, answer in self._answers.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=ANSWER_WITHIN)
        await self._socket.close()

    async def do(self, command: str, **fields: Any) -> bool:
        """Give a command and wait until it is on disk (True) or refused (False)."""
        if self._socket is None or self.over.is_set():
            return False
        id = uuid4().hex
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answers[id] = command, time.perf_counter(), answer
        self._ledger.sent += 1
        try:
            await self._socket.send(json.dumps({"t": "do", "id": id, "type": command, **fields}))
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.shield(answer)
        except (ConnectionClosed, TimeoutError):
            return False

    async def until(self, holds: Callable[[View], bool]) -> None:
        """Wait until the view is as wished, or the session is over."""
        while not self.over.is_set() and not holds(self.view):
            await self.change()

    async def change(self) -> None:
        """Wait for the next change of the view."""
        self._changed.clear()
        await self._changed.wait()

    def now_ms(self) -> float:
        """Tell the server's time."""
        return time.time() * 1000 + self._offset_ms

    # -- the socket ----------------------------------------------------------------------------------

    async def _beat(self, socket: ClientConnection) -> None:
        while not self.over.is_set():
            try:
                async with asyncio.timeout(PING_EVERY):
                    await self.over.wait()
            except TimeoutError:
                with suppress(ConnectionClosed):
                    await socket.send(json.dumps({"t": "ping", "t0": time.time() * 1000}))

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                self._take(json.loads(data))
        except ConnectionClosed:
            pass
        finally:
            self.over.set()
            self._changed.set()
            for _, _, answer in self._answers.values():
                answer.set_result(False)

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "welcome":
                self.you = frame["you"]
                self.words = frame["words"] or self.words
                self.view = frame["view"] or self.view
                self._offset_ms = frame["now"] - time.time() * 1000
            case "set":
                for path, value in frame["set"].items():
                    self._put(path, value)
            case "ack":
                self._answered(frame["id"], "")
            case "refused":
                self._answered(frame["id"], frame["code"])
            case "bye" if frame["code"] != CloseCode.BYE:
                self.over.set()
            case _:
                pass
        self._changed.set()

    def _put(self, path: str, value: Any) -> None:
        section, _, entry = path.partition("/")
        if not entry:
            self.view[section] = value
        elif value is None:
            self.view["entries"].pop(entry, None)
        else:
            self.view["entries"][entry] = value

    def _answered(self, id: str, code: str) -> None:
        """Enter an answer in the ledger, also when nobody waits for it any more."""
        command, started, answer = self._answers.pop(id)
        if code:
            self._ledger.refused[f"{command}: {code}"] += 1
        else:
            self._ledger.acknowledged += 1
            self._ledger.seconds.append(time.perf_counter() - started)
        answer.set_result(not code)
