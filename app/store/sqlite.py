"""Keeps everything in one SQLite file: one thread writes, a few read, and a commit is on disk before it returns."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from app.usecases.ports import StoreUnavailable

T = TypeVar("T")
READERS = 2
SELF_CLEANING = frozenset({"session_keys", "events", "commands"})
"""Tables that need no rewriting of the file after a deletion, see SqliteDatabase.scrub."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
)
PATIENCE = 5.0  # seconds to wait for another process that writes
SCRUB_PATIENCE = 0.5  # seconds to wait for readers while nobody can write


def connect(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """Connect to the file with what durability and erasure need.

    WAL with synchronous=FULL loses no commit at a power cut (NORMAL does); secure_delete overwrites what is deleted.
    Transactions are begun by hand: BEGIN IMMEDIATE never fails half-way for want of the lock.
    """
    link = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            link.execute(f"PRAGMA {pragma}").fetchall()
    except sqlite3.Error:  # locked for too long, or no database at all
        link.close()
        raise
    return link


def engine_for(path: Path, begin: str, size: int) -> Engine:
    """Make an engine whose transactions begin by the given word."""
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path), poolclass=QueuePool, pool_size=size, max_overflow=0
    )

    @event.listens_for(engine, "begin")
    def begin_by_hand(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class SqliteDatabase:
    """One SQLite file."""

    def __init__(self, path: Path) -> None:
        """Remember the file; it is opened at the first use."""
        self.path = path
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="ronde-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ronde-reader")
        self._writing = engine_for(path, "BEGIN IMMEDIATE", 1)
        self._reading = engine_for(path, "BEGIN", READERS)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads; raises StoreUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, _run, self._reading, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction, in the writing thread."""
        return await asyncio.get_running_loop().run_in_executor(self.writer, _run, self._writing, work)

    async def scrub(self, tables: tuple[str, ...]) -> None:
        """Rewrite the file where it must be, move everything into it from the write-ahead log, and empty that.

        secure_delete overwrites deleted rows, but not the copies that SQLite leaves in unused parts of pages when it
        splits or merges them; only VACUUM does, which copies the whole file and stops writers meanwhile. That is paid
        for names and documents. The log needs it not, so that closing a session costs the others nothing: its facts
        are ciphertext, and its key is overwritten in its place in a table where rows never move.

        Raises StoreUnavailable when somebody reads for too long; asking again finishes the work.
        """
        rewrite = not SELF_CLEANING.issuperset(tables)
        await asyncio.get_running_loop().run_in_executor(self.writer, self._scrub, rewrite)

    def _scrub(self, rewrite: bool) -> None:
        with guarded(), closing(connect(self.path, SCRUB_PATIENCE)) as link:
            if rewrite:
                link.execute("VACUUM")
            busy, _, _ = link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreUnavailable("somebody reads for too long")

    async def ping(self) -> None:
        """Ask the file whether it can be read, and the writing thread whether it is free."""
        await self.read(lambda link: link.execute(text("SELECT last_seq FROM streams LIMIT 1")).all())
        await asyncio.get_running_loop().run_in_executor(self.writer, lambda: None)

    async def close(self) -> None:
        """Finish what is being written and let the file go."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self.writer.shutdown()
        self._readers.shutdown()
        self._reading.dispose()
        self._writing.dispose()


def _run(engine: Engine, work: Callable[[Connection], T]) -> T:
    with guarded(), engine.begin() as link:
        return work(link)


class guarded:  # noqa: N801 - reads as a word: with guarded()
    """Turns the database's errors into the store's."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise ValueError for a broken rule and StoreUnavailable for a broken database, without any content."""
        match error:
            case IntegrityError():
                raise ValueError("a row repeats a key or points to nothing") from error
            case ProgrammingError() | sqlite3.ProgrammingError() | sqlite3.IntegrityError():
                return  # a bug of ours
            case DBAPIError() | sqlite3.Error():
                raise StoreUnavailable(type(error).__name__) from error
            case _:
                return
