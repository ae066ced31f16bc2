"""The room and the conductor's console: a page with nothing but the way to the script that draws it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.engine.ids import PersonId
from app.engine.permissions import conducts
from app.usecases.records import PlannedSession, Status
from app.web.deps import Asker, Who, group_of, parts, who
from app.web.security import read_secret

router = APIRouter()


@dataclass(frozen=True, slots=True)
class TablePage:
    """The round table: the room for those who sit at it, the console for whoever conducts."""

    template: ClassVar[str] = "pages/table.html"
    session: str
    group: str
    number: int
    person: str
    script: str  # the entry in app/client/entries


@router.get("/room/{sid}")
async def room(request: Request, asker: Annotated[Asker, who(Who.SEAT)]) -> Response:
    """Show the room to whoever accepted the charter at the door; the facilitator's place is the console."""
    planned = asker.planned
    if asker.seat == planned.facilitator:
        return RedirectResponse(f"/console/{planned.id}", 303)
    if planned.status is Status.CLOSED:
        return RedirectResponse(f"/after/{planned.id}", 303)
    if planned.status is Status.CANCELLED or _charter_missing(request, planned):
        return RedirectResponse(f"/door/{planned.id}", 303)
    return parts(request).pages.show(
        request,
        TablePage(
            planned.id, (await group_of(request, planned)).name, planned.number, str(asker.seat), "room.js"
        ),
    )


@router.get("/console/{sid}")
async def console(request: Request, asker: Annotated[Asker, who(Who.SEAT)]) -> Response:
    """Show the console to whoever conducts: the facilitator, a co-facilitator, the relay, or a group that guides itself."""
    planned = asker.planned
    is_host = asker.seat == planned.facilitator
    if planned.status in (Status.CLOSED, Status.CANCELLED):
        return RedirectResponse(f"/{'sessions' if is_host else 'door'}/{planned.id}", 303)
    if not is_host and not await _conducts(request, planned, asker.seat):
        return RedirectResponse(f"/room/{planned.id}", 303)
    page = TablePage(
        planned.id, (await group_of(request, planned)).name, planned.number, str(asker.seat), "console.js"
    )
    return parts(request).pages.show(request, page)


async def _conducts(request: Request, planned: PlannedSession, person: PersonId) -> bool:
    session = await parts(request).rooms.session(planned.id)
    seated = session.find_person(person)
    return seated is not None and conducts(session, seated)


def _charter_missing(request: Request, planned: PlannedSession) -> bool:
    return not planned.rehearsal and read_secret(request, f"charter-{planned.id}") is None
