"""A served room with sound and picture: real browsers with fake cameras, and counters read from their statistics."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from app.engine.commands import OpenDoors
from app.engine.errors import Refusal
from app.engine.ids import CommandId, PersonId, SessionId
from devtools import livekit
from tests.patience import ENOUGH
from tests.realtime.table import FACILITATOR, Table, secret_of
from tests.realtime.table import Browser as Host

MEDIA_WORDS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-gpu",
    "--disable-quic",
    "--no-sandbox",
)
COUNT = """
(() => {
  const all = [], players = [];
  const counts = { broken: 0 };
  if (!window.RTCPeerConnection) return;
  const played = () => new Set(players.map((player) => player.srcObject?.getTracks()[0]).filter(Boolean));
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); all.push(this); }
    close() {
      const heard = played(), now = performance.timeOrigin + performance.now();
      const sounds = (one) => one.getSynchronizationSources().some(({ timestamp }) => now - timestamp < 1000);
      if (this.connectionState === "connected" && this.getReceivers().some((one) => heard.has(one.track) && sounds(one)))
        counts.broken += 1;
      super.close();
    }
  };
  window.Audio = class extends window.Audio {
    constructor() { super(); players.push(this); }
  };
  window.__open = () => all.filter((link) => link.connectionState === "connected").length;
  window.__flow = async () => {
    const heard = played();
    const sum = { audio: 0, frames: 0, energy: 0, heard: 0, voices: heard.size, sent: 0, relayed: 0, open: 0, ...counts };
    for (const link of all) {
      if (link.connectionState === "closed") continue;
      if (link.connectionState === "connected") sum.open += 1;
      const stats = await link.getStats();
      const ids = new Set(link.getReceivers().map(({ track }) => track).filter((one) => heard.has(one)).map(({ id }) => id));
      for (const one of stats.values()) {
        if (one.type === "inbound-rtp" && one.kind === "audio") {
          sum.audio += one.packetsReceived;
          sum.energy += one.totalAudioEnergy ?? 0;
          if (ids.has(one.trackIdentifier)) sum.heard += one.packetsReceived;
        }
        if (one.type === "outbound-rtp" && one.kind === "audio") sum.sent += one.packetsSent;
        if (one.type === "inbound-rtp" && one.kind === "video") sum.frames += one.framesDecoded ?? 0;
        if (one.type === "transport" && one.selectedCandidatePairId) {
          const pair = stats.get(one.selectedCandidatePairId);
          const ends = [stats.get(pair?.localCandidateId), stats.get(pair?.remoteCandidateId)];
          if (ends.every((end) => end?.candidateType === "relay")) sum.relayed += 1;
        }
      }
    }
    return sum;
  };
})();
"""
"""Counts what arrives by every connection of a page, whichever way made it; the page itself knows nothing of it."""

BLOCKED_FROM_ALL = """
(() => {  // a firewall that lets nothing of any connection through
  const Real = window.RTCPeerConnection;
  const walled = (given) => ({ ...given, iceServers: [], iceTransportPolicy: "relay" });
  window.RTCPeerConnection = class extends Real {
    constructor(given) { super(walled(given)); }
    setConfiguration(given) { super.setConfiguration(walled(given)); }
  };
})();
"""

THREE = (PersonId("bruno"), PersonId("chloe"), PersonId("driss"))
PATIENCE = ENOUGH
"""Seconds for what must come by itself; how fast it comes is printed, and a busy machine is no fault."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What arrived at one page since it was opened, on links that are open still."""

    audio: int
    frames: int
    energy: float
    heard: int
    """Packets of sound on the tracks that are played, one for each voice."""
    voices: int
    """Tracks that are played now: one for each voice that is heard, whichever ways it comes by."""
    broken: int
    """Connections that were closed while a voice that sounded was heard by them."""
    sent: int
    """Packets of sound that left, counted on each connection."""
    relayed: int
    """Connections that go through a relay at both ends now."""
    open: int
    """Connections that carry now."""


@dataclass
class Seat:
    """One person's page."""

    person: PersonId
    session: SessionId
    context: BrowserContext
    page: Page

    async def flow(self) -> Flow:
        """Read the counters of the page."""
        return Flow(**await self.page.evaluate("window.__flow()"))

    async def links(self) -> int:
        """Count the connections that carry now, without asking each for its statistics."""
        return int(await self.page.evaluate("window.__open()"))

    async def begin(self) -> None:
        """Load the room."""
        await self.page.goto(f"/room/{self.session}")

    async def told(self) -> str:
        """Name the note on the screen, or nothing."""
        return str(await self.page.locator(".told").first.get_attribute("data-told") or "")


@asynccontextmanager
async def seated(
    browser: Browser,
    table: Table,
    person: PersonId,
    *,
    lang: str = "en",
    script: str = "",
    secret: str = "",
    wishes: tuple[str, ...] = ("audio", "video"),
    **options: Any,
) -> AsyncIterator[Seat]:
    """Open somebody's room or console with microphone and camera open, or what they wish of it; `secret` is their cookie."""
    context = await browser.new_context(
        base_url=table.origin, locale="fr-FR" if lang == "fr" else "en-GB", **options
    )
    await context.add_cookies(
        [
            {"name": name, "value": value, "url": table.origin}
            for name, value in (
                (f"seat-{table.session}", secret or secret_of(table.session, person)),
                (f"charter-{table.session}", "accepted"),
                ("lang", lang),
            )
        ]
    )
    await context.add_init_script(script + COUNT)
    for kind in ("audio", "video"):
        wish = "yes" if kind in wishes else "no"
        await context.add_init_script(
            f"try {{ localStorage.setItem('ronde:{kind}-on', '{wish}') }} catch {{}}"
        )
    seat = Seat(person, table.session, context, await context.new_page())
    try:
        await seat.begin()
        yield seat
    finally:
        await context.close()


async def grows(seats: list[Seat], of: Callable[[Flow], float], *, by: float, within: float) -> float:
    """Wait until a counter has grown in every page, and give the seconds it took."""
    started = time.monotonic()
    before = [of(await seat.flow()) for seat in seats]
    while True:
        after = [of(await seat.flow()) for seat in seats]
        if all(b - a >= by for a, b in zip(before, after, strict=True)):
            return time.monotonic() - started
        before = [
            min(a, b) for a, b in zip(before, after, strict=True)
        ]  # a link that closed takes its counters away
        assert time.monotonic() - started < within, f"{before} → {after} after {within} s"
        await asyncio.sleep(0.25)


async def sit_down(stack: AsyncExitStack, browser: Browser, table: Table) -> tuple[list[Seat], Host]:
    """Open a room for each of three people, and let the facilitator, who has no devices, begin the session."""
    seats = [await stack.enter_async_context(seated(browser, table, person)) for person in THREE]
    for seat in seats:
        await expect(seat.page.locator(".seat video")).to_have_count(len(seats), timeout=PATIENCE * 1000)
    host = await stack.enter_async_context(hosting(table))
    await host.do("start")
    return seats, host


@asynccontextmanager
async def hosting(table: Table) -> AsyncIterator[Host]:
    """Open the facilitator's page without devices, and keep its link alive as a browser does."""

    async def beat(host: Host) -> None:
        while True:
            await asyncio.sleep(3)
            await host.send({"t": "ping", "t0": 0})

    async with table.browser(FACILITATOR) as host:
        beating = asyncio.create_task(beat(host))
        try:
            yield host
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


async def opened(table: Table, host: PersonId = FACILITATOR) -> None:
    """Open the doors, if the ticker has not done so."""
    with suppress(Refusal):
        await table.parts.rooms.do(table.session, host, OpenDoors(), CommandId("doors"))


def send_signal(server: livekit.Running, number: signal.Signals) -> None:
    """Send a signal to the media server, and wait until it is dead or stands still: a busy machine takes its time."""
    assert server.process is not None
    os.kill(server.process.pid, number)
    if number == signal.SIGKILL:
        server.process.wait()
    elif number == signal.SIGSTOP:
        os.waitpid(server.process.pid, os.WUNTRACED)


def sound(flow: Flow) -> float:
    """Count packets of sound on tracks that are played."""
    return flow.heard


def pictures(flow: Flow) -> float:
    """Count frames that were drawn."""
    return flow.frames
