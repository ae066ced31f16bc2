"""A simulated person's place at the table: the view as the server tells it, commands that outlive a broken link, health."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from app.engine.ids import SessionId
from app.realtime.messages import CloseCode
from app.rehearsal.browser import Browser, Ledger, Lost, View
from app.rehearsal.health import Health, Hearing

PING_EVERY = 5.0
"""Seconds between two heartbeats, as every browser does."""

REPORT_EVERY = 2.0
"""Seconds between two reports of one's own sound, as every browser does."""

ANSWER_WITHIN = 30.0
"""Seconds after which an unanswered command counts as lost, while the link holds."""

RETRY_FIRST, RETRY_LAST, GIVES_UP = 0.2, 2.0, 40.0
"""Seconds before the first and the later tries to come back, and until a page gives up."""


@dataclass(slots=True)
class Sent:
    """A command on its way; it keeps its id when it is sent again."""

    command: str
    frame: str
    at: float
    answer: asyncio.Future[bool]
    again: bool = False


class Seat:
    """A person's place at the table: the view as the server tells it, and commands that wait for their answer."""

    def __init__(self, browser: Browser, session: SessionId, ledger: Ledger) -> None:
        self.browser = browser
        self.view: View = {}
        self.words: dict[str, Any] = {}
        self.you = ""
        self.over = asyncio.Event()
        self.seated = asyncio.Event()  # the link holds, and the view is new
        self._session = session
        self._ledger = ledger
        self._socket: ClientConnection | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._sent: dict[str, Sent] = {}
        self._changed = asyncio.Event()
        self._offset_ms = 0.0
        self._stays_away = False
        self._tab = uuid4().hex
        self._hearing = Hearing()

    async def sit(self, tasks: asyncio.TaskGroup) -> None:
        """Open the socket, say hello and have the whole view; raises Lost."""
        self._tasks = tasks
        await self._open()
        tasks.create_task(self._beat())
        tasks.create_task(self._report())
        async with asyncio.timeout(ANSWER_WITHIN):
            await self.until(lambda view: bool(view) or self.over.is_set())
        if self.over.is_set():
            raise Lost("The room closed its door.")

    async def leave(self) -> None:
        """Close the socket, once everything sent is answered."""
        waiting = [sent.answer for sent in self._sent.values()]
        if waiting and self.seated.is_set():
            await asyncio.wait(waiting, timeout=ANSWER_WITHIN)
        self._end()
        if self._socket is not None:
            await self._socket.close()

    async def do(self, command: str, **fields: Any) -> bool:
        """Give a command and wait until it is on disk (True) or refused (False); without a link it waits for one."""
        if not self.you or self.over.is_set():
            return False
        id = uuid4().hex
        frame = json.dumps({"t": "do", "id": id, "type": command, **fields})
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        sent = self._sent[id] = Sent(command, frame, time.perf_counter(), answer)
        self._ledger.sent += 1
        if self.seated.is_set():
            await self._send(frame)
        while not answer.done() and not self.over.is_set():
            await asyncio.wait((answer,), timeout=ANSWER_WITHIN)
            if self.seated.is_set() and time.perf_counter() - sent.at > ANSWER_WITHIN:
                break
        return answer.done() and answer.result()

    async def until(self, holds: Callable[[View], bool]) -> None:
        """Wait until the view is as wished, or the session is over."""
        while not self.over.is_set() and not holds(self.view):
            await self.change()

    async def until_seated(self) -> None:
        """Wait until the link holds, or the session is over."""
        while not self.over.is_set() and not self.seated.is_set():
            await self.change()

    async def until_cut(self) -> None:
        """Wait until the link is broken."""
        while self.seated.is_set():
            await self.change()

    async def change(self) -> None:
        """Wait for the next change of the view."""
        self._changed.clear()
        await self._changed.wait()

    def now_ms(self) -> float:
        """Tell the server's time."""
        return time.time() * 1000 + self._offset_ms

    # -- away and back -------------------------------------------------------------------------------

    def vanish(self) -> None:
        """Break the link without a word, and stay away."""
        self._stays_away = True
        self.seated.clear()
        socket, self._socket = self._socket, None  # its reader must not come back by itself
        if socket is not None:
            socket.transport.abort()

    async def come_back(self) -> None:
        """Open the link again, as a page does whose network is back."""
        self._stays_away = False
        await self._return()

    async def _open(self) -> None:
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
        await self._send(json.dumps({"t": "hello", "lang": self.browser.lang, "tab": self._tab}))
        assert self._tasks is not None
        self._tasks.create_task(self._read(self._socket))

    async def _return(self) -> None:
        """Try again and again, a little later each time, until the server is there."""
        wait, until = RETRY_FIRST, asyncio.get_running_loop().time() + GIVES_UP
        while not self.over.is_set() and not self._stays_away:
            try:
                await self._open()
                return
            except (OSError, InvalidHandshake, ConnectionClosed):
                if asyncio.get_running_loop().time() > until:
                    self._end()
                await asyncio.sleep(wait * random.uniform(0.5, 1.5))
                wait = min(RETRY_LAST, wait * 2)

    def _end(self) -> None:
        """Nothing more will come."""
        self.over.set()
        self.seated.clear()
        self._changed.set()
        for sent in self._sent.values():
            if not sent.answer.done():
                sent.answer.set_result(False)

    # -- the socket ----------------------------------------------------------------------------------

    async def _send(self, frame: str) -> None:
        if self._socket is None:
            return
        with suppress(ConnectionClosed):
            await self._socket.send(frame)

    async def _every(self, seconds: float) -> bool:
        """Wait; False when it is over."""
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            return True
        return False

    async def _beat(self) -> None:
        while await self._every(PING_EVERY):
            if self.seated.is_set():
                await self._send(json.dumps({"t": "ping", "t0": time.time() * 1000}))

    async def _report(self) -> None:
        """Say how one's own sound and picture are: as the drills of the rehearsal leave them."""
        while await self._every(REPORT_EVERY):
            if self.seated.is_set():
                health: Health = self._hearing.report(self.view, self.you, time.monotonic())
                said = {"rung": health.rung, "flowing": health.flowing, "quality": health.quality}
                await self._send(json.dumps({"t": "health", **said}))

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for data in socket:
                await self._take(json.loads(data))
        if socket is not self._socket:
            return
        self.seated.clear()
        self._changed.set()
        if self.over.is_set():
            self._end()
        elif not self._stays_away:
            await self._return()

    async def _take(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "welcome":
                self.you = frame["you"]
                self.words = frame["words"] or self.words
                self.view = frame["view"] or self.view
                self._offset_ms = frame["now"] - time.time() * 1000
                self.seated.set()
                for sent in self._sent.values():
                    sent.again = True
                    await self._send(sent.frame)
            case "set":
                for path, value in frame["set"].items():
                    self._put(path, value)
            case "ack":
                self._answered(frame["id"], "")
            case "refused":
                self._answered(frame["id"], frame["code"])
            case "bye" if frame["code"] not in (CloseCode.BYE, CloseCode.RESTART, CloseCode.TOO_SLOW):
                self._end()
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
        sent = self._sent.pop(id, None)
        if sent is None:
            return  # the answer to a command that was sent twice
        if code:
            self._ledger.refused[f"{sent.command}: {code}"] += 1
        else:
            self._ledger.acknowledged += 1
            if not sent.again:
                self._ledger.seconds.append(time.perf_counter() - sent.at)
        if not sent.answer.done():
            sent.answer.set_result(not code)
