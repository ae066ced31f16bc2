"""Tells what the newest facts touched of a session, so that the rest of a view is not made again."""

from dataclasses import fields
from operator import attrgetter, is_

from app.engine.state import Session

QUICK = (
    "floor.holder", "floor.since", "floor.hands", "floor.round", "floor.heard",
    "entries", "interests", "orders", "kept", "ready",
)  # fmt: skip
"""What changes many times within a phase. A section that shows any of it says so; all else counts as shown by every section."""

FLOOR = frozenset(name for name in QUICK if name.startswith("floor."))

_slow = attrgetter(*(each.name for each in fields(Session) if each.name not in {*QUICK, "floor", "seq"}))
_quick = attrgetter(*QUICK)


def touched(now: Session, before: Session) -> frozenset[str] | None:
    """Name what was replaced of the quick parts of the state; None when more than that was.

    Evolving replaces what a fact changes and keeps the rest, so that identity is enough, and cheap.
    """
    if not all(map(is_, _slow(now), _slow(before))):
        return None
    parts = zip(QUICK, _quick(now), _quick(before), strict=True)
    return frozenset(name for name, new, old in parts if new is not old)
