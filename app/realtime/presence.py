"""Tells the session who arrives and who is away: a reload does not flicker, a lost socket is noticed."""

from datetime import datetime, timedelta

import structlog

from app.engine.commands import Arrive, Leave
from app.engine.errors import Refusal
from app.engine.ids import CommandId, PersonId, SessionId
from app.engine.state import Presence as Where
from app.engine.state import Session
from app.usecases.ports import Clock, Conflict, GatewayError
from app.usecases.run_session import UNREADABLE, Rooms

GRACE = timedelta(seconds=4)
"""How long a person may have no socket (a reload, another network) before the others see them away."""

log = structlog.get_logger(part="presence")

Place = tuple[SessionId, PersonId]


class RollCall:
    """Who has a socket here, and since when those who lost theirs have none."""

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._sockets: dict[SessionId, dict[PersonId, str]] = {}
        self._seen: dict[SessionId, object] = {}  # the people of each session as last compared
        self._lost: dict[Place, tuple[datetime, str]] = {}

    async def arrived(self, session: SessionId, person: PersonId, socket: str) -> None:
        """Note a socket and tell the session; while the doors or the store are shut it is told later."""
        self._sockets.setdefault(session, {})[person] = socket
        self._lost.pop((session, person), None)
        await self._tell_arrival(session, person, socket)

    def lost(self, session: SessionId, person: PersonId, socket: str, grace: timedelta = GRACE) -> None:
        """Note that a socket is gone; unless another comes within the grace, the session is told."""
        places = self._sockets.get(session, {})
        if places.get(person) == socket:
            del places[person]
            if not places:
                del self._sockets[session]
                self._seen.pop(session, None)
            self._lost[session, person] = (self._clock.now() + grace, socket)

    def suspect(self, session: Session, run: str, grace: timedelta = 4 * GRACE) -> None:
        """After a restart: whoever the log believes here and who does not come back is away."""
        for person in session.people:
            if person.presence is Where.HERE and person.id not in self._sockets.get(session.id, {}):
                self._lost.setdefault(
                    (session.id, person.id), (self._clock.now() + grace, f"{run}-{session.seq}")
                )

    async def tick(self) -> None:
        """Tell what became certain: absences whose grace is over, arrivals that could not be told before."""
        now = self._clock.now()
        for (session, person), (until, socket) in tuple(self._lost.items()):
            if until <= now and await self._give(session, person, Leave(), CommandId(f"leave-{socket}")):
                self._lost.pop((session, person), None)
        for session, places in tuple(self._sockets.items()):
            state = self._rooms.warm(session)
            if state is not None and self._seen.get(session) is not state.people:
                self._seen[session] = state.people
                await self._compare(state, places)

    async def _compare(self, state: Session, places: dict[PersonId, str]) -> None:
        """Tell again of those who have a socket and whom the session believes elsewhere."""
        for person, socket in tuple(places.items()):
            seat = state.find_person(person)
            if seat is not None and seat.presence in (Where.EXPECTED, Where.AWAY):
                await self._tell_arrival(state.id, person, f"{socket}-{state.seq}")

    async def _tell_arrival(self, session: SessionId, person: PersonId, socket: str) -> None:
        await self._give(session, person, Arrive(), CommandId(f"arrive-{socket}"))

    async def _give(
        self, session: SessionId, person: PersonId, command: Arrive | Leave, id: CommandId
    ) -> bool:
        """Give a command for a person; False when it should be tried again, not so when nothing can come of it."""
        try:
            await self._rooms.do(session, person, command, id)
        except (Refusal, *UNREADABLE):
            return True
        except (GatewayError, Conflict) as error:
            log.warning("presence waits", session=session, error=type(error).__name__)
            return False
        except Exception:  # a bug of ours, in one session: the others' clocks go on
            log.exception("presence broke", session=session)
        return True
