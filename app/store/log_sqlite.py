"""Writes the event log into SQLite by the bare driver: a batch of appends is one BEGIN IMMEDIATE … COMMIT."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from app.engine.ids import SessionId
from app.store.group_commit import Answer, Append
from app.store.sqlite import SqliteDatabase, connect, guarded
from app.usecases.ports import Appended, Conflict, Erased

HEARD = 1024  # wake-ups a slow listener may be behind; more are lost, which a listener must bear

KNOWN = "SELECT first_seq, last_seq FROM commands WHERE session_id = ? AND command_id = ?"
ADVANCE = "UPDATE streams SET last_seq = ? WHERE session_id = ? AND last_seq = ? AND erased_at IS NULL"
BEGIN_STREAM = "INSERT INTO streams (session_id, last_seq) VALUES (?, ?) ON CONFLICT DO NOTHING"
KEEP_KEY = "INSERT INTO session_keys (session_id, wrapped) VALUES (?, ?)"
IS_ERASED = "SELECT erased_at IS NOT NULL FROM streams WHERE session_id = ?"
ADD_COMMAND = "INSERT INTO commands (session_id, command_id, first_seq, last_seq) VALUES (?, ?, ?, ?)"
ADD_EVENT = """
    INSERT INTO events (session_id, seq, command_id, at, actor, name, version, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_JOB = """
    INSERT INTO jobs (id, kind, payload, key, session_id, attempt, run_at, buried, problem)
    VALUES (?, ?, ?, ?, ?, 0, ?, 0, '') ON CONFLICT (key) DO NOTHING
"""


class SqliteLogWriter:
    """Commits batches in the writing thread of the database, on a connection of its own."""

    def __init__(self, database: SqliteDatabase) -> None:
        """Take the database whose thread writes."""
        self._database = database
        self._link: sqlite3.Connection | None = None
        self._listeners: set[asyncio.Queue[tuple[SessionId, int]]] = set()

    async def commit(self, appends: Sequence[Append]) -> Sequence[Answer]:
        """Write a batch and return its answers once it is on disk."""
        answers = await asyncio.get_running_loop().run_in_executor(
            self._database.writer, self._commit, appends
        )
        for append, answer in zip(appends, answers, strict=True):
            if isinstance(answer, Appended) and not answer.known:
                for queue in self._listeners:
                    with suppress(asyncio.QueueFull):
                        queue.put_nowait((append.session, answer.seq))
        return answers

    async def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield what this process appends: an SQLite file has one node."""
        queue: asyncio.Queue[tuple[SessionId, int]] = asyncio.Queue(HEARD)
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    async def close(self) -> None:
        """Let the connection go."""
        if self._link is not None:
            await asyncio.get_running_loop().run_in_executor(self._database.writer, self._link.close)
            self._link = None

    def _commit(self, appends: Sequence[Append]) -> Sequence[Answer]:
        with guarded():
            if self._link is None:
                self._link = connect(self._database.path)
            link = self._link
            try:
                link.execute("BEGIN IMMEDIATE")
                answers = [_decide(link, append) for append in appends]
                written = [
                    a
                    for a, b in zip(appends, answers, strict=True)
                    if isinstance(b, Appended) and not b.known
                ]
                _insert(link, written)
                link.execute("COMMIT")
            except BaseException:
                self._give_up(link)
                raise
        return answers

    def _give_up(self, link: sqlite3.Connection) -> None:
        """Roll back; a connection that cannot even do that is thrown away, and the next batch makes another."""
        try:
            if link.in_transaction:
                link.execute("ROLLBACK")
        except sqlite3.Error:
            self._link = None
            with suppress(sqlite3.Error):
                link.close()


def _decide(link: sqlite3.Connection, append: Append) -> Answer:
    """Take the append's place in its stream, or say why not."""
    known = link.execute(KNOWN, (append.session, append.command)).fetchone()
    if known is not None:
        first, last = known
        return Appended(first, last, known=True)
    if append.wrapped_key is not None:
        taken = link.execute(BEGIN_STREAM, (append.session, append.last)).rowcount
        if taken:
            link.execute(KEEP_KEY, (append.session, append.wrapped_key))
    else:
        taken = link.execute(ADVANCE, (append.last, append.session, append.after)).rowcount
    if taken:
        return Appended(append.after + 1, append.last)
    erased = link.execute(IS_ERASED, (append.session,)).fetchone()
    return Erased() if erased and erased[0] else Conflict()


def _insert(link: sqlite3.Connection, appends: Sequence[Append]) -> None:
    link.executemany(ADD_COMMAND, [(a.session, a.command, a.after + 1, a.last) for a in appends])
    link.executemany(
        ADD_EVENT,
        [
            (a.session, row.seq, a.command, a.at, a.actor, row.name, row.version, row.payload)
            for a in appends
            for row in a.rows
        ],
    )
    jobs = [(j.id, j.kind, j.payload, j.key, j.session, j.run_at) for a in appends for j in a.jobs]
    if jobs:
        link.executemany(ADD_JOB, jobs)
