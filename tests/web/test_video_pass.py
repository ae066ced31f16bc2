"""Passes to the media, credentials for relays, and webhooks, asked over HTTP."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from app.config import BadSetting, Settings, from_environment
from app.engine.commands import Close, End, OpenDoors, Start
from app.engine.errors import Refusal
from app.engine.ids import SERVER, CommandId
from app.engine.ladder_commands import AllowScreen
from app.gateways.turn import LASTS
from app.main import Parts
from app.usecases.write_report import close_session
from app.web.security import CSP, csp
from tests.fake_video import GENUINE, FakeVideo
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, served

CHLOE = CONSULTANTS[1]
TURN = ("turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp")
SECRET = "shared with coturn"


def with_relays(settings: Settings) -> Settings:
    """Configure TURN and a media server."""
    return replace(
        settings,
        livekit_url="wss://media.example.org",
        turn_urls=TURN,
        turn_secret=SECRET,
        relay_only=True,
    )


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that the test moves."""
    return FakeClock()


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Parts]:
    """Serve the whole program with a media server and relays."""
    async with served(tmp_path, clock, change=with_relays, video=FakeVideo()) as running:
        yield running


@pytest.fixture
async def table(parts: Parts) -> Table:
    """Plan a session whose doors are open."""
    made = await a_table(parts)
    with suppress(Refusal):  # the ticker may have been faster
        await parts.rooms.do(made.session, FACILITATOR, OpenDoors(), CommandId("doors"))
    return made


def client(table: Table) -> httpx2.AsyncClient:
    """Open Chloé's browser."""
    headers = {**table.browser(CHLOE).headers, "Origin": table.origin}
    return httpx2.AsyncClient(base_url=table.origin, headers=headers, trust_env=False)


async def test_a_pass_and_the_relays_come_together(table: Table, parts: Parts) -> None:
    async with client(table) as chloe:
        answer = (await chloe.post(f"/video/{table.session}/pass")).json()
    assert answer["url"] == "ws://livekit.test"
    assert answer["token"] == f"{table.session} {CHLOE} speak"
    ice = answer["ice"]
    assert ice["iceTransportPolicy"] == "relay"
    (server,) = ice["iceServers"]
    expiry, name = server["username"].split(":")
    assert name == CHLOE
    assert int(expiry) == int((parts.clock.now() + LASTS).timestamp())
    digest = hmac.new(SECRET.encode(), server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(digest).decode(), "as coturn computes it"
    assert server["urls"] == list(TURN)
    assert answer["lasts"] == LASTS.total_seconds(), "so that a browser asks again before they expire"


async def test_a_pass_lets_share_only_whom_the_facilitator_allows(table: Table, parts: Parts) -> None:
    async with client(table) as chloe:
        await parts.rooms.do(table.session, FACILITATOR, AllowScreen(), CommandId("screens"))
        answer = (await chloe.post(f"/video/{table.session}/pass")).json()
        assert answer["token"].endswith("speak share")


async def test_without_a_media_server_there_is_no_pass_and_the_relays_still(tmp_path: Path) -> None:
    async with served(tmp_path, FakeClock()) as parts:
        table = await a_table(parts)
        with suppress(Refusal):
            await parts.rooms.do(table.session, FACILITATOR, OpenDoors(), CommandId("doors"))
        async with client(table) as chloe:
            answer = (await chloe.post(f"/video/{table.session}/pass")).json()
            assert answer == {
                "url": None,
                "token": None,
                "ice": {"iceServers": [], "iceTransportPolicy": "all"},
                "lasts": LASTS.total_seconds(),
            }
            page = await chloe.get("/healthz")
            assert page.headers["content-security-policy"] == CSP


async def test_another_site_gets_no_pass_for_anybody(table: Table) -> None:
    async with client(table) as chloe:
        answer = await chloe.post(
            f"/video/{table.session}/pass", headers={"Origin": "https://elsewhere.example"}
        )
        assert answer.status_code == 403


async def test_a_webhook_needs_no_origin_and_a_forged_one_looks_the_same(table: Table, parts: Parts) -> None:
    hinted: list[str] = []
    object.__setattr__(parts, "hinted", hinted.append)
    async with httpx2.AsyncClient(base_url=table.origin, trust_env=False) as livekit:
        for signature in (GENUINE, "forged", None):
            headers = {"Authorization": signature} if signature else {}
            answer = await livekit.post("/video/webhook", content=table.session, headers=headers)
            assert answer.status_code == 204
        assert hinted == [table.session]
        answer = await livekit.post("/video/webhook", content=b"x" * 70_000)
        assert answer.status_code == 413


def test_pages_may_talk_to_the_media_server_and_to_nobody_else() -> None:
    assert "connect-src 'self' wss://media.example.org https://media.example.org;" in csp(
        "wss://media.example.org"
    )
    assert "wss://*.livekit.cloud" in csp("wss://ronde-1.livekit.cloud")
    assert "ws://127.0.0.1:7880 http://127.0.0.1:7880;" in csp("ws://127.0.0.1:7880")
    assert csp() == CSP


@pytest.mark.parametrize(
    "environ",
    [
        {"LIVEKIT_URL": "wss://media.example.org"},
        {"LIVEKIT_URL": "media", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"},
        {"TURN_URL": "turn:turn.example.org:3478"},
        {"TURN_URL": "stun:x", "TURN_SECRET": "s"},
        {"RONDE_RELAY_ONLY": "1"},
    ],
    ids=lambda environ: " ".join(environ),
)
def test_settings_that_cannot_work_are_one_sentence(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"^[A-Z].*\.$"):
        from_environment(environ)


def test_several_relays_are_named_with_spaces() -> None:
    settings = from_environment({"TURN_URL": " ".join(TURN), "TURN_SECRET": "s", "RONDE_RELAY_ONLY": "1"})
    assert (settings.turn_urls, settings.relay_only) == (TURN, True)


async def test_once_all_is_closed_there_is_nothing_to_give_and_nothing_is_broken(
    table: Table, parts: Parts, clock: FakeClock
) -> None:
    await parts.rooms.do(table.session, FACILITATOR, Start(), CommandId("start"))
    await parts.rooms.do(table.session, FACILITATOR, End(), CommandId("end"))
    async with client(table) as chloe:
        assert (await chloe.post(f"/video/{table.session}/pass")).status_code == 200, (
            "people may still say goodbye"
        )
        clock.advance(timedelta(minutes=10))
        with suppress(Refusal):  # the ticker may have been faster
            await parts.rooms.do(table.session, SERVER, Close(), CommandId("close"))
        closed = await chloe.post(f"/video/{table.session}/pass")
        await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
        erased = await chloe.post(f"/video/{table.session}/pass")
    for answer in (closed, erased):  # a page may ask before it hears of either
        assert (answer.status_code, answer.content) == (204, b"")
