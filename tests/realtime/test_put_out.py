"""Who has no place in a session any more leaves the media server too: removed, without a link, or when all is over."""

import asyncio
from datetime import timedelta

import pytest

from app.engine.commands import End, RemovePerson
from app.engine.ids import PersonId
from app.engine.ladder import Microphones
from app.engine.state import Presence
from app.main import Parts
from app.realtime.messages import CloseCode
from app.realtime.microphones import AT_LEAST, EVERY, STEP, TRIED_FOR
from app.usecases.links import hash_of
from app.usecases.records import JoinToken, WebSession
from tests.fake_video import FakeVideo
from tests.fakes import FakeClock
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, secret_of
from tests.realtime.test_microphones import a_ruled_table, do, look, open_all, watched

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


@pytest.fixture
def video() -> FakeVideo:
    """Give a media server that is well."""
    return FakeVideo()


async def invited(table: Table, person: PersonId, secret: str) -> None:
    """Give somebody a link and let their browser in by it; the link before is revoked."""
    directory, now = table.parts.directory, table.parts.clock.now()
    day = now + timedelta(days=1)
    await directory.issue_join((JoinToken(hash_of(secret), table.session, person, now, day),))
    cookie = hash_of(secret_of(table.session, person))
    await directory.add_web_session(WebSession(cookie, person, table.session, now, day))


async def test_who_is_removed_leaves_the_media_at_the_next_look_and_that_is_soon(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    assert AT_LEAST.total_seconds() + STEP < 5
    table = await a_ruled_table(parts, Microphones.PEOPLE)
    page = await watched(table)
    open_all(video, table)
    await look(parts, clock)
    await do(table, RemovePerson(CHLOE), FACILITATOR)
    clock.advance(AT_LEAST)
    await parts.reconciler.tick()
    assert video.told("expel") == [("expel", table.session, CHLOE)]
    await page.close()


async def test_whose_link_is_revoked_leaves_the_media_at_once_and_does_not_come_back_by_the_pass_they_have(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts, Microphones.PEOPLE)
    await invited(table, CHLOE, "first")
    page = await watched(table)
    open_all(video, table)
    await look(parts, clock)
    video.asked.clear()
    async with table.browser(CHLOE) as chloe:
        video.hangs = asyncio.Event()
        await parts.directory.revoke_join(table.session, CHLOE, clock.now())  # waits for no LiveKit
        assert await chloe.gone() == CloseCode.LINK_REVOKED
        video.hangs.set()
        video.hangs = None
    await until(lambda: is_put_out(video, CHLOE), "they are in the media room still")
    await until(lambda: is_away(table, CHLOE), "nobody sees them away")

    video.asked.clear()
    video.rooms[table.session] = {CHLOE: (), DRISS: ()}  # a page that is not ours, with its pass of before
    await look(parts, clock)
    await until(lambda: is_put_out(video, CHLOE), "they came back by their pass")
    assert DRISS in video.rooms[table.session], "who has a way in may have lost a socket"

    video.alive = False
    await invited(table, CHLOE, "second")
    await parts.reconciler.tick()
    video.asked.clear()
    async with table.browser(CHLOE):
        video.alive, video.rooms[table.session] = True, {CHLOE: ()}
        await look(parts, clock)
    assert video.told("present")
    assert not video.told("expel"), "they came in again by a new link"
    await page.close()


async def is_put_out(video: FakeVideo, person: PersonId) -> bool:
    """Tell whether the media server was asked to put somebody out."""
    return any(who == person for _, _, who in video.told("expel"))


async def is_away(table: Table, person: PersonId) -> bool:
    """Let the time of grace pass, and tell whether the session sees somebody away."""
    table.parts.clock.advance(seconds=5)  # type: ignore[attr-defined]
    await table.parts.ticker.tick()
    seat = (await table.parts.rooms.session(table.session)).find_person(person)
    return seat is not None and seat.presence is Presence.AWAY


async def test_a_session_that_closes_takes_its_media_room_along_though_everybody_left_long_before(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts, Microphones.PEOPLE)
    page = await watched(table)
    await parts.reconciler.tick()
    await page.close()
    await until(lambda: is_empty(table), "the page is here still")
    await parts.reconciler.tick()  # the room has no sockets: it is forgotten
    video.rooms[table.session] = {CHLOE: ("mic",)}  # a page that is not ours stayed
    await do(table, End(), FACILITATOR)
    clock.advance(minutes=10)
    video.alive = False
    await parts.ticker.tick()
    await parts.reconciler.tick()
    video.alive = True
    clock.advance(EVERY)
    await parts.reconciler.tick()
    assert video.told("close") == [("close", table.session)]
    assert not video.rooms
    clock.advance(TRIED_FOR)
    await parts.reconciler.tick()
    assert len(video.told("close")) == 1, "once is enough"


async def is_empty(table: Table) -> bool:
    """Tell whether nobody has a socket."""
    return not table.parts.hub.present(table.session)


async def test_a_media_server_that_never_answers_is_asked_no_longer_than_a_pass_holds(
    parts: Parts, clock: FakeClock, video: FakeVideo
) -> None:
    table = await a_ruled_table(parts)
    video.alive = False
    parts.reconciler.put_out(table.session, CHLOE)
    for _ in range(int(TRIED_FOR / EVERY) + 1):
        await look(parts, clock)
    video.alive = True
    await look(parts, clock)
    assert not video.told("expel")
