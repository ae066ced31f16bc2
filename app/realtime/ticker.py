"""Sends the clock's commands when they are due, and tells rooms what changed by the mere passing of time."""

import asyncio
import itertools
from datetime import datetime, timedelta

import structlog

from app.engine.commands import Command, Extend
from app.engine.decide_time import MOST_AT_ONCE
from app.engine.due import due
from app.engine.errors import Refusal
from app.engine.ids import CLOCK, CommandId, SessionId
from app.engine.state import Session, Status
from app.engine.touched import touched
from app.realtime.hub import Hub
from app.realtime.presence import RollCall
from app.usecases import records
from app.usecases.ports import Clock, Conflict, Directory, GatewayError
from app.usecases.run_session import UNREADABLE, Rooms

STEP = 0.25
"""Seconds between two looks at the clock."""

RESCAN = timedelta(seconds=10)
"""How often the directory is asked for sessions this process has not heard of."""

AHEAD = timedelta(minutes=30)
"""How long before its hour a planned session is read; the doors open 15 minutes before."""

REFRESH = timedelta(seconds=15)
"""How long a room with people goes without being told what changed by itself (lateness, what may still be undone)."""

REFRESHED = 8
"""How many quiet rooms are told so in one step: a thousand rooms take turns."""

PARTS = 4
"""In how many steps all sockets are looked at once."""

OUTAGE = timedelta(seconds=5)
"""A silence of the whole server shorter than this is not credited to the running phase."""

log = structlog.get_logger(part="ticker")
OVER = (records.Status.CLOSED, records.Status.CANCELLED)


class Ticker:
    """Watches every session that is not closed; any number of processes may, for each command happens once."""

    def __init__(self, rooms: Rooms, directory: Directory, hub: Hub, roll: RollCall, clock: Clock) -> None:
        self._rooms = rooms
        self._directory = directory
        self._hub = hub
        self._roll = roll
        self._clock = clock
        self._due: dict[SessionId, tuple[datetime, Command, CommandId]] = {}
        self._watched: dict[SessionId, Session] = {}  # what `_due` was found in
        self._unreadable: set[SessionId] = set()
        self._statuses: dict[SessionId, Status] = {}  # as the desk lists them
        self._rescan_at: datetime | None = None
        rooms.subscribe(self.watch)

    def watch(self, session: Session) -> None:
        """Note what the clock has to do next in a session; called after each of its commits."""
        if session.status is Status.CLOSED:
            self._unwatch(session.id)  # nothing is due any more, and nothing of it stays in memory
            return
        before = self._watched.get(session.id)
        self._watched[session.id] = session
        if before is not None and touched(session, before) is not None:
            return  # what changes within a phase moves no deadline
        next_one = due(session)
        if next_one is None:
            self._due.pop(session.id, None)
        else:
            self._due[session.id] = next_one

    async def start(self, last_seen: datetime | None, run: str) -> None:
        """Take up the open sessions after a start: credit an outage to the running phases, doubt who is here.

        `last_seen` is when any node was last known to serve, None when that is unknown; `run` names this start.
        """
        now = self._clock.now()
        for near in await self._directory.sessions_near(now + AHEAD):
            session = await self._read(near)
            if session is None:
                continue
            self.watch(session)
            self._roll.suspect(session, run)
            if last_seen is not None and now - last_seen > OUTAGE:
                await self._credit(session, last_seen, now)

    async def run(self) -> None:
        """Look at the clock for ever."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        for step in itertools.count():
            await asyncio.sleep(STEP)
            at = loop.time()
            lag = at - before - STEP
            if lag > 1.0:
                self._hub.forgive(lag)
            before = at
            try:
                self._hub.sweep(at, step % PARTS, PARTS)
                await self.tick()
            except GatewayError as error:
                log.warning("store away", error=type(error).__name__)
            except Exception:
                log.exception("tick broke")

    async def tick(self) -> None:
        """Do everything that is due now."""
        now = self._clock.now()
        if self._rescan_at is None or now >= self._rescan_at:
            self._rescan_at = now + RESCAN
            await self._rescan(now)
        for session, (instant, command, id) in tuple(self._due.items()):
            if instant <= now:
                await self._send(session, command, id)
        await self._roll.tick()
        quiet = (room for room, told_at in self._hub.rooms() if now - told_at >= REFRESH)
        for room in itertools.islice(quiet, REFRESHED):
            self._hub.refresh(room)
        await self._note_statuses()

    async def _send(self, session: SessionId, command: Command, id: CommandId) -> None:
        """Give one command of the clock; a refusal means that it is due no longer."""
        self._due.pop(session, None)
        self._watched.pop(session, None)
        try:
            await self._rooms.do(session, CLOCK, command, id)
        except Refusal as refusal:
            log.info("clock refused", session=session, code=str(refusal.code))
        except Conflict:
            log.info("clock raced", session=session)
        except UNREADABLE as error:
            self._put_aside(session, error)
        except GatewayError:
            self._due.setdefault(session, (self._clock.now() + timedelta(seconds=1), command, id))
            raise
        except Exception:  # a bug of ours: the other sessions' clocks go on, this one's is looked at again
            log.exception("clock broke", session=session)

    async def _credit(self, session: Session, last_seen: datetime, now: datetime) -> None:
        """Give the running phase back the time nobody served (faults.md, "migration or deploy").

        Its id names the outage: of nodes that start together, each of which sees the same one, one gives it.
        """
        if session.status is not Status.RUNNING or session.clock.running_since is None:
            return
        seconds = min(round((now - last_seen) / timedelta(seconds=1)), MOST_AT_ONCE)
        outage = f"clock:outage:{int(last_seen.timestamp() * 1000)}"
        await self._send(session.id, Extend(seconds), CommandId(outage))
        log.info("outage credited", session=session.id, seconds=seconds)

    # -- the directory -----------------------------------------------------------------------------

    async def _rescan(self, now: datetime) -> None:
        """Find sessions planned elsewhere, or whose hour comes near; let rooms nobody needs go cold."""
        near = await self._directory.sessions_near(now + AHEAD)
        self._unreadable &= near.keys()
        for session_id, status in near.items():
            session = self._rooms.warm(session_id) or await self._read(session_id)
            if session is not None:
                self._statuses[session_id] = Status(status.value)
                if session_id not in self._due:
                    self.watch(session)
        for session_id, _ in self._hub.rooms():
            if session_id not in near:
                await self._shut_if_over(session_id)
        for session_id in self._rooms.warm_ids():
            if session_id not in near and not self._hub.present(session_id):
                self._rooms.forget(session_id)
        kept = near.keys() | set(self._rooms.warm_ids())
        for gone in (self._watched.keys() | self._statuses.keys()) - kept:
            self._unwatch(gone)
            self._statuses.pop(gone, None)

    async def _shut_if_over(self, session: SessionId) -> None:
        """Tell whoever still sits in a room that its session was closed on another node; a console may be early."""
        planned = await self._directory.find_session(session)
        if planned is None or planned.status in OVER:
            self._hub.shut(session)

    def _unwatch(self, session: SessionId) -> None:
        self._watched.pop(session, None)
        self._due.pop(session, None)

    async def _read(self, session: SessionId) -> Session | None:
        if session in self._unreadable:
            return None
        try:
            return await self._rooms.session(session)
        except UNREADABLE as error:
            self._put_aside(session, error)
            return None

    def _put_aside(self, session: SessionId, error: Exception) -> None:
        """Leave a session alone whose log cannot be read; the others go on."""
        self._unreadable.add(session)
        log.error("session put aside", session=session, error=type(error).__name__)

    async def _note_statuses(self) -> None:
        """Let the desk's lists follow the log."""
        for session_id in self._rooms.warm_ids():
            session = self._rooms.warm(session_id)
            if session is None or self._statuses.get(session_id) is session.status:
                continue
            await self._directory.set_status(
                session_id, records.Status(session.status.value), session.ended_at or self._clock.now()
            )
            self._statuses[session_id] = session.status
