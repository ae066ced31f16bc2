"""uvicorn's WebSocket protocol with one more door: ready-made frames, made once and written to many sockets."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "ronde.wire"
"""Where an ASGI scope carries the door."""

CLOSE = "ronde.close"
"""The message a socket's reader receives when somebody else wants it closed."""

FAREWELL = 3.0
"""Seconds a peer that does not read has to take its last frame."""


UNREAD = 4
"""Messages that may wait for their reader before the network has to; stopping it costs more than reading one."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Talk = Callable[[Receive, Send], Awaitable[None]]
"""What is said on a socket from its acceptance to its end."""


class Wire(Protocol):
    """What the room needs of a socket."""

    def begin(self, talk: Talk) -> None:
        """Talk once the app has accepted the socket and returned."""
        ...

    def write(self, frame: bytes) -> None:
        """Hand a whole frame to the network; never waits."""
        ...

    def backlog(self) -> int:
        """Count the bytes the peer has not taken yet."""
        ...

    def drained(self) -> int:
        """Count the bytes handed to the network so far and taken."""
        ...

    def hang_up(self, code: int) -> None:
        """Wake the reader so that it closes the socket with this code."""
        ...

    def cut(self, code: int) -> None:
        """Close without waiting for a peer that does not read."""
        ...


def as_frame(payload: bytes) -> bytes:
    """Wrap a JSON text as a whole, unmasked text frame (RFC 6455 §5.2): the same bytes for every socket."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", 0x81, length) + payload
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length) + payload
    return struct.pack("!BBQ", 0x81, 127, length) + payload


class RoomProtocol(WebSocketsSansIOProtocol):
    """One socket of the server; its app finds it in the scope and may write frames past the queue of ASGI messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._written = 0
        self._talk: Talk | None = None
        self.app = cast("Any", self._serve)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the app answer the handshake, then talk: a thousand quiet sockets keep no stack of middleware waiting."""
        await self.config.loaded_app(scope, receive, send)
        if self._talk is not None:
            await self._talk(receive, send)

    def begin(self, talk: Talk) -> None:
        """Talk once the app has accepted the socket and returned."""
        self._talk = talk

    def handle_connect(self, event: Request) -> None:
        """Begin the handshake, and put ourselves in the scope of the app."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

    def send_receive_event_to_app(self) -> None:
        """Hand a message to the reader, and let the network wait when several are unread."""
        paused, self.read_paused = self.read_paused, True
        super().send_receive_event_to_app()
        self.read_paused = paused
        if not paused and self.queue.qsize() >= UNREAD:
            self.read_paused = True
            self.transport.pause_reading()

    def write(self, frame: bytes) -> None:
        """Hand a whole frame to the network; without effect once the socket is closing."""
        if self.disconnected or self.close_sent or self.transport.is_closing():
            return
        self._written += len(frame)
        self.transport.write(frame)

    def backlog(self) -> int:
        """Count the bytes the peer has not taken yet."""
        return 0 if self.disconnected else self.transport.get_write_buffer_size()

    def drained(self) -> int:
        """Count the bytes handed to the network so far and taken."""
        return self._written - self.backlog()

    def hang_up(self, code: int) -> None:
        """Wake the reader so that it closes the socket with this code."""
        if not self.disconnected:
            self.queue.put_nowait(cast("Any", {"type": CLOSE, "code": code}))

    def cut(self, code: int) -> None:
        """Say the code and close; a peer that still does not read is dropped a little later."""
        if self.disconnected or self.transport.is_closing():
            return
        self.conn.send_close(code)
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()
        asyncio.get_running_loop().call_later(FAREWELL, self.transport.abort)
