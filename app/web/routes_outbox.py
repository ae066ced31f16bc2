"""The letters of a server without mail: shown on the machine it runs on, and nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Protocol

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.usecases.letter import Letter
from app.web.attempts import read_address
from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.post import post_of

router = APIRouter()


class Box(Protocol):
    """A mailer that kept its letters."""

    def letters(self) -> tuple[tuple[datetime, Letter], ...]:
        """List them, newest first."""
        ...


class Posting(Protocol):
    """The part of the program that sends letters."""

    mailer: Box


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """The letters kept here."""

    template: ClassVar[str] = "pages/outbox.html"
    letters: tuple[tuple[datetime, Letter], ...]
    zone: str


@router.get("/outbox")
async def outbox(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Show the letters, if there is no mail server and the reader sits at this machine."""
    reader = read_address(request.client.host if request.client else "")
    if post_of(request) != "here" or reader is None or not reader.is_loopback:
        raise NotHere
    posting: Posting = request.app.state.parts
    zone = asker.facilitator.zone if asker.facilitator else "UTC"
    return parts(request).pages.show(request, OutboxPage(posting.mailer.letters(), zone))
