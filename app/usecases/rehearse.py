"""Names what a rehearsal is asked for and what it answers; simulated people are played outside."""

from dataclasses import dataclass
from typing import Protocol

from app.engine.ids import PersonId, SessionId
from app.usecases.records import Facilitator

SEATS = ("facilitator", "client", "consultant", "none")
"""What a visitor may take; who takes the client's seat is the client, of the
first turn where there are several; who takes none watches from an observer's chair."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A rehearsal as somebody wants it."""

    lang: str
    zone: str
    host: Facilitator | None  # None: a visitor without an account
    protocol_id: str
    people: int  # with the facilitator
    speed: str  # times faster than life, or "max"
    seat: str = "facilitator"  # one of SEATS
    played_here: bool = True  # False: whoever asks plays every seat themselves


@dataclass(frozen=True, slots=True)
class RehearsalSeat:
    """A simulated person's place, and the secret of their personal link."""

    person: PersonId
    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A rehearsal that can be entered."""

    session: SessionId
    host: Facilitator
    seats: tuple[RehearsalSeat, ...]
    visitor: PersonId | None  # whose seat the visitor takes
    phases: tuple[str, ...]  # plan keys, in order
    secret: str | None  # lets a browser in as the host, when the host is new


class BadWish(Exception):
    """No such protocol, seat or speed."""


class NoRoom(Exception):
    """Too many rehearsals already; later there is room again."""


class Rehearsals(Protocol):
    """The rehearsals of this server."""

    async def begin(self, wish: Wish) -> Begun:
        """Plan a rehearsal and let its people come. Raises BadWish and NoRoom."""
        ...
