"""What facts about video, sound and who stands in change."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from app.engine.continuity import LADDER, Rung
from app.engine.ids import PersonId
from app.engine.ladder import LIVEKIT, MOST_DROPS, NO_LIVEKIT, Broken, Drop, Ladder, StandIn
from app.engine.ladder_events import (
    ClockTaken,
    Drilled,
    GivenBack,
    GroupMoved,
    GuidanceChanged,
    LadderEvent,
    PersonMoved,
    PhoneAsked,
    RiseOffered,
    ScreenAllowed,
    TitleTaken,
)
from app.engine.replacing import replace
from app.engine.state import Session, Status

AWAY = "away"
"""What a drop of the whole connection is called; the others are named after their rung."""


def change_ladder(session: Session, event: LadderEvent, at: datetime) -> Session:
    """Take in a fact about the ladder."""
    ladder = session.ladder
    match event:
        case GroupMoved():
            return _group(session, event, at)
        case RiseOffered(rung):
            return replace(session, ladder=replace(ladder, offer=rung))
        case PersonMoved(person, rung, chosen):
            return _person(session, person, rung, chosen, at)
        case PhoneAsked(person):
            return replace(session, ladder=replace(ladder, asked=ladder.asked | {person}))
        case Drilled(fault, person, on):
            struck = Broken(fault, person)
            others = tuple(each for each in ladder.broken if each != struck)
            return replace(session, ladder=replace(ladder, broken=(*others, struck) if on else others))
        case ScreenAllowed(on):
            return replace(session, screen_share=on)
        case ClockTaken(person):
            return replace(session, stand_in=StandIn(person))
        case TitleTaken(person):
            return replace(session, stand_in=StandIn(person, title=True))
        case GivenBack():
            return replace(session, stand_in=None)
        case GuidanceChanged(self_guided):
            since = at if self_guided else None
            return replace(session, self_guided=self_guided, guided_since=since, stand_in=None)
        case _:
            assert_never(event)


def dropped(session: Session, person: PersonId | None, what: str, at: datetime) -> Ladder:
    """Begin a drop; before the start and after the end nothing is counted."""
    slot = session.slot
    if session.status is not Status.RUNNING or slot is None:
        return session.ladder
    drops = (*session.ladder.drops, Drop(person, slot.key, at, what))[-MOST_DROPS:]
    return replace(session.ladder, drops=drops)


def back(session: Session, person: PersonId | None, at: datetime, *, away: bool) -> Session:
    """End the drop of a person (or of the group) that lasts: the one of their connection, or of their rung."""
    ladder = session.ladder
    lasting = [
        index
        for index, each in enumerate(ladder.drops)
        if each.person == person and each.until is None and (each.what == AWAY) == away
    ]
    if not lasting:
        return session
    drops = list(ladder.drops)
    for index in lasting:
        drops[index] = replace(drops[index], until=at)
    return replace(session, ladder=replace(ladder, drops=tuple(drops)))


def forgotten(ladder: Ladder, person: PersonId) -> Ladder:
    """Forget a person who has no seat any more."""
    return replace(
        ladder,
        moved=_without(ladder.moved, person),
        taken=_without(ladder.taken, person),
        asked=ladder.asked - {person},
        broken=tuple(each for each in ladder.broken if each.person != person),
        drops=tuple(each for each in ladder.drops if each.person != person),
    )


def _group(session: Session, event: GroupMoved, at: datetime) -> Session:
    """Put the group on its rung; what the facilitator chose is no drop."""
    before = session.ladder
    livekit = event.why == LIVEKIT or (before.livekit and event.why != NO_LIVEKIT)
    settled = _moved_back(back(session, None, at, away=False), at)
    best = Rung.SFU if livekit else Rung.MESH
    if not event.forced and LADDER.index(event.rung) > LADDER.index(best):
        settled = replace(settled, ladder=dropped(settled, None, event.rung.value, at))
    ladder = replace(
        settled.ladder,
        rung=event.rung,
        since=at,
        why=event.why,
        forced=event.forced,
        offer=None,
        livekit=livekit,
        moved={},
    )
    return replace(settled, ladder=ladder)


def _moved_back(session: Session, at: datetime) -> Session:
    """End the drops of those whom only the server had put on another rung: everybody begins afresh."""
    for person in session.ladder.moved:
        session = back(session, person, at, away=False)
    return session


def _person(session: Session, person: PersonId, rung: Rung | None, chosen: bool, at: datetime) -> Session:
    ladder, before = session.ladder, session.ladder.own(person)
    if chosen:
        taken = _without(ladder.taken, person) if rung is None else {**ladder.taken, person: rung}
        ladder = replace(ladder, taken=taken, asked=ladder.asked - {person})
    else:
        moved = _without(ladder.moved, person) if rung is None else {**ladder.moved, person: rung}
        ladder = replace(ladder, moved=moved)
    session, own = replace(session, ladder=ladder), ladder.own(person)
    if own == before:
        return session
    session = back(session, person, at, away=False)
    ladder = session.ladder
    if own is None or LADDER.index(own) <= LADDER.index(ladder.rung):
        return session
    return replace(session, ladder=dropped(session, person, own.value, at))


def _without(rungs: Mapping[PersonId, Rung], person: PersonId) -> dict[PersonId, Rung]:
    return {who: rung for who, rung in rungs.items() if who != person}
