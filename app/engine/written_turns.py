"""What is said in writing when there is no sound: who may say it, who reads it when, and whose turn comes next."""

from datetime import datetime

from app.engine.continuity import Rung
from app.engine.events import (
    EntriesRevealed,
    EntryWritten,
    Event,
    FloorGiven,
    FloorPassed,
    PersonArrived,
    PersonLeft,
    PersonRemoved,
    ReadySaid,
    RoundStarted,
)
from app.engine.evolve import evolve
from app.engine.floor import round_order
from app.engine.ids import PersonId
from app.engine.ladder_events import GroupMoved
from app.engine.protocol import CONDUCT, Kind, Role, Sight, Voice
from app.engine.state import Entry, Person, Presence, Session, Status
from app.engine.voice_rule import may_speak

UNSPOKEN = frozenset({Voice.NOBODY, Voice.SILENCE, Voice.WRITING})
"""Where nobody speaks aloud, nobody speaks in writing."""


def sight_of_speech(session: Session, person: Person) -> Sight | None:
    """Say who would read what this person says in writing now; None when it is not their turn, or they have a voice.

    The voice rule of the phase holds (method.md §3). One thing differs where ideas go in turn: writing one after the
    other takes long, so everybody writes at the same time and all of it is shown together.
    """
    if session.ladder.rung_of(person.id) is not Rung.TEXT and not _writes_to_them(session, person):
        return None
    if session.status is Status.OPEN:
        return Sight.ALL
    slot = session.slot
    if session.status is not Status.RUNNING or slot is None:
        return None
    if together(session) and person.id in round_order(session):
        return None if person.id in pending(session) else Sight.REVEALED
    if leads(session, person) or _writes_to_them(session, person):
        return Sight.ALL
    if slot.phase.voice in UNSPOKEN and not slot.phase.is_break:
        return None
    return Sight.ALL if may_speak(session, person) else None


def leads(session: Session, person: Person) -> bool:
    """Whether a person leads by title; in a group without anybody who does, all are equal and keep the voice rule."""
    return session.stands_in(person.id) or session.role_of(person) in CONDUCT


def _writes_to_them(session: Session, person: Person) -> bool:
    """Whether a person with a voice also writes: who leads, and the scribe, to those who only read."""
    if session.ladder.rung is Rung.TEXT or not someone_writes(session):
        return False
    return leads(session, person) or session.role_of(person) is Role.SCRIBE


def together(session: Session) -> bool:
    """Whether everybody writes at the same time now, to be shown at once: ideas in turn, in a group that writes."""
    slot, floor = session.slot, session.floor
    return (
        session.status is Status.RUNNING
        and session.ladder.rung is Rung.TEXT
        and slot is not None
        and slot.phase.voice is Voice.IN_TURN
        and floor.holder is None
        and not floor.round
    )


def is_offered(session: Session, entry: Entry) -> bool:
    """Whether an entry is something a client may keep: an idea, or what was said in writing where ideas are offered."""
    if entry.kind is Kind.IDEA:
        return True
    if entry.kind is not Kind.SPEECH or not entry.turn or entry.author == session.clients[entry.turn - 1]:
        return False
    slot = next((each for each in session.plan if each.key == entry.phase), None)
    return slot is not None and any(capture.kind is Kind.IDEA for capture in slot.phase.captures)


def someone_writes(session: Session) -> bool:
    """Whether anybody takes part in writing."""
    ladder = session.ladder
    return any(ladder.rung_of(each.id) is Rung.TEXT for each in session.people)


def pending(session: Session) -> frozenset[PersonId]:
    """Name those whose words of this phase are written and not shown yet."""
    return frozenset(each.author for each in _hidden(session))


def follow(session: Session, events: tuple[Event, ...], now: datetime) -> tuple[Event, ...]:
    """Say what follows by itself in a group that writes: the floor goes on, a round begins, a wave is shown."""
    if session.ladder.rung is not Rung.TEXT and not any(isinstance(each, GroupMoved) for each in events):
        return ()
    after = session
    for event in events:
        after = evolve(after, event, now)
    if after.status is Status.CLOSED:
        return ()
    follows = (*_pass_on(session, after, events), *_round(after, events))
    for event in follows:
        after = evolve(after, event, now)
    return (*follows, *_show(after))


def passes_to(session: Session) -> PersonId | None:
    """Name who has the floor next outside of a round: the first who asked for it and is here."""
    here = _here(session)
    return next((each for each in session.floor.hands if each in here), None)


def _pass_on(before: Session, after: Session, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Pass the floor on when its holder has said their words or has left; nobody has to press anything."""
    if after.status is not Status.RUNNING or after.slot is None or after.ladder.rung is not Rung.TEXT:
        return ()
    said = next((each for each in events if _is_speech(before, each)), None)
    if isinstance(said, EntryWritten) and said.sight is Sight.REVEALED:
        return (ReadySaid(said.author, ready=False),) if said.author in after.ready else ()
    floor = after.floor
    if isinstance(said, EntryWritten):
        return _after_speech(after, said.author)
    moved = any(isinstance(each, PersonLeft | PersonRemoved | PersonArrived) for each in events)
    holder_is_here = floor.holder is None or floor.holder in _here(after)
    if not moved or not floor.round or (floor.holder is not None and holder_is_here):
        return ()
    return _to_next(after, () if floor.holder is None else (floor.holder,))


def _is_speech(before: Session, event: Event) -> bool:
    return isinstance(event, EntryWritten) and event.kind is Kind.SPEECH and event.entry not in before.entries


def _after_speech(session: Session, author: PersonId) -> tuple[Event, ...]:
    """One question, one answer, the next question; a round goes on; a client tells their story at length."""
    slot, floor, client = session.slot, session.floor, session.client
    if slot is None or slot.phase.voice is Voice.CLIENT:
        return ()
    asks = slot.phase.voice is Voice.QUESTIONS and not floor.round
    if asks and author != client:
        asker = session.find_person(author)
        guides = asker is None or leads(session, asker)
        answers = not guides and client is not None and client in _here(session)
        return (FloorGiven(client),) if answers and floor.holder != client else ()
    if author != floor.holder:
        return ()
    if floor.round or slot.phase.voice is Voice.ROUND:
        return _to_next(session, ()) or (FloorPassed(None, floor.round),)
    return (FloorGiven(passes_to(session)),)


def _to_next(session: Session, last: tuple[PersonId, ...]) -> tuple[Event, ...]:
    here = _here(session)
    waiting = [each for each in session.floor.round if each in here]
    if not waiting:
        return ()
    away = [each for each in session.floor.round if each not in here]
    return (FloorPassed(waiting[0], (*waiting[1:], *away, *last)),)


def _round(after: Session, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Begin the round of a phase that is one, as soon as the group writes in it."""
    slot, floor = after.slot, after.floor
    if (
        not events
        or after.status is not Status.RUNNING
        or after.ladder.rung is not Rung.TEXT
        or slot is None
        or slot.phase.voice is not Voice.ROUND
        or floor.holder is not None
        or floor.round
        or floor.heard
    ):
        return ()
    order = round_order(after)
    return (RoundStarted(order),) if order else ()


def _show(session: Session) -> tuple[Event, ...]:
    """Show what was written together once all have written, or as soon as the moment for it is over."""
    hidden = _hidden(session)
    if not hidden:
        return ()
    if together(session):
        written = {each.author for each in hidden}
        if any(each not in written and each not in session.ready for each in round_order(session)):
            return ()
    return (EntriesRevealed(tuple(each.id for each in hidden)),)


def _hidden(session: Session) -> tuple[Entry, ...]:
    return tuple(
        each
        for each in session.entries.values()
        if each.kind is Kind.SPEECH and each.sight is Sight.REVEALED and not each.revealed
    )


def _here(session: Session) -> frozenset[PersonId]:
    return frozenset(each.id for each in session.people if each.presence is Presence.HERE)
