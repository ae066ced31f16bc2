"""Migrations lead to the tables that the code expects, keep every row, and can be asked for by many at once."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Text, text

from app.store.database import migrate, migrating, open_database
from app.store.sqlite import connect
from app.store.tables import metadata
from app.usecases.ports import StoreUnavailable
from tests.store.opened import open_at
from tests.store.test_directory_contract import GROUP, settle


def test_migrations_lead_exactly_to_the_tables(database_url: str) -> None:
    with migrating(database_url) as link:
        assert compare_metadata(MigrationContext.configure(link), metadata) == []


async def test_migrating_again_changes_nothing_and_many_may_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new folder' / 'ronde.sqlite'}"
    await asyncio.gather(*(migrate(url) for _ in range(4)))
    await migrate(url)
    database = open_database(url)
    await database.ping()
    await database.close()


async def test_rebuilding_a_table_keeps_the_rows_that_point_to_it(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await settle(store)
    with migrating(sqlite_url) as link:
        operations = Operations(MigrationContext.configure(link))
        with operations.batch_alter_table("groups", recreate="always") as groups:
            groups.add_column(Column("motto", Text))
    assert len(await store.directory.members_of(GROUP.id)) == 2
    await store.close()


async def test_a_migration_that_leaves_loose_ends_is_taken_back(sqlite_url: str) -> None:
    store = open_at(sqlite_url)
    await settle(store)
    with pytest.raises(RuntimeError, match="point to nothing"), migrating(sqlite_url) as link:
        link.execute(text('DELETE FROM "groups"'))
    assert await store.directory.find_group(GROUP.id) == GROUP
    await store.close()


async def test_a_file_that_is_not_a_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "ronde.sqlite"
    path.write_bytes(b"This is a letter, not a database. " * 99)
    with pytest.raises(StoreUnavailable):
        await migrate(f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable):
        await database.ping()
    await database.close()


@pytest.mark.parametrize("url", ["mysql://here/ronde", "sqlite://", "sqlite:///:memory:"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a database address is"):
        open_database(url)


def test_the_file_is_durable_and_forgets(sqlite_url: str) -> None:
    link = connect(Path(sqlite_url.removeprefix("sqlite:///")))
    asked = {
        name: link.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    with pytest.raises(sqlite3.IntegrityError):
        link.execute("INSERT INTO members VALUES ('p', 'no group', '', '', '', 0, 0, '[]', NULL)")
    link.close()
