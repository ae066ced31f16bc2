"""Sets the rules of the whole suite: no outside address, one event loop, a real browser and a real PostgreSQL."""

import ipaddress
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright

from app.gateways.log import choose_lines
from devtools.environment import node
from devtools.steps import ROOT
from devtools.system import find_browser
from tests.postgres import running_postgres

LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname"}
CHROMIUM_WORDS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)

settings.register_profile("ronde", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ronde")
choose_lines(as_json=False)  # what is printed beside a failing test is public as well


def _is_here(host: object) -> bool:
    if isinstance(host, bytes | bytearray):
        host = host.decode(errors="replace")
    if host in (None, "", "localhost") or not isinstance(host, str):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to look up or call any machine but this one (an audit hook cannot be patched away)."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in LOOKUPS:
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise RuntimeError(f"A test tried to reach {host}: tests stay on this machine.")


sys.addaudithook(_refuse_outside)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser or PostgreSQL by the fixtures they use."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        if "postgres_url" in names:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run every async test and fixture on asyncio, in one loop per worker."""
    return "asyncio"


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str) -> AsyncIterator[Browser]:
    """Start one Chromium per worker."""
    path = find_browser()
    if path is None:
        pytest.fail("Chromium is missing: `python3 dev.py test` says how to install it.")
    # Playwright's own Node.js needs a library that a bare Debian lacks; ours does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node()))
    words = (*CHROMIUM_WORDS, "--no-sandbox") if os.geteuid() == 0 else CHROMIUM_WORDS
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=words)
        yield launched
        await launched.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Lend the worker's Chromium to one test, and close every window the test left open."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start one throw-away PostgreSQL server per worker and give the address of its empty database."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Give the folder for screenshots and documents that people look at after the tests."""
    folder = ROOT / ".artefacts"
    folder.mkdir(exist_ok=True)
    return folder
