"""A served room with sound and picture: real browsers with fake cameras, and counters read from their statistics."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from app.engine.ids import PersonId
from tests.realtime.table import Table, secret_of

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
  const all = (window.__links = []);
  if (!window.RTCPeerConnection) return;
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); all.push(this); }
  };
  const players = (window.__players = []);
  window.Audio = class extends window.Audio {
    constructor() { super(); players.push(this); }
  };
  window.__flow = async () => {
    const played = new Set(players.map((player) => player.srcObject?.getTracks()[0]).filter(Boolean));
    const sum = { audio: 0, frames: 0, energy: 0, heard: 0, voices: played.size };
    for (const link of all) {
      if (link.connectionState === "closed") continue;
      for (const { track } of link.getReceivers())
        if (played.has(track))
          for (const one of (await link.getStats(track)).values())
            if (one.type === "inbound-rtp") sum.heard += one.packetsReceived;
      for (const one of (await link.getStats()).values()) {
        if (one.type !== "inbound-rtp") continue;
        if (one.kind === "audio") { sum.audio += one.packetsReceived; sum.energy += one.totalAudioEnergy ?? 0; }
        if (one.kind === "video") sum.frames += one.framesDecoded ?? 0;
      }
    }
    return sum;
  };
})();
"""
"""Counts what arrives by every connection of a page, whichever way made it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What arrived at one page since it was opened, on links that are open still."""

    audio: int
    frames: int
    energy: float
    heard: int
    """Packets of sound on the tracks that are played, one for each voice."""
    voices: int


@dataclass
class Seat:
    """One person's page."""

    person: PersonId
    context: BrowserContext
    page: Page

    async def flow(self) -> Flow:
        """Read the counters of the page."""
        return Flow(**await self.page.evaluate("window.__flow()"))

    async def told(self) -> str:
        """Name the note on the screen, or nothing."""
        return str(await self.page.locator(".told").first.get_attribute("data-told") or "")


@asynccontextmanager
async def seated(
    browser: Browser, table: Table, person: PersonId, *, lang: str = "en", script: str = "", **options: Any
) -> AsyncIterator[Seat]:
    """Open somebody's room or console with microphone and camera open."""
    context = await browser.new_context(
        base_url=table.origin, locale="fr-FR" if lang == "fr" else "en-GB", **options
    )
    await context.add_cookies(
        [
            {"name": name, "value": value, "url": table.origin}
            for name, value in (
                (f"seat-{table.session}", secret_of(table.session, person)),
                (f"charter-{table.session}", "accepted"),
                ("lang", lang),
            )
        ]
    )
    await context.add_init_script(script + COUNT)
    await context.add_init_script(
        "for (const kind of ['audio', 'video']) try { localStorage.setItem(`ronde:${kind}-on`, 'yes') } catch {}"
    )
    page = await context.new_page()
    await page.goto(f"/room/{table.session}")
    try:
        yield Seat(person, context, page)
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


async def until(holds: Callable[[], Awaitable[bool]], within: float, what: str) -> None:
    """Wait until something is so."""
    started = time.monotonic()
    while not await holds():
        assert time.monotonic() - started < within, what
        await asyncio.sleep(0.2)
