"""One socket from hello to goodbye: reads frames, gives commands for the person whose seat it is, answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, assert_never

import structlog

from app.engine.errors import Refusal
from app.engine.ids import CommandId, PersonId, SessionId
from app.engine.state import Status
from app.realtime import frames, measures
from app.realtime.hub import Hub, Socket
from app.realtime.messages import (
    LARGEST_SIGNAL,
    BadCommand,
    BadMessage,
    ClientFrame,
    CloseCode,
    Do,
    Health,
    Hello,
    Ping,
    Refused,
    Signal,
    read_command,
    read_frame,
)
from app.realtime.pace import Pace, TooManyFrames
from app.realtime.presence import RollCall
from app.realtime.sections import Json
from app.realtime.wire import CLOSE, Receive, Wire
from app.usecases.ports import Clock, Conflict, Erased, GatewayError, Ids, NewerEvent, Quarantined
from app.usecases.records import TokenHash
from app.usecases.run_session import Rooms, UnknownSession

HELLO_WITHIN = 10.0
"""Seconds a new socket has to say hello."""

COMMIT_WITHIN = 5.0
"""Seconds after which a command that is not on disk yet is handed back, to be sent again."""

SIGNAL_UNIT = 2048
"""Bytes of a signal that weigh as much as one frame."""

SIGNALS_RATE, SIGNALS_BURST = 30.0, 300.0
"""Signals per second, and how many at once: seven others, each with an offer and a dozen addresses."""

log = structlog.get_logger(part="socket")

Say = Callable[[str, str, dict[str, Any]], str]
"""Says the sentence of a code in a language, with its details."""


class Over(Exception):
    """The socket is closed, or must be with this code."""

    def __init__(self, code: CloseCode | None = None) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Doorway:
    """What every socket of this process works with."""

    rooms: Rooms
    hub: Hub
    roll: RollCall
    clock: Clock
    ids: Ids
    words: Callable[[SessionId, str], Awaitable[Json]]
    say: Say
    heard: Callable[[SessionId, PersonId, Health], None]
    is_in: Callable[[TokenHash], Awaitable[bool]]
    pace: Callable[[], Pace] = Pace

    async def serve(
        self, session: SessionId, person: PersonId, way_in: TokenHash, wire: Wire, receive: Receive
    ) -> CloseCode | None:
        """Serve one accepted socket until it ends; tells the code to close it with, None when it is closed already."""
        connection = Connection(self, session, person, way_in, wire, receive)
        try:
            await connection.run()
            return None
        except Over as over:
            if over.code is not None and not connection.told:
                wire.write(frames.bye(over.code, self.say(connection.lang, frames.reason(over.code), {})))
            return over.code
        finally:
            connection.gone()


class Connection:
    """One socket of one person at one table."""

    def __init__(
        self,
        doorway: Doorway,
        session: SessionId,
        person: PersonId,
        way_in: TokenHash,
        wire: Wire,
        receive: Receive,
    ) -> None:
        self.id = doorway.ids.new()
        self.lang = "fr"
        self.told = False  # the peer has had its last frame
        self._door = doorway
        self._session = session
        self._person = person
        self._way_in = way_in
        self._wire = wire
        self._receive = receive
        self._pace = doorway.pace()
        self._signals = Pace(SIGNALS_RATE, SIGNALS_BURST)
        self._socket: Socket | None = None

    async def run(self) -> None:
        """Read frames until the end; always raises Over."""
        await self._hello()
        while True:
            data = await self._read()
            try:
                frame = read_frame(data)
            except BadMessage:
                raise Over(CloseCode.BAD_MESSAGE) from None
            await self._slow_down(frame)
            match frame:
                case Signal():
                    self._relay(frame)
                case Health():
                    self._door.heard(self._session, self._person, frame)
                case Ping():
                    self._wire.write(frames.pong(frame.t0, self._door.clock.now()))
                case Do():
                    await self._do(frame, data)
                case Hello():
                    raise Over(CloseCode.BAD_MESSAGE)
                case _:
                    assert_never(frame)

    def gone(self) -> None:
        """Give the place up; the session is told when nobody comes back for it."""
        if self._socket is not None:
            self._door.hub.leave(self._socket)
        self._door.roll.lost(self._session, self._person, self.id)  # it may have arrived and found no seat

    async def _read(self) -> str:
        """Receive one text frame, at the pace a person can write."""
        message = await self._receive()
        match message["type"]:
            case "websocket.receive":
                pass
            case "websocket.disconnect":
                raise Over
            case kind if kind == CLOSE:
                self.told = True
                raise Over(CloseCode(message["code"]))
            case _:
                raise Over(CloseCode.BAD_MESSAGE)
        if self._socket is not None:
            self._socket.heard_at = asyncio.get_running_loop().time()
        data = message.get("text")
        if not isinstance(data, str):
            raise Over(CloseCode.BAD_MESSAGE)
        return data

    async def _slow_down(self, frame: ClientFrame) -> None:
        """Keep to a pace: of a person for what they ask, of a browser for what it says to other browsers, by weight."""
        try:
            if isinstance(frame, Signal):
                await self._signals.take(1 + len(bytes(frame.data)) / SIGNAL_UNIT)
            else:
                await self._pace.take()
        except TooManyFrames:
            raise Over(CloseCode.TOO_MANY_FRAMES) from None

    def _relay(self, signal: Signal) -> None:
        """Hand a signal to the browser of somebody of the same room; whoever is not here misses it."""
        if len(bytes(signal.data)) > LARGEST_SIGNAL:
            raise Over(CloseCode.BAD_MESSAGE)
        other = self._door.hub.find(self._session, PersonId(signal.to))
        if other is not None and not other.ending:
            other.wire.write(frames.signalled(self._person, signal.data))

    # -- hello -------------------------------------------------------------------------------------

    async def _hello(self) -> None:
        """Take the first frame, tell the session who arrives, and take the place at the table."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                hello = read_frame(await self._read())
        except (BadMessage, TimeoutError):
            raise Over(CloseCode.BAD_MESSAGE) from None
        if not isinstance(hello, Hello):
            raise Over(CloseCode.BAD_MESSAGE)
        self.lang = hello.lang
        other = self._door.hub.find(self._session, self._person)
        if other is not None and other.tab != hello.tab and not hello.take:
            raise Over(CloseCode.OPEN_ELSEWHERE)
        try:
            words = await self._door.words(self._session, hello.lang)
            if not await self._door.is_in(self._way_in):  # any more: this hello let itself be waited for
                raise Over(CloseCode.NOT_SIGNED_IN)
            await self._door.roll.arrived(self._session, self._person, self.id)
            state = await self._door.rooms.session(self._session)
        except (UnknownSession, Quarantined, NewerEvent):
            raise Over(CloseCode.UNKNOWN_SESSION) from None
        except Erased:
            raise Over(CloseCode.SESSION_CLOSED) from None
        except GatewayError:
            raise Over(CloseCode.RESTART) from None
        if state.status is Status.CLOSED:
            raise Over(CloseCode.SESSION_CLOSED)
        socket = Socket(
            self.id, self._session, self._person, self._way_in, hello.tab, hello.lang, self._wire,
            asyncio.get_running_loop().time(),
        )  # fmt: skip
        try:
            since = hello.since if hello.epoch == self._door.hub.epoch else None
            self._door.hub.seat(socket, state, since, words)
        except KeyError:
            raise Over(CloseCode.NOT_YOUR_SESSION) from None
        self._socket = socket

    # -- commands ----------------------------------------------------------------------------------

    async def _do(self, frame: Do, data: str) -> None:
        """Carry a command out and answer it."""
        began = asyncio.get_running_loop().time()
        named = CommandId(
            f"{self._person}:{frame.id}"
        )  # nobody can use up the id of the clock or of somebody else
        try:
            command = read_command(frame, data)
            async with asyncio.timeout(COMMIT_WITHIN):
                done = await self._door.rooms.do(self._session, self._person, command, named)
        except (Refusal, BadCommand) as refusal:
            self._refuse(frame.id, str(refusal.code), dict(getattr(refusal, "details", {})))
        except Conflict:
            self._refuse(frame.id, "busy", {}, retry=True)
        except (GatewayError, TimeoutError) as error:
            log.warning("command not saved", session=self._session, error=type(error).__name__)
            self._refuse(frame.id, "saving-paused", {}, retry=True)
        except (Quarantined, NewerEvent) as error:
            log.error("log not readable", session=self._session, error=type(error).__name__)
            self._refuse(frame.id, "session-damaged", {})
        except (Erased, UnknownSession):
            raise Over(CloseCode.SESSION_CLOSED) from None
        except Exception:  # a bug of ours: the person hears of it, the room goes on
            incident = self._door.ids.new()
            log.exception("command broke", session=self._session, incident=incident)
            self._refuse(frame.id, "something-broke", {"incident": incident})
        else:
            self._wire.write(frames.ack(frame.id, done.seq))
            measures.acknowledged.inc()
            measures.SECONDS.observe(asyncio.get_running_loop().time() - began)

    def _refuse(self, id: str, code: str, detail: dict[str, Any], *, retry: bool = False) -> None:
        (measures.postponed if retry else measures.refused).inc()
        self._wire.write(
            frames.refused(Refused(id, code, detail, self._door.say(self.lang, code, detail), retry))
        )
