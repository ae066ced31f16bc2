"""Shows each entry once for all who may read it and once for its author, and again only when it has changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.ids import PersonId
from app.engine.instants import as_ms
from app.engine.protocol import Kind, Sight
from app.engine.replacing import replace
from app.engine.sight import client_of, is_open
from app.engine.state import Entry, Session
from app.engine.view import EntryView


@dataclass(frozen=True, slots=True)
class EntriesView:
    """Every entry as its readers see it; views of what has not changed stay the same objects."""

    others: Mapping[str, EntryView]  # as readers see it
    mine: Mapping[str, EntryView]  # as the author sees it
    kept: Mapping[str, EntryView]  # as the client sees an idea they keep
    everybody: Mapping[str, EntryView]  # what all at the table read
    own: Mapping[PersonId, Mapping[str, EntryView]]  # what one person reads besides, or sees differently
    waiting: int  # texts written and not yet revealed

    def of(self, person: PersonId) -> dict[str, EntryView]:
        """Collect what one person reads."""
        return {**self.everybody, **self.own.get(person, {})}


def project_entries(session: Session, before: tuple[Session, EntriesView] | None) -> EntriesView:
    """Show every entry; `before` is an earlier state of the same session with its views."""
    if before is not None and _same(session, before[0]):
        return before[1]
    others: dict[str, EntryView] = {}
    mine: dict[str, EntryView] = {}
    kept: dict[str, EntryView] = {}
    everybody: dict[str, EntryView] = {}
    own: dict[PersonId, dict[str, EntryView]] = {}
    waiting = 0
    for key, entry in session.entries.items():
        old = before[1] if before is not None and _unchanged(session, before[0], entry) else None
        others[key] = old.others[key] if old else _shown(session, entry)
        mine[key] = old.mine[key] if old else _shown(session, entry, mine=True)
        client = client_of(session, entry)
        if is_open(entry):
            everybody[key] = others[key]
        elif entry.sight is Sight.REVEALED:
            waiting += 1
        elif entry.sight is Sight.CLIENT and client is not None:
            own.setdefault(client, {})[key] = others[key]
        own.setdefault(entry.author, {})[key] = mine[key]
        if key in session.kept and client is not None:
            seen = mine[key] if client == entry.author else others[key]
            kept[key] = (old.kept.get(key) if old else None) or replace(seen, kept=True)
            own.setdefault(client, {})[key] = kept[key]
    return EntriesView(others, mine, kept, everybody, own, waiting)


def _same(now: Session, before: Session) -> bool:
    return (
        now.entries is before.entries
        and now.interests is before.interests
        and now.kept is before.kept
        and now.clients is before.clients
    )


def _unchanged(now: Session, before: Session, entry: Entry) -> bool:
    return (
        before.entries.get(entry.id) is entry
        and now.clients is before.clients
        and now.interests.get(entry.id) is before.interests.get(entry.id)
    )


def _shown(session: Session, entry: Entry, *, mine: bool = False) -> EntryView:
    """Show an entry to its readers or its author; ideas carry no names to others (method.md §5.4)."""
    return EntryView(
        id=entry.id,
        kind=entry.kind.value,
        author=None if entry.kind is Kind.IDEA and not mine else entry.author,
        text=entry.text,
        fields=entry.fields,
        sight=entry.sight.value,
        phase=entry.phase,
        written_at=as_ms(entry.written_at),
        mine=mine,
        kept=False,
        revealed=entry.revealed,
        interest=len(session.interests.get(entry.id, ())),
    )
