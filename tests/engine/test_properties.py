"""What holds after any commands whatever: laws of the engine, tried on random sessions."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
from babel.messages.pofile import read_po
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.engine import commands as c
from app.engine.continuity import Rung
from app.engine.decide import decide
from app.engine.due import due
from app.engine.errors import Refusal
from app.engine.events import EVENTS, EntryWritten, Event, IdeaKept, stored_name
from app.engine.evolve import replay
from app.engine.ids import CLOCK, SERVER, Actor, EntryId, Machine, PersonId
from app.engine.ladder_commands import MoveGroup
from app.engine.projections import project, project_personal, project_shared, sections
from app.engine.protocol import Kind, Role, Sight
from app.engine.state import Session, Status
from app.engine.time_events import Undone
from app.engine.timer import settle, total_used
from app.engine.touched import touched
from tests.builders import BRUNO, CHLOE, DRISS, FACILITATOR, Play, a_plan, a_protocol, a_troika
from tests.engine.random_walk import Walk

CATALOGUE = Path(__file__).parents[2] / "app" / "locale" / "fr" / "refusals.po"
with CATALOGUE.open("rb") as file:
    SENTENCES = {str(message.id): str(message.string) for message in read_po(file)}

NOT_TWICE = (c.Extend, c.PassFloor, c.Write, c.ProposeSubject, c.Replan)
"""Commands that mean something again when they are given again; their ids keep them from being taken twice."""


def a_play(troika: bool, depth: int, self_guided: bool = False, in_writing: bool = False) -> Play:
    """Begin with nothing done, or already in the middle of a session; by voice, or in writing."""
    protocol = a_troika() if troika else a_protocol()
    clients = (BRUNO, CHLOE, DRISS) if troika else ()
    plan = replace(
        a_plan(protocol, clients=clients, self_guided=self_guided), rehearsal=self_guided or troika
    )
    play = Play(plan, protocol)
    if depth:
        play.start()
        if in_writing:
            play.do(MoveGroup(Rung.TEXT, "video-unreachable"), SERVER)
        for _ in range(depth - 1):
            if play.session.slot is not None and play.session.slot.key == "contract":
                play.contract()
            if play.session.following is not None:
                play.next()
    return play


def attempt(play: Play, by: Actor, command: c.Command) -> tuple[Event, ...] | None:
    """Give a command; None when it is refused. Any other exception is a bug."""
    try:
        return play.do(command, by)
    except Refusal as refusal:
        say(refusal)
        return None


def say(refusal: Refusal) -> None:
    """Say the sentence of a refusal with the details it was given."""
    assert SENTENCES[refusal.code] % refusal.details


plays = st.builds(a_play, st.booleans(), st.integers(0, 9), st.booleans(), st.booleans())


@settings(max_examples=80)
@given(play=plays, seed=st.integers(0, 2**32), length=st.integers(1, 120))
def test_the_laws_hold_after_every_command(play: Play, seed: int, length: int) -> None:
    walk, shared = Walk(seed), project_shared(play.session, play.now)
    for _ in range(length):
        by, command, seconds = walk.step(play.session)
        play.wait(seconds=seconds)
        before, listed = play.session, is_listed(play, by, command)
        events = attempt(play, by, command)
        is_done = isinstance(command, c.OpenDoors) and events == ()  # the clock was there first
        assert events is None or listed or is_done, "what a page does not list is refused"
        if events is None or not events:
            assert play.session is before, "what is refused or already so changes nothing"
            continue
        assert play.session.seq == before.seq + len(events)
        if not isinstance(command, NOT_TWICE):
            assert not attempt(play, by, command), f"{command} given twice counted twice"
        time_used_never_shrinks(before, play)
        no_protected_phase_lost_time(play.session)
        everybody_named_has_a_seat(play.session)
        events_survive_storage(events)
        nobody_sees_what_they_may_not(play)
        shared = project_shared(play.session, play.now, shared)
        if touched(play.session, before) is not None:
            assert due(play.session) == due(before), "what changes within a phase moves no deadline"
        assert shared == project_shared(play.session, play.now), (
            "what is lent from before is what would be made now"
        )
    assert replay(play.log, play.protocol) == play.session, "replay equals live"
    the_clock_is_never_refused_at_its_own_deadline(play)


def is_listed(play: Play, by: Actor, command: c.Command) -> bool:
    """Whether the person's page offers the command; the clock and the server have no page."""
    person = play.session.find_person(PersonId(by))
    if person is None:
        return isinstance(by, Machine)
    return c.wire_name(type(command)) in project(play.session, person.id, play.now).me.may


def time_used_never_shrinks(before: Session, play: Play) -> None:
    """Only a start taken back gives its time back."""
    events = [event for event, _ in play.log[before.seq :]]
    if Undone("session-started") in events:
        return
    after = settle(play.session.clock, play.now)
    assert total_used(after) >= total_used(settle(before.clock, play.now))


def no_protected_phase_lost_time(session: Session) -> None:
    for slot, timer in zip(session.plan, session.clock.timers, strict=True):
        assert not slot.phase.protected or timer.granted >= slot.planned
        assert timer.used >= timedelta()


def everybody_named_has_a_seat(session: Session) -> None:
    seats = {person.id for person in session.people}
    floor = session.floor
    ladder, stand_in = session.ladder, session.stand_in
    named = {floor.holder, session.reserve, *floor.hands, *floor.round, *session.clients, *session.ready}
    named |= {
        session.relay,
        stand_in.person if stand_in else None,
        *ladder.moved,
        *ladder.taken,
        *ladder.asked,
    }
    named |= {drop.person for drop in ladder.drops}
    assert named - {None} <= seats
    assert len(set(floor.hands)) == len(floor.hands)
    assert floor.holder not in floor.round
    contracts = {contract.entry for contract in session.contracts.values()}
    assert contracts | {each for each in session.subjects if each} | session.kept <= set(session.entries)
    assert set(session.interests) | {each for order in session.orders.values() for each in order} <= set(
        session.entries
    )


def events_survive_storage(events: tuple[Event, ...]) -> None:
    for event in events:
        kind, _ = EVENTS[stored_name(type(event))]
        assert msgspec.json.decode(msgspec.json.encode(event), type=kind) == event


def nobody_sees_what_they_may_not(play: Play) -> None:
    """Compare every view with what the log alone says about readers, and with that of somebody who joins now."""
    session = play.session
    shared = project_shared(session, play.now)
    late = project_shared(replay(play.log, play.protocol), play.now)
    readers = readers_by_log(play)
    for person in session.people:
        view = project_personal(session, shared, person.id)
        assert view == project_personal(session, late, person.id), "who joins late sees the same"
        assert view == project(session, person.id, play.now)
        assert (view.plan, view.seats) == (shared.plan, shared.seats)
        msgspec.json.encode(sections(view))
        for key, entry in view.entries.items():
            author = session.entries[EntryId(key)].author
            assert person.id in readers[key], f"{person.id} reads {entry}"
            assert entry.kept <= (person.id in session.clients)
            assert entry.author in ((None, person.id) if entry.kind == "idea" else (author,))
        leads = person.role in (Role.FACILITATOR, Role.CO_FACILITATOR) and person.id != session.client
        conducting = (
            leads
            or (session.self_guided and person.role is not Role.OBSERVER)
            or (session.self_guided and person.id == session.client)
        )
        assert (view.conduct is not None) == conducting


def readers_by_log(play: Play) -> dict[str, set[PersonId]]:
    """Say who may read each entry, from its first event, the clients and the reveals."""
    everybody = {person.id for person in play.session.people}
    readers: dict[str, set[PersonId]] = {}
    for event, _ in play.log:
        if not isinstance(event, EntryWritten):
            continue
        entry = play.session.entries.get(event.entry)
        shown = entry is not None and entry.revealed
        client = play.session.clients[event.turn - 1] if event.turn else None
        match event.sight:
            case Sight.ALL:
                readers[event.entry] = everybody
            case Sight.REVEALED if shown:
                readers[event.entry] = everybody
            case Sight.CLIENT if client:
                readers[event.entry] = {event.author, client}
            case _:
                readers[event.entry] = {event.author}
    return readers


def the_clock_is_never_refused_at_its_own_deadline(play: Play) -> None:
    for _ in range(4):
        found = due(play.session)
        if found is None:
            assert play.session.status in (Status.CLOSED, Status.RUNNING)
            return
        instant, command, _ = found
        assert decide(play.session, command, CLOCK, max(instant, play.now))
        play.now = max(instant, play.now)
        play.do(command, CLOCK)
        assert due(play.session) != found


@given(st.lists(st.tuples(st.sampled_from((BRUNO, CHLOE, FACILITATOR)), st.booleans()), max_size=12))
@example([(CHLOE, True), (BRUNO, True), (FACILITATOR, True)])
def test_a_kept_idea_is_never_in_anybody_elses_view(steps: list[tuple[PersonId, bool]]) -> None:
    play = Play().start().to("consultation")
    play.do(c.Write(EntryId("i1"), Kind.IDEA, "Et si…"), CHLOE)
    play.do(c.Reveal())
    others = {person: bytes_of(play, person) for person in (CHLOE, DRISS, FACILITATOR)}
    for by, keep in steps:
        events = attempt(play, by, c.KeepIdea(EntryId("i1"), keep))
        assert not events or by == BRUNO
        assert all(isinstance(event, IdeaKept) for event in events or ())
        for person, seen in others.items():
            assert bytes_of(play, person) == seen


def bytes_of(play: Play, person: PersonId) -> bytes:
    return msgspec.json.encode(project(play.session, person, play.now))
