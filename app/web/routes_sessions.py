"""The facilitator's page of one session: each person's link, letters, the calendar, and changes of mind."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, ClassVar

from babel.numbers import format_decimal
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from app.engine.commands import AssignRole
from app.engine.ids import CommandId, PersonId
from app.engine.protocol import Role
from app.engine.view import View
from app.usecases.change_session import cancel_session
from app.usecases.links import join_secret
from app.usecases.plan_session import CannotPlan, Planner, reissue_link, send_invitations
from app.usecases.records import Group, JoinToken, Member, PlannedSession, Sending, Tally
from app.web.deps import Asker, NotHere, Who, group_of, parts, who
from app.web.post import Post, post_of
from app.web.prepare_cast import ROLE_NAMES, say_duty
from app.web.prepare_form import OF_DUTY
from app.web.routes_after import QUESTION_NAMES
from app.web.routes_change import may_change

router = APIRouter()
_ = str


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
class Part:
    """What somebody is today."""

    role: str  # an English word
    name: str  # "" while nobody is


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session, for its facilitator."""

    template: ClassVar[str] = "pages/session.html"
    planned: PlannedSession
    group: Group
    protocol: str
    seats: tuple[Seat, ...]
    sent: int | None
    post: Post
    unsent: int
    changed: str  # yes | no | begun: what became of a change just asked for; "" otherwise
    letters: int  # how many letters tell of it
    may_change: bool
    table: tuple[Part, ...]
    reasons: tuple[str, ...]  # one sentence about each duty rotation offers
    evaluation: tuple[Average, ...]
    answers: int  # 0 when nobody gave stars or the session is not closed


@router.get("/sessions/{sid}")
async def session(
    request: Request,
    asker: Annotated[Asker, who(Who.HOST)],
    sent: int | None = None,
    changed: Annotated[str, Query(max_length=10)] = "",
    letters: Annotated[int, Query(ge=0, le=99)] = 0,
) -> Response:
    """Show the links, who is what, and what can still be changed."""
    page = await _page(request, asker.planned, asker.host.id, sent)
    return parts(request).pages.show(request, replace(page, changed=changed, letters=letters))


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


@router.post("/sessions/{sid}/duties")
async def give_duties(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Give the duties nobody has to whom rotation offers them."""
    have, planned = parts(request), asker.planned
    view = await _conducted(request, planned, asker.host.id)
    for duty in view.conduct.duties if view and view.conduct else ():
        given = AssignRole(PersonId(duty.person), Role(duty.role))
        await have.rooms.do(planned.id, asker.host.id, given, CommandId(have.ids.new()))
    return RedirectResponse(f"/sessions/{planned.id}#table", 303)


@router.get("/sessions/{sid}/cancel")
async def confirm_cancel(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Ask once more before cancelling."""
    group = await group_of(request, asker.planned)
    return parts(request).pages.show(request, CancelPage(asker.planned, group))


@router.post("/sessions/{sid}/cancel")
async def cancel(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Cancel the session."""
    try:
        letters = await cancel_session(asker.planned, _outside(request))
    except CannotPlan:
        return RedirectResponse(f"/sessions/{asker.planned.id}", 303)
    return RedirectResponse(f"/sessions/{asker.planned.id}?letters={letters}", 303)


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
    group = await group_of(request, planned)
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


async def _page(request: Request, planned: PlannedSession, host: PersonId, sent: int | None) -> SessionPage:
    have = parts(request)
    group = await group_of(request, planned)
    members = {each.person: each for each in await have.directory.members_of(planned.group)}
    invitations = {each.person: each for each in await have.directory.invitations_of(planned.id)}
    joins = {each.person: each for each in await have.directory.joins_of(planned.id)}
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
    is_open = may_change(planned)
    view = await _conducted(request, planned, host)
    return SessionPage(
        planned=planned,
        group=group,
        protocol=(protocol.title.get(language) or protocol.title["en"]) if protocol else planned.protocol_id,
        seats=seats,
        sent=sent,
        post=post_of(request),
        unsent=sum(1 for seat in seats if seat.email and seat.status in (Sending.DRAFT, Sending.FAILED)),
        changed="",
        letters=0,
        may_change=is_open,
        table=_table(view) if view else (),
        reasons=_reasons(request, view) if view else (),
        evaluation=tuple(_average(request, each) for each in tallies),
        answers=max((each.answers for each in tallies), default=0),
    )


async def _conducted(request: Request, planned: PlannedSession, host: PersonId) -> View | None:
    """Show the host's view while the session can change; nothing to a host who conducts it no more."""
    rooms = parts(request).rooms
    if not may_change(planned) or (await rooms.session(planned.id)).find_person(host) is None:
        return None
    view = await rooms.view(planned.id, host)
    return None if view.conduct is None else view


def _table(view: View) -> tuple[Part, ...]:
    """List who is what besides consultant, the client first."""
    names = {seat.id: seat.name for seat in view.seats}
    conduct = view.conduct
    assert conduct is not None
    held = {seat.role: seat.name for seat in reversed(view.seats)}
    client = names.get(conduct.clients[0] or "", "")
    parts_held = [Part(ROLE_NAMES[role], held[role.value]) for role in OF_DUTY if role.value in held]
    reserve = [Part(_("in reserve"), names[conduct.reserve])] if conduct.reserve in names else []
    relay = [Part(_("relay"), names[view.bridge.relay])] if view.bridge.relay in names else []
    return (Part(ROLE_NAMES[Role.CLIENT], client), *reserve, *relay, *parts_held)


def _reasons(request: Request, view: View) -> tuple[str, ...]:
    """Say whom rotation offers for the duties nobody has, and why."""
    pages = parts(request).pages
    language, names = pages.language(request), {seat.id: seat.name for seat in view.seats}
    assert view.conduct is not None
    return tuple(
        say_duty(pages.sentences, language, Role(duty.role), names[duty.person], duty.why)
        for duty in view.conduct.duties
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


async def _invited(request: Request, planned: PlannedSession, person: str) -> PersonId:
    """Find one of the invited by id. Raises NotHere."""
    for each in await parts(request).directory.invitations_of(planned.id):
        if each.person == person:
            return each.person
    raise NotHere


def _outside(request: Request) -> Planner:
    have = parts(request)
    return Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
