"""Several nodes on one database: one wins, nobody forks, nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from app.engine.events import HandRaised, PersonArrived
from app.engine.ids import CommandId, PersonId, SessionId
from app.usecases.ports import Conflict, Erased, StoreUnavailable
from app.usecases.records import NewJob
from tests.fakes import NOON
from tests.store.opened import Store, open_at

ROOM = SessionId("room")
WRITES = 40


@pytest.fixture
async def nodes(database_url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Open one database as two nodes do."""
    both = open_at(database_url), open_at(database_url)
    yield both
    for each in both:
        await each.close()


async def write(node: Store, name: str) -> int:
    """Append as a room does: after a conflict, load and try again; return how many conflicts there were."""
    lost = 0
    for number in range(WRITES):
        while True:
            seq = len(await node.log.load(ROOM))
            try:
                event = HandRaised(PersonId(f"{name}-{number}"))
                await node.log.append(ROOM, seq, CommandId(f"{name}-{number}"), (event,), NOON, name)
            except Conflict:
                lost += 1
                continue
            break
    return lost


async def test_two_nodes_on_one_session_never_fork_its_log(nodes: tuple[Store, Store]) -> None:
    await asyncio.gather(write(nodes[0], "left"), write(nodes[1], "right"))
    facts = await nodes[0].log.load(ROOM)
    assert facts == await nodes[1].log.load(ROOM)
    assert [fact.seq for fact in facts] == list(range(1, 2 * WRITES + 1))
    assert {fact.command for fact in facts} == {f"{n}-{k}" for n in ("left", "right") for k in range(WRITES)}


async def test_at_the_same_place_one_node_wins(nodes: tuple[Store, Store]) -> None:
    for seq in range(30):
        answers = await asyncio.gather(
            *(
                node.log.append(
                    ROOM, seq, CommandId(f"{seq}-{number}"), (PersonArrived(PersonId("p")),), NOON, "p"
                )
                for number, node in enumerate(nodes)
            ),
            return_exceptions=True,
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Appended", "Conflict"]


async def test_the_same_command_on_two_nodes_happens_once(nodes: tuple[Store, Store]) -> None:
    for seq in range(30):
        command = CommandId(f"due-{seq}")
        job = NewJob("mail", {}, command)
        answers = await asyncio.gather(
            *(
                node.log.append(ROOM, seq, command, (PersonArrived(PersonId("p")),), NOON, "clock", (job,))
                for node in nodes
            )
        )
        assert {(answer.first, answer.seq) for answer in answers} == {(seq + 1, seq + 1)}
        assert sorted(answer.known for answer in answers) == [False, True]
    assert len(await nodes[0].log.load(ROOM)) == 30
    assert len(await nodes[0].jobs.claim(("mail",), NOON, timedelta(1), 99)) == 30


async def test_many_rooms_on_two_nodes_do_not_block_each_other(nodes: tuple[Store, Store]) -> None:
    async def play(node: Store, room: SessionId) -> None:
        for seq in range(6):
            await node.log.append(room, seq, CommandId(f"c{seq}"), (PersonArrived(PersonId("p")),), NOON, "p")

    rooms = [SessionId(f"room-{number}") for number in range(50)]
    await asyncio.gather(*(play(nodes[number % 2], room) for number, room in enumerate(rooms)))
    assert set((await nodes[0].log.heads(tuple(rooms))).values()) == {6}


async def test_a_node_that_still_has_the_key_learns_of_the_erasure(nodes: tuple[Store, Store]) -> None:
    here, there = nodes
    await here.log.append(ROOM, 0, CommandId("1"), (PersonArrived(PersonId("p")),), NOON, "p")
    await there.log.load(ROOM)
    await here.log.erase(ROOM, NOON)
    with pytest.raises(Erased):
        await there.log.append(ROOM, 1, CommandId("2"), (PersonArrived(PersonId("p")),), NOON, "p")


async def test_two_workers_on_two_nodes_share_the_jobs(nodes: tuple[Store, Store]) -> None:
    await nodes[0].jobs.enqueue(tuple(NewJob("mail", {}, str(number)) for number in range(20)), NOON)
    claims = await asyncio.gather(
        *(nodes[number % 2].jobs.claim(("mail",), NOON, timedelta(minutes=1), 2) for number in range(12))
    )
    keys = [job.key for claim in claims for job in claim]
    assert len(keys) == len(set(keys))


@pytest.mark.postgres
async def test_a_node_hears_what_another_appends(empty_postgres: str) -> None:
    here, there = open_at(empty_postgres), open_at(empty_postgres)
    heard = there.log.listen()
    first = asyncio.ensure_future(anext(heard))
    seq = 0
    while not first.done():
        await here.log.append(ROOM, seq, CommandId(str(seq)), (PersonArrived(PersonId("p")),), NOON, "p")
        seq += 1
        await asyncio.wait((first,), timeout=0.05)
    assert (await first)[0] == ROOM
    await heard.aclose()  # type: ignore[attr-defined]
    await here.close()
    await there.close()


@pytest.mark.postgres
async def test_cut_connections_are_an_error_to_retry_and_are_healed_without_a_restart(
    empty_postgres: str,
) -> None:
    store = open_at(empty_postgres)
    event = (PersonArrived(PersonId("p")),)
    await store.log.append(ROOM, 0, CommandId("0"), event, NOON, "p")
    await store.directory.has_facilitators()
    cut_connections(empty_postgres)
    for _ in range(20):
        try:
            answer = await store.log.append(ROOM, 1, CommandId("1"), event, NOON, "p")
            await store.directory.has_facilitators()
            await store.database.ping()
        except StoreUnavailable:
            continue
        break
    else:
        pytest.fail("the store did not come back")
    assert (answer.first, answer.seq) == (2, 2)
    assert len(await store.log.load(ROOM)) == 2
    await store.close()


@pytest.mark.postgres
async def test_a_listener_whose_connection_is_cut_is_told(empty_postgres: str) -> None:
    store = open_at(empty_postgres)
    heard = store.log.listen()
    first = asyncio.ensure_future(anext(heard))
    while not first.done():
        cut_connections(empty_postgres)
        await asyncio.wait((first,), timeout=0.05)
    with pytest.raises(StoreUnavailable):
        await first
    await store.close()


def cut_connections(url: str) -> None:
    """Cut every connection but our own, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgres
async def test_a_server_that_is_away_is_said_to_be_away(empty_postgres: str) -> None:
    store = open_at("postgresql://ronde@127.0.0.1:1/ronde")
    for ask in (
        store.database.ping,
        store.directory.has_facilitators,
        lambda: store.log.load(ROOM),
        lambda: store.log.append(ROOM, 0, CommandId("0"), (PersonArrived(PersonId("p")),), NOON, "p"),
    ):
        with pytest.raises(StoreUnavailable):
            await ask()
    await store.close()
