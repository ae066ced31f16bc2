"""Keeps everything in PostgreSQL, so that several nodes can share it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.usecases.ports import StoreUnavailable, Unkeepable

T = TypeVar("T")
PATIENCE = 3.0  # seconds to wait for a connection
REWRITTEN = frozenset({"session_keys", "members", "groups", "attendance", "documents"})
"""Small tables whose rows are secret or name people: rewritten whole after a deletion."""

Bare = psycopg.AsyncConnection[tuple[Any, ...]]


class PostgresDatabase:
    """One PostgreSQL database."""

    def __init__(self, url: URL) -> None:
        """Remember the address; the first use connects."""
        self.address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._engine = create_async_engine(
            url, pool_pre_ping=True, pool_size=4, pool_timeout=PATIENCE, connect_args={"connect_timeout": 3}
        )
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._pool: AsyncConnectionPool[Bare] = AsyncConnectionPool(
            self.address,
            min_size=1,
            max_size=3,
            timeout=PATIENCE,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "connect_timeout": 3},
            reconnect_timeout=0,
            name="ronde",
        )
        self._opened = False

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Bare]:
        """Lend a connection of the bare driver, in autocommit; raises StoreUnavailable for any trouble with it."""
        try:
            if not self._opened:
                self._opened = True
                await self._pool.open()
            async with self._pool.connection() as link:
                yield link
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as broken:
            raise StoreUnavailable(type(broken).__name__) from broken

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function that only reads; raises StoreUnavailable."""
        return await self._run(self._snapshots, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a function in one transaction: all or nothing."""
        return await self._run(self._engine, work)

    async def _run(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        try:
            async with engine.begin() as link:
                return await link.run_sync(work)
        except IntegrityError as broken:
            raise ValueError("a row repeats a key or points to nothing") from broken
        except DataError as broken:
            raise Unkeepable from broken
        except ProgrammingError:
            raise  # a bug of ours
        except (DBAPIError, NoConnection, OSError) as broken:
            raise StoreUnavailable(type(broken).__name__) from broken

    async def scrub(self, tables: tuple[str, ...]) -> None:
        """Rewrite the small tables that held keys and names, and let the others reuse their space.

        What this cannot reach: WAL segments (and archives and replicas made from them) keep the deleted rows until
        PostgreSQL recycles them. What people said is in them only as ciphertext, and its key only wrapped by the
        installation's key; whoever archives WAL keeps names and wrapped keys as long as the archive.
        """
        async with self.bare() as link:
            for table in tables:
                how = "VACUUM FULL" if table in REWRITTEN else "VACUUM"
                await link.execute(f"{how} {table}".encode())

    async def ping(self) -> None:
        """Ask the database whether it is there and migrated; raises StoreUnavailable."""
        try:
            await self.read(lambda link: link.execute(text("SELECT last_seq FROM streams LIMIT 1")).all())
        except ProgrammingError as broken:
            raise StoreUnavailable("not migrated") from broken

    async def close(self) -> None:
        """Let every connection go."""
        await self._pool.close()
        await self._engine.dispose()
