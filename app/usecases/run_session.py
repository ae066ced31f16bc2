"""The only door to the engine: load, decide, append, publish."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.engine.commands import Command
from app.engine.decide import decide
from app.engine.events import Event, SessionPlanned
from app.engine.evolve import begin, evolve
from app.engine.ids import Actor, CommandId, PersonId, SessionId
from app.engine.projections import project
from app.engine.state import Session
from app.engine.time_events import SessionClosed
from app.engine.view import View
from app.usecases.ports import (
    Appended,
    Clock,
    Conflict,
    Erased,
    EventLog,
    NewerEvent,
    Protocols,
    Quarantined,
    Recorded,
    StoreUnavailable,
)
from app.usecases.records import NewJob

CLOSE_JOB = "close-session"
"""The job that lets the trace policy take effect; enqueued in the transaction that closes a session."""

RACES = 8
"""How often a command is decided again after another node was faster, before the person is asked to retry."""

REMEMBERED = 256
"""How many answers to commands that changed nothing are kept per room: the log remembers the others."""


class UnknownSession(Exception):
    """There is no log under this id."""


UNREADABLE = (UnknownSession, Quarantined, NewerEvent, Erased)
"""Why nobody can go on with a session; no later try changes that."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to a command: the newest fact it caused, or the newest there is when it changed nothing."""

    seq: int
    events: tuple[Event, ...]
    known: bool = False  # answered before: nothing was done now


@dataclass(slots=True)
class Room:
    """One session kept warm: its state, whose turn it is to change it, and what was already answered."""

    id: SessionId
    session: Session | None = None
    stale: bool = False  # an append may or may not have happened: read the log before the next one
    at: datetime | None = None  # of the newest fact
    answers: dict[CommandId, int] = field(default_factory=dict)
    idle_answers: OrderedDict[CommandId, int] = field(default_factory=OrderedDict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def answer_to(self, command: CommandId) -> int | None:
        """Find the answer a command had."""
        return self.answers.get(command) or self.idle_answers.get(command)

    def note_idle(self, command: CommandId, seq: int) -> None:
        """Remember that a command changed nothing, as long as there is room."""
        self.idle_answers[command] = seq
        if len(self.idle_answers) > REMEMBERED:
            self.idle_answers.popitem(last=False)


Listener = Callable[[Session], None]
"""Called with the new state after each commit, in the order of the log; it may not wait."""


class Rooms:
    """Every session somebody asked for, each changed by one command at a time."""

    def __init__(self, log: EventLog, protocols: Protocols, clock: Clock) -> None:
        self._log = log
        self._protocols = protocols
        self._clock = clock
        self._rooms: dict[SessionId, Room] = {}
        self._listeners: list[Listener] = []

    # -- asking ------------------------------------------------------------------------------------

    async def session(self, session_id: SessionId) -> Session:
        """Give the present state; a warm room answers even while the store is away.

        Raises UnknownSession, Quarantined, NewerEvent, Erased, and StoreUnavailable for a cold room.
        """
        room = self._room(session_id)
        if room.session is None or room.stale:
            async with room.lock:
                try:
                    await self._refresh(room)
                except StoreUnavailable:
                    if room.session is None:
                        raise
        assert room.session is not None
        return room.session

    async def view(self, session_id: SessionId, person: PersonId) -> View:
        """Give what one person may see now; raises as `session` does."""
        return project(await self.session(session_id), person, self._clock.now())

    def warm(self, session_id: SessionId) -> Session | None:
        """Give the state without reading anything, if it is there."""
        room = self._rooms.get(session_id)
        return room.session if room else None

    # -- doing -------------------------------------------------------------------------------------

    async def do(self, session_id: SessionId, actor: Actor, command: Command, command_id: CommandId) -> Done:
        """Decide a command and write what it causes; returns once that is on disk and everybody was told.

        Raises Refusal, StoreUnavailable (send it again later), Conflict after too many lost races, and what `session` raises.
        """
        room = self._room(session_id)
        async with room.lock:
            for _ in range(RACES):
                await self._refresh(room)
                assert room.session is not None
                known = room.answer_to(command_id)
                if known is not None:
                    return Done(known, (), known=True)
                now = max(self._clock.now(), room.at) if room.at else self._clock.now()
                events = decide(room.session, command, actor, now)
                if not events:
                    room.note_idle(command_id, room.session.seq)
                    return Done(room.session.seq, ())
                try:
                    appended = await self._append(room, command_id, events, now, actor)
                except Conflict:
                    continue
                return Done(appended.seq, () if appended.known else events, appended.known)
        raise Conflict

    async def begin(self, planned: SessionPlanned, command_id: CommandId, actor: Actor) -> Session:
        """Open the log of a new session with its first fact; saying it twice is harmless."""
        now = self._clock.now()
        await self._log.append(planned.session_id, 0, command_id, (planned,), now, str(actor))
        session = await self.session(planned.session_id)
        self._publish(self._room(planned.session_id))
        return session

    async def _append(
        self, room: Room, command_id: CommandId, events: tuple[Event, ...], now: datetime, actor: Actor
    ) -> Appended:
        """Write, then take in and publish; whatever goes wrong in between, the log is read before the next command."""
        assert room.session is not None
        session, room.stale = room.session, True
        appended = await self._log.append(
            room.id, session.seq, command_id, events, now, str(actor), _jobs(room.id, events)
        )
        if appended.known:  # another node was told the same
            await self._refresh(room)
            return appended
        for event in events:
            session = evolve(session, event, now)
        room.session, room.at, room.stale = session, now, False
        room.answers[command_id] = appended.seq
        self._publish(room)
        return appended

    # -- keeping warm ------------------------------------------------------------------------------

    async def catch_up(self, session_id: SessionId, seq: int) -> None:
        """Take in what another node wrote, if this room is warm and older than `seq`."""
        room = self._rooms.get(session_id)
        if room is None or room.session is None or room.session.seq >= seq:
            return
        async with room.lock:
            if room.session.seq < seq:
                room.stale = True
                await self._refresh(room)

    def forget(self, session_id: SessionId) -> None:
        """Let a room nobody needs go cold; one that is busy stays."""
        room = self._rooms.get(session_id)
        if room is not None and not room.lock.locked():
            del self._rooms[session_id]

    def warm_ids(self) -> tuple[SessionId, ...]:
        """List the rooms kept warm."""
        return tuple(self._rooms)

    def subscribe(self, listener: Listener) -> None:
        """Call a listener after each commit of any session."""
        self._listeners.append(listener)

    def _room(self, session_id: SessionId) -> Room:
        room = self._rooms.get(session_id)
        if room is None:
            room = self._rooms[session_id] = Room(session_id)
        return room

    def _publish(self, room: Room) -> None:
        assert room.session is not None
        for listener in self._listeners:
            listener(room.session)

    async def _refresh(self, room: Room) -> None:
        """Read what the log has more than the room; publishes it when the room was warm."""
        if room.session is not None and not room.stale:
            return
        facts = await self._read(room)
        before = room.session
        session = before
        for fact in facts:
            if session is None:
                assert isinstance(fact.event, SessionPlanned)
                session = begin(fact.event, await self._protocols.get(fact.event.protocol_hash))
            else:
                session = evolve(session, fact.event, fact.at)
            room.answers[fact.command] = fact.seq
            room.at = fact.at
        room.session, room.stale = session, False
        if before is not None and session is not before:
            self._publish(room)

    async def _read(self, room: Room) -> tuple[Recorded, ...]:
        after = room.session.seq if room.session else 0
        facts = await self._log.load(room.id, after)
        if not facts and room.session is None:
            raise UnknownSession(room.id)
        _check(facts, after)
        return facts


def _check(facts: Iterable[Recorded], after: int) -> None:
    """Refuse a log with a gap or a double; raises Quarantined."""
    for expected, fact in enumerate(facts, start=after + 1):
        if fact.seq != expected or (expected == 1) != isinstance(fact.event, SessionPlanned):
            raise Quarantined(f"seq {fact.seq} where {expected} belongs")


def _jobs(session_id: SessionId, events: tuple[Event, ...]) -> tuple[NewJob, ...]:
    """List the jobs these facts cause."""
    if any(isinstance(event, SessionClosed) for event in events):
        return (closing(session_id),)
    return ()


def closing(session_id: SessionId) -> NewJob:
    """Make the job that lets a session's trace policy take effect."""
    return NewJob(CLOSE_JOB, {"session": session_id}, f"{CLOSE_JOB}-{session_id}", session=session_id)
