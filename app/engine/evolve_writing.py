"""What facts about writing change."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from app.engine.events import EntryWritten
from app.engine.ids import EntryId
from app.engine.protocol import Kind
from app.engine.replacing import replace
from app.engine.state import Contract, Entry, Session

K = TypeVar("K")
V = TypeVar("V")


def written(session: Session, event: EntryWritten, at: datetime) -> Session:
    """Take in a new text, or another wording of one."""
    before = session.entries.get(event.entry)
    if before is None:
        entry = Entry(
            event.entry,
            event.kind,
            event.author,
            event.text,
            event.fields,
            event.sight,
            event.turn,
            event.phase,
            at,
        )
    else:
        entry = replace(
            before, text=event.text, fields=event.fields, written_at=at, revision=before.revision + 1
        )
    written = replace(session, entries={**session.entries, entry.id: entry})
    if entry.kind is Kind.CONTRACT:
        return replace(written, contracts={**session.contracts, entry.turn: Contract(entry.id)})
    if entry.kind is Kind.ACTION and before is None:
        order = (*session.orders.get(entry.author, ()), entry.id)
        return replace(written, orders={**session.orders, entry.author: order})
    return written


def erased(session: Session, entry: EntryId) -> Session:
    """Forget a text and all that pointed to it."""
    erased = session.entries[entry]
    order = tuple(each for each in session.orders.get(erased.author, ()) if each != entry)
    return replace(
        session,
        entries=less(session.entries, entry),
        contracts={turn: each for turn, each in session.contracts.items() if each.entry != entry},
        subjects=tuple(None if each == entry else each for each in session.subjects),
        interests=less(session.interests, entry),
        kept=session.kept - {entry},
        orders={**session.orders, erased.author: order} if erased.kind is Kind.ACTION else session.orders,
    )


def toggled(held: frozenset[V] | None, value: V, on: bool) -> frozenset[V]:
    """Put a value into a set, or take it out."""
    held = held or frozenset()
    return held | {value} if on else held - {value}


def less(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    """Leave one key out."""
    return {each: value for each, value in mapping.items() if each != key}
