"""Keeps what people take home from closed sessions: each document sealed under a key of its own."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select
from sqlalchemy import Row as Found

from app.engine.ids import PersonId, SessionId
from app.store.database import Database
from app.store.rows import upsert, values
from app.store.tables import documents, tallies
from app.usecases.ports import Cipher
from app.usecases.records import Document, DocumentKind, Tally

MARKS = tuple(f"mark{mark}" for mark in range(1, 6))


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document as it is stored."""

    session: SessionId
    person: PersonId
    kind: DocumentKind
    wrapped: bytes = field(repr=False)
    body: bytes = field(repr=False)
    written_at: datetime


def seal_document(cipher: Cipher, document: Document) -> SealedDocument:
    """Encrypt a document under a new key."""
    key, wrapped = cipher.new_key()
    body = key.seal(document.body, _about(document.session, document.person, document.kind))
    return SealedDocument(
        document.session, document.person, document.kind, wrapped, body, document.written_at
    )


def _open(cipher: Cipher, row: Found[Any]) -> Document:
    body = cipher.unwrap(row.wrapped).open(row.body, _about(row.session, row.person, row.kind))
    return Document(SessionId(row.session), PersonId(row.person), row.kind, body, row.written_at)


def _about(session: SessionId, person: PersonId, kind: DocumentKind) -> bytes:
    return f"{session} {person} {kind.value}".encode()


def keep(link: Connection, sealed: tuple[SealedDocument, ...]) -> None:
    """Store documents in place of earlier ones."""
    upsert(link, documents, [values(each) for each in sealed])


def keep_unless_there(link: Connection, sealed: tuple[SealedDocument, ...]) -> None:
    """Store documents where there is none yet: one that is there was corrected by its reader since it was foreseen."""
    upsert(link, documents, [values(each) for each in sealed], replaces=False)


def keep_tallies(link: Connection, session: SessionId, kept: tuple[Tally, ...]) -> None:
    """Store the marks of a session."""
    rows = [
        {"session": session, "question": t.question, **dict(zip(MARKS, t.counts, strict=True))} for t in kept
    ]
    if rows:
        link.execute(insert(tallies), rows)


def forget(link: Connection, *where: ColumnElement[bool]) -> None:
    """Delete documents with their keys."""
    link.execute(delete(documents).where(*where))


class StoredDocuments:
    """The documents in a database."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        """Take the database, and what seals the documents."""
        self._database = database
        self._cipher = cipher

    async def keep(self, document: Document) -> None:
        """Keep a document in place of an earlier one of the same session, person and kind."""
        sealed = seal_document(self._cipher, document)
        await self._database.write(lambda link: keep(link, (sealed,)))

    async def find(self, session: SessionId, person: PersonId, kind: DocumentKind) -> Document | None:
        """Find the document one person keeps."""
        table = documents.c
        asked = select(documents).where(table.session == session, table.person == person, table.kind == kind)
        row = await self._database.read(lambda link: link.execute(asked).one_or_none())
        return None if row is None else _open(self._cipher, row)

    async def erase(self, session: SessionId, person: PersonId | None = None) -> None:
        """Throw away the documents of a session: one person's, or all, with their keys."""
        where = [documents.c.session == session]
        if person is not None:
            where.append(documents.c.person == person)
        await self._database.write(lambda link: forget(link, *where))
        await self._database.scrub((documents.name,))

    async def tallies(self, sessions: tuple[SessionId, ...]) -> tuple[Tally, ...]:
        """Add up the marks of these sessions, one tally per question, in the order of their names."""
        marks = [func.sum(tallies.c[mark]) for mark in MARKS]
        asked = select(tallies.c.question, *marks).where(tallies.c.session.in_(sessions))
        asked = asked.group_by(tallies.c.question).order_by(tallies.c.question)
        rows = await self._database.read(lambda link: link.execute(asked).all())
        return tuple(
            Tally(row[0], (int(row[1]), int(row[2]), int(row[3]), int(row[4]), int(row[5]))) for row in rows
        )
