"""The server dies, the store goes away, the clock jumps: what was acknowledged stays, and nothing ends early."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import delete, update

from app.engine.commands import ChooseClient, Next, OpenDoors, Start, Undo
from app.engine.errors import Refusal
from app.engine.ids import CLOCK, CommandId
from app.engine.state import Status
from app.gateways.clock import SystemClock
from app.gateways.heartbeat import FilePulse
from app.main import Parts, build
from app.realtime.messages import CloseCode
from app.store.database import migrate_now
from app.store.event_log import StoredLog
from app.store.tables import events
from app.usecases.ports import StoreUnavailable
from devtools.steps import ROOT
from tests.fakes import FakeClock
from tests.patience import until
from tests.ports import free_port
from tests.realtime.table import (
    CONSULTANTS,
    FACILITATOR,
    PATIENCE,
    Table,
    a_table,
    served,
    settings_for,
)

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


async def under_way(table: Table) -> None:
    """Begin the first phase."""
    rooms = table.parts.rooms
    with suppress(Refusal):  # the ticker may have been faster
        await rooms.do(table.session, CLOCK, OpenDoors(), CommandId("doors"))
    await rooms.do(table.session, FACILITATOR, ChooseClient(BRUNO), CommandId("choose"))
    await rooms.do(table.session, FACILITATOR, Start(), CommandId("start"))


@asynccontextmanager
async def a_process(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m app serve` until the test is over or kills it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "serve", "--port", str(port), "--data", str(folder),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(4 * PATIENCE):
            line = await process.stdout.readline()
        assert b"127.0.0.1" in line
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_after_a_kill_every_acknowledged_command_is_there(tmp_path: Path) -> None:
    port = free_port()
    settings = settings_for(tmp_path, port)
    migrate_now(settings.database)
    parts = build(settings, SystemClock())
    table = await a_table(parts)
    await under_way(table)
    await parts.log.close()
    await parts.database.close()
    parts.pdf.close()

    acknowledged: dict[str, int] = {}
    async with a_process(tmp_path, port) as process:
        async with table.browser(CHLOE, tab="c") as chloe, table.browser(DRISS) as driss:

            async def type_away() -> None:
                for number in range(1000):
                    answer = await chloe.do(
                        "write", id=f"w{number}", entry=f"n{number}", kind="note", text=str(number)
                    )
                    assert answer["t"] == "ack", answer
                    acknowledged[f"n{number}"] = answer["seq"]

            typing = asyncio.create_task(type_away())
            await chloe.until(lambda: len(acknowledged) >= 20)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            await driss.gone()
            await chloe.gone()
            typing.cancel()
            await asyncio.gather(typing, return_exceptions=True)
        last = f"w{len(acknowledged)}"

    async with a_process(tmp_path, port), table.browser(CHLOE, tab="c") as chloe:
        assert set(acknowledged) <= set(chloe.view["entries"])
        assert len(chloe.view["entries"]) - len(acknowledged) in (0, 1)
        again = await chloe.do("write", id="w3", entry="n3", kind="note", text="3")
        assert (again["t"], again["seq"]) == ("ack", acknowledged["n3"])
        resent = await chloe.do(
            "write", id=last, entry=f"n{len(acknowledged)}", kind="note", text=str(len(acknowledged))
        )
        assert resent["t"] == "ack"
        assert chloe.view["clock"]["state"] == "running"


class Unplugged:
    """A log whose database can be away."""

    def __init__(self, log: StoredLog) -> None:
        self._append = log.append
        self.away = False

    async def append(self, *args: object) -> object:
        """Append, or be away."""
        if self.away:
            raise StoreUnavailable("away")
        return await self._append(*args)  # type: ignore[arg-type]


async def test_while_the_store_is_away_the_room_is_readable_and_nothing_is_lost(
    table: Table, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = Unplugged(parts.log)
    monkeypatch.setattr(parts.log, "append", plug.append)
    async with table.browser(CHLOE) as chloe:
        plug.away = True
        answer = await chloe.do("write", id="w", entry="n", kind="note", text="gardé")
        assert (answer["t"], answer["code"], answer["retry"]) == ("refused", "saving-paused", True)
        async with table.browser(DRISS) as driss:
            assert [seat["id"] for seat in driss.view["seats"]] == list(table.people)
        plug.away = False
        assert (await chloe.do("write", id="w", entry="n", kind="note", text="gardé"))["t"] == "ack"
        assert chloe.view["entries"]["n"]["text"] == "gardé"


async def test_what_came_due_while_the_store_was_away_is_done_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts, starts_in=timedelta(minutes=20))
        plug = Unplugged(parts.log)
        monkeypatch.setattr(parts.log, "append", plug.append)
        plug.away = True
        clock.advance(minutes=6)
        for _ in range(3):
            with suppress(StoreUnavailable):
                await parts.ticker.tick()
            clock.advance(seconds=1)
        assert (await parts.rooms.session(table.session)).status is Status.PLANNED
        plug.away = False

        async def is_open() -> bool:
            clock.advance(seconds=1)  # what failed is due again a second later
            await parts.ticker.tick()
            return (await parts.rooms.session(table.session)).status is Status.OPEN

        await until(is_open, "the doors stay closed")


async def test_who_sits_at_the_table_when_the_server_stops_is_told_to_come_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as open_still:
        async with served(tmp_path, FakeClock()) as parts:
            table = await a_table(parts)
            chloe = await open_still.enter_async_context(table.browser(CHLOE))
        assert await chloe.gone() == CloseCode.RESTART


async def test_an_outage_is_credited_to_the_running_phase_once(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts)
        await under_way(table)
        clock.advance(minutes=2)
        await parts.pulse.beat()
        before = await parts.rooms.view(table.session, FACILITATOR)
    await FilePulse(tmp_path / "alive", clock).beat()
    clock.advance(minutes=3)
    async with served(tmp_path, clock) as parts:
        after = await parts.rooms.view(table.session, FACILITATOR)
        assert after.clock.state == "running"
        assert after.clock.granted_ms == before.clock.granted_ms + 180_000
        assert after.clock.used_ms == 300_000  # the clock ran on: two minutes before, three without us
        late = timedelta(minutes=3) // timedelta(milliseconds=1)
        assert after.clock.ends_at == before.clock.ends_at + late, "the end is later by the outage"
        assert after.clock.promised_end == before.clock.promised_end, "what was announced stays announced"
        assert before.conduct is not None
        assert after.conduct is not None
        assert after.conduct.late_ms == before.conduct.late_ms + late
    async with served(tmp_path, clock) as parts:
        again = await parts.rooms.view(table.session, FACILITATOR)
        assert again.clock.granted_ms == after.clock.granted_ms


async def test_a_wrong_next_just_before_a_restart_is_taken_back_after_it(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts)
        await under_way(table)
        clock.advance(minutes=2)
        await parts.rooms.do(table.session, FACILITATOR, Next("opening"), CommandId("too soon"))
        await parts.pulse.beat()
    await FilePulse(tmp_path / "alive", clock).beat()
    clock.advance(minutes=3)
    async with served(tmp_path, clock) as parts:
        await parts.rooms.do(table.session, FACILITATOR, Undo(), CommandId("back"))
        view = await parts.rooms.view(table.session, FACILITATOR)
        assert view.plan[view.clock.at or 0].phase == "opening"
        planned = view.plan[0].granted_ms - 180_000
        assert (planned, view.clock.used_ms) == (8 * 60_000, 300_000), "the outage is credited to it"


async def test_a_short_restart_changes_nothing(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts)
        await under_way(table)
        seq = (await parts.rooms.session(table.session)).seq
    clock.advance(seconds=3)
    async with served(tmp_path, clock) as parts:
        assert (await parts.rooms.session(table.session)).seq == seq


async def test_deadlines_missed_during_an_outage_are_met_at_the_next_start(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts, starts_in=timedelta(minutes=40))
        assert (await parts.rooms.session(table.session)).status is Status.PLANNED
    clock.advance(minutes=30)
    async with served(tmp_path, clock) as parts:
        await parts.ticker.tick()
        assert (await parts.rooms.session(table.session)).status is Status.OPEN


async def test_the_clock_opens_the_doors_of_a_session_planned_just_now(tmp_path: Path) -> None:
    async with served(tmp_path, FakeClock()) as parts:
        table = await a_table(parts)
        await parts.ticker.tick()
        async with asyncio.timeout(PATIENCE), table.browser(CHLOE) as chloe:
            await chloe.until(lambda: chloe.view["session"]["status"] == "open")
            await chloe.until(lambda: {"here"} & {seat["presence"] for seat in chloe.view["seats"]})


async def test_after_a_restart_who_does_not_come_back_is_away(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served(tmp_path, clock) as parts:
        table = await a_table(parts)
        await under_way(table)
        async with table.browser(CHLOE), table.browser(DRISS):
            pass
    async with served(tmp_path, clock) as parts:
        table = Table(parts, table.session, origin=parts.settings.origin)
        async with table.browser(CHLOE):
            clock.advance(minutes=1)
            await parts.ticker.tick()
            seats = {seat.id: seat.presence for seat in (await parts.rooms.view(table.session, BRUNO)).seats}
            assert (seats[CHLOE], seats[DRISS]) == ("here", "away")


def test_a_jump_of_the_wall_clock_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.now()

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2031, 1, 1, tzinfo=UTC)

    monkeypatch.setattr("app.gateways.clock.datetime", Jumped)
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=1)
    assert clock.drift() > timedelta(hours=2)


@pytest.mark.parametrize("fault", ["a gap", "an event of a newer program"])
async def test_a_log_that_cannot_be_read_puts_its_session_aside_and_people_are_told(
    table: Table, parts: Parts, clock: FakeClock, fault: str
) -> None:
    well = await a_table(parts, "well")
    async with await table.desk() as desk:
        cookie = desk.headers
    second = events.c.seq == 2
    broken = (
        delete(events).where(second) if fault == "a gap" else update(events).where(second).values(version=99)
    )
    await parts.database.write(lambda link: link.execute(broken))
    parts.rooms.forget(table.session)
    async with httpx2.AsyncClient(base_url=table.origin, headers={**cookie, "Accept-Language": "fr"}) as host:
        page = await host.get(f"/sessions/{table.session}")
        assert "Cette séance ne peut pas continuer ici." in page.text
        assert (await host.get(f"/sessions/{well.session}")).status_code == 200
    async with table.browser(CHLOE) as chloe:
        assert await chloe.gone() == CloseCode.UNKNOWN_SESSION
        assert chloe.bye is not None
        assert "journal" in chloe.bye["say"]
    for _ in range(3):
        clock.advance(seconds=11)
        await parts.ticker.tick()
    async with well.browser(CHLOE) as chloe:
        assert chloe.view["session"]["status"] == "open", "the others' clocks go on"
