"""Keeps every group together: folds what browsers report, asks LiveKit how it is, and moves groups and people between rungs."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.engine import continuity as policy
from app.engine.commands import Command
from app.engine.continuity import LADDER, THRESHOLDS, WITH_LIVEKIT, WITHOUT_SOUND, Report, Rung, Watch
from app.engine.errors import Refusal
from app.engine.ids import SERVER, CommandId, PersonId, SessionId
from app.engine.ladder import ACCEPTED, LIVEKIT, NO_LIVEKIT, Fault
from app.engine.ladder_commands import MoveGroup, MovePerson, OfferRise
from app.engine.protocol import CONDUCT
from app.engine.state import Session, Status
from app.engine.view import UNKNOWN, Live
from app.realtime.equity import MOST_AT_ONCE, balance
from app.realtime.hub import Hub
from app.realtime.messages import Health
from app.usecases.ports import Clock, Conflict, GatewayError
from app.usecases.run_session import UNREADABLE, Rooms
from app.usecases.video_port import Video

JUDGE_EVERY = 1.0
"""Seconds between two judgements."""

AT_ONCE = 32
"""Rooms judged before the others get a turn: a thousand in a row are felt by everybody."""

PROBE_EVERY = 3.0
"""Seconds between two questions to LiveKit, one for all rooms together."""

BOUNDARY = timedelta(seconds=20)
"""How long after its beginning a phase still counts as just begun."""

SETTLE_DOWN, SETTLE_UP = timedelta(seconds=2), timedelta(seconds=6)
"""How long a person must be on a rung of their own before the others are told: quick down, slow up."""

WITH_MEDIA = frozenset({Status.OPEN, Status.RUNNING})

log = structlog.get_logger(part="continuity")


@dataclass(slots=True)
class Watched:
    """What is known of one room's media; dies with its last socket."""

    watch: Watch
    quality: dict[str, str] = field(default_factory=dict)
    voices: dict[PersonId, int] = field(default_factory=dict)  # ms spoken in this phase
    balance: float | None = None  # how evenly
    told: tuple[dict[str, str], float | None] = field(
        default=({}, None)
    )  # what whoever conducts was last told
    key: str = ""
    began: datetime | None = None
    wishes: dict[PersonId, tuple[Rung | None, datetime]] = field(default_factory=dict)


class Continuity:
    """Judges the rooms of this process; it waits for LiveKit nowhere but in its own probe."""

    def __init__(self, rooms: Rooms, hub: Hub, video: Video, clock: Clock) -> None:
        self._rooms = rooms
        self._hub = hub
        self._video = video
        self._clock = clock
        self._watched: dict[SessionId, Watched] = {}
        self._failures = 0
        self._healthy_since: datetime | None = None

    # -- what is heard -----------------------------------------------------------------------------

    def heard(self, session: SessionId, person: PersonId, health: Health) -> None:
        """Take in what a browser says of its own media."""
        watched = self._watch(session)
        if watched is not None:
            watched.quality[person] = health.quality
            watched.voices[person] = watched.voices.get(person, 0) + min(health.voice, MOST_AT_ONCE)
            flowing = health.flowing and health.quality != "lost"
            report = Report(person, health.rung, flowing)
            watched.watch = policy.heard(watched.watch, report, self._clock.now())

    def live(self, session: SessionId) -> Live:
        """Say how well each hears and is heard, as their browsers said last, and how evenly voices are shared.

        Nothing of it is ever stored.
        """
        watched = self._watched.get(session)
        return Live(balance=watched.balance, quality=dict(watched.quality)) if watched else UNKNOWN

    async def probe(self) -> None:
        """Ask LiveKit once whether it answers, for all rooms; in a rehearsal the drill answers."""
        answered = self._video.configured and await self._video.is_alive()
        now = self._clock.now()
        self._failures = 0 if answered else self._failures + 1
        self._healthy_since = (self._healthy_since or now) if answered else None
        for session_id, watched in self._watched.items():
            session = self._rooms.warm(session_id)
            if session is not None and session.rehearsal:
                watched.watch = policy.probed(watched.watch, not _is_broken(session, Fault.VIDEO), now)
            elif self._video.configured:
                watched.watch = policy.probed(watched.watch, answered, now)

    # -- what follows ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Probe and judge for ever; a LiveKit that hangs delays no judgement."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._probing())
            tasks.create_task(self._judging())

    async def tick(self) -> None:
        """Judge every room that has sockets, and forget the others."""
        here = {session for session, _ in self._hub.rooms()}
        for gone in self._watched.keys() - here:
            del self._watched[gone]
        for number, session_id in enumerate(here, 1):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                await self._look(session_id)
            except Exception:  # a bug of ours: the other rooms are judged all the same
                log.exception("judging broke", session=session_id)

    async def _look(self, session_id: SessionId) -> None:
        """Judge one room, and tell whoever conducts what is heard there."""
        session, watched = self._rooms.warm(session_id), self._watch(session_id)
        if session is None or watched is None or session.status not in WITH_MEDIA:
            return
        for command in self._judge(session, watched):
            await self._give(session, command)
        watched.balance = balance(session, watched.voices, self._hub.present(session_id))
        if (watched.quality, watched.balance) != watched.told:
            watched.told = (dict(watched.quality), watched.balance)
            self._hub.refresh(session_id)

    def _judge(self, session: Session, watched: Watched) -> tuple[Command, ...]:
        now, ladder = self._clock.now(), session.ladder
        has_livekit = self._video.configured or session.rehearsal
        if ladder.livekit != has_livekit:
            here = Rung.SFU if has_livekit else Rung.MESH
            return (MoveGroup(here, LIVEKIT if has_livekit else NO_LIVEKIT),)
        present = self._hub.present(session.id)
        self._tidy(session, watched, present, now)
        listens = frozenset(each for each in present if ladder.taken.get(each) not in WITHOUT_SOUND)
        if len(listens) < 2:  # whoever is alone hears nobody, and nothing is wrong
            return ()
        pillars = _pillars(session) if ladder.rung in WITH_LIVEKIT else frozenset()
        verdict = policy.judge(
            watched.watch,
            listens,
            pillars,
            now,
            livekit=has_livekit,
            forced=ladder.forced,
            at_boundary=self._is_boundary(session, watched, now),
        )
        if verdict.rung is not ladder.rung:
            return (MoveGroup(verdict.rung, verdict.why),)
        people = tuple(self._people(session, watched, listens, now))
        if verdict.offer is not None and ladder.offer is not verdict.offer:
            return (OfferRise(verdict.offer), *people)
        if ladder.offer in WITH_LIVEKIT and (ladder.forced or watched.watch.failures):
            return (OfferRise(None), *people)
        return people

    def _tidy(self, session: Session, watched: Watched, present: frozenset[PersonId], now: datetime) -> None:
        """Bring what is known in line with the session: its rung, its people, its phase."""
        if watched.watch.rung is not session.ladder.rung:
            by_offer = session.ladder.why == ACCEPTED
            watched.watch = policy.moved(watched.watch, session.ladder.rung, now, by_offer=by_offer)
            watched.wishes.clear()
        for person in watched.watch.said.keys() - present:
            watched.watch = policy.left(watched.watch, person)
            watched.wishes.pop(person, None)
        watched.quality = {who: word for who, word in watched.quality.items() if who in present}
        key = session.slot.key if session.slot else ""
        if key != watched.key:
            watched.key, watched.began = key, now
            watched.voices.clear()

    def _is_boundary(self, session: Session, watched: Watched, now: datetime) -> bool:
        if session.clock.running_since is None:
            return True
        return watched.began is not None and now - watched.began <= BOUNDARY

    def _people(
        self, session: Session, watched: Watched, listens: frozenset[PersonId], now: datetime
    ) -> list[Command]:
        """Move those whose own way differs from the group's, once that has lasted."""
        moves: list[Command] = []
        for person in listens:
            said = watched.watch.said.get(person)
            if said is None or now - said.at > THRESHOLDS.stale:
                continue
            rung, known = policy.own_rung(watched.watch, person, now), session.ladder.moved.get(person)
            before = watched.wishes.get(person)
            since = before[1] if before is not None and before[0] is rung else now
            watched.wishes[person] = (rung, since)
            settle = SETTLE_DOWN if _is_lower(rung, known) else SETTLE_UP
            if rung is not known and now - since >= settle:
                moves.append(MovePerson(person, rung))
        return moves

    # -- the loops ---------------------------------------------------------------------------------

    async def _probing(self) -> None:
        while True:
            await self.probe()
            await asyncio.sleep(PROBE_EVERY)

    async def _judging(self) -> None:
        while True:
            await asyncio.sleep(JUDGE_EVERY)
            await self.tick()

    async def _give(self, session: Session, command: Command) -> None:
        """Give a command as the server; its id follows from the state, so that two nodes that see the same do it once."""
        id = CommandId(f"server:{session.seq}:{command!r}"[:200])
        try:
            await self._rooms.do(session.id, SERVER, command, id)
        except (Refusal, Conflict) as lost:
            log.info("move lost", session=session.id, error=type(lost).__name__)
        except (GatewayError, *UNREADABLE) as error:
            log.warning("move waits", session=session.id, error=type(error).__name__)

    def _watch(self, session_id: SessionId) -> Watched | None:
        watched = self._watched.get(session_id)
        session = self._rooms.warm(session_id)
        if watched is None and session is not None:
            ladder = session.ladder
            watch = Watch(
                ladder.rung,
                ladder.since or self._clock.now(),
                failures=0 if session.rehearsal else self._failures,
                healthy_since=None if session.rehearsal else self._healthy_since,
            )
            watched = self._watched[session_id] = Watched(watch)
        return watched


def _is_broken(session: Session, fault: Fault) -> bool:
    return any(each.fault is fault for each in session.ladder.broken)


def _pillars(session: Session) -> frozenset[PersonId]:
    """Name those without whom a session stands still: whoever conducts, speaks, or is the client."""
    key = (session.floor.holder, session.client)
    return frozenset(person.id for person in session.people if person.role in CONDUCT or person.id in key)


def _is_lower(rung: Rung | None, than: Rung | None) -> bool:
    return _height(rung) > _height(than)


def _height(rung: Rung | None) -> int:
    return -1 if rung is None else LADDER.index(rung)
