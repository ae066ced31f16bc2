"""Says how evenly consultants share the time of a phase: one figure for the group, in memory only, nobody named (product.md)."""

from collections.abc import Mapping
from math import log

from app.engine.ids import PersonId
from app.engine.protocol import Role, Voice
from app.engine.state import Session

SHARED = frozenset({Voice.QUESTIONS, Voice.IN_TURN, Voice.ROUND, Voice.FREE})
"""Voice rules under which several consultants are expected to speak."""

ENOUGH = 60_000
"""Milliseconds of consultants' voices before anything is said of them."""

MOST_AT_ONCE = 5_000
"""No report may claim more milliseconds than this: one comes every two seconds."""


def balance(session: Session, spoken: Mapping[PersonId, int], present: frozenset[PersonId]) -> float | None:
    """Give 0 when one consultant has all the time … 1 when it is evenly shared; None while that means nothing.

    It is the entropy of the shares over its greatest value, in tenths; the client, who is asked to speak, and whoever
    conducts do not count. `spoken` is in milliseconds of this phase.
    """
    slot = session.slot
    if slot is None or slot.phase.is_break or slot.phase.voice not in SHARED:
        return None
    among = [
        spoken.get(person.id, 0)
        for person in session.people
        if person.id in present and session.role_of(person) in (Role.CONSULTANT, Role.TIMEKEEPER, Role.SCRIBE)
    ]
    total = sum(among)
    if len(among) < 2 or total < ENOUGH:
        return None
    shares = [each / total for each in among if each]
    return round(-sum(share * log(share) for share in shares) / log(len(among)), 1)
