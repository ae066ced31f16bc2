"""Brings the media server in line with the session: who may be heard, who may share, who has a seat at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.engine.continuity import WITH_LIVEKIT
from app.engine.ids import PersonId, SessionId
from app.engine.ladder import Microphones
from app.engine.permissions import conducts
from app.engine.state import Person, Presence, Session, Status
from app.engine.voice_rule import speakers
from app.realtime.hub import Hub
from app.usecases.ports import Clock, GatewayError
from app.usecases.run_session import Rooms
from app.usecases.video_port import InMedia, Video, VideoUnavailable

STEP = 0.5
"""Seconds between two looks at which rooms are due."""

AFTER_CHANGE = timedelta(seconds=1.5)
"""How long browsers have to close their own microphones after the voices changed."""

RULED_EVERY = timedelta(seconds=2)
"""How often a room is looked at whose voice rule holds the microphones: LiveKit tells nobody of an unmuting."""

EVERY = timedelta(seconds=12)
"""How often the other rooms are looked at."""

AT_LEAST = timedelta(seconds=1)
"""No room is looked at more often, however many hints come."""

TRIED_FOR = timedelta(minutes=12)
"""For so long LiveKit is asked again to put somebody out, while it does not answer: as long as a pass holds."""

AT_ONCE = 16
"""How many rooms are looked at side by side."""

WITH_MEDIA = frozenset({Status.OPEN, Status.RUNNING, Status.ENDED})

HasWayIn = Callable[[SessionId, PersonId], Awaitable[bool]]
"""Tells whether the link to a seat was not revoked; asked only of whoever is in the media and not at the table."""

log = structlog.get_logger(part="microphones")


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who must leave the media room; None is everybody, for the session is over."""

    session: SessionId
    person: PersonId | None


class Reconciler:
    """Compares what the media server sees with what the session allows, again and again; it never unmutes anybody."""

    def __init__(self, rooms: Rooms, hub: Hub, video: Video, clock: Clock, has_way_in: HasWayIn) -> None:
        self._rooms = rooms
        self._hub = hub
        self._video = video
        self._clock = clock
        self._has_way_in = has_way_in
        self._due: dict[SessionId, datetime] = {}
        self._looked: dict[SessionId, datetime] = {}
        self._speakers: dict[SessionId, tuple[PersonId, ...]] = {}
        self._shares: dict[SessionId, bool] = {}
        self._seats: dict[SessionId, frozenset[PersonId]] = {}
        self._leaving: dict[Leaving, tuple[datetime, datetime]] = {}  # when to ask next, until when
        rooms.subscribe(self.noticed)

    def noticed(self, session: Session) -> None:
        """Look at a room a moment after its voices or its seats changed; called after each commit, never waits."""
        if not self._video.configured:
            return
        if session.status is Status.CLOSED:
            self._see_out(Leaving(session.id, None))
            self._forget(session.id)
            return
        now_speak = speakers(session)
        before = self._speakers.get(session.id)
        self._speakers[session.id] = now_speak
        if before is not None and before != now_speak and session.microphones is Microphones.VOICE_RULE:
            self._sooner(session.id, self._clock.now() + AFTER_CHANGE)
        if self._shares.setdefault(session.id, session.screen_share) != session.screen_share:
            self._shares[session.id] = session.screen_share
            self._sooner(session.id, self._clock.now())
        seats = frozenset(each.id for each in session.people)
        if self._seats.get(session.id, seats) - seats:
            self._sooner(session.id, self._clock.now())
        self._seats[session.id] = seats

    def put_out(self, session_id: SessionId, person: PersonId) -> None:
        """Let somebody whose link was revoked leave the media room too; never waits."""
        session = self._rooms.warm(session_id)
        if session is None or session.status in WITH_MEDIA:
            self._see_out(Leaving(session_id, person))

    def hinted(self, session: SessionId) -> None:
        """Look at a room soon, because a webhook spoke of it; a doubled, late or lost one changes nothing."""
        if session in self._speakers:
            self._sooner(session, self._clock.now())

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(STEP)
            await self.tick()

    async def tick(self) -> None:
        """Look at every room that is due, some side by side."""
        if not self._video.configured:
            return
        now = self._clock.now()
        here = {session for session, _ in self._hub.rooms()}
        for gone in self._speakers.keys() - here:
            self._forget(gone)
        due = [session for session in here if self._is_due(session, now)]
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for leaving in tuple(each for each, (at, _) in self._leaving.items() if at <= now):
                _, until = self._leaving.pop(leaving)
                tasks.create_task(self._let_go(leaving, until, gate))
            for session in due:
                self._looked[session] = now
                self._due.pop(session, None)
                tasks.create_task(self._look(session, gate))

    def _is_due(self, session_id: SessionId, now: datetime) -> bool:
        session = self._rooms.warm(session_id)
        if session is None or session.status not in WITH_MEDIA or session.ladder.rung not in WITH_LIVEKIT:
            return False
        self._speakers.setdefault(session_id, speakers(session))
        self._shares.setdefault(session_id, session.screen_share)
        looked = self._looked.get(session_id)
        if looked is None:
            return True
        if self._due.get(session_id, now + EVERY) <= now:
            return now - looked >= AT_LEAST
        ruled = session.microphones is Microphones.VOICE_RULE and session.status is Status.RUNNING
        return now - looked >= (RULED_EVERY if ruled else EVERY)

    async def _look(self, session_id: SessionId, gate: asyncio.Semaphore) -> None:
        try:
            async with gate:
                there = await self._video.present(session_id)
                for one in there:
                    session = self._rooms.warm(session_id)  # what holds now, not when we began to ask
                    if session is not None:
                        await self._settle(session, one)
        except VideoUnavailable as error:
            log.info("media not reached", session=session_id, error=str(error))
        except Exception:  # a bug of ours: the other rooms are looked at all the same
            log.exception("looking broke", session=session_id)

    async def _settle(self, session: Session, seen: InMedia) -> None:
        person = session.find_person(seen.person)
        if person is None or not await self._may_stay(session, person):
            await self._video.expel(session.id, seen.person)
            return
        ruled = session.microphones is Microphones.VOICE_RULE and session.status is Status.RUNNING
        if ruled and person.id not in speakers(session):
            for track in seen.open_microphones:
                await self._video.mute(session.id, person.id, track)
        may_share = session.screen_share or conducts(session, person)
        if seen.may_share != may_share:
            await self._video.permit(session.id, person.id, may_share=may_share)

    async def _may_stay(self, session: Session, person: Person) -> bool:
        """Tell whether a person's page is open, or could be: a pass outlasts the link it was given for by some minutes."""
        try:
            return person.presence is Presence.HERE or await self._has_way_in(session.id, person.id)
        except GatewayError:  # the store is away: nobody is put out by a guess
            return True

    async def _let_go(self, leaving: Leaving, until: datetime, gate: asyncio.Semaphore) -> None:
        """Put somebody out of the media room, or empty it; an unreachable server is asked again as long as a pass holds."""
        session, person = leaving.session, leaving.person
        try:
            if person is None:
                async with gate:
                    await self._video.close(session)
            elif not self._is_back(session, person):
                async with gate:
                    await self._video.expel(session, person)
        except VideoUnavailable as error:
            log.info("media not left", session=session, error=str(error))
            again = self._clock.now() + EVERY
            if again < until:
                self._leaving.setdefault(leaving, (again, until))

    def _is_back(self, session: SessionId, person: PersonId) -> bool:
        """Tell whether somebody came in again meanwhile, by a new link."""
        socket = self._hub.find(session, person)
        return socket is not None and not socket.ending

    def _see_out(self, leaving: Leaving) -> None:
        if self._video.configured:
            now = self._clock.now()
            self._leaving[leaving] = (now, now + TRIED_FOR)

    def _sooner(self, session: SessionId, at: datetime) -> None:
        self._due[session] = min(at, self._due.get(session, at))

    def _forget(self, session: SessionId) -> None:
        for known in (self._due, self._looked, self._speakers, self._shares, self._seats):
            known.pop(session, None)
