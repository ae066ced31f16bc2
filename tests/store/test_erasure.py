"""What must not remain is gone: looked for in the raw bytes of the database's files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Select, select

from app.engine.events import EntryWritten, PersonArrived
from app.engine.ids import CommandId, EntryId, PersonId, SessionId
from app.engine.protocol import Kind, Role, Sight
from app.store.sqlite import connect
from app.store.tables import commands, documents, events, session_keys
from app.usecases.ports import Erased, StoreUnavailable
from app.usecases.records import Attendance, Document, DocumentKind, Member, Presence
from tests.fakes import NOON
from tests.store.opened import Store, open_at
from tests.store.test_directory_contract import BEN, FAY, GROUP, ROOM

SECRET = "Mon-directeur-ne-m-écoute-pas"
MARK = "Zénobie-Quatremarre"


def written(person: PersonId, text: str) -> EntryWritten:
    return EntryWritten(EntryId("e1"), Kind.IDEA, person, text, {}, Sight.ALL, 1, "consultation")


def sqlite_bytes(url: str, which: str = "*") -> bytes:
    """Read the database's files as they are on the disk."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}{which}")))


async def talk(store: Store, sessions: int) -> None:
    """Let many rooms write in turns, so that their rows share pages and pages split."""
    for seq in range(6):
        for number in range(sessions):
            room = SessionId(f"room-{number}")
            event = written(PersonId(f"person-{number}"), SECRET) if seq else PersonArrived(PersonId("p"))
            await store.log.append(room, seq, CommandId(f"{room}-{seq}"), (event,), NOON, f"person-{number}")


async def test_what_people_say_is_never_in_the_files_in_clear(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await talk(store, 3)
    await store.documents.keep(Document(ROOM.id, BEN.person, DocumentKind.PLAN, SECRET.encode(), NOON))
    raw = sqlite_bytes(sqlite_url)
    assert SECRET.encode() not in raw
    assert b"person-1" in raw, "the search itself finds what is there in clear"
    await store.close()


async def test_an_erased_session_leaves_no_key_in_the_file_nor_in_its_write_ahead_log(
    sqlite_url: str,
) -> None:
    store = open_at(sqlite_url)
    await talk(store, 60)
    every = dict(await _all(store, select(session_keys.c.session_id, session_keys.c.wrapped)))
    gone = [SessionId(f"room-{number}") for number in range(60) if number % 3]
    for number, room in enumerate(gone):
        await store.log.erase(room, NOON)
        late = SessionId(f"late-{number}")  # new rooms go on coming while others are erased
        await store.log.append(late, 0, CommandId("c"), (PersonArrived(PersonId("p")),), NOON, "p")
    raw = sqlite_bytes(sqlite_url)
    assert [room for room in every if every[room] in raw] == [f"room-{number}" for number in range(0, 60, 3)]
    assert len(await store.log.load(SessionId("room-3"))) == 6
    await store.log.erase(SessionId("room-0"), NOON)
    assert sqlite_bytes(sqlite_url, "-wal") == b""
    await store.close()


async def test_a_reader_who_stays_holds_the_overwriting_back_until_it_is_asked_for_again(
    sqlite_url: str,
) -> None:
    store = open_at(sqlite_url)
    await talk(store, 2)
    ((_, key),) = await _all(store, select(session_keys.c.session_id, session_keys.c.wrapped).limit(1))
    reader = connect(Path(sqlite_url.removeprefix("sqlite:///")))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM session_keys").fetchall()
    with pytest.raises(StoreUnavailable):
        await store.log.erase(SessionId("room-0"), NOON)
    with pytest.raises(Erased):
        await store.log.load(SessionId("room-0"))
    assert key in sqlite_bytes(sqlite_url)
    await store.log.append(
        SessionId("room-1"), 6, CommandId("on"), (PersonArrived(PersonId("p")),), NOON, "p"
    )
    reader.close()
    await store.log.erase(SessionId("room-0"), NOON)
    assert key not in sqlite_bytes(sqlite_url)
    await store.close()


async def test_an_erased_session_leaves_no_row_of_the_log(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await talk(store, 2)
    await store.log.erase(SessionId("room-1"), NOON)
    for table in (events, commands):
        left = await _all(store, select(table.c.session_id, table.c.command_id))
        assert {session for session, _ in left} == {"room-0"}
    await store.close()


async def test_a_forgotten_name_leaves_no_byte(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await _name(store)
    assert MARK.encode() in sqlite_bytes(sqlite_url)
    await store.directory.erase_person(PersonId("zoe"))
    assert MARK.encode() not in sqlite_bytes(sqlite_url)
    await store.close()


async def test_a_forgotten_groups_names_and_title_leave_no_byte(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await _name(store)
    await store.directory.erase_groups((GROUP.id,))
    raw = sqlite_bytes(sqlite_url)
    assert MARK.encode() not in raw
    assert b"Titre-" not in raw
    await store.close()


async def test_an_erased_document_leaves_no_key(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    for number in range(60):
        person = PersonId(f"person-{number}")
        await store.documents.keep(Document(ROOM.id, person, DocumentKind.PLAN, b"{}" * 99, NOON))
    rows = await _all(store, select(documents.c.wrapped, documents.c.body))
    await store.documents.erase(ROOM.id)
    raw = sqlite_bytes(sqlite_url)
    assert len(rows) == 60
    assert [row for row in rows if row[0] in raw or row[1] in raw] == []
    await store.close()


@pytest.mark.postgres
async def test_postgresql_rewrites_the_tables_of_keys_and_names(empty_postgres: str) -> None:
    store = open_at(empty_postgres)
    await talk(store, 5)
    await _name(store)
    wrapped = dict(await _all(store, select(session_keys.c.session_id, session_keys.c.wrapped)))
    assert wrapped["room-1"] in await _postgres_bytes(store, empty_postgres, "session_keys")
    assert MARK.encode() in await _postgres_bytes(store, empty_postgres, "members")
    await store.log.erase(SessionId("room-1"), NOON)
    await store.directory.erase_person(PersonId("zoe"))
    keys = await _postgres_bytes(store, empty_postgres, "session_keys")
    assert wrapped["room-1"] not in keys
    assert wrapped["room-2"] in keys
    for table in ("members", "attendance"):
        assert MARK.encode() not in await _postgres_bytes(store, empty_postgres, table)
    await store.directory.erase_groups((GROUP.id,))
    assert b"Titre-" not in await _postgres_bytes(store, empty_postgres, "groups")
    for table in ("events", "commands", "documents", "session_keys"):
        assert SECRET.encode() not in await _postgres_bytes(store, empty_postgres, table)
    await store.close()


async def _name(store: Store) -> None:
    """Write a name and a title everywhere they are kept in clear."""
    await store.directory.save_facilitator(FAY)
    await store.directory.save_group(replace(GROUP, name=f"Titre-{MARK}"))
    zoe = Member(PersonId("zoe"), GROUP.id, MARK, f"{MARK}@example.org", "fr", 0, NOON, (f"tag-{MARK}",))
    await store.directory.save_group(replace(GROUP, name="Titre-2"))
    await store.directory.save_members((zoe, *(replace(BEN, person=PersonId(f"m{n}")) for n in range(80))))
    await store.directory.save_session(ROOM)
    there = Presence(zoe.person, MARK, Role.CLIENT, NOON, NOON)
    await store.log.erase(ROOM.id, NOON, (), (), Attendance(ROOM.id, (there,), ()))


async def _all(store: Store, query: Select[Any]) -> list[tuple[Any, Any]]:
    rows = await store.database.read(lambda link: link.execute(query).all())
    return [(row[0], row[1]) for row in rows]


async def _postgres_bytes(store: Store, url: str, table: str) -> bytes:
    """Read the table's file, and its overflow's, as they are on the disk."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CHECKPOINT")
        found = link.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c"
            " WHERE c.oid = %s::regclass OR c.oid = (SELECT reltoastrelid FROM pg_class WHERE oid = %s::regclass)",
            (table, table),
        ).fetchall()
    return b"".join(bytes(row[0]) for row in found)
