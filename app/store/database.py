"""Opens a database by its address, and runs what the store asks of it: in SQLite or in PostgreSQL."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from app.store.postgres import PostgresDatabase
from app.store.sqlite import SqliteDatabase, engine_for
from app.usecases.ports import StoreUnavailable

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent.parent / "migrations"
_one_at_a_time = Lock()


class Database(Protocol):
    """One database: statements run in a function that gets a connection inside a transaction."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads; raises StoreUnavailable."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction: all or nothing.

        Raises ValueError when a row repeats a key, points to nothing or cannot be kept, and StoreUnavailable.
        """

    async def scrub(self, tables: tuple[str, ...]) -> None:
        """Make sure that no byte of the rows deleted from these tables is left in the files of the database."""

    async def ping(self) -> None:
        """Ask the database whether it is there; raises StoreUnavailable."""

    async def close(self) -> None:
        """Let everything go."""


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`; nothing is connected yet. Raises ValueError for another kind."""
    parts = make_url(url)
    match parts.get_backend_name():
        case "sqlite" if parts.database and parts.database != ":memory:":
            return SqliteDatabase(Path(parts.database))
        case "postgresql":
            return PostgresDatabase(parts.set(drivername="postgresql+psycopg"))
        case _:
            raise ValueError("a database address is sqlite:///path/to/file or postgresql://user@host/name")


async def migrate(url: str) -> None:
    """Bring a database to the newest schema; several nodes may ask at once. Raises StoreUnavailable."""
    await asyncio.to_thread(migrate_now, url)


def migrate_now(url: str) -> None:
    """Bring a database to the newest schema, in this thread."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    try:
        with _one_at_a_time:  # alembic keeps its context in global variables
            command.upgrade(config, "head")
    except DBAPIError as broken:
        raise StoreUnavailable(type(broken.orig).__name__) from broken


@contextmanager
def migrating(url: str) -> Iterator[Connection]:
    """Lend a connection that may change the schema.

    In SQLite a changed table is rebuilt: with foreign keys on, dropping the old one would delete the rows that point to
    it (ON DELETE CASCADE). They are off meanwhile, and what points to nothing afterwards stops the migration.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "postgresql":
        engine = create_engine(parts.set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.begin() as link:
            yield link
        return
    path = Path(parts.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # it names people; SQLite gives its other files the same mode
    engine = engine_for(path, "BEGIN IMMEDIATE", 1)
    try:
        with engine.connect() as link:
            bare = link.connection.driver_connection
            assert bare is not None
            bare.execute("PRAGMA foreign_keys=OFF")
            with link.begin():
                yield link
                if link.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise RuntimeError("after this migration some rows would point to nothing")
    finally:
        engine.dispose()
