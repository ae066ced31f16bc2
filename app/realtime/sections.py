"""Turns a session into JSON section by section: what all share is made once, what is personal per person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from app.engine.ids import PersonId
from app.engine.projections import Shared, project_personal, project_shared
from app.engine.state import Session
from app.engine.view import EntryView

Json = bytes
Sections = dict[str, Json]

COMMON = ("session", "plan", "clock", "seats", "floor", "request")


def _plain(value: Any) -> Any:
    """Encode what msgspec does not know: mappings that are not dicts."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(type(value).__name__)


encode = msgspec.json.Encoder(enc_hook=_plain).encode


@dataclass(slots=True)
class Projection:
    """One state of a session at one instant, on its way to all who see it; nothing in it is encoded twice."""

    session: Session
    shared: Shared
    common: Sections
    conduct: Json
    encoded: dict[int, Json] = field(default_factory=dict)  # by identity of the views in `shared`

    def of(self, person: PersonId) -> tuple[Sections, Sections]:
        """Encode what only this person sees, and the entries they may read by id; raises KeyError without a seat."""
        view = project_personal(self.session, self.shared, person)
        own = {"me": encode(view.me), "conduct": b"null" if view.conduct is None else self.conduct}
        return own, {entry: self._encoded(each) for entry, each in view.entries.items()}

    def _encoded(self, view: EntryView) -> Json:
        if view.kept:  # made for one viewer: its identity does not last
            return encode(view)
        done = self.encoded.get(id(view))
        if done is None:
            done = self.encoded[id(view)] = encode(view)
        return done


def projected(session: Session, now: datetime) -> Projection:
    """Make and encode what does not depend on the viewer."""
    shared = project_shared(session, now)
    common = {name: encode(getattr(shared, name)) for name in COMMON}
    return Projection(session, shared, common, encode(shared.conduct))


def as_object(sections: Sections) -> Json:
    """Join sections to one JSON object."""
    return b"{" + b",".join([encode(name) + b":" + value for name, value in sections.items()]) + b"}"


def changes(before: Sections, after: Sections) -> Sections:
    """Keep what differs."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def entry_changes(before: Sections, after: Sections) -> Sections:
    """Keep the entries that differ as `entries/<id>`; those gone become null."""
    if before == after:
        return {}
    differing = {f"entries/{entry}": value for entry, value in after.items() if before.get(entry) != value}
    differing.update({f"entries/{entry}": b"null" for entry in before if entry not in after})
    return differing


def whole_view(common: Sections, own: Sections, entries: Sections) -> Json:
    """Join everything one person sees to the JSON of a View."""
    return as_object({**common, "entries": as_object(entries), **own})
