"""The door: a personal link becomes a seat, the charter is accepted, and everyone knows when to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.engine.decide_cast import DOORS_BEFORE
from app.engine.ids import PersonId
from app.engine.view import View
from app.usecases.links import hash_of, join_secret
from app.usecases.records import Group, JoinToken, PlannedSession, Status, WebSession
from app.web.deps import Asker, Who, find_seat, group_of, parts, who
from app.web.plan_b_card import Card, make_card
from app.web.security import give_secret, read_secret
from app.web.timeline import in_language

router = APIRouter()

DoorState = Literal["early", "open", "running", "ended", "cancelled"]


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A personal link was followed; a press of the button takes the seat."""

    template: ClassVar[str] = "pages/link.html"
    token: str
    name: str
    group: str
    number: int
    planned: PlannedSession
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LostLinkPage:
    """The same answer for a link that is unknown, revoked or too old."""

    template: ClassVar[str] = "pages/link_lost.html"


@dataclass(frozen=True, slots=True)
class DoorSeat:
    """A seat as seen through the door."""

    id: str
    name: str
    shown: str  # the first name where it is enough
    here: bool
    client: bool
    conducts: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class DoorPage:
    """When, with whom, and under which charter."""

    template: ClassVar[str] = "pages/door.html"
    planned: PlannedSession
    group: Group
    person: PersonId
    name: str
    state: DoorState
    opens_at: datetime
    minutes_left: int
    phase: str
    seats: tuple[DoorSeat, ...]
    here: int
    expected: int
    charter_missing: bool
    card: Card | None  # nobody meets for a cancelled session


@router.get("/j/{token}")
async def show_link(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], token: str) -> Response:
    """Show the door; looking uses nothing up, so that link scanners and previews are harmless."""
    have = parts(request)
    join = await _open_join(request, token)
    planned = await have.directory.find_session(join.session) if join else None
    group = await have.directory.find_group(planned.group) if planned else None
    member = await have.directory.find_member(join.person) if join else None
    if join is None or planned is None or group is None or member is None:
        return _lost(request)
    request.state.lang = member.lang
    if await find_seat(request, planned) == join.person:
        return RedirectResponse(f"/door/{planned.id}", 303)
    page = LinkPage(
        token,
        first_name(member.name),
        group.name,
        planned.number,
        planned,
        planned.status is Status.CANCELLED,
    )
    return have.pages.show(request, page)


@router.post("/j/{token}")
async def use_link(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], token: str) -> Response:
    """Take the seat: the link becomes a cookie, and the address bar forgets it."""
    have, now = parts(request), parts(request).clock.now()
    join = await _open_join(request, token)
    if join is None:
        return _lost(request)
    secret = have.ids.secret()
    web = WebSession(hash_of(secret), join.person, join.session, now, join.expires_at)
    if await have.directory.use_join(hash_of(token), web, now) is None:
        return _lost(request)
    before = read_secret(request, f"seat-{join.session}")
    if before is not None:
        await have.directory.end_web_session(hash_of(before), now)
    response = RedirectResponse(f"/door/{join.session}", 303)
    give_secret(request, response, f"seat-{join.session}", secret, keep=join.expires_at - now)
    return response


@router.get("/door/{sid}")
async def door(request: Request, asker: Annotated[Asker, who(Who.SEAT)]) -> Response:
    """Show when, with whom, and the charter."""
    planned = asker.planned
    if asker.seat == planned.facilitator:
        return RedirectResponse(f"/console/{planned.id}", 303)
    if planned.status in (Status.ENDED, Status.CLOSED):
        return RedirectResponse(f"/after/{planned.id}", 303)
    return parts(request).pages.show(request, await _door_page(request, planned, asker.seat, missing=False))


@router.post("/door/{sid}")
async def enter(
    request: Request,
    asker: Annotated[Asker, who(Who.SEAT)],
    charter: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Accept the charter and go in, once the doors are open."""
    planned = asker.planned
    page = await _door_page(request, planned, asker.seat, missing=charter != "on")
    if page.state not in ("open", "running"):
        return RedirectResponse(f"/door/{planned.id}", 303)
    if charter != "on":
        return parts(request).pages.show(request, page, 422)
    response = RedirectResponse(f"/room/{planned.id}", 303)
    give_secret(request, response, f"charter-{planned.id}", "accepted", keep=timedelta(days=2))
    return response


@router.get("/door/{sid}/session.ics")
async def calendar(request: Request, asker: Annotated[Asker, who(Who.SEAT)]) -> Response:
    """Give the person's calendar entry, with their own link."""
    have, planned = parts(request), asker.planned
    group = await group_of(request, planned)
    joins = await have.directory.joins_of(planned.id)
    join = next((each for each in joins if each.person == asker.seat and each.revoked_at is None), None)
    secret = join_secret(have.links, planned.id, asker.seat, join.created_at) if join else None
    body = have.calendar(
        uid=f"{planned.id}-{asker.seat}@ronde",
        title=have.pages.sentences.say(
            have.pages.language(request),
            "%(group)s, session %(number)s",
            group=group.name,
            number=planned.number,
        ),
        link=f"{have.settings.origin}/j/{secret}" if secret else f"{have.settings.origin}/door/{planned.id}",
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        stamped_at=have.clock.now(),
        cancelled=planned.status is Status.CANCELLED,
    )
    headers = {"Content-Disposition": 'attachment; filename="ronde.ics"', "Cache-Control": "no-store"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def _open_join(request: Request, token: str) -> JoinToken | None:
    """Find a link that opens, and count the wrong ones. Raises TooOften."""
    have = parts(request)
    have.attempts.allow(request)
    join = await have.directory.find_join(hash_of(token))
    if join is not None and join.opens(have.clock.now()):
        return join
    have.attempts.failed(request)
    return None


def _lost(request: Request) -> Response:
    return parts(request).pages.show(request, LostLinkPage(), 404)


async def _door_page(
    request: Request, planned: PlannedSession, person: PersonId, *, missing: bool
) -> DoorPage:
    have, now = parts(request), parts(request).clock.now()
    group = await group_of(request, planned)
    if planned.status is Status.CANCELLED:
        return await _cancelled_page(request, planned, group, person)
    view = await have.rooms.view(planned.id, person)
    seats = _seats(view, person)
    opens_at = planned.starts_at - DOORS_BEFORE
    left = planned.starts_at - now
    return DoorPage(
        planned=planned,
        group=group,
        person=person,
        name=next((first_name(seat.name) for seat in seats if seat.mine), ""),
        state=_state(view, now >= opens_at),
        opens_at=opens_at,
        minutes_left=max(0, -(-round(left.total_seconds()) // 60)),
        phase=await _phase(request, planned, view),
        seats=seats,
        here=sum(1 for seat in seats if seat.here),
        expected=sum(1 for seat in seats if not seat.here and not seat.mine),
        charter_missing=missing,
        card=await make_card(request, planned, view),
    )


async def _cancelled_page(
    request: Request, planned: PlannedSession, group: Group, person: PersonId
) -> DoorPage:
    """Say that there is nothing to come to: who was expected is forgotten already."""
    member = await parts(request).directory.find_member(person)
    name = first_name(member.name) if member else ""
    return DoorPage(
        planned,
        group,
        person,
        name,
        "cancelled",
        planned.starts_at,
        0,
        "",
        (),
        0,
        0,
        charter_missing=False,
        card=None,
    )


def _state(view: View, time_to_open: bool) -> DoorState:
    match view.session.status:
        case "planned":
            return "open" if time_to_open else "early"
        case "open":
            return "open"
        case "running":
            return "running"
        case _:
            return "ended"


async def _phase(request: Request, planned: PlannedSession, view: View) -> str:
    """Name the running phase, or nothing."""
    if view.clock.at is None:
        return ""
    have = parts(request)
    protocol = await have.protocols.get(planned.protocol_hash)
    running = view.plan[view.clock.at].phase
    phase = next((each for each in protocol.phases() if each.id == running), None)
    return in_language(phase.title, have.pages.language(request)) if phase else ""


def first_name(name: str) -> str:
    """Give the first word of a name: how one is greeted."""
    return name.split()[0] if name.split() else name


def _seats(view: View, me: PersonId) -> tuple[DoorSeat, ...]:
    """Seat everyone as seen from one's own chair: oneself first, the others clockwise in the order of turns."""
    at = next((i for i, seat in enumerate(view.seats) if seat.id == me), 0)
    firsts = [first_name(seat.name) for seat in view.seats]
    return tuple(
        DoorSeat(
            id=seat.id,
            name=seat.name,
            shown=firsts[i] if firsts.count(firsts[i]) == 1 else seat.name,
            here=seat.presence == "here",
            client=seat.role == "client",
            conducts=seat.role == "facilitator",
            mine=seat.id == me,
        )
        for i, seat in [*enumerate(view.seats)][at:] + [*enumerate(view.seats)][:at]
    )
