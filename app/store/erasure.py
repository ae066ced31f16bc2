"""Throws a session's log away with its key, and keeps only what its trace policy lets remain."""

from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select, update

from app.engine.ids import SessionId
from app.store import documents
from app.store.documents import SealedDocument
from app.store.rows import upsert, values
from app.store.tables import attendance, commands, events, held_phases, session_keys, streams
from app.usecases.records import Attendance, Tally

LOG_TABLES = (session_keys.name, events.name, commands.name)


def erase_log(
    link: Connection,
    session: SessionId,
    at: datetime,
    kept: tuple[SealedDocument, ...],
    tallies: tuple[Tally, ...],
    present: Attendance | None,
) -> None:
    """Replace a log by a tombstone (so that a late append cannot bring it back) and what remains, in one transaction.

    Deleting the key is what erases: the facts are ciphertext everywhere, in backups and replicas too. Their rows are
    deleted all the same.
    """
    stream = link.execute(
        select(streams.c.erased_at).where(streams.c.session_id == session).with_for_update()
    ).one_or_none()
    if stream is None:
        link.execute(insert(streams).values(session_id=session, last_seq=0, erased_at=at))
    elif stream.erased_at is not None:
        return
    else:
        link.execute(update(streams).where(streams.c.session_id == session).values(erased_at=at))
    _destroy_key(link, session)
    for table in (events, commands):
        link.execute(delete(table).where(table.c.session_id == session))
    documents.keep_unless_there(link, kept)
    documents.keep_tallies(link, session, tallies)
    if present is not None:
        _keep_attendance(link, present)


def _destroy_key(link: Connection, session: SessionId) -> None:
    """Overwrite the key in its place, where the database can.

    In SQLite the zeroed row must stay: deleting it could merge pages, and leave a copy of a neighbour's key in an unused
    part of a page, to be found after that neighbour's erasure. PostgreSQL writes new versions of rows and is vacuumed.
    """
    mine = session_keys.c.session_id == session
    wrapped = link.execute(select(session_keys.c.wrapped).where(mine)).scalar()
    if link.dialect.name == "sqlite" and wrapped is not None:
        link.execute(update(session_keys).where(mine).values(wrapped=bytes(len(wrapped))))
    else:
        link.execute(delete(session_keys).where(mine))


def _keep_attendance(link: Connection, present: Attendance) -> None:
    _replace(
        link, attendance, present.session,
        [values(each, session=present.session, position=at) for at, each in enumerate(present.people)],
    )  # fmt: skip
    _replace(
        link, held_phases, present.session,
        [values(each, session=present.session, position=at) for at, each in enumerate(present.phases)],
    )  # fmt: skip


def _replace(link: Connection, table: Table, session: SessionId, rows: list[dict[str, object]]) -> None:
    link.execute(delete(table).where(table.c.session == session))
    upsert(link, table, rows)
