"""Turns a session into JSON section by section: made once for all who share it, and again only when it has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from app.engine.ids import PersonId
from app.engine.projections import Shared, project_personal, project_shared, same_for_each
from app.engine.state import Session
from app.engine.view import UNKNOWN, EntryView, Live

Json = bytes
Sections = dict[str, Json]
Entries = Mapping[str, EntryView]

COMMON = ("session", "plan", "clock", "seats", "floor", "request", "ladder", "media", "bridge")
NULL = b"null"


def _plain(value: Any) -> Any:
    """Encode what msgspec does not know: mappings that are not dicts."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(type(value).__name__)


encode = msgspec.json.Encoder(enc_hook=_plain).encode


@dataclass(frozen=True, slots=True)
class Personal:
    """What one person sees besides the common sections."""

    me: Json
    conduct: Json
    entries: Entries


@dataclass(slots=True)
class Projection:
    """One state of a session at one instant, on its way to all who see it; nothing in it is encoded twice."""

    shared: Shared
    common: Sections
    conduct: Json
    same_people: bool = False  # nothing changed in who anybody is since the projection before
    same_entries: bool = False
    same_conduct: bool = False
    _encoded: dict[int, Json] = field(default_factory=dict)  # by identity of the views in `shared`

    @property
    def session(self) -> Session:
        """Give the state this shows."""
        return self.shared.state

    def of(self, person: PersonId, before: Personal | None = None) -> Personal:
        """Show what only this person sees; `before`, what they saw of the state before, lends what has not changed.

        Raises KeyError without a seat.
        """
        if before is not None and self.same_people:
            if self.same_entries and self.same_conduct:
                return before
            entries = before.entries if self.same_entries else self.shared.entries.of(person)
            return Personal(before.me, NULL if before.conduct is NULL else self.conduct, entries)
        view = project_personal(self.session, self.shared, person)
        return Personal(encode(view.me), NULL if view.conduct is None else self.conduct, view.entries)

    def whole(self, seen: Personal) -> Json:
        """Join everything one person sees to the JSON of a View."""
        entries = as_object({entry: self._entry(view) for entry, view in seen.entries.items()})
        return as_object({**self.common, "entries": entries, "me": seen.me, "conduct": seen.conduct})

    def since(self, before: Personal, now: Personal) -> Sections:
        """Keep what differs for one person; an entry that is gone becomes null."""
        differing: Sections = {}
        if before is now:
            return differing
        if before.me != now.me:
            differing["me"] = now.me
        if before.conduct != now.conduct:
            differing["conduct"] = now.conduct
        known = before.entries
        if known is now.entries:
            return differing
        for entry, view in now.entries.items():
            if known.get(entry) is not view:
                differing[f"entries/{entry}"] = self._entry(view)
        for entry in known.keys() - now.entries.keys():
            differing[f"entries/{entry}"] = NULL
        return differing

    def _entry(self, view: EntryView) -> Json:
        done = self._encoded.get(id(view))
        if done is None:
            done = self._encoded[id(view)] = encode(view)
        return done


def projected(
    session: Session, now: datetime, before: Projection | None = None, live: Live = UNKNOWN
) -> Projection:
    """Make and encode what does not depend on the viewer; `before` lends what has not changed."""
    shared = project_shared(session, now, before.shared if before else None, live)
    common = {}
    for name in COMMON:
        section = getattr(shared, name)
        lent = before is not None and section is getattr(before.shared, name)
        common[name] = before.common[name] if before is not None and lent else encode(section)
    same_conduct = before is not None and shared.conduct is before.shared.conduct
    conduct = before.conduct if before is not None and same_conduct else encode(shared.conduct)
    made = Projection(shared, common, conduct, same_conduct=same_conduct)
    if before is not None:
        made.same_people = same_for_each(session, before.session)
        made.same_entries = shared.entries is before.shared.entries
    return made


def as_object(sections: Sections) -> Json:
    """Join sections to one JSON object."""
    return b"{" + b",".join([encode(name) + b":" + value for name, value in sections.items()]) + b"}"


def changes(before: Sections, after: Sections) -> Sections:
    """Keep what differs."""
    return {name: value for name, value in after.items() if before.get(name) != value}
