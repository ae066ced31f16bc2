"""Where the group chose it, the voice rule closes microphones; webhooks are hints, and what is polled is true."""

from contextlib import suppress

import pytest

from app.engine.commands import ChangePlan, ChooseClient, Next, OpenDoors, ProposeSubject, Start
from app.engine.errors import Refusal
from app.engine.ids import SERVER, CommandId, EntryId, PersonId
from app.engine.ladder import Microphones
from app.engine.ladder_commands import AllowScreen
from app.main import Parts
from app.realtime.microphones import AFTER_CHANGE, EVERY, RULED_EVERY, STEP
from tests.fake_video import GENUINE, FakeVideo
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Browser, Table, a_table

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


@pytest.fixture
def video() -> FakeVideo:
    """Give a media server that is well."""
    return FakeVideo()


async def a_ruled_table(parts: Parts, microphones: Microphones = Microphones.VOICE_RULE) -> Table:
    """Run a session in its first phase, in which everybody may speak, with everybody's microphone open."""
    table = await a_table(parts)
    await do(table, ChangePlan(microphones=microphones), SERVER)
    with suppress(Refusal):  # the ticker may have been faster
        await do(table, OpenDoors(), FACILITATOR)
    await do(table, ProposeSubject(EntryId("s1"), "Une équipe"), BRUNO)
    await do(table, ChooseClient(BRUNO, EntryId("s1")), FACILITATOR)
    await do(table, Start(), FACILITATOR)
    return table


async def do(table: Table, command: object, by: object) -> None:
    """Give a command without a page."""
    table.made += 1
    await table.parts.rooms.do(table.session, by, command, CommandId(f"test-{table.made}"))  # type: ignore[arg-type]


async def to_the_clients_phase(table: Table) -> None:
    """Go on to the phase in which only the client speaks."""
    for key in ("opening", "subject"):
        await do(table, Next(key), FACILITATOR)


async def look(parts: Parts, clock: FakeClock) -> None:
    """Let the time for a look pass, and look."""
    clock.advance(EVERY)
    await parts.reconciler.tick()


def muted(video: FakeVideo) -> set[str]:
    """Name whose microphones were closed."""
    return {who for _, _, who, _ in video.told("mute")}


def open_all(video: FakeVideo, table: Table) -> None:
    """Open everybody's microphone."""
    video.rooms[table.session] = {person: (f"mic-{person}",) for person in table.people}
    video.sharing = {FACILITATOR}


async def watched(table: Table) -> Browser:
    """Open one page: rooms without any are nobody's business."""
    return await table.browser(FACILITATOR).open()


def test_a_page_that_cheats_is_muted_within_three_seconds() -> None:
    assert max(AFTER_CHANGE, RULED_EVERY).total_seconds() + STEP < 3


async def test_the_voice_rule_closes_those_who_must_be_silent_and_nobody_else(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts)
    page = await watched(table)
    open_all(video, table)
    await parts.reconciler.tick()
    assert not muted(video), "everybody may speak at the opening"
    await to_the_clients_phase(table)
    clock.advance(AFTER_CHANGE)
    await parts.reconciler.tick()
    assert muted(video) == {CHLOE, DRISS, ELENA}
    video.rooms[table.session][CHLOE] = ("mic-again",)  # a page that opens itself again
    clock.advance(RULED_EVERY)
    await parts.reconciler.tick()
    assert ("mute", table.session, CHLOE, "mic-again") in video.told("mute")
    assert not [each for each in video.asked if each[0] not in ("present", "mute")], "nobody is ever unmuted"
    await page.close()


async def test_where_people_hold_their_microphones_nobody_is_muted(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts, Microphones.PEOPLE)
    page = await watched(table)
    open_all(video, table)
    await to_the_clients_phase(table)
    await look(parts, clock)
    assert video.told("present")
    assert not video.told("mute")
    await page.close()


async def test_an_unreachable_media_server_is_asked_again_later(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts)
    page = await watched(table)
    open_all(video, table)
    await to_the_clients_phase(table)
    video.alive = False
    await look(parts, clock)
    video.alive = True
    await look(parts, clock)
    assert muted(video) == {CHLOE, DRISS, ELENA}
    await page.close()


async def test_whoever_has_no_seat_is_put_out_and_screens_follow_the_permission(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts, Microphones.PEOPLE)
    page = await watched(table)
    video.rooms[table.session] = {PersonId("mallory"): ("mic",), CHLOE: ()}
    await parts.reconciler.tick()
    assert ("expel", table.session, "mallory") in video.asked or not video.told("present")
    await look(parts, clock)
    assert ("expel", table.session, "mallory") in video.asked
    await do(table, AllowScreen(), FACILITATOR)
    await look(parts, clock)
    assert video.told("permit") == [("permit", table.session, CHLOE, "may_share=True")]
    await page.close()


async def test_webhooks_lost_doubled_reordered_or_forged_change_nothing_but_when_we_look(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts)
    page = await watched(table)
    open_all(video, table)
    await to_the_clients_phase(table)
    await look(parts, clock)
    before = len(video.told("present"))
    assert video.hint(table.session, "forged") is None
    for _ in range(200):  # doubled and reordered: each says no more than "look"
        parts.hinted(table.session)
    await parts.reconciler.tick()
    assert len(video.told("present")) == before, "not more than once a second"
    clock.advance(seconds=1)
    await parts.reconciler.tick()
    assert len(video.told("present")) == before + 1
    assert video.hint(table.session, GENUINE) == table.session
    await page.close()
