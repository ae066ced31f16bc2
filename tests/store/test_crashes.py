"""What was acknowledged is there after a kill, a full disk or a torn log; nothing is ever there by half."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, insert, select, update

from app.engine.events import DoorsOpened, PersonArrived
from app.engine.ids import CommandId, PersonId, SessionId
from app.gateways.cipher import InstallationCipher
from app.store.tables import events, session_keys
from app.usecases.ports import Appended, NewerEvent, Quarantined
from devtools.steps import ROOT
from tests.fakes import NOON
from tests.store.appender import ROOM
from tests.store.opened import Store, open_at


@contextmanager
def appender(url: str, limit: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Run the appender in a process of its own, and kill it at the end."""
    words = [sys.executable, "-m", "tests.store.appender", url, str(limit)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


async def test_a_killed_process_loses_nothing_it_acknowledged_and_leaves_no_half(database_url: str) -> None:
    acknowledged = 0
    for _ in range(4):
        with appender(database_url) as process:
            for _ in range(25):
                word, seq = say(process)
                assert word == "acknowledged"
                acknowledged = int(seq)
            process.kill()
            assert process.stdout is not None
            rest = process.stdout.read().splitlines()
            acknowledged = int(rest[-1].split()[1]) if rest and rest[-1].count(" ") == 1 else acknowledged
        store = open_at(database_url)
        facts = await store.log.load(ROOM)
        assert len(facts) >= acknowledged
        assert len(facts) % 2 == 0, "a command is wholly in or wholly out"
        await store.close()


async def test_a_full_disk_refuses_writes_keeps_reads_and_heals_without_a_restart(sqlite_url: str) -> None:
    with appender(sqlite_url, limit=400_000) as process:
        acknowledged = 0
        while (said := say(process))[0] == "acknowledged":
            acknowledged = int(said[1])
        assert said == ["away", str(acknowledged), str(acknowledged)]
        assert acknowledged > 0
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        for more in range(1, 9):
            assert say(process) == ["acknowledged", str(acknowledged + 2 * more)]


async def test_a_crash_between_commit_and_acknowledgement_gives_the_first_answer_again(
    database_url: str,
) -> None:
    before = open_at(database_url)
    events = (DoorsOpened(), PersonArrived(PersonId("p")))
    await before.log.append(ROOM, 0, CommandId("unheard"), events, NOON, "p")
    await before.close()
    after = open_at(database_url)
    assert await after.log.append(ROOM, 0, CommandId("unheard"), events, NOON, "p") == Appended(
        1, 2, known=True
    )
    assert len(await after.log.load(ROOM)) == 2
    await after.close()


async def begun(store: Store) -> None:
    for seq in range(4):
        await store.log.append(ROOM, seq, CommandId(f"c{seq}"), (PersonArrived(PersonId("p")),), NOON, "p")


@pytest.mark.parametrize("lost", [1, 2, 4])
async def test_a_gap_in_the_log_is_found_and_never_skipped(opened: Store, lost: int) -> None:
    await begun(opened)
    hole = delete(events).where(events.c.session_id == ROOM, events.c.seq == lost)
    await opened.database.write(lambda link: link.execute(hole))
    with pytest.raises(Quarantined):
        await opened.log.load(ROOM)


async def test_a_fact_that_was_altered_moved_or_lost_its_key_is_quarantined(opened: Store) -> None:
    await begun(opened)
    await opened.log.append(SessionId("other"), 0, CommandId("c"), (DoorsOpened(),), NOON, "p")
    payloads = select(events.c.payload).where(events.c.session_id == ROOM, events.c.seq == 1)
    first: bytes = await opened.database.read(lambda link: link.execute(payloads).scalar_one())
    for payload in (first, b"altered", first[:-1] + b"x"):
        change = update(events).where(events.c.session_id == ROOM, events.c.seq == 2).values(payload=payload)
        await opened.database.write(lambda link, change=change: link.execute(change))  # type: ignore[misc]
        with pytest.raises(Quarantined):
            await opened.log.load(ROOM)
    assert len(await opened.log.load(SessionId("other"))) == 1
    lose = delete(session_keys).where(session_keys.c.session_id == "other")
    await opened.database.write(lambda link: link.execute(lose))
    with pytest.raises(Quarantined):
        await opened.log.load(SessionId("other"))


async def test_a_session_sealed_by_another_installation_is_put_aside_alone(
    opened: Store, database_url: str
) -> None:
    await begun(opened)
    others = open_at(database_url, InstallationCipher(b"o" * 32))
    await others.log.append(SessionId("theirs"), 0, CommandId("c"), (DoorsOpened(),), NOON, "p")
    with pytest.raises(Quarantined):
        await opened.log.load(SessionId("theirs"))
    with pytest.raises(Quarantined):
        await opened.log.append(SessionId("theirs"), 1, CommandId("d"), (DoorsOpened(),), NOON, "p")
    assert len(await opened.log.load(ROOM)) == 4
    await others.close()


async def test_an_event_of_a_newer_program_is_said_to_be_newer(opened: Store) -> None:
    await begun(opened)
    newer = update(events).where(events.c.seq == 3).values(name="teleported", version=1)
    await opened.database.write(lambda link: link.execute(newer))
    with pytest.raises(NewerEvent):
        await opened.log.load(ROOM)


async def test_a_failing_transaction_writes_nothing(opened: Store) -> None:
    def fail(link: object) -> None:
        link.execute(insert(session_keys).values(session_id="half", wrapped=b""))  # type: ignore[attr-defined]
        raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        await opened.database.write(fail)
    found = await opened.database.read(lambda link: link.execute(select(session_keys)).all())
    assert found == []
