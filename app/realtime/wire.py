"""uvicorn's WebSocket protocol with one more door: ready-made frames, made once and written to many sockets."""

import asyncio
import struct
from typing import Any, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "ronde.wire"
"""Where an ASGI scope carries the door."""

CLOSE = "ronde.close"
"""The message a socket's reader receives when somebody else wants it closed."""

FAREWELL = 3.0
"""Seconds a peer that does not read has to take its last frame."""


class Wire(Protocol):
    """What the hub needs of a socket."""

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

    def handle_connect(self, event: Request) -> None:
        """Begin the handshake, and put ourselves in the scope of the app."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

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
