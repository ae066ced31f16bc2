"""Runs migrations on the database that the caller names, one node at a time."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator, text

from app.store.database import migrating
from app.store.tables import metadata

LOCK = 0x526F6E6465  # "Ronde"


def as_plain_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write a column's type as the database has it, for today's code must not change yesterday's migration."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


def run(connection: Connection) -> None:
    """Upgrade in one transaction: a failed migration leaves the database as it was."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
        render_item=as_plain_type,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


with migrating(
    context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url", "")
) as link:
    run(link)
