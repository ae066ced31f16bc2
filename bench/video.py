"""Measures a table with sound and picture beside bare livekit-client: work, bytes, and seconds until sound is back."""

import asyncio
import json
import os
import random
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import urlencode

from playwright.async_api import Browser, Page, async_playwright

from app.config import from_environment
from app.engine.ids import PersonId, SessionId
from app.gateways.video import LiveKitKeys, LiveKitVideo
from bench.live import cpu_seconds, serving_ronde
from bench.rooms import PlantedRoom, plant
from devtools import livekit
from devtools.environment import node
from devtools.steps import ROOT
from devtools.system import find_browser

PEOPLE = 3
"""Pages with picture that two cores bear."""

CROWD = 8
"""Pages with sound alone: one speaks and the others listen; also with every microphone open, where the floor decides."""

CALM = 15.0
"""Seconds of undisturbed talk that are measured."""

PACKETS = 60
"""Packets of sound, new on every page, that count as sound: six tenths of a second of two voices."""

JOINING = 120.0
"""Seconds a table may take until everybody hears everybody."""

FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-gpu",
    "--disable-quic",
    "--no-sandbox",
)
COUNT = (ROOT / "bench" / "count_sound.mjs").read_text()
WALL = (ROOT / "bench" / "wall_media.mjs").read_text()
DEVICES = "for (const kind of ['audio', 'video']) localStorage.setItem(`ronde:${kind}-on`, WISHES[kind])"
BOTH, SOUND, NONE = (
    {"audio": audio, "video": video} for audio, video in (("yes", "yes"), ("yes", "no"), ("no", "no"))
)

Open = Callable[[int, str], Awaitable[Page]]
"""Opens the page of one person, with a script before its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Who sits at a table that is measured: Ronde's, or one of livekit-client with nothing around it."""

    bare: bool
    people: int = PEOPLE
    microphones: int = PEOPLE  # how many are open
    pictures: bool = True

    @property
    def floor_decides(self) -> bool:
        """Whether they are linked directly, and so many that only who has the floor is heard."""
        return not self.bare and not self.pictures

    @property
    def one_speaks(self) -> bool:
        """Whether all hear one person, who hears nobody."""
        return self.floor_decides or self.microphones == 1


@dataclass(frozen=True, slots=True)
class Calm:
    """What an undisturbed table costs."""

    joined_s: float  # from opening the first page until everybody hears everybody
    browsers: float  # cores, all pages together
    media_server: float  # cores
    kbps_down: float  # per page
    kbps_up: float


@dataclass(frozen=True, slots=True)
class Fault:
    """What a fault does to a table: seconds until sound is back by repetition, None for never within the patience."""

    sound_back_s: tuple[float | None, ...]
    given_up_s: float | None = None  # when the page itself gave up, for those that do

    @property
    def typical(self) -> float | None:
        """Give the median; None when sound came back in fewer than half of the tries."""
        ranked = sorted(float("inf") if each is None else each for each in self.sound_back_s)
        middle = median(ranked)
        return None if middle == float("inf") else middle


SIGNALS = {"killed": signal.SIGKILL, "frozen": signal.SIGSTOP}
"""What is done to the media server; the fault that is not here is a wall before one person."""


def measure_calm(*, bare: bool) -> Calm:
    """Let three people talk, and weigh it."""
    return asyncio.run(_calm(Setting(bare)))


def measure_crowd(*, bare: bool, microphones: int = 1) -> Calm:
    """Let eight people with sound alone hear who speaks: by direct links in Ronde's room, else through the media server."""
    return asyncio.run(_calm(Setting(bare, CROWD, microphones, pictures=False)))


def measure_fault(fault: str, *, bare: bool, times: int, patience: float) -> Fault:
    """Break the media server ("killed", "frozen"), or wall one person off from it ("blocked"), and wait for sound."""
    tries = [asyncio.run(_fault(fault, bare, patience)) for _ in range(times)]
    ends = [end for _, end in tries if end is not None]
    return Fault(tuple(back for back, _ in tries), median(ends) if ends else None)


async def _calm(setting: Setting) -> Calm:
    async with _table(setting) as (server, open_page):
        started = time.monotonic()
        pages = [await open_page(number, "") for number in range(setting.people)]
        hear = pages[1:] if setting.one_speaks else pages
        assert await _sound(hear, JOINING) is not None, "nobody hears anybody"
        if setting.floor_decides:
            await _linked(pages)
        joined = time.monotonic() - started
        flows, work, at = [await _flow(page) for page in pages], _work(server), time.monotonic()
        await asyncio.sleep(CALM)
        after, worked = [await _flow(page) for page in pages], _work(server)
        span = time.monotonic() - at
        down, up = (
            sum(b[way] - a[way] for a, b in zip(flows, after, strict=True)) * 8 / 1000 / span / len(pages)
            for way in ("received", "sent")
        )
        browsers, media = ((worked[who] - work[who]) / span for who in ("browsers", "media server"))
        return Calm(joined, browsers, media, down, up)


async def _fault(fault: str, bare: bool, patience: float) -> tuple[float | None, float | None]:
    async with _table(Setting(bare)) as (server, open_page):
        whole = PEOPLE if fault in SIGNALS else PEOPLE - 1
        pages = [await open_page(number, "") for number in range(whole)]
        assert await _sound(pages, JOINING) is not None, "nobody hears anybody"
        began = time.time()
        if fault in SIGNALS:
            _signal(server, SIGNALS[fault])
        else:
            pages.append(await open_page(whole, WALL))
        back = await _sound(pages, patience)
        end = await pages[-1].evaluate("window.benchEnd") if bare else None
        return back, None if end is None else end / 1000 - began


async def _sound(pages: list[Page], within: float) -> float | None:
    """Wait until every page hears something new, and give the seconds that took; None when it does not."""
    started = time.monotonic()
    before = [(await _flow(page))["sound"] for page in pages]
    while (waited := time.monotonic() - started) < within:
        await asyncio.sleep(0.1)
        after = [(await _flow(page))["sound"] for page in pages]
        if all(b - a >= PACKETS for a, b in zip(before, after, strict=True)):
            return waited
        before = [min(pair) for pair in zip(before, after, strict=True)]  # a closed link takes its count away
    return None


async def _linked(pages: list[Page]) -> None:
    """Wait until everybody is linked with everybody: until then more than one sends."""
    async with asyncio.timeout(JOINING):
        for page in pages:
            while (await _flow(page))["open"] < len(pages) - 1:  # noqa: ASYNC110 - a page announces nothing
                await asyncio.sleep(0.5)


async def _flow(page: Page) -> dict[str, float]:
    found: dict[str, float] = await page.evaluate("window.benchFlow()")
    return found


# -- the two tables --------------------------------------------------------------------------------


@asynccontextmanager
async def _table(setting: Setting) -> AsyncIterator[tuple[livekit.Running, Open]]:
    """Start a media server and a browser, and give what opens a page at this table."""
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node()))
    with tempfile.TemporaryDirectory(prefix="ronde-bench-") as folder:
        server = livekit.Running(livekit.require(), Path(folder) / "livekit", _free_ports())
        server.start(supervised=False)
        try:
            await _answers(server)
            async with AsyncExitStack() as stack:
                playwright = await stack.enter_async_context(async_playwright())
                browser = await playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
                stack.push_async_callback(browser.close)
                if setting.bare:
                    yield server, _bare(browser, server, stack.enter_context(_serving_bare()), setting)
                else:
                    settings = from_environment({}, data=folder)
                    (room,) = await asyncio.to_thread(plant, settings, 1, floor=setting.floor_decides)
                    livekit_too = {} if setting.floor_decides else server.environment()
                    _, url = stack.enter_context(serving_ronde(folder, livekit_too))
                    yield server, _ronde(browser, room, url, setting)
        finally:
            _signal(server, signal.SIGCONT)
            server.stop()


def _ronde(browser: Browser, room: PlantedRoom, url: str, setting: Setting) -> Open:
    async def opened(number: int, script: str) -> Page:
        context = await browser.new_context(base_url=url, locale="en-GB")
        # Without whoever conducts somebody would stand in, and be heard too.
        is_host = setting.floor_decides and number + 1 == setting.people
        seat, _, secret = room.cookies[0 if is_host else number + 1].partition("=")
        opens = not is_host and number < setting.microphones
        wishes = BOTH if setting.pictures else SOUND if opens else NONE
        cookies = ((seat, secret), (f"charter-{room.id}", "accepted"), ("lang", "en"))
        await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies])
        await context.add_init_script(f"{script}\n{COUNT}\n{DEVICES.replace('WISHES', json.dumps(wishes))}")
        page = await context.new_page()
        await page.goto(f"/room/{room.id}")
        return page

    return opened


def _bare(browser: Browser, server: livekit.Running, url: str, setting: Setting) -> Open:
    video = LiveKitVideo(LiveKitKeys(server.url, server.key, server.secret))

    async def opened(number: int, script: str) -> Page:
        context = await browser.new_context()
        await context.add_init_script(f"{script}\n{COUNT}")
        granted = video.grant(SessionId("bench"), PersonId(f"p{number}"), may_share=False)
        page = await context.new_page()
        devices = "both" if setting.pictures else "sound" if number < setting.microphones else "none"
        asked = {"url": server.url, "token": granted.token, "devices": devices}
        await page.goto(f"{url}/?" + urlencode(asked))
        return page

    return opened


@contextmanager
def _serving_bare() -> Iterator[str]:
    """Serve the peer's page from this machine, as browsers want it of a page that talks to this machine."""
    client = (ROOT / "node_modules/livekit-client/dist/livekit-client.umd.js").read_text()
    peer = (ROOT / "bench" / "peer_livekit.mjs").read_text()
    html = f"<!doctype html><body><script>{client}</script><script>{peer}</script>".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()


# -- the machine -----------------------------------------------------------------------------------


def _work(server: livekit.Running) -> dict[str, float]:
    """Tell the seconds of processor time so far: of every browser process below us, and of the media server."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (folder / "stat").read_text().rpartition(")")
        except OSError:
            continue
        parents[int(folder.name)] = int(rest.split()[1])
        names[int(folder.name)] = head.partition("(")[2]
    work = {"browsers": 0.0, "media server": 0.0}
    for pid, name in names.items():
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and name.startswith("chrom"):
            work["browsers"] += cpu_seconds(pid)
    if server.process:
        work["media server"] = cpu_seconds(server.process.pid)
    return work


def _signal(server: livekit.Running, number: signal.Signals) -> None:
    if server.process and server.process.poll() is None:
        os.kill(server.process.pid, number)


def _free_ports() -> int:
    """Find two neighbouring ports, below those that systems give to outgoing connections."""
    for port in random.sample(range(20_000, 32_000, 2), 100):
        with suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise OSError("no two free ports")


async def _answers(server: livekit.Running) -> None:
    """Wait until the media server listens; raises TimeoutError."""
    async with asyncio.timeout(15):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
                return writer.close()
            await asyncio.sleep(0.1)
