"""The facilitator's page of one session: each person's link, letters, the calendar, and changes of mind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from babel.numbers import format_decimal
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.engine.errors import Refusal
from app.engine.ids import CommandId, PersonId
from app.usecases.links import join_secret
from app.usecases.plan_session import (
    CannotPlan,
    Planner,
    cancel_session,
    move_session,
    reissue_link,
    send_invitations,
)
from app.usecases.records import Group, JoinToken, Member, PlannedSession, Sending, Status, Tally
from app.web import times
from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.prepare_form import read_instant
from app.web.routes_after import QUESTION_NAMES
from app.web.routes_prepare import SENTENCES
from app.web.routes_signin import has_outbox

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of the session with their link."""

    person: PersonId
    name: str
    email: str
    link: str  # "" when revoked
    status: str  # draft | queued | sent | failed | opened
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Average:
    """How one question was answered on the whole."""

    title: str
    mark: str  # "4.2", "" with too few answers to hide in (method.md §5.6)


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session, for its facilitator."""

    template: ClassVar[str] = "pages/session.html"
    planned: PlannedSession
    group: Group
    protocol: str
    seats: tuple[Seat, ...]
    sent: int | None
    outbox: bool
    unsent: int
    day: str
    hour: str
    zone: str
    zones: tuple[str, ...]
    problems: tuple[str, ...]
    may_change: bool
    evaluation: tuple[Average, ...]
    answers: int  # 0 when nobody gave stars or the session is not closed


@router.get("/sessions/{sid}")
async def session(
    request: Request, asker: Annotated[Asker, who(Who.HOST)], sent: int | None = None
) -> Response:
    """Show the links and what can still be changed."""
    return parts(request).pages.show(request, await _page(request, asker.planned, sent))


@router.post("/sessions/{sid}/send")
async def send(
    request: Request, asker: Annotated[Asker, who(Who.HOST)], person: Annotated[str, Form(max_length=80)] = ""
) -> Response:
    """Send the links: to one person, or to everyone who has not had theirs."""
    planned = asker.planned
    invitations = await parts(request).directory.invitations_of(planned.id)
    waiting = tuple(each.person for each in invitations if each.status in (Sending.DRAFT, Sending.FAILED))
    chosen = tuple(each.person for each in invitations if each.person == person) if person else waiting
    sent = await send_invitations(planned, chosen, _outside(request))
    return RedirectResponse(f"/sessions/{planned.id}?sent={sent}", 303)


@router.post("/sessions/{sid}/reissue")
async def reissue(
    request: Request, asker: Annotated[Asker, who(Who.HOST)], person: Annotated[str, Form(max_length=80)]
) -> Response:
    """Replace a person's link; the old one stops working."""
    await reissue_link(asker.planned, await _invited(request, asker.planned, person), _outside(request))
    return RedirectResponse(f"/sessions/{asker.planned.id}", 303)


@router.post("/sessions/{sid}/revoke")
async def revoke(
    request: Request, asker: Annotated[Asker, who(Who.HOST)], person: Annotated[str, Form(max_length=80)]
) -> Response:
    """Revoke a person's link and put their browsers out."""
    have = parts(request)
    invited = await _invited(request, asker.planned, person)
    await have.directory.revoke_join(asker.planned.id, invited, have.clock.now())
    return RedirectResponse(f"/sessions/{asker.planned.id}", 303)


@router.post("/sessions/{sid}/move")
async def move(
    request: Request,
    asker: Annotated[Asker, who(Who.HOST)],
    day: Annotated[str, Form(max_length=20)],
    hour: Annotated[str, Form(max_length=20)],
    zone: Annotated[str, Form(max_length=80)],
) -> Response:
    """Move the session to another hour."""
    have, planned = parts(request), asker.planned
    chosen = zone if zone in times.zones() else planned.zone
    starts_at, wrong = read_instant(day, hour, chosen)
    command = CommandId(have.ids.new())
    problems: tuple[str, ...] = (wrong,) if wrong else ()
    if starts_at is not None:
        try:
            await move_session(planned, asker.host.id, starts_at, chosen, command, _outside(request))
            return RedirectResponse(f"/sessions/{planned.id}", 303)
        except CannotPlan as refused:
            problems = refused.problems
        except Refusal as refused:
            problems = (str(refused.code),)
    language = have.pages.language(request)
    said = tuple(have.pages.sentences.say(language, SENTENCES.get(each, each)) for each in problems)
    page = await _page(request, planned, None, said, (day, hour, chosen))
    return have.pages.show(request, page, 422)


@router.get("/sessions/{sid}/cancel")
async def confirm_cancel(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Ask once more before cancelling."""
    group = await _group(request, asker.planned)
    return parts(request).pages.show(request, CancelPage(asker.planned, group))


@router.post("/sessions/{sid}/cancel")
async def cancel(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Cancel the session."""
    try:
        await cancel_session(asker.planned, _outside(request))
    except CannotPlan:
        return RedirectResponse(f"/sessions/{asker.planned.id}", 303)
    return RedirectResponse("/desk", 303)


@router.get("/sessions/{sid}/qr/{person}.svg")
async def qr(request: Request, asker: Annotated[Asker, who(Who.HOST)], person: str) -> Response:
    """Draw a person's link as a QR code."""
    have = parts(request)
    joins = await have.directory.joins_of(asker.planned.id)
    join = next((each for each in joins if each.person == person and each.revoked_at is None), None)
    if join is None:
        raise NotHere
    svg = have.qr(_link(request, join))
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/sessions/{sid}/session.ics")
async def calendar(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Give the calendar entry of the session, with the way to the console."""
    have, planned = parts(request), asker.planned
    group = await _group(request, planned)
    language = have.pages.language(request)
    body = have.calendar(
        uid=f"{planned.id}@ronde",
        title=have.pages.sentences.say(
            language, "%(group)s, session %(number)s", group=group.name, number=planned.number
        ),
        link=f"{have.settings.origin}/console/{planned.id}",
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        stamped_at=have.clock.now(),
    )
    headers = {"Content-Disposition": 'attachment; filename="ronde.ics"', "Cache-Control": "no-store"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


@dataclass(frozen=True, slots=True)
class CancelPage:
    """Once more before cancelling."""

    template: ClassVar[str] = "pages/cancel.html"
    planned: PlannedSession
    group: Group


async def _page(
    request: Request,
    planned: PlannedSession,
    sent: int | None,
    problems: tuple[str, ...] = (),
    typed: tuple[str, str, str] | None = None,
) -> SessionPage:
    have = parts(request)
    group = await _group(request, planned)
    members = {each.person: each for each in await have.directory.members_of(planned.group)}
    invitations = {each.person: each for each in await have.directory.invitations_of(planned.id)}
    joins = {each.person: each for each in await have.directory.joins_of(planned.id)}
    local = times.local(planned.starts_at, planned.zone)
    day, hour, zone = typed or (local.date().isoformat(), local.strftime("%H:%M"), planned.zone)
    protocol = await have.protocols.find(planned.protocol_id)
    seats = tuple(
        _seat(
            request,
            members[person],
            joins.get(person),
            invitations[person].status,
            invitations[person].changed_at,
        )
        for person in sorted(invitations, key=lambda each: members[each].seat if each in members else 0)
        if person in members
    )
    language = have.pages.language(request)
    tallies = await have.documents.tallies((planned.id,))
    return SessionPage(
        planned=planned,
        group=group,
        protocol=(protocol.title.get(language) or protocol.title["en"]) if protocol else planned.protocol_id,
        seats=seats,
        sent=sent,
        outbox=has_outbox(request),
        unsent=sum(1 for seat in seats if seat.email and seat.status in (Sending.DRAFT, Sending.FAILED)),
        day=day,
        hour=hour,
        zone=zone,
        zones=times.zones(),
        problems=problems,
        may_change=planned.status in (Status.PLANNED, Status.OPEN) and planned.ends_at > have.clock.now(),
        evaluation=tuple(_average(request, each) for each in tallies),
        answers=max((each.answers for each in tallies), default=0),
    )


def _average(request: Request, tally: Tally) -> Average:
    pages = parts(request).pages
    language, mark = pages.language(request), tally.average
    shown = "" if mark is None else format_decimal(mark, "0.0", locale=language)
    return Average(pages.sentences.say(language, QUESTION_NAMES[tally.question]), shown)


def _seat(
    request: Request, member: Member, join: JoinToken | None, status: Sending, changed_at: datetime
) -> Seat:
    link = _link(request, join) if join is not None and join.revoked_at is None else ""
    return Seat(member.person, member.name, member.email, link, status, changed_at)


def _link(request: Request, join: JoinToken) -> str:
    have = parts(request)
    return f"{have.settings.origin}/j/{join_secret(have.links, join.session, join.person, join.created_at)}"


async def _group(request: Request, planned: PlannedSession) -> Group:
    group = await parts(request).directory.find_group(planned.group)
    if group is None:
        raise NotHere
    return group


async def _invited(request: Request, planned: PlannedSession, person: str) -> PersonId:
    """Find one of the invited by id. Raises NotHere."""
    for each in await parts(request).directory.invitations_of(planned.id):
        if each.person == person:
            return each.person
    raise NotHere


def _outside(request: Request) -> Planner:
    have = parts(request)
    return Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
