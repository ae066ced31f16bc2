"""Opens each kind of store: in memory, in an SQLite file, on a real PostgreSQL server."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from sqlalchemy import make_url

from app.store.database import migrate_now
from app.store.tables import metadata
from app.usecases.ports import Directory, Documents, EventLog, Jobs
from tests.fakes import FakeStore
from tests.store.opened import Store, open_at


class AnyStore(Protocol):
    """What every kind of store has."""

    @property
    def log(self) -> EventLog:
        """The log of facts."""

    @property
    def directory(self) -> Directory:
        """The directory."""

    @property
    def documents(self) -> Documents:
        """The documents."""

    @property
    def jobs(self) -> Jobs:
        """The jobs."""


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the address of a migrated SQLite file."""
    url = f"sqlite:///{tmp_path / 'ronde.sqlite'}"
    migrate_now(url)
    return url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """Give the address of a migrated database on the real server, of this test process alone."""
    name = f"ronde_store_{os.getpid()}"
    url = make_url(postgres_url)
    server = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}".encode())
    mine = url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    migrate_now(mine)
    yield mine
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def empty_postgres(migrated_postgres: str) -> str:
    """Empty every table of the database on the real server."""
    with psycopg.connect(migrated_postgres, autocommit=True) as link:
        link.execute("TRUNCATE {}".format(", ".join(f'"{name}"' for name in metadata.tables)).encode())
    return migrated_postgres


DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Store]:
    """Open an empty database of each kind."""
    store = open_at(database_url)
    yield store
    await store.close()


@pytest.fixture(params=["fake", *DATABASES])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStore]:
    """Open each kind of store, empty."""
    if request.param == "fake":
        yield FakeStore()
        return
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres")
    store = open_at(url)
    yield store
    await store.close()
