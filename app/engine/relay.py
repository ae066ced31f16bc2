"""Who stands in for a facilitator who dropped, and from when: the relay, or else the group itself (method.md §7)."""

from datetime import datetime, timedelta

from app.engine.commands import Back, Command, Extend, Next, Pause, Resume
from app.engine.ladder_commands import GiveBack, TakeClock, TakeTitle
from app.engine.protocol import CONDUCT
from app.engine.state import Person, Presence, Session, Status

CLOCK_AFTER = timedelta(seconds=15)
TITLE_AFTER = timedelta(seconds=60)
ALONE_AFTER = timedelta(seconds=60)
RELAY_HESITATES = timedelta(seconds=60)
"""How much longer the group waits for a relay who is here and takes nothing."""

TAKES: frozenset[type[Command]] = frozenset({TakeClock, TakeTitle, GiveBack})
"""What only the relay, or whom the relay stands in for, may ask."""

KEEPS_TIME: frozenset[type[Command]] = frozenset({Pause, Resume, Extend, Next, Back})
"""What a relay may who has the clock and not the title."""


def unconducted_since(session: Session) -> datetime | None:
    """Say since when nobody who conducts is here; None while somebody is, or when nobody ever was."""
    conductors = [person for person in session.people if person.role in CONDUCT]
    left = [person.left_at for person in conductors if person.left_at is not None]
    if not left or any(person.presence is Presence.HERE for person in conductors):
        return None
    return max(left)


def left_alone_at(session: Session) -> datetime | None:
    """Say when a running group goes on by itself, because nobody conducts and nobody stands in."""
    since = unconducted_since(session)
    if since is None or session.self_guided or session.status is not Status.RUNNING:
        return None
    stand_in = session.find_person(session.stand_in.person) if session.stand_in else None
    if stand_in is not None:
        if stand_in.presence is Presence.HERE or stand_in.left_at is None:
            return None
        return max(since, stand_in.left_at) + ALONE_AFTER
    relay = session.find_person(session.relay) if session.relay else None
    waits = relay is not None and relay.presence is Presence.HERE
    return since + ALONE_AFTER + (RELAY_HESITATES if waits else timedelta())


def taken_by(session: Session, person: Person) -> frozenset[type[Command]]:
    """List which of `TAKES` a person may ask now; decide adds how long the facilitator must have been away."""
    stand_in = session.stand_in
    if session.status is not Status.RUNNING:
        return frozenset()
    if person.role in CONDUCT:
        abandoned = stand_in is not None and not _is_here(session, stand_in.person)
        back: frozenset[type[Command]] = frozenset({GiveBack}) if abandoned else frozenset()
        return back | {TakeTitle} if session.self_guided else back
    if stand_in is not None and stand_in.person == person.id:
        more = not stand_in.title and session.client != person.id and unconducted_since(session) is not None
        return frozenset({GiveBack, TakeTitle}) if more else frozenset({GiveBack})
    if person.id != session.relay or session.self_guided or unconducted_since(session) is None:
        return frozenset()
    return frozenset({TakeClock}) if session.client == person.id else frozenset({TakeClock, TakeTitle})


def _is_here(session: Session, who: str) -> bool:
    return any(person.id == who and person.presence is Presence.HERE for person in session.people)
