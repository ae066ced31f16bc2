"""The tables of the database, the same in SQLite and PostgreSQL; migrations must lead exactly here."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from app.engine.protocol import Role
from app.usecases.records import DocumentKind, Sending, Status

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def as_micros(at: datetime) -> int:
    """Convert an aware instant to whole microseconds since 1970 UTC, as the database keeps it."""
    return (at - EPOCH) // MICROSECOND


def as_instant(micros: int) -> datetime:
    """Convert microseconds since 1970 UTC to an instant."""
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as microseconds since 1970: exact, and the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Convert on the way in."""
        return None if value is None else as_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Convert on the way out."""
        return None if value is None else as_instant(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words, kept as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        """Convert on the way in."""
        return json.dumps(value or (), ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...]:
        """Convert on the way out."""
        return tuple(json.loads(value or "[]"))


class OneOf(TypeDecorator[StrEnum]):
    """One of the words of an enumeration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        """Take the enumeration."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Convert on the way in."""
        return None if value is None else value.value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        """Convert on the way out."""
        return None if value is None else self.words(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _needed(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _link(name: str, to: str, *, key: bool = False) -> Column[Any]:
    return Column(name, Text, ForeignKey(to, ondelete="CASCADE"), primary_key=key, nullable=False)


# -- the log ---------------------------------------------------------------------------------------------

streams = Table(
    "streams", metadata, _key("session_id"), _needed("last_seq", BigInteger), Column("erased_at", Instant),
    sqlite_with_rowid=False,
)  # fmt: skip
session_keys = Table(  # rows are only ever added at the end, and overwritten by zeros of the same length
    "session_keys", metadata,
    Column("id", Integer, primary_key=True), Column("session_id", Text, nullable=False, unique=True),
    _needed("wrapped", LargeBinary),
    sqlite_autoincrement=True,
)  # fmt: skip
events = Table(
    "events", metadata,
    _key("session_id"), _key("seq", Integer), _needed("command_id"), _needed("at", Instant), _needed("actor"),
    _needed("name"), _needed("version", Integer), _needed("payload", LargeBinary),
    sqlite_with_rowid=False,
)  # fmt: skip
commands = Table(
    "commands", metadata,
    _key("session_id"), _key("command_id"), _needed("first_seq", BigInteger), _needed("last_seq", BigInteger),
    sqlite_with_rowid=False,
)  # fmt: skip
jobs = Table(
    "jobs", metadata,
    _key("id"), _needed("kind"), _needed("payload"), Column("key", Text, nullable=False, unique=True),
    Column("session_id", Text), _needed("attempt", Integer), _needed("run_at", Instant),
    Column("leased_until", Instant), _needed("buried", Boolean), _needed("problem"),
    Index(None, "buried", "run_at"),
)  # fmt: skip

# -- people ----------------------------------------------------------------------------------------------

facilitators = Table(
    "facilitators", metadata,
    _key("id"), _needed("name"), _needed("email"), Column("email_key", Text, unique=True), _needed("lang"),
    _needed("zone"), _needed("created_at", Instant),
)  # fmt: skip
groups = Table(
    "groups", metadata,
    _key("id"), _link("owner", "facilitators.id"), _needed("name"), _needed("lang"), _needed("zone"), _needed("trace"),
    _needed("created_at", Instant), _needed("plan_b"), _needed("rehearsal", Boolean),
    Index(None, "owner"),
)  # fmt: skip
members = Table(
    "members", metadata,
    _key("person"), _link("group", "groups.id"), _needed("name"), _needed("email"), _needed("lang"),
    _needed("seat", Integer), _needed("joined_at", Instant), _needed("tags", Words), Column("left_at", Instant),
    Index(None, "group"),
)  # fmt: skip

# -- sessions --------------------------------------------------------------------------------------------

sessions = Table(
    "sessions", metadata,
    _key("id"), _link("group", "groups.id"), _needed("number", Integer), _link("facilitator", "facilitators.id"),
    _needed("protocol_id"), _needed("protocol_hash"), _needed("starts_at", Instant), _needed("ends_at", Instant),
    _needed("zone"), _needed("trace"), _needed("created_at", Instant), _needed("status", OneOf(Status)),
    _needed("rehearsal", Boolean), Column("closed_at", Instant),
    Index(None, "group"), Index(None, "facilitator"), Index(None, "status"),
)  # fmt: skip
casts = Table(
    "casts", metadata,
    _link("session", "sessions.id", key=True), _key("person"), _key("role", OneOf(Role)), _key("round", Integer),
    _needed("group"), _needed("held_at", Instant),
    Index(None, "group"),
)  # fmt: skip
attendance = Table(
    "attendance", metadata,
    _key("session"), _key("person"), _key("role", OneOf(Role)), _needed("position", Integer), _needed("name"),
    _needed("arrived_at", Instant), _needed("left_at", Instant),
)  # fmt: skip
held_phases = Table(
    "held_phases", metadata,
    _key("session"), _key("position", Integer), _needed("key"), _needed("started_at", Instant),
    _needed("ended_at", Instant),
)  # fmt: skip
protocol_sources = Table("protocol_sources", metadata, _key("content_hash"), _needed("source"))

# -- ways in ---------------------------------------------------------------------------------------------

invitations = Table(
    "invitations", metadata,
    _link("session", "sessions.id", key=True), _key("person"), _needed("status", OneOf(Sending)), _needed("changed_at", Instant),
    _needed("problem"),
)  # fmt: skip
join_tokens = Table(
    "join_tokens", metadata,
    _key("hash"), _link("session", "sessions.id"), _needed("person"), _needed("created_at", Instant),
    _needed("expires_at", Instant), Column("used_at", Instant), Column("revoked_at", Instant),
    Index(None, "session", "person"), Index(None, "revoked_at"),
)  # fmt: skip
sign_in_tokens = Table(
    "sign_in_tokens", metadata,
    _key("hash"), _link("facilitator", "facilitators.id"), _needed("created_at", Instant),
    _needed("expires_at", Instant),
)  # fmt: skip
web_sessions = Table(
    "web_sessions", metadata,
    _key("hash"), _needed("person"), Column("session", Text), _needed("created_at", Instant),
    _needed("expires_at", Instant),
    Index(None, "person"),
)  # fmt: skip
challenges = Table(
    "challenges", metadata,
    _key("hash"), _needed("value", LargeBinary), Column("facilitator", Text), _needed("expires_at", Instant),
)  # fmt: skip
passkeys = Table(
    "passkeys", metadata,
    _key("credential", LargeBinary), _link("facilitator", "facilitators.id"), _needed("public_key", LargeBinary),
    _needed("sign_count", BigInteger), _needed("name"), _needed("created_at", Instant), Column("used_at", Instant),
    Index(None, "facilitator"),
)  # fmt: skip

# -- who serves ------------------------------------------------------------------------------------------

nodes = Table("nodes", metadata, _key("id"), _needed("seen_at", Instant))

# -- what remains ----------------------------------------------------------------------------------------

documents = Table(
    "documents", metadata,
    _key("session"), _key("person"), _key("kind", OneOf(DocumentKind)), _needed("wrapped", LargeBinary), _needed("body", LargeBinary),
    _needed("written_at", Instant),
    Index(None, "person"),
)  # fmt: skip
tallies = Table(
    "tallies", metadata,
    _key("session"), _key("question"), *(_needed(f"mark{mark}", Integer) for mark in range(1, 6)),
)  # fmt: skip
