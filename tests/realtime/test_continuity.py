"""Groups and people move between rungs by what browsers report and what LiveKit answers, and no phase ever waits for it."""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest

from app.engine.commands import OpenDoors
from app.engine.errors import Refusal
from app.engine.ids import CLOCK, CommandId, PersonId, SessionId
from app.engine.ladder import Drop
from app.main import Parts
from app.realtime.messages import CloseCode
from tests.fake_video import FakeVideo
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Browser, Table, a_table

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


@pytest.fixture
def video() -> FakeVideo:
    """Give a media server that is well."""
    return FakeVideo()


@pytest.fixture
async def table(parts: Parts) -> Table:
    """Plan a session whose doors are open."""
    made = await a_table(parts)
    with suppress(Refusal):  # the ticker may have been faster
        await parts.rooms.do(made.session, CLOCK, OpenDoors(), CommandId("doors"))
    return made


async def everybody(stack: AsyncExitStack, table: Table) -> dict[PersonId, Browser]:
    """Open a page for each, and start."""
    at = {person: await stack.enter_async_context(table.browser(person)) for person in table.people}
    assert (await at[FACILITATOR].do("start"))["t"] == "ack"
    return at


async def report(
    browsers: dict[PersonId, Browser], rung: str, *, silent: set[PersonId] | None = None
) -> None:
    """Let every page report its media, and be sure the server has read it."""
    quiet = silent if silent is not None else set()
    for person, browser in browsers.items():
        await browser.send({"t": "health", "rung": rung, "flowing": person not in quiet})
        browser.answers.pop("pong", None)
        await browser.send({"t": "ping", "t0": 1})
        await browser.until(lambda answers=browser.answers: "pong" in answers)


async def seconds_pass(
    table: Table, clock: FakeClock, at: dict[PersonId, Browser], count: int, rung: str, silent: set[PersonId]
) -> None:
    """Let time pass two seconds at a time: reports, a probe, a judgement."""
    for _ in range(count // 2):
        await report(at, rung, silent=silent)
        await table.parts.continuity.probe()
        await table.parts.continuity.tick()
        clock.advance(seconds=2)


def state(table: Table) -> Any:
    """Give the session as it is."""
    session = table.parts.rooms.warm(table.session)
    assert session is not None
    return session


async def test_a_dead_media_server_moves_the_group_to_direct_links_and_the_clock_runs(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        running = state(table).clock
        video.alive = False
        await seconds_pass(table, clock, at, 12, "sfu", set(table.people))
        assert state(table).ladder.rung == "mesh"
        assert state(table).ladder.why == "video-unreachable"
        assert state(table).clock is running
        await at[CHLOE].until(lambda: at[CHLOE].view["ladder"]["rung"] == "mesh")


async def test_reports_alone_or_a_failing_probe_alone_move_nobody(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        await seconds_pass(table, clock, at, 14, "sfu", {CHLOE, DRISS})
        assert state(table).ladder.rung == "sfu", "one office's firewall"
        video.alive = False
        await seconds_pass(table, clock, at, 30, "sfu", set())
        assert state(table).ladder.rung == "sfu", "the question fails, the media flow"


async def test_the_group_goes_up_again_at_a_phase_boundary_after_the_facilitator_agrees(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        for rung in ("sfu-audio", "sfu", "sfu-audio", "sfu"):  # tried by hand: no offer was taken
            assert (await at[FACILITATOR].do("force-rung", rung=rung))["t"] == "ack"
            await table.parts.continuity.tick()
        video.alive = False
        await seconds_pass(table, clock, at, 14, "sfu", set(table.people))
        video.alive = True
        await seconds_pass(table, clock, at, 100, "mesh", set())
        assert state(table).ladder.offer is None, "not in the middle of a phase"
        assert (await at[FACILITATOR].do("next", from_key="opening"))["t"] == "ack"
        await seconds_pass(table, clock, at, 4, "mesh", set())
        assert state(table).ladder.offer == "sfu"
        assert state(table).ladder.rung == "mesh"
        answer = await at[FACILITATOR].do("force-rung", rung="sfu")
        assert answer["t"] == "ack"
        assert state(table).ladder.rung == "sfu"
        assert [drop.what for drop in state(table).ladder.drops] == ["mesh"]


async def test_an_offer_is_taken_back_when_the_media_server_falls_silent_again(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        video.alive = False
        await seconds_pass(table, clock, at, 14, "sfu", set(table.people))
        video.alive = True
        await seconds_pass(table, clock, at, 100, "mesh", set())
        await at[FACILITATOR].do("pause", reason="")
        await seconds_pass(table, clock, at, 4, "mesh", set())
        assert state(table).ladder.offer == "sfu"
        video.alive = False
        await seconds_pass(table, clock, at, 4, "mesh", set())
        assert state(table).ladder.offer is None


async def test_one_person_whose_ports_are_blocked_is_moved_alone_and_comes_back(
    table: Table, clock: FakeClock
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        chloe = {CHLOE: at[CHLOE]}
        others = {person: browser for person, browser in at.items() if person != CHLOE}
        for _ in range(3):
            await report(others, "sfu")
            await report(chloe, "mesh")
            await table.parts.continuity.tick()
            clock.advance(seconds=2)
        assert (state(table).ladder.rung, dict(state(table).ladder.moved)) == ("sfu", {CHLOE: "mesh"})
        for _ in range(11):
            await report(chloe, "mesh", silent={CHLOE})
            await table.parts.continuity.tick()
            clock.advance(seconds=2)
        assert dict(state(table).ladder.moved) == {CHLOE: "text"}
        assert state(table).ladder.rung == "sfu"
        await seconds_pass(table, clock, at, 10, "sfu", set())
        assert not state(table).ladder.moved
        assert [(drop.person, drop.what, drop.until is None) for drop in state(table).ladder.drops] == [
            (CHLOE, "mesh", False),
            (CHLOE, "text", False),
        ]


async def test_a_media_server_that_hangs_delays_no_phase_and_no_pass(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    """LiveKit's API was seen to stall for 14 seconds; here it never answers."""
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        video.hangs = asyncio.Event()
        stuck = [
            asyncio.create_task(table.parts.continuity.probe()),
            asyncio.create_task(table.parts.reconciler.tick()),
        ]
        try:
            for key in ("opening", "subject"):
                if key == "subject":
                    await at[BRUNO].do("propose-subject", entry="s1", title="Une équipe")
                    await at[FACILITATOR].do("choose-client", person=BRUNO, subject="s1")
                assert (await at[FACILITATOR].do("next", from_key=key))["t"] == "ack"
            await table.parts.continuity.tick()
            assert state(table).slot.key == "expose"
        finally:
            video.hangs.set()
            await asyncio.gather(*stuck)


async def test_an_empty_room_is_forgotten(table: Table) -> None:
    async with table.browser(CHLOE) as chloe:
        await report({CHLOE: chloe}, "sfu", silent={CHLOE})
    await table.parts.continuity.tick()
    assert not table.parts.continuity._watched
    assert not table.parts.hub.present(table.session)


async def test_whoever_is_alone_hears_nobody_and_nothing_is_wrong(
    table: Table, clock: FakeClock, video: FakeVideo
) -> None:
    async with table.browser(FACILITATOR) as aude:
        video.alive = False
        await seconds_pass(table, clock, {FACILITATOR: aude}, 40, "sfu", {FACILITATOR})
        assert state(table).ladder.rung == "sfu"
        assert state(table).ladder.drops == tuple[Drop, ...]()


# -- what browsers say to each other ----------------------------------------------------------------


async def test_a_signal_reaches_the_one_it_is_for_with_the_sender_stamped_by_the_server(table: Table) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss, table.browser(ELENA) as elena:
        await chloe.send({"t": "signal", "to": DRISS, "from": FACILITATOR, "data": {"epoch": 1, "sdp": "é"}})
        await driss.until(lambda: driss.signals)
        assert driss.signals == [{"t": "signal", "from": CHLOE, "data": {"epoch": 1, "sdp": "é"}}]
        await report({ELENA: elena, CHLOE: chloe}, "sfu")  # nothing is on its way any more
        assert not elena.signals
        assert not chloe.signals


async def test_a_signal_never_leaves_its_room(table: Table, parts: Parts) -> None:
    other = await a_table(parts, "other")
    with suppress(Refusal):
        await parts.rooms.do(other.session, CLOCK, OpenDoors(), CommandId("doors-other"))
    async with table.browser(CHLOE) as chloe, other.browser(DRISS) as elsewhere:
        for to in (DRISS, "nobody"):
            await chloe.send({"t": "signal", "to": to, "data": 1})
        await report({CHLOE: chloe}, "sfu")
        await report({DRISS: elsewhere}, "sfu")
        assert not elsewhere.signals
        assert chloe.closed_with is None


async def test_a_signal_that_is_too_large_closes_its_own_socket_only(table: Table) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        await chloe.send({"t": "signal", "to": DRISS, "data": "x" * 17_000})
        assert await chloe.gone() == CloseCode.BAD_MESSAGE
        assert not driss.signals
        assert driss.closed_with is None


async def test_signals_are_slowed_down_by_weight_and_commands_have_a_pace_of_their_own(table: Table) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        for number in range(84):  # seven links, each with an offer and a dozen addresses
            await chloe.send({"t": "signal", "to": DRISS, "data": number})
        await driss.until(lambda: len(driss.signals) == 84)
        assert [signal["data"] for signal in driss.signals] == list(range(84))


def test_the_media_room_of_a_session_is_named_by_its_opaque_id() -> None:
    passed = FakeVideo().grant(SessionId("s"), CHLOE, may_share=False)
    assert passed.token == f"s {CHLOE} speak"


async def test_the_quality_of_each_line_reaches_whoever_conducts_within_a_judgement_and_nobody_else(
    table: Table, clock: FakeClock
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        await at[CHLOE].send({"t": "health", "rung": "sfu", "flowing": True, "quality": "poor"})
        await report({BRUNO: at[BRUNO]}, "sfu")
        await table.parts.continuity.tick()
        host = at[FACILITATOR]
        await host.until(lambda: host.view["conduct"]["quality"] == {CHLOE: "poor", BRUNO: "good"})
        assert at[BRUNO].view["conduct"] is None
        assert b"poor" not in b"".join(
            repr(fact).encode() for fact in await table.parts.log.load(table.session)
        )
        await at[CHLOE].send({"t": "health", "rung": "sfu", "flowing": True, "quality": "good"})
        await report({BRUNO: at[BRUNO]}, "sfu")
        await table.parts.continuity.tick()
        await host.until(lambda: host.view["conduct"]["quality"] == {CHLOE: "good", BRUNO: "good"})
