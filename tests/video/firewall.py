"""A firewall between one page and the media server: their packets pass through it, and while it is closed none of them does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

THROUGH = """
(() => {  // the media server is reached by the firewall's ports only, and hears of no address but the firewall's
  const ways = WAYS;
  const walled = (given) => given?.continualGatheringPolicy;
  const through = (line) =>
    line.replace(/^((?:a=)?candidate:\\S+ \\d+ )(\\S+)( \\d+ \\S+ )(\\d+)/, (whole, first, kind, middle, port) =>
      kind.toLowerCase() === "udp" && ways[port] ? first + kind + middle + ways[port] : "");
  const rewrite = (sdp, line) => sdp.split("\\r\\n").map(line).filter(Boolean).join("\\r\\n") + "\\r\\n";
  const isCandidate = (line) => /^(a=)?candidate:/.test(line);
  const silent = ({ type, sdp }) => ({ type, sdp: rewrite(sdp, (line) => (isCandidate(line) ? "" : line)) });
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(given) { super(given); this.walled = walled(given); }
    set onicecandidate(hear) { super.onicecandidate = this.walled ? null : hear; }
    get onicecandidate() { return super.onicecandidate; }
    async createOffer(...given) {
      const made = await super.createOffer(...given);
      return this.walled ? silent(made) : made;
    }
    async createAnswer(...given) {
      const made = await super.createAnswer(...given);
      return this.walled ? silent(made) : made;
    }
    setRemoteDescription(desc) {
      if (!this.walled) return super.setRemoteDescription(desc);
      const sdp = rewrite(desc.sdp, (line) => (isCandidate(line) ? through(line) : line));
      return super.setRemoteDescription({ type: desc.type, sdp });
    }
    async addIceCandidate(given) {
      if (!this.walled || !given?.candidate) return super.addIceCandidate(given);
      const candidate = through(given.candidate);
      const { sdpMid, sdpMLineIndex } = given;
      if (candidate) await super.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
    }
  };
})();
"""


@dataclass
class Firewall:
    """Carries packets between one page and a range of ports, or drops every one of them."""

    closed: bool = False
    ways: dict[int, int] = field(default_factory=dict)  # port of the media server → the firewall's before it
    passed: int = 0
    dropped: int = 0

    @property
    def script(self) -> str:
        """Write what leads a page's connections through here."""
        return THROUGH.replace("WAYS", json.dumps(self.ways))

    def lets_through(self) -> bool:
        """Count a packet and tell its fate."""
        if self.closed:
            self.dropped += 1
        else:
            self.passed += 1
        return not self.closed


class _Front(asyncio.DatagramProtocol):
    """One port that pages send to; each sender has a port of its own on the other side, as behind a NAT."""

    def __init__(self, wall: Firewall, port: int) -> None:
        self._wall, self._port = wall, port
        self._back: dict[Any, asyncio.Task[asyncio.DatagramTransport]] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)  # it is no subclass before Python 3.12

    def datagram_received(self, data: bytes, sender: Any) -> None:
        if not self._wall.lets_through():
            return
        if sender not in self._back:
            self._back[sender] = asyncio.ensure_future(self._open(sender))
        self._back[sender].add_done_callback(partial(_send, data))

    def close(self) -> None:
        """Close both sides."""
        for back in self._back.values():
            back.result().close() if back.done() else back.cancel()
        if self.transport:
            self.transport.close()

    async def _open(self, sender: Any) -> asyncio.DatagramTransport:
        assert self.transport is not None
        loop, target = asyncio.get_running_loop(), ("127.0.0.1", self._port)
        made = _Back(self._wall, self.transport, sender)
        return (await loop.create_datagram_endpoint(lambda: made, remote_addr=target))[0]


def _send(data: bytes, back: asyncio.Task[asyncio.DatagramTransport]) -> None:
    if not back.cancelled():
        back.result().sendto(data)


def _itself(front: _Front) -> _Front:
    return front


class _Back(asyncio.DatagramProtocol):
    """What the media server answers to one sender."""

    def __init__(self, wall: Firewall, front: asyncio.DatagramTransport, sender: Any) -> None:
        self._wall, self._front, self._sender = wall, front, sender

    def datagram_received(self, data: bytes, _from: Any) -> None:
        if self._wall.lets_through():
            self._front.sendto(data, self._sender)


@asynccontextmanager
async def firewall(ports: range) -> AsyncIterator[Firewall]:
    """Stand before these ports of this machine until the test is over."""
    wall = Firewall()
    loop = asyncio.get_running_loop()
    fronts: list[_Front] = []
    try:
        for port in ports:
            front = _Front(wall, port)
            fronts.append(front)
            transport, _ = await loop.create_datagram_endpoint(partial(_itself, front), ("127.0.0.1", 0))
            wall.ways[port] = transport.get_extra_info("sockname")[1]
        yield wall
    finally:
        for front in fronts:
            front.close()
