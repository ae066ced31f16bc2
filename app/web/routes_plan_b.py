"""The plan B card as a page to keep or print, and as a PDF."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.ids import PersonId
from app.usecases.records import Group, PlannedSession, Status
from app.web.deps import Asker, NotHere, Who, group_of, parts, who
from app.web.plan_b_card import Card, as_printed, make_card

router = APIRouter()
Seated = Annotated[Asker, who(Who.SEAT)]


@dataclass(frozen=True, slots=True)
class PlanBPage:
    """The card, on its own page."""

    template: ClassVar[str] = "pages/planb.html"
    planned: PlannedSession
    group: Group
    person: PersonId
    card: Card


@router.get("/planb/{sid}.pdf")
async def print_card(request: Request, asker: Seated) -> Response:
    """Print the card on one sheet."""
    have = parts(request)
    page = await _page(request, asker)
    data = as_printed(request, page.card, page.group, page.planned)
    printed = await have.pdf.render("planb", data, have.pages.language(request))
    headers = {"Content-Disposition": 'inline; filename="plan-b.pdf"', "Cache-Control": "no-store"}
    return Response(printed, media_type="application/pdf", headers=headers)


@router.get("/planb/{sid}")
async def show_card(request: Request, asker: Seated) -> Response:
    """Show the card."""
    return parts(request).pages.show(request, await _page(request, asker))


async def _page(request: Request, asker: Asker) -> PlanBPage:
    """Gather the card; a session that is over or cancelled has none. Raises NotHere."""
    planned = asker.planned
    if planned.status in (Status.CLOSED, Status.CANCELLED):
        raise NotHere
    view = await parts(request).rooms.view(planned.id, asker.seat)
    return PlanBPage(
        planned, await group_of(request, planned), asker.seat, await make_card(request, planned, view)
    )
