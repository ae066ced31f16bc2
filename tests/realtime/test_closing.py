"""A session that is over leaves the live room: its sockets, its deadlines and everything that was kept warm for it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from app.engine.commands import End
from app.engine.ids import CommandId, SessionId
from app.main import Parts
from app.realtime.messages import CloseCode
from app.store.directory import StoredDirectory
from app.usecases.change_session import cancel_session
from app.usecases.plan_session import Planner
from app.usecases.records import Status
from app.usecases.run_session import Done
from tests.fakes import FakeClock
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, PATIENCE, Table, a_table, is_erased
from tests.realtime.test_faults import under_way

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


def kept(parts: Parts, table: Table) -> list[str]:
    """Name what still remembers a session."""
    ticker, roll, hub = parts.ticker, parts.ticker._roll, parts.hub
    known: dict[str, Collection[Any]] = {
        "deadlines": ticker._due, "watched": ticker._watched, "statuses": ticker._statuses,
        "unreadable": ticker._unreadable, "sockets": hub._tables, "roll call": roll._sockets,
        "people": roll._seen, "lost": {session for session, _ in roll._lost}, "rooms": parts.rooms.warm_ids(),
        "media": parts.continuity._watched,
    }  # fmt: skip
    return [name for name, of in known.items() if table.session in of]


async def is_forgotten(parts: Parts, table: Table, clock: FakeClock) -> bool:
    """Let the server go on, and tell whether nothing of the session is left in memory."""
    clock.advance(seconds=11)
    await parts.ticker.tick()
    await parts.continuity.tick()
    return kept(parts, table) == []


async def test_a_closed_session_leaves_nothing_in_memory_though_people_stayed_to_the_last(
    table: Table, parts: Parts, clock: FakeClock
) -> None:
    await under_way(table)
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        await parts.rooms.do(table.session, FACILITATOR, End(), CommandId("end"))
        clock.advance(minutes=10)
        await parts.ticker.tick()
        for browser in (chloe, driss):
            assert await browser.gone() == CloseCode.SESSION_CLOSED
        await until(lambda: is_erased(table), "the trace policy takes effect", PATIENCE)
    clock.advance(seconds=20)  # the grace of those who were there is over, and their session is erased
    await parts.ticker.tick()
    await until(lambda: is_forgotten(parts, table, clock), "the session is forgotten", PATIENCE)
    async with table.browser(CHLOE) as chloe:  # a page that was asleep all the while
        assert await chloe.gone() == CloseCode.SESSION_CLOSED
    await until(lambda: is_forgotten(parts, table, clock), "whoever came too late is forgotten", PATIENCE)


async def test_who_sits_early_in_a_session_that_is_cancelled_is_told_and_nothing_is_kept(
    table: Table, parts: Parts, clock: FakeClock
) -> None:
    have = parts
    outside = Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
    planned = await parts.directory.find_session(table.session)
    assert planned is not None
    async with table.browser(CHLOE) as chloe:
        await cancel_session(planned, outside)
        assert await chloe.gone() == CloseCode.SESSION_CLOSED
    await parts.directory.set_status(table.session, Status.OPEN, clock.now())
    again = await parts.directory.find_session(table.session)
    assert again is not None
    assert again.status is Status.CANCELLED, "the clock, which opens the doors just then, brings nothing back"
    await until(lambda: is_erased(table), "what was prepared is erased", PATIENCE)
    await until(lambda: is_forgotten(parts, table, clock), "the session is forgotten", PATIENCE)


async def test_a_session_closed_on_another_node_closes_here_though_no_wake_up_came(
    table: Table, parts: Parts, clock: FakeClock
) -> None:
    async with table.browser(CHLOE) as chloe, await table.desk() as console:
        await parts.log.erase(table.session, clock.now())  # as the other node does, past our directory
        await StoredDirectory(parts.database).set_status(table.session, Status.CLOSED, clock.now())
        await until(lambda: is_forgotten(parts, table, clock), "the session is forgotten", PATIENCE)
        assert await chloe.gone() == await console.gone() == CloseCode.SESSION_CLOSED


async def test_a_console_may_be_open_long_before_its_session_is_near(parts: Parts, clock: FakeClock) -> None:
    early = await a_table(parts, "early", timedelta(days=7))
    async with await early.desk() as console:
        clock.advance(seconds=11)
        await parts.ticker.tick()
        assert (await console.do("propose-subject", entry="s", title="…"))["t"] == "refused"
        assert console.bye is None


async def test_a_session_whose_clock_breaks_does_not_stop_the_clocks_of_the_others(
    parts: Parts, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = await a_table(parts, "broken"), await a_table(parts, "well")
    do = parts.rooms.do

    async def breaks(session: SessionId, *more: Any) -> Done:
        if session == broken.session:
            raise RuntimeError("a bug")
        return await do(session, *more)

    monkeypatch.setattr(parts.rooms, "do", breaks)
    await parts.ticker.tick()
    assert (await parts.rooms.session(well.session)).status == "open"
