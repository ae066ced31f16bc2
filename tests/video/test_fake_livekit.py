"""The whole program beside a LiveKit that hangs, lies by webhook or loses people: nothing waits for it, and polling is the truth."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from livekit.protocol.models import TrackInfo, TrackSource, TrackType

from app.config import Settings
from app.main import Parts
from app.realtime.microphones import EVERY
from app.usecases.video_port import VideoUnavailable
from tests.fakes import FakeClock
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Browser, Table, a_table, served
from tests.realtime.test_microphones import a_ruled_table, to_the_clients_phase
from tests.video.fake_livekit import KEY, SECRET, FakeLiveKit, fake_livekit
from tests.video.table import opened

pytestmark = pytest.mark.anyio

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS
LOOKED = "ListParticipants"
STALL_S = 14
"""For so long a LiveKit was seen to stall; every question is given up after less than a fifth of it."""


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that stands still."""
    return FakeClock()


@pytest.fixture
async def livekit() -> AsyncIterator[FakeLiveKit]:
    """Serve a LiveKit that is well."""
    async with fake_livekit() as fake:
        yield fake


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock, livekit: FakeLiveKit) -> AsyncIterator[Parts]:
    """Serve the whole program beside it, through the real gateway."""

    def beside(settings: Settings) -> Settings:
        return replace(settings, livekit_url=livekit.url, livekit_key=KEY, livekit_secret=SECRET)

    async with served(tmp_path, clock, change=beside) as running:
        yield running


async def running_session(parts: Parts, page: Browser) -> None:
    """Begin the session."""
    await opened(page.table)
    assert (await page.do("start"))["t"] == "ack"


async def watched(parts: Parts) -> Browser:
    """Plan a session and open the facilitator's page: rooms without any are nobody's business."""
    table = await a_table(parts)
    return await table.browser(FACILITATOR).open()


async def looked(livekit: FakeLiveKit, before: int) -> int:
    """Wait until Ronde has looked once more, and give how often it has."""

    async def has_looked() -> bool:
        return livekit.count(LOOKED) > before

    await until(has_looked, "Ronde does not look")
    return livekit.count(LOOKED)


async def was_asked(livekit: FakeLiveKit) -> bool:
    """Whether a question has arrived."""
    return bool(livekit.asked)


async def hint(table: Table, body: str, authorization: str) -> int:
    """Send a webhook as LiveKit does."""
    async with httpx2.AsyncClient(base_url=table.origin, trust_env=False) as sender:
        answer = await sender.post("/video/webhook", content=body, headers={"Authorization": authorization})
        return answer.status_code


async def test_while_livekit_hangs_the_session_goes_on_as_if_nothing_were(
    parts: Parts, livekit: FakeLiveKit, clock: FakeClock
) -> None:
    page = await watched(parts)
    livekit.hangs, livekit.answered = asyncio.Event(), 0
    asking = [asyncio.create_task(parts.reconciler.tick()), asyncio.create_task(parts.continuity.probe())]
    await until(lambda: was_asked(livekit), "LiveKit is not asked")
    await running_session(parts, page)
    assert (await page.do("next", from_key="opening"))["t"] == "ack"
    async with page.table.browser(CHLOE) as chloe:
        assert chloe.view["plan"][chloe.view["clock"]["at"]]["key"] == "subject"
        async with httpx2.AsyncClient(
            base_url=page.table.origin,
            headers={**chloe.headers, "Origin": page.table.origin},
            trust_env=False,
        ) as client:
            answer = await client.post(f"/video/{page.table.session}/pass")
            assert answer.json()["token"], "a pass is signed here: LiveKit need not answer for it"
    await asyncio.gather(*asking)  # bounded by the gateway, not by LiveKit
    assert livekit.answered == 0, "LiveKit hung all the while, and hangs still"
    await page.close()


async def test_every_question_is_given_up_long_before_a_stalled_livekit_answers_and_commands_are_acknowledged_meanwhile(
    parts: Parts, livekit: FakeLiveKit
) -> None:
    page = await watched(parts)
    await running_session(parts, page)
    session, video = page.table.session, parts.video
    livekit.asked.clear()
    livekit.hangs, livekit.answered = asyncio.Event(), 0
    asking = {
        "ListParticipants": video.present(session),
        "MutePublishedTrack": video.mute(session, CHLOE, "TR_chloe"),
        "UpdateParticipant": video.permit(session, CHLOE, may_share=True),
        "RemoveParticipant": video.expel(session, CHLOE),
        "DeleteRoom": video.close(session),
        "ListRooms": video.is_alive(),
    }
    started = asyncio.get_running_loop().time()
    calls = [asyncio.create_task(call, name=what) for what, call in asking.items()]
    await until(lambda: were_asked(livekit, set(asking)), "not every question has arrived")
    for command in ("pause", "resume"):
        assert (await page.do(command))["t"] == "ack", f"{command} waits for LiveKit"
    assert (await page.do("next", from_key="opening"))["t"] == "ack", "a change of phase waits for LiveKit"
    *refused, alive = await asyncio.gather(*calls, return_exceptions=True)
    took = asyncio.get_running_loop().time() - started
    assert [type(answer) for answer in refused] == [VideoUnavailable] * 5
    assert alive is False
    assert livekit.answered == 0, "nobody waited for the answer"
    assert took < STALL_S, "a stall of fourteen seconds is never sat out"
    livekit.hangs.set()
    livekit.hangs = None
    assert await video.is_alive(), "what was given up is not in the way of the next question"
    await page.close()


async def were_asked(livekit: FakeLiveKit, what: set[str]) -> bool:
    """Whether each of these questions has arrived."""
    return what <= {kind for kind, _ in livekit.asked}


async def test_the_roster_is_right_by_polling_though_every_webhook_is_lost(
    parts: Parts, livekit: FakeLiveKit, clock: FakeClock
) -> None:
    page = await watched(parts)
    await running_session(parts, page)
    livekit.people = {"mallory": True, CHLOE: True}
    clock.advance(EVERY)
    await parts.reconciler.tick()
    assert livekit.people == {CHLOE: True}, "who has no seat is put out, and nobody is muted"
    await page.close()


async def test_the_voice_rule_closes_a_voice_whatever_its_page_calls_it(
    parts: Parts, livekit: FakeLiveKit, clock: FakeClock
) -> None:
    table = await a_ruled_table(parts)
    page = await table.browser(FACILITATOR).open()
    await to_the_clients_phase(table)
    livekit.people = {BRUNO: True, CHLOE: True, DRISS: False}
    livekit.more = {
        BRUNO: (TrackInfo(sid="the client's", type=TrackType.AUDIO, source=TrackSource.CAMERA),),
        CHLOE: (
            TrackInfo(sid="a voice as camera", type=TrackType.AUDIO, source=TrackSource.CAMERA),
            TrackInfo(sid="a voice as film", source=TrackSource.SCREEN_SHARE, mime_type="audio/opus"),
            TrackInfo(
                sid="her camera", type=TrackType.VIDEO, source=TrackSource.CAMERA, mime_type="video/VP8"
            ),
        ),
        DRISS: (
            TrackInfo(sid="a screen's sound", type=TrackType.AUDIO, source=TrackSource.SCREEN_SHARE_AUDIO),
        ),
    }
    for _ in range(2):  # the second look begins when the first is over
        before = livekit.count(LOOKED)
        clock.advance(EVERY)
        await looked(livekit, before)
    muted = {track.sid for tracks in livekit.more.values() for track in tracks if track.muted}
    assert muted == {"a voice as camera", "a voice as film"}
    assert livekit.people == {BRUNO: True, CHLOE: False, DRISS: False}
    await page.close()


async def test_webhooks_doubled_reordered_or_forged_are_at_most_a_reason_to_look(
    parts: Parts, livekit: FakeLiveKit, clock: FakeClock
) -> None:
    page = await watched(parts)
    table = page.table
    await running_session(parts, page)
    livekit.people = {CHLOE: True, DRISS: True}
    before = livekit.count(LOOKED)
    clock.advance(EVERY)
    before = await looked(
        livekit, before
    )  # the clock stands still from here on: nothing but a hint makes Ronde look

    body, _ = livekit.webhook(table.session, "participant_left")
    forged = livekit.webhook(table.session, "participant_left", secret="x" * 40)[1]
    other = livekit.webhook(table.session, "room_finished")[1]
    for authorization in (forged, other, "", f"Bearer {forged}"):
        assert await hint(table, body, authorization) == 204, "a forger learns nothing"
    await parts.reconciler.tick()
    assert livekit.count(LOOKED) == before

    clock.advance(seconds=1)
    for event in ("participant_left", "participant_joined", "participant_left", "room_finished"):
        assert await hint(table, *livekit.webhook(table.session, event)) == 204
    after = await looked(livekit, before)
    assert await hint(table, *livekit.webhook(table.session, "participant_joined")) == 204
    await parts.reconciler.tick()
    assert livekit.count(LOOKED) == after == before + 1, "once a second, however many came"
    assert set(livekit.people) == {CHLOE, DRISS}, "it is as it is, whatever webhooks say"
    assert (await page.do("next", from_key="opening"))["t"] == "ack", "nor is the room finished"
    await page.close()
