"""Several nodes on one PostgreSQL: one history, one credit for an outage, and whoever is put out is out everywhere."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx2
import psycopg
import pytest
from sqlalchemy import make_url
from websockets.asyncio.client import connect
from websockets.typing import Origin

from app.engine.commands import ChooseClient, OpenDoors, Start
from app.engine.ids import CommandId, PersonId, SessionId
from app.realtime.bus import Bus
from app.realtime.messages import CloseCode
from app.usecases.links import hash_of
from app.usecases.records import JoinToken, TokenHash, WebSession
from app.usecases.run_session import Rooms
from tests import builders
from tests.builders import a_plan, a_protocol
from tests.fake_store import FakeLog, FakeStore
from tests.fakes import FakeClock, FakeProtocols
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, PATIENCE, Table, a_table, secret_of, served
from tests.realtime.test_faults import under_way

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS
SESSION = a_plan().session_id


async def a_database(server: str, name: str) -> str:
    """Make a database of one's own on the real server."""
    async with await psycopg.AsyncConnection.connect(server.replace("+psycopg", ""), autocommit=True) as link:
        await link.execute(f"CREATE DATABASE {name}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def test_on_postgresql_an_outage_is_credited_once_and_only_when_no_node_served(
    tmp_path: Path, postgres_url: str
) -> None:
    clock, url = FakeClock(), await a_database(postgres_url, f"ronde_outage_{os.getpid()}")
    folders = [tmp_path / name for name in ("one", "two", "three", "four")]
    for folder in folders:
        folder.mkdir()
        (folder / "installation.key").write_bytes(bytes(range(32)))
    async with served(folders[0], clock, url) as one:
        table = await a_table(one, "outage")
        await under_way(table)
        clock.advance(minutes=2)
        await one.pulse.beat()
        before = await one.rooms.view(table.session, FACILITATOR)
    clock.advance(minutes=3)
    async with AsyncExitStack() as running:  # two nodes start together, and both see the same outage
        starting = (running.enter_async_context(served(each, clock, url)) for each in folders[1:3])
        two, three = await asyncio.gather(*starting)
        for node in (two, three):
            await node.rooms.catch_up(table.session, (await node.log.heads((table.session,)))[table.session])
            after = await node.rooms.view(table.session, FACILITATOR)
            assert after.clock.granted_ms == before.clock.granted_ms + 180_000
        clock.advance(minutes=5)
        await (
            two.pulse.beat()
        )  # a node that stays serves everybody: one that starts beside it credits nothing
        async with served(folders[3], clock, url) as four:
            again = await four.rooms.view(table.session, FACILITATOR)
            assert again.clock.granted_ms == before.clock.granted_ms + 180_000


async def test_two_nodes_share_a_session_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    clock = FakeClock()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with served(tmp_path / "one", clock, postgres_url) as one:
        (tmp_path / "two" / "installation.key").write_bytes(
            (tmp_path / "one" / "installation.key").read_bytes()
        )
        async with served(tmp_path / "two", clock, postgres_url) as two:
            here = await a_table(one, "shared")
            there = Table(two, here.session, origin=two.settings.origin)
            await under_way(here)
            await with_links(here, CHLOE, DRISS)
            async with (
                here.browser(CHLOE) as chloe,
                there.browser(DRISS) as driss,
                await there.desk() as aude,
            ):
                for number in range(5):
                    near = await chloe.do("write", entry=f"c{number}", kind="note", text="ici")
                    far = await aude.do("extend", seconds=60 if number % 2 else -60)
                    assert near["t"] == far["t"] == "ack"
                    for browser in (chloe, driss, aude):
                        await browser.reaches(far["seq"])
                same = {PersonId(each.person): each.view["clock"] for each in (chloe, driss, aude)}
                assert len({str(view) for view in same.values()}) == 1
                await two.directory.revoke_join(here.session, CHLOE, clock.now())
                assert await chloe.gone() == CloseCode.LINK_REVOKED, "though her socket is on the other node"
                assert (await driss.do("write", entry="n", kind="note", text="la"))["t"] == "ack"
                await one.directory.revoke_join(here.session, DRISS, clock.now())
                assert await driss.gone() == CloseCode.LINK_REVOKED
                assert (await aude.do("pause"))["t"] == "ack"
                await one.directory.end_web_session(hash_of(aude.secret), clock.now())
                assert await aude.gone() == CloseCode.SIGNED_OUT, "though she signed out on the other node"


class Whispers:
    """A log whose wake-ups are lost, doubled or late; the facts are all there."""

    def __init__(self, log: FakeLog, said: tuple[int, ...]) -> None:
        self._log, self._said = log, said
        self.heads = log.heads

    async def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Say what is left of the wake-ups, and then nothing."""
        for seq in self._said:
            yield SESSION, seq
        await asyncio.Event().wait()


@pytest.mark.parametrize("said", [(), (2, 2, 2), (4, 2, 3, 2), (99,)])
async def test_wake_ups_lost_doubled_or_reordered_leave_no_room_behind(said: tuple[int, ...]) -> None:
    log, protocols, clock = FakeStore().log, FakeProtocols(a_protocol()), FakeClock()
    here, there = Rooms(log, protocols, clock), Rooms(log, protocols, clock)
    await here.begin(a_plan(), CommandId("plan"), FACILITATOR)
    told: list[int] = []
    there.subscribe(lambda session: told.append(session.seq))
    await there.session(SESSION)
    for command, id in ((OpenDoors(), "open"), (ChooseClient(builders.BRUNO), "choose"), (Start(), "start")):
        await here.do(SESSION, FACILITATOR, command, CommandId(id))
    bus = asyncio.create_task(Bus(there, Whispers(log, said)).run())  # type: ignore[arg-type]
    await until(lambda: same(here, there), "the other node catches up", PATIENCE)
    bus.cancel()
    assert told == sorted(set(told)), "nobody was told the same twice, or the old after the new"


async def same(here: Rooms, there: Rooms) -> bool:
    return there.warm(SESSION) == here.warm(SESSION)


async def with_links(table: Table, *people: PersonId) -> None:
    """Give people links, and the browsers that came by them."""
    have, now = table.parts.directory, table.parts.clock.now()
    until = now + timedelta(days=1)
    await have.issue_join(
        tuple(JoinToken(TokenHash(f"link-{each}"), table.session, each, now, until) for each in people)
    )
    for each in people:
        seat = hash_of(secret_of(table.session, each))
        await have.add_web_session(WebSession(seat, each, table.session, now, until))


async def test_an_address_that_postgresql_cannot_hold_is_refused_in_words(
    tmp_path: Path, postgres_url: str
) -> None:
    url = await a_database(postgres_url, f"ronde_nul_{os.getpid()}")
    async with served(tmp_path, FakeClock(), url) as parts:
        table = await a_table(parts)
        async with await table.desk() as desk:
            cookie = desk.headers
        async with httpx2.AsyncClient(
            base_url=table.origin, headers={**cookie, "Origin": table.origin}
        ) as host:
            for path in ("/door/%00", "/sessions/a%00b", "/groups/%00", "/prepare?group=%00"):
                assert (await host.get(path)).status_code == 400, path
            answer = await host.post(f"/groups/group-{table.session}/plan-b", data={"phone": "1\x002"})
            assert 400 <= answer.status_code < 500
        nowhere, origin = table.url.replace("/table", "/%00"), Origin(table.origin)
        async with connect(nowhere, additional_headers=cookie, origin=origin, proxy=None) as browser:
            assert json.loads(await browser.recv())["code"] == CloseCode.UNKNOWN_SESSION
