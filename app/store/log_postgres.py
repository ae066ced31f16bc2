"""Writes the event log into PostgreSQL by the bare driver: one transaction for a batch, then one NOTIFY for each room."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress

import psycopg

from app.engine.ids import SessionId
from app.store.group_commit import Answer, Append
from app.store.postgres import Bare, PostgresDatabase
from app.usecases.ports import Appended, Conflict, Erased, StoreUnavailable

CHANNEL = "ronde_log"

BEGIN_STREAM = "INSERT INTO streams (session_id, last_seq) VALUES (%s, 0) ON CONFLICT DO NOTHING"
LOCK = """
    SELECT session_id, last_seq, erased_at IS NOT NULL FROM streams
    WHERE session_id = ANY(%s) ORDER BY session_id FOR UPDATE
"""
KNOWN = """
    SELECT c.session_id, c.first_seq, c.last_seq FROM commands c
    JOIN unnest(%s::text[], %s::text[]) AS asked (session_id, command_id) USING (session_id, command_id)
"""
ADVANCE = "UPDATE streams SET last_seq = %s WHERE session_id = %s"
KEEP_KEY = "INSERT INTO session_keys (session_id, wrapped) VALUES (%s, %s)"
ADD_COMMAND = "INSERT INTO commands (session_id, command_id, first_seq, last_seq) VALUES (%s, %s, %s, %s)"
ADD_EVENT = """
    INSERT INTO events (session_id, seq, command_id, at, actor, name, version, payload)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
ADD_JOB = """
    INSERT INTO jobs (id, kind, payload, key, session_id, attempt, run_at, buried, problem)
    VALUES (%s, %s, %s, %s, %s, 0, %s, false, '') ON CONFLICT (key) DO NOTHING
"""
NOTIFY = "SELECT pg_notify(%s, said) FROM unnest(%s::text[]) AS said"


class PostgresLogWriter:
    """Commits batches; the row of each stream, locked in one order on every node, decides who is first."""

    def __init__(self, database: PostgresDatabase) -> None:
        """Take the database."""
        self._database = database

    async def commit(self, appends: Sequence[Append]) -> Sequence[Answer]:
        """Write a batch of different sessions and return its answers once it is on disk."""
        async with self._database.bare() as link:
            try:
                async with link.transaction():
                    answers = await _write(link, sorted(appends, key=lambda append: append.session))
            except psycopg.Error as broken:
                if isinstance(broken, psycopg.IntegrityError | psycopg.DataError | psycopg.ProgrammingError):
                    raise
                raise StoreUnavailable(type(broken).__name__) from broken
            heard = [
                f"{session} {answer.seq}"
                for session, answer in answers.items()
                if isinstance(answer, Appended) and not answer.known
            ]
            if (
                heard
            ):  # NOTIFY inside the transaction would take a lock over the whole database until it commits
                with suppress(psycopg.Error):  # a lost wake-up is repaired by polling; the fact is on disk
                    await link.execute(NOTIFY, (CHANNEL, heard))
        return [answers[append.session] for append in appends]

    async def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield what any node appends; raises StoreUnavailable when the connection breaks: then listen anew."""
        try:
            async with await psycopg.AsyncConnection.connect(
                self._database.address, autocommit=True, connect_timeout=3
            ) as link:
                await link.execute(f"LISTEN {CHANNEL}".encode())
                async for notice in link.notifies():
                    session, _, seq = notice.payload.rpartition(" ")
                    yield SessionId(session), int(seq)
        except psycopg.Error as broken:
            raise StoreUnavailable(type(broken).__name__) from broken

    async def close(self) -> None:
        """Do nothing: the database owns the connections."""


async def _write(link: Bare, appends: Sequence[Append]) -> Mapping[SessionId, Answer]:
    async with link.cursor() as cursor:
        first = [(append.session,) for append in appends if append.wrapped_key is not None]
        if first:
            await cursor.executemany(BEGIN_STREAM, first)
        sessions = [append.session for append in appends]
        await cursor.execute(LOCK, (sessions,))
        streams = {str(name): (last, erased) for name, last, erased in await cursor.fetchall()}
        await cursor.execute(KNOWN, (sessions, [append.command for append in appends]))
        known = {str(name): (first, last) for name, first, last in await cursor.fetchall()}
        answers: dict[SessionId, Answer] = {}
        written = []
        for append in appends:
            last, erased = streams.get(append.session, (None, False))
            if append.session in known:
                answers[append.session] = Appended(*known[append.session], known=True)
            elif erased:
                answers[append.session] = Erased()
            elif last != append.after:
                answers[append.session] = Conflict()
            else:
                answers[append.session] = Appended(append.after + 1, append.last)
                written.append(append)
        await _insert(link, written)
    return answers


async def _insert(link: Bare, appends: Sequence[Append]) -> None:
    if not appends:
        return
    async with link.pipeline(), link.cursor() as cursor:
        await cursor.executemany(ADVANCE, [(a.last, a.session) for a in appends])
        keys = [(a.session, a.wrapped_key) for a in appends if a.wrapped_key is not None]
        if keys:
            await cursor.executemany(KEEP_KEY, keys)
        await cursor.executemany(ADD_COMMAND, [(a.session, a.command, a.after + 1, a.last) for a in appends])
        rows = [
            (a.session, row.seq, a.command, a.at, a.actor, row.name, row.version, row.payload)
            for a in appends
            for row in a.rows
        ]
        if rows:
            await cursor.executemany(ADD_EVENT, rows)
        jobs = [(j.id, j.kind, j.payload, j.key, j.session, j.run_at) for a in appends for j in a.jobs]
        if jobs:
            await cursor.executemany(ADD_JOB, jobs)
