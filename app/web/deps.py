"""What routes ask for: the parts of the program, and who is asking; each route declares who may (`who`)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from app.engine.ids import GroupId, PersonId, SessionId
from app.usecases.links import Links, hash_of
from app.usecases.ports import Clock, Directory, Documents, Ids, Jobs, Pdf, Protocols
from app.usecases.records import Facilitator, Group, PlannedSession, WebSession
from app.usecases.rehearse import Rehearsals
from app.usecases.run_session import Rooms
from app.usecases.send_letters import CalendarEntry
from app.web.attempts import Attempts
from app.web.rendering import Pages
from app.web.security import read_secret


class Parts(Protocol):
    """The objects `app.main` built, as the pages need them."""

    settings: Any
    clock: Clock
    ids: Ids
    directory: Directory
    documents: Documents
    jobs: Jobs
    protocols: Protocols
    pdf: Pdf
    rehearsals: Rehearsals
    rooms: Rooms
    links: Links
    pages: Pages
    attempts: Attempts
    qr: Callable[[str], bytes]
    calendar: CalendarEntry


class Who(StrEnum):
    """Who may ask for a route."""

    ANYONE = "anyone"
    NEWCOMER = "newcomer"  # signed in, with or without a name yet
    FACILITATOR = "facilitator"  # signed in, with a name
    OWNER = "owner"  # the facilitator whose group {gid} is
    HOST = "host"  # the facilitator of session {sid}
    SEAT = "seat"  # whoever has a seat in session {sid}, its facilitator included


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asking, as far as the route needed to know."""

    facilitator: Facilitator | None = None
    person: PersonId | None = None
    session: PlannedSession | None = None
    group: Group | None = None

    @property
    def host(self) -> Facilitator:
        """The facilitator who asks; the route declared that there is one."""
        assert self.facilitator is not None
        return self.facilitator

    @property
    def seat(self) -> PersonId:
        """The person at the table who asks; the route declared that there is one."""
        assert self.person is not None
        return self.person

    @property
    def planned(self) -> PlannedSession:
        """The session {sid}; the route declared that it exists."""
        assert self.session is not None
        return self.session

    @property
    def owned(self) -> Group:
        """The group {gid}; the route declared that it exists."""
        assert self.group is not None
        return self.group


class SignInNeeded(Exception):
    """Only a facilitator who signed in may see this."""


class NameNeeded(Exception):
    """A facilitator says their name before anything else: others read it in letters and at the table."""


class NotHere(Exception):
    """There is no such thing, or not for the one who asks: the answer is the same."""


def parts(connection: HTTPConnection) -> Parts:
    """Give the parts of the program."""
    found: Parts = connection.app.state.parts
    return found


async def find_facilitator(connection: HTTPConnection) -> Facilitator | None:
    """Find the facilitator whose browser this is."""
    web = await _let_in(connection, "ronde", None)
    return None if web is None else await parts(connection).directory.find_facilitator(web.person)


async def _let_in(connection: HTTPConnection, cookie: str, session: SessionId | None) -> WebSession | None:
    """Find what a cookie lets a browser in to: the desk (`session` None), or one seat."""
    secret = read_secret(connection, cookie)
    if secret is None:
        return None
    have = parts(connection)
    web = await have.directory.find_web_session(hash_of(secret), have.clock.now())
    return web if web is not None and web.session == session else None


def has_account(facilitator: Facilitator) -> bool:
    """Tell a facilitator (or the very first one, who has not said their name yet) from the visitor of a rehearsal."""
    return bool(facilitator.email) or not facilitator.name


async def find_way_in(connection: HTTPConnection, planned: PlannedSession) -> WebSession | None:
    """Find by what this browser may take a seat in a session: its seat's cookie, else as the session's facilitator."""
    seat = await _let_in(connection, f"seat-{planned.id}", planned.id)
    if seat is not None:
        return seat
    desk = await _let_in(connection, "ronde", None)
    return desk if desk is not None and desk.person == planned.facilitator else None


async def find_seat(connection: HTTPConnection, planned: PlannedSession) -> PersonId | None:
    """Find whose seat this browser may take in a session."""
    found = await find_way_in(connection, planned)
    return None if found is None else found.person


async def group_of(request: Request, planned: PlannedSession) -> Group:
    """Find the group of a session. Raises NotHere."""
    group = await parts(request).directory.find_group(planned.group)
    if group is None:
        raise NotHere
    return group


class Gate:
    """Finds out who asks and lets the declared ones through; `who` is what a test of the route table reads."""

    def __init__(self, who: Who) -> None:
        self.who = who

    async def __call__(self, request: Request) -> Asker:
        """Let the asker in. Raises SignInNeeded, NameNeeded or NotHere."""
        have = parts(request)
        visitor = await find_facilitator(request)
        facilitator = visitor if visitor is None or has_account(visitor) else None
        request.state.signed_in = facilitator.name if facilitator else None
        request.state.lang = facilitator.lang if facilitator else None
        match self.who:
            case Who.ANYONE:
                return Asker(visitor)
            case Who.SEAT:
                planned = await have.directory.find_session(SessionId(request.path_params["sid"]))
                person = await find_seat(request, planned) if planned else None
                if planned is None or person is None:
                    raise NotHere
                return Asker(visitor, person, planned)
            case Who.HOST if visitor is not None:
                planned = await have.directory.find_session(SessionId(request.path_params["sid"]))
                if planned is None or planned.facilitator != visitor.id:
                    raise NotHere
                return Asker(visitor, visitor.id, planned)
            case _:
                pass
        if facilitator is None:
            raise SignInNeeded
        if not facilitator.name and self.who is not Who.NEWCOMER:
            raise NameNeeded
        match self.who:
            case Who.OWNER:
                group = await have.directory.find_group(GroupId(request.path_params["gid"]))
                if group is None or group.owner != facilitator.id:
                    raise NotHere
                return Asker(facilitator, facilitator.id, group=group)
            case _:
                return Asker(facilitator, facilitator.id)


def who(may: Who) -> Any:
    """Declare who may ask for a route: `asker: Annotated[Asker, who(Who.HOST)]`."""
    return Depends(Gate(may))
