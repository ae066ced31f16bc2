"""Every shipped protocol plays to its end by every legal path, and every promise of its file is kept."""

import asyncio
from collections import defaultdict, deque
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from app.engine import commands as c
from app.engine.decide import decide
from app.engine.decide_cast import next_turn
from app.engine.errors import Code, Refusal
from app.engine.events import Invited
from app.engine.evolve import evolve
from app.engine.ids import EntryId, PersonId
from app.engine.permissions import HATS
from app.engine.projections import project
from app.engine.protocol import Guard, Kind, Protocol, Role, Sight, Stage
from app.engine.rotation import candidates, propose_cast
from app.engine.state import Session, Status
from app.engine.timer import used
from app.engine.voice_rule import speakers
from app.gateways.protocol_files import ProtocolFiles
from tests.builders import FACILITATOR, START, Play, a_plan, people

PROTOCOLS = {protocol.id: protocol for protocol in asyncio.run(ProtocolFiles().all())}
DUTIES = (Role.CO_FACILITATOR, Role.TIMEKEEPER, Role.SCRIBE, Role.OBSERVER)
WORDS = {Kind.RATING: ("", {"helped": "4"})}

each_protocol = pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS.keys())


def a_table() -> tuple[Invited, ...]:
    """Seat eight members; the last four have a duty."""
    seats = people(8)
    return (*seats[:5], *(replace(seat, role=role) for seat, role in zip(seats[5:], DUTIES, strict=True)))


def opened(protocol: Protocol) -> Play:
    return Play(a_plan(protocol, seats=a_table()), protocol).open()


def started(protocol: Protocol) -> Play:
    """Start on the hour, with a client if the first phase is already theirs."""
    play = opened(protocol)
    play.now = START
    if protocol.blocks[0].per_client:
        choose_client_if_missing(play)
    play.do(c.Start())
    return play


def test_the_nine_formats_are_there() -> None:
    assert set(PROTOCOLS) == {
        "codev-75", "codev-classic", "codev-express", "codev-flash", "kollegiale-beratung",
        "intervisie-incident", "troika", "wise-crowds", "action-learning",
    }  # fmt: skip


# -- by every legal path ---------------------------------------------------------------------------

Node = tuple[object, ...]


def node_of(session: Session) -> Node:
    """Keep what decides about the way on, so that the paths of a protocol are a finite graph."""
    contracts = tuple(
        sorted((turn, each.client, each.consultants) for turn, each in session.contracts.items())
    )
    undo = session.undo and (
        session.undo.change,
        session.undo.clock.at,
        session.undo.clock.running_since is None,
    )
    return session.status, session.clock.at, session.clients, contracts, undo


def moves_of(session: Session) -> list[tuple[c.Command, PersonId]]:
    """List what can change the course of a session."""
    key = session.slot.key if session.slot else ""
    turn = session.turn
    moves: list[tuple[c.Command, PersonId]] = [
        (c.Start(), FACILITATOR),
        (c.Next(key), FACILITATOR),
        (c.Back(key), FACILITATOR),
        (c.Undo(), FACILITATOR),
        (c.End(), FACILITATOR),
        (c.Reopen(), FACILITATOR),
    ]
    proposed = propose_cast(session.history, candidates(session)).client
    if proposed is not None and session.clients[next_turn(session) - 1] is None:
        moves.append((c.ChooseClient(proposed), FACILITATOR))
    if session.client is not None:
        entry = EntryId(f"c{turn}")
        for by in (session.client, FACILITATOR):
            moves += [(c.Write(entry, Kind.CONTRACT, "Aidez-moi à oser."), by), (c.AcceptContract(entry), by)]
    return moves


@cache
def paths_of(protocol_id: str) -> tuple[dict[Node, Session], dict[Node, set[Node]]]:
    """Walk every path from the open doors; returns each place with one session there, and where one came from."""
    first = opened(PROTOCOLS[protocol_id])
    places = {node_of(first.session): first.session}
    came_from: dict[Node, set[Node]] = defaultdict(set)
    waiting = deque(places)
    while waiting:
        here = waiting.popleft()
        session = places[here]
        for command, by in moves_of(session):
            try:
                events = decide(session, command, by, START)
            except Refusal:
                continue
            after = session
            for event in events:
                after = evolve(after, event, START)
            there = node_of(after)
            came_from[there].add(here)
            if there not in places:
                places[there] = after
                waiting.append(there)
    return places, came_from


@each_protocol
def test_from_wherever_a_legal_path_leads_the_end_can_be_reached(protocol: Protocol) -> None:
    places, came_from = paths_of(protocol.id)
    last = len(next(iter(places.values())).plan) - 1
    reached = {session.clock.at for session in places.values()}
    assert reached == {None, *range(last + 1)}, "every phase is reached"
    done = [node for node, at in places.items() if at.status is Status.ENDED and at.clock.at == last]
    assert done
    able, waiting = set(done), deque(done)
    while waiting:
        for before in came_from[waiting.popleft()] - able:
            able.add(before)
            waiting.append(before)
    assert len(places) > last
    assert set(places) == able


@each_protocol
def test_no_path_begins_a_phase_whose_guard_does_not_hold(protocol: Protocol) -> None:
    for session in paths_of(protocol.id)[0].values():
        slot = session.slot
        if slot is None or not slot.turn:
            continue
        if Guard.CLIENT_CHOSEN in slot.phase.guards:
            assert session.clients[slot.turn - 1] is not None
        if Guard.CONTRACT_ACCEPTED in slot.phase.guards:
            assert session.contracts[slot.turn].accepted


@each_protocol
def test_a_client_off_stage_is_shown_so_and_is_not_heard_even_with_the_floor(protocol: Protocol) -> None:
    for session in paths_of(protocol.id)[0].values():
        slot, client = session.slot, session.client
        is_off = slot is not None and slot.phase.stage is Stage.OFF and session.status is Status.RUNNING
        if not is_off or client is None or session.clock.running_since is None:
            continue
        assert client not in speakers(session)
        assert client not in speakers(replace(session, floor=replace(session.floor, holder=client)))
        seats = project(session, FACILITATOR, START).seats
        assert {seat.id: seat.stage for seat in seats}[client] == Stage.OFF.value


# -- as the file says ------------------------------------------------------------------------------


@each_protocol
def test_played_on_time_everything_the_file_offers_can_be_written_and_is_seen_by_whom_it_says(
    protocol: Protocol,
) -> None:
    play = started(protocol)
    while True:
        slot = play.session.slot
        assert slot is not None
        choose_client_if_missing(play)
        for capture in slot.phase.captures:
            for person in play.session.people:
                if HATS[play.session.role_of(person)] & capture.by:
                    write_and_look(play, person.id, capture.kind, capture.sight)
        agree(play)
        play.wait(seconds=play.session.clock.timers[play.session.plan.index(slot)].granted.total_seconds())
        if play.session.following is None:
            break
        play.next()
    play.do(c.End())
    clock = play.session.clock
    assert [used(clock, index, play.now) for index in range(len(clock.timers))] == [
        slot.planned for slot in play.session.plan
    ]
    assert clock.promised_end == play.now


def choose_client_if_missing(play: Play) -> None:
    for turn, client in enumerate(play.session.clients, 1):
        if client is None:
            proposed = propose_cast(play.session.history, candidates(play.session)).client
            assert proposed is not None
            play.do(c.ChooseClient(proposed, turn=turn))


def word_contract(play: Play) -> None:
    for person in play.session.people:
        if "contract" in project(play.session, person.id, play.now).me.writes:
            play.do(c.Write(EntryId(f"c{play.session.turn}"), Kind.CONTRACT, "Aidez-moi à oser."), person.id)
    agree(play)


def agree(play: Play) -> None:
    contract = play.session.contracts.get(play.session.turn)
    if contract is not None and play.session.client is not None:
        play.do(c.AcceptContract(contract.entry), play.session.client)
        play.do(c.AcceptContract(contract.entry))


def write_and_look(play: Play, author: PersonId, kind: Kind, sight: Sight) -> None:
    entry = EntryId(f"e{play.session.seq}")
    text, fields = WORDS.get(kind, ("Aidez-moi à oser.", {}))
    try:
        play.do(c.Write(entry, kind, text, fields), author)
    except Refusal as refusal:
        if refusal.code not in (Code.TOO_MANY, Code.THREE_STEPS_ARE_ENOUGH):
            raise
        return
    if entry not in play.session.entries:  # the contract has one wording, whoever wrote it first
        return
    readers = {
        each.id for each in play.session.people if entry in project(play.session, each.id, play.now).entries
    }
    everybody = {each.id for each in play.session.people}
    client = {play.session.client} if play.session.client else set()
    assert (
        readers
        == {
            Sight.ALL: everybody,
            Sight.CLIENT: {author} | client,
            Sight.AUTHOR: {author},
            Sight.REVEALED: {author},
        }[sight]
    )
    if sight is Sight.REVEALED:
        play.do(c.Reveal())
        assert entry in project(play.session, FACILITATOR, play.now).entries


@each_protocol
def test_however_late_no_proposal_touches_a_protected_phase(protocol: Protocol) -> None:
    play = started(protocol)
    while play.session.following is not None:
        choose_client_if_missing(play)
        word_contract(play)
        play.wait(minutes=12)
        for name in ("shave", "borrow", "later"):
            try:
                play.do(c.Replan(name))
            except Refusal as refusal:
                if refusal.code not in (Code.NOT_LATE, Code.NO_SUCH_PROPOSAL):
                    raise
        play.next()
    for slot, timer in zip(play.session.plan, play.session.clock.timers, strict=True):
        assert timer.granted >= slot.phase.minutes.least
        if slot.phase.protected:
            assert timer.granted == slot.planned
    assert play.session.clock.promised_end > START + timedelta(minutes=12)
