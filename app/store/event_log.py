"""The log of facts of every session: dense, append-only, encrypted, and on disk before anybody hears of it."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy import Row as Found

from app.engine.events import Event
from app.engine.ids import CommandId, SessionId
from app.store import erasure, event_codec
from app.store.database import Database
from app.store.documents import seal_document
from app.store.group_commit import Answer, Append, GroupCommit, JobRow, Row
from app.store.log_postgres import PostgresLogWriter
from app.store.log_sqlite import SqliteLogWriter
from app.store.postgres import PostgresDatabase
from app.store.sqlite import SqliteDatabase
from app.store.tables import as_micros, commands, events, session_keys, streams
from app.usecases.ports import (
    Appended,
    Cipher,
    Conflict,
    DataKey,
    Erased,
    GatewayError,
    Quarantined,
    Recorded,
)
from app.usecases.records import Attendance, Document, NewJob, Tally

WARM_KEYS = 4096  # sessions whose key stays in memory


class LogWriter(Protocol):
    """Writes batches into one kind of database."""

    async def commit(self, appends: Sequence[Append]) -> Sequence[Answer]:
        """Write a batch and return its answers once it is on disk."""

    def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield (session, seq) after each append."""

    async def close(self) -> None:
        """Let everything go."""


class StoredLog:
    """The event log in a database."""

    def __init__(self, database: Database, cipher: Cipher, new_id: Callable[[], str]) -> None:
        """Take the database, what seals the facts, and what makes ids for jobs."""
        self._database = database
        self._cipher = cipher
        self._new_id = new_id
        self._writer = _writer_for(database)
        self._group = GroupCommit(self._writer.commit)
        self._keys: OrderedDict[SessionId, DataKey] = OrderedDict()

    async def load(self, session: SessionId, after: int = 0) -> tuple[Recorded, ...]:
        """Read the facts after a seq."""
        stream, wrapped, rows = await self._database.read(lambda link: _read(link, session, after))
        if stream is None:
            return ()
        if stream.erased_at is not None:
            self._keys.pop(session, None)
            raise Erased
        if wrapped is None:
            raise Quarantined("the key is missing")
        if [row.seq for row in rows] != list(range(after + 1, stream.last_seq + 1)):
            raise Quarantined("the log has a gap")
        key = self._remember(session, self._unwrap(wrapped))
        return tuple(_open(key, session, row) for row in rows)

    async def append(
        self,
        session: SessionId,
        after_seq: int,
        command_id: CommandId,
        events: tuple[Event, ...],
        at: datetime,
        actor: str,
        jobs: tuple[NewJob, ...] = (),
    ) -> Appended:
        """Write facts, their command and their jobs, all or nothing, and return once they are on disk."""
        wrapped = None
        if after_seq == 0:
            if not events:
                raise ValueError("the first append of a session plans it")
            key, wrapped = self._cipher.new_key()
        else:
            key = await self._key(session)
        rows = tuple(_seal(key, session, seq, event) for seq, event in enumerate(events, start=after_seq + 1))
        answer = await self._group.submit(
            Append(
                session, after_seq, command_id, as_micros(at), actor, rows,
                tuple(as_row(job, self._new_id(), at) for job in jobs), wrapped,
            )
        )  # fmt: skip
        if wrapped is not None and not answer.known:
            self._remember(session, key)
        return answer

    async def find_command(self, session: SessionId, command_id: CommandId) -> Appended | None:
        """Find the first answer to a command."""
        asked = select(commands.c.first_seq, commands.c.last_seq).where(
            commands.c.session_id == session, commands.c.command_id == command_id
        )
        found = await self._database.read(lambda link: link.execute(asked).one_or_none())
        return None if found is None else Appended(found.first_seq, found.last_seq, known=True)

    async def heads(self, sessions: tuple[SessionId, ...]) -> Mapping[SessionId, int]:
        """Tell the last seq of each of these logs that exists and is not erased."""
        asked = select(streams.c.session_id, streams.c.last_seq).where(
            streams.c.session_id.in_(sessions), streams.c.erased_at.is_(None)
        )
        found = await self._database.read(lambda link: link.execute(asked).all())
        return {SessionId(row.session_id): row.last_seq for row in found}

    async def erase(
        self,
        session: SessionId,
        at: datetime,
        keep_documents: tuple[Document, ...] = (),
        tallies: tuple[Tally, ...] = (),
        attendance: Attendance | None = None,
    ) -> None:
        """Throw away a session's facts, commands, jobs and key, and keep only what is given."""
        sealed = tuple(seal_document(self._cipher, document) for document in keep_documents)
        self._keys.pop(session, None)
        await self._database.write(
            lambda link: erasure.erase_log(link, session, at, sealed, tallies, attendance)
        )
        self._keys.pop(session, None)
        await self._database.scrub(erasure.LOG_TABLES)

    def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield (session, seq) after each append, on any node."""
        return self._writer.listen()

    async def close(self) -> None:
        """Answer everything handed in, then let the writer go."""
        await self._group.close()
        await self._writer.close()

    async def _key(self, session: SessionId) -> DataKey:
        known = self._keys.get(session)
        if known is not None:
            self._keys.move_to_end(session)
            return known
        stream, wrapped, _ = await self._database.read(lambda link: _read(link, session, None))
        if stream is not None and stream.erased_at is not None:
            raise Erased
        if stream is None or wrapped is None:
            raise Conflict
        return self._remember(session, self._unwrap(wrapped))

    def _unwrap(self, wrapped: bytes) -> DataKey:
        """Open a session's key; one that another installation wrapped puts its session aside, and no other."""
        try:
            return self._cipher.unwrap(wrapped)
        except GatewayError as broken:
            raise Quarantined("the key does not open") from broken

    def _remember(self, session: SessionId, key: DataKey) -> DataKey:
        self._keys[session] = key
        if len(self._keys) > WARM_KEYS:
            self._keys.popitem(last=False)
        return key


def as_row(job: NewJob, job_id: str, at: datetime) -> JobRow:
    """Convert a job to what is stored."""
    payload = msgspec.json.encode(dict(job.payload)).decode()
    return JobRow(job_id, job.kind, payload, job.key, job.session, as_micros(job.run_at or at))


def _writer_for(database: Database) -> LogWriter:
    match database:
        case SqliteDatabase():
            return SqliteLogWriter(database)
        case PostgresDatabase():
            return PostgresLogWriter(database)
        case _:
            raise TypeError(type(database).__name__)


def _about(session: SessionId, seq: int) -> bytes:
    """Bind a sealed fact to its place, so that nobody can move facts about in the database unseen."""
    return f"{session} {seq}".encode()


def _seal(key: DataKey, session: SessionId, seq: int, event: Event) -> Row:
    name, version, payload = event_codec.encode(event)
    return Row(seq, name, version, key.seal(payload, _about(session, seq)))


def _open(key: DataKey, session: SessionId, row: Found[Any]) -> Recorded:
    try:
        payload = key.open(row.payload, _about(session, row.seq))
    except GatewayError as broken:
        raise Quarantined(f"fact {row.seq} does not open") from broken
    event = event_codec.decode(row.name, row.version, payload)
    return Recorded(row.seq, CommandId(row.command_id), row.at, row.actor, event)


def _read(
    link: Connection, session: SessionId, after: int | None
) -> tuple[Found[Any] | None, bytes | None, Sequence[Found[Any]]]:
    """Read a stream, its wrapped key and its facts after a seq (none of them for None) as of one instant."""
    stream = link.execute(select(streams).where(streams.c.session_id == session)).one_or_none()
    wrapped = link.execute(
        select(session_keys.c.wrapped).where(session_keys.c.session_id == session)
    ).scalar()
    if stream is None or after is None:
        return stream, wrapped, ()
    facts = select(events).where(events.c.session_id == session, events.c.seq > after).order_by(events.c.seq)
    return stream, wrapped, link.execute(facts).all()
