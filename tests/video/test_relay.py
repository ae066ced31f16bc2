"""Direct links through a real coturn: relayed at both ends, with credentials that expire, so that nobody sees an address."""

import base64
import hashlib
import hmac
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from anyio import to_thread
from playwright.async_api import Browser, Request

from app.config import Settings
from app.gateways.clock import SystemClock
from app.main import Parts
from tests.patience import until
from tests.ports import free_port
from tests.realtime.table import a_table, served
from tests.video.table import PATIENCE, THREE, Seat, grows, hosting, seated, sound

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

SECRET = "shared with coturn"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start a coturn that relays within this machine only, and give its port."""
    program = shutil.which("turnserver")
    assert program is not None, "`dev.py test` installs Debian's coturn"
    port, folder = free_port(), tmp_path_factory.mktemp("coturn")
    words = [
        *("--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", str(port)),
        *("--min-port", "42000", "--max-port", "42200", "--realm", "ronde.test"),
        *("--use-auth-secret", "--static-auth-secret", SECRET, "--allow-loopback-peers", "--no-cli"),
        *("--no-tls", "--no-dtls", "--pidfile", str(folder / "pid"), "--userdb", str(folder / "users")),
        *("--log-file", "stdout", "--no-software-attribute"),
    ]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([program, "-n", *words], stdout=log, stderr=log, cwd=folder)
    try:
        _answers(port, running, folder / "log")
        yield port
    finally:
        running.terminate()
        running.wait(10)


def _answers(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while running.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise AssertionError(f"coturn does not answer: {log.read_text(errors='replace')[-600:]}")


@pytest.fixture
async def parts(tmp_path: Path, relay: int) -> AsyncIterator[Parts]:
    """Serve the program without a media server: whatever is heard went through the relay."""

    def with_relay(settings: Settings) -> Settings:
        urls = (f"turn:127.0.0.1:{relay}?transport=udp",)
        return replace(settings, turn_urls=urls, turn_secret=SECRET, relay_only=True)

    async with served(tmp_path, SystemClock(), change=with_relay) as running:
        yield running


async def test_two_people_hear_each_other_through_the_relay_alone(filmed: Browser, parts: Parts) -> None:
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(hosting(table))
        await host.until(lambda: host.view["session"]["status"] != "planned")
        seats = [await stack.enter_async_context(seated(filmed, table, person)) for person in THREE[:2]]
        await grows(seats, sound, by=60, within=PATIENCE)
        await until(lambda: go_by_relay(seats), "not every link goes through the relay")


async def test_a_page_asks_for_new_credentials_before_the_first_ones_expire_and_links_with_them(
    filmed: Browser, parts: Parts
) -> None:
    short = replace(parts.relays, lasts=timedelta(seconds=10))
    object.__setattr__(parts, "relays", short)
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(hosting(table))
        await host.until(lambda: host.view["session"]["status"] != "planned")
        seats = [await stack.enter_async_context(seated(filmed, table, person)) for person in THREE[:2]]
        asked = [0, 0]

        def count(at: int, request: Request) -> None:
            asked[at] += request.url.endswith("/pass")

        for at, seat in enumerate(seats):
            seat.page.on("request", partial(count, at))
        await grows(seats, sound, by=60, within=PATIENCE)

        async def are_renewed() -> bool:
            return min(asked) >= 3

        await until(are_renewed, "a page does not ask again")
        late = await stack.enter_async_context(seated(filmed, table, THREE[2]))
        await grows([*seats, late], sound, by=60, within=PATIENCE)
        await until(lambda: go_by_relay([*seats, late]), "not every link goes through the relay")


async def go_by_relay(seats: list[Seat]) -> bool:
    """Tell whether everybody is linked with everybody else, and each link goes through the relay at both ends."""
    flows = [await seat.flow() for seat in seats]
    return all(flow.relayed == flow.open == len(seats) - 1 for flow in flows)


@pytest.mark.parametrize(("hours", "answer"), [(1, "accepted"), (-1, "expired"), (None, "forged")])
async def test_the_relay_takes_only_credentials_that_are_ours_and_not_expired(
    relay: int, hours: int | None, answer: str
) -> None:
    program = shutil.which("turnutils_uclient")
    assert program is not None
    name = f"{int(time.time()) + 3600 * (hours or 1)}:chloe"
    secret = SECRET if hours is not None else "guessed"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    password = base64.b64encode(digest).decode()
    words = ["-u", name, "-w", password, "-p", str(relay), "-y", "-c", "-n", "1", "127.0.0.1"]
    asked = await to_thread.run_sync(
        lambda: subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False)
    )
    said = asked.stdout + asked.stderr
    assert ("Total lost packets 0" in said) == (answer == "accepted"), said[-800:]
