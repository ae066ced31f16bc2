"""Turns records into rows and rows into records: a column and a field that mean the same have the same name."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database

R = TypeVar("R")


def fetch(
    link: Connection, kind: type[R], table: Table, *where: ColumnElement[bool], order: Any = None
) -> tuple[R, ...]:
    """Read records."""
    query = select(*(table.c[field.name] for field in fields(kind))).where(*where)  # type: ignore[arg-type]
    if order is not None:
        query = query.order_by(*order) if isinstance(order, tuple) else query.order_by(order)
    make: Callable[..., R] = kind
    return tuple(make(*row) for row in link.execute(query))


def fetch_one(link: Connection, kind: type[R], table: Table, *where: ColumnElement[bool]) -> R | None:
    """Read the record there is, if there is one."""
    found = fetch(link, kind, table, *where)
    return found[0] if found else None


def values(record: Any, **more: Any) -> dict[str, Any]:
    """Give a record's fields by name."""
    return {field.name: getattr(record, field.name) for field in fields(record)} | more


def upsert(link: Connection, table: Table, rows: Sequence[dict[str, Any]], *, replaces: bool = True) -> None:
    """Add rows, or change those of the same primary key; those stay as they are unless it `replaces`."""
    if not rows:
        return
    keys = list(table.primary_key.columns.keys())
    insert = postgresql.insert(table) if link.dialect.name == "postgresql" else sqlite.insert(table)
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    statement = (
        insert.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed and replaces
        else insert.on_conflict_do_nothing(index_elements=keys)
    )
    link.execute(statement, list(rows))


class Shelf:
    """A part of the directory, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def _one(self, kind: type[R], table: Table, *where: ColumnElement[bool]) -> R | None:
        return await self._database.read(lambda link: fetch_one(link, kind, table, *where))

    async def _many(
        self, kind: type[R], table: Table, *where: ColumnElement[bool], order: Any
    ) -> tuple[R, ...]:
        return await self._database.read(lambda link: fetch(link, kind, table, *where, order=order))
