"""Checks the surroundings that the other tests rely on: shut sockets, Chromium and PostgreSQL."""

import asyncio
import socket

import psycopg
import pytest
from playwright.async_api import Browser, Error


def test_a_test_cannot_look_up_another_machine() -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.getaddrinfo("example.org", 443)


def test_a_test_cannot_call_another_machine() -> None:
    with socket.socket() as caller, pytest.raises(RuntimeError, match="tests stay on this machine"):
        caller.connect(("192.0.2.1", 443))


async def test_this_machine_can_be_called() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_the_browser_draws_a_page_and_reaches_nothing_else(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>Ronde</h1>")
    assert await page.get_by_role("heading").inner_text() == "Ronde"
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("https://example.org")
    await page.close()


def test_a_real_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()
    assert row is not None
    assert row[0] >= 150000
