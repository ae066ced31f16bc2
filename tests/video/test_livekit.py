"""The media port against a real LiveKit server: passes, presence, death, freezing and forged webhooks."""

import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
from livekit import api

from app.config import Settings
from app.engine.ids import PersonId, SessionId
from app.gateways.clock import SystemClock
from app.gateways.video import LiveKitKeys, LiveKitVideo
from app.usecases.video_port import VideoUnavailable
from devtools import livekit
from devtools.steps import ROOT
from tests.patience import until
from tests.ports import free_port
from tests.realtime.table import served
from tests.video.table import send_signal

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("stories")]
MANUAL = ROOT / "docs" / "operations.md"
SESSION, NADIA = SessionId("s-1"), PersonId("nadia")
LIVEKITS_OWN_LIMIT_S = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[livekit.Running]:
    """Start the real server; it is built once when this machine has none."""
    running = livekit.Running(livekit.require(), tmp_path_factory.mktemp("livekit"), free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def video(server: livekit.Running) -> AsyncIterator[LiveKitVideo]:
    """Give the port on that server, once it answers."""
    port = LiveKitVideo(LiveKitKeys(server.url, server.key, server.secret))
    await until(port.is_alive, "the LiveKit server does not answer")
    yield port
    await port.aclose()


async def test_a_pass_is_short_for_one_room_and_names_nobody(
    video: LiveKitVideo, server: livekit.Running
) -> None:
    one = video.grant(SESSION, NADIA, may_share=False)
    claims = jwt.decode(one.token, server.secret, algorithms=["HS256"])
    assert one.url == server.url
    assert claims["video"]["room"] == SESSION
    assert claims["sub"] == NADIA
    assert 0 < claims["exp"] - time.time() <= 15 * 60
    assert "name" not in claims or not claims["name"]


@pytest.mark.parametrize("may_share", [True, False])
async def test_a_pass_never_withholds_the_microphone_and_the_screen_unless_it_is_allowed(
    video: LiveKitVideo, server: livekit.Running, *, may_share: bool
) -> None:
    one = video.grant(SESSION, NADIA, may_share=may_share)
    sources = jwt.decode(one.token, server.secret, algorithms=["HS256"])["video"]["canPublishSources"]
    assert sources == ["camera", "microphone", *(["screen_share"] if may_share else [])]


async def test_an_unknown_room_is_empty_and_closing_it_is_no_error(video: LiveKitVideo) -> None:
    assert await video.present(SessionId("nobody")) == ()
    await video.close(SessionId("nobody"))
    await video.expel(SessionId("nobody"), NADIA)


async def test_a_frozen_server_is_given_up_soon(video: LiveKitVideo, server: livekit.Running) -> None:
    send_signal(server, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(VideoUnavailable):
            await video.present(SESSION)
        assert time.monotonic() - started < LIVEKITS_OWN_LIMIT_S
        assert not await video.is_alive()
    finally:
        send_signal(server, signal.SIGCONT)


async def test_a_killed_server_is_noticed_and_started_again(
    video: LiveKitVideo, server: livekit.Running
) -> None:
    assert server.process is not None
    first = server.process.pid
    os.kill(first, signal.SIGKILL)

    async def is_gone() -> bool:
        return not await video.is_alive()

    await until(is_gone, "it answers although it was killed")
    await until(video.is_alive, "it was not started again")
    assert server.process.pid != first


async def test_a_forged_webhook_says_nothing(video: LiveKitVideo) -> None:
    forged = jwt.encode({"iss": "ronde", "sha256": "AAAA"}, "x" * 32, algorithm="HS256")
    assert video.hint('{"event":"room_finished","room":{"name":"s-1"}}', forged) is None
    assert video.hint("", "") is None


def test_a_cached_server_is_found_without_building(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RONDE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert livekit.find() is None
    kept = tmp_path / "ronde" / f"livekit-server-{livekit.VERSION}"
    kept.parent.mkdir()
    kept.touch(mode=0o755)
    assert livekit.find() == kept


async def test_the_configuration_of_the_manual_starts_a_server_whose_webhooks_are_believed(
    tmp_path: Path,
) -> None:
    port, secret, hinted = free_port(), "s" * 32, list[SessionId]()

    def with_media(settings: Settings) -> Settings:
        url = f"ws://127.0.0.1:{port}"
        return replace(settings, livekit_url=url, livekit_key="ronde", livekit_secret=secret)

    async with served(tmp_path, SystemClock(), change=with_media) as parts:
        object.__setattr__(parts, "hinted", hinted.append)
        text = MANUAL.read_text("utf-8").partition("livekit-server --config")[2]
        text = text.partition("```yaml\n")[2].partition("```")[0]
        for wanted, here in (
            ("7880", str(port)),
            ("7881", str(port + 1)),
            ("203.0.113.7", "127.0.0.1"),
            ("<LIVEKIT_API_SECRET, 32 characters or more>", secret),
            ("https://ronde.example.org", parts.settings.origin),
        ):
            assert wanted in text
            text = text.replace(wanted, here)
        (tmp_path / "livekit.yaml").write_text(text)
        words = [str(livekit.require()), "--config", str(tmp_path / "livekit.yaml")]
        with (tmp_path / "livekit.log").open("wb") as log:
            running = subprocess.Popen(words, stdout=log, stderr=log)  # noqa: ASYNC220 (it returns at once)
        try:
            await until(parts.video.is_alive, "the LiveKit server does not answer")
            async with api.LiveKitAPI(f"http://127.0.0.1:{port}", "ronde", secret) as server:
                await server.room.create_room(api.CreateRoomRequest(name=SESSION))
            await until(lambda: heard_of(hinted), "no webhook was believed")
        finally:
            running.kill()
            running.wait()


async def heard_of(hinted: list[SessionId]) -> bool:
    """Whether a webhook told of the session."""
    return SESSION in hinted
