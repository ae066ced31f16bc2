"""Changes a session that was planned, on one page like the one it was prepared on; what would be lost is asked again."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.engine.errors import Code, Refusal
from app.engine.plan import expand
from app.engine.protocol import Role
from app.engine.state import Person, Session
from app.usecases.change_session import change_session
from app.usecases.plan_session import CannotPlan, Planner, clip_minutes
from app.usecases.records import Group, Member, PlannedSession, Sending, Status
from app.web import times
from app.web.change_form import Typed, as_change, as_wish, read
from app.web.deps import Asker, Who, group_of, parts, who
from app.web.prepare_cast import DOUBLED, ROLE_NAMES, Casting, Chip, accept
from app.web.prepare_form import OFFERED, Wish, read_wish
from app.web.routes_prepare import OF_BRIDGE, SENTENCES, say_line
from app.web.timeline import Timeline, in_language, lay_out

router = APIRouter()

_ = str
CLIENT, OPEN = _("Client: %(name)s."), _("The client is decided at the opening.")
BEGUN = _("The session has begun meanwhile: change it on the console. Nothing was changed here.")
CLIENT_IN_RESERVE = _("The client cannot be in reserve as well.")
REFUSED = _("The table cannot take this change. Nothing was changed; look at the fields again.")


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who would lose their seat."""

    key: str
    name: str
    part: str  # an English word, "" for none
    is_told: bool  # had a letter, so that one says so


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Somebody who has a seat now."""

    chip: Chip
    email: str
    leaves: bool


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A planned session, as it is or as it was typed."""

    template: ClassVar[str] = "pages/change.html"
    planned: PlannedSession
    group: Group
    protocol: str
    wish: Wish
    seats: tuple[SeatLine, ...]
    chips: tuple[Chip, ...]  # everyone who would be at the table
    casting: Casting
    one_client: bool
    line_problems: tuple[str, ...]
    people_problems: tuple[str, ...]
    duty_problems: tuple[str, ...]
    when_problems: tuple[str, ...]
    bridge_problems: tuple[str, ...]
    problems: tuple[str, ...]
    leavers: tuple[Leaver, ...]  # to be confirmed
    timeline: Timeline
    zones: tuple[str, ...]
    told: int  # how many people had a letter already


@router.get("/sessions/{sid}/change")
async def change(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Show the session as it is planned."""
    have, planned = parts(request), asker.planned
    if not may_change(planned):
        return RedirectResponse(f"/sessions/{planned.id}", 303)
    session = await have.rooms.session(planned.id)
    typed = await read(request, planned, session, as_wish(session))
    return have.pages.show(request, await _page(request, planned, session, typed))


@router.post("/sessions/{sid}/change")
async def save(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Let the change hold, or show the page again with what was typed and what is wrong or would be lost."""
    have, planned = parts(request), asker.planned
    if not may_change(planned):
        return RedirectResponse(f"/sessions/{planned.id}?changed=begun", 303)
    session = await have.rooms.session(planned.id)
    form = await request.form(max_files=0, max_fields=300)
    wish, action = read_wish(form, planned.id), form.get("action")
    if action == "stay":
        wish = replace(wish, leaving=frozenset())
    typed = await read(request, planned, session, wish)
    if form.get("step") == OFFERED:
        typed = await read(request, planned, session, accept(wish, typed.casting))
    if action != "save":
        return have.pages.show(request, await _page(request, planned, session, typed))
    if not typed.is_possible:
        return have.pages.show(request, await _page(request, planned, session, typed), 422)
    if {str(each.id) for each in typed.leaving} - {str(each) for each in form.getlist("confirmed")}:
        return have.pages.show(request, await _page(request, planned, session, typed, asks=True))
    outside = Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
    try:
        told = await change_session(planned, asker.host, as_change(request, session, typed), outside)
    except CannotPlan as refused:
        problems = tuple(_sentence(each) for each in refused.problems)
    except Refusal as refused:
        problems = (BEGUN if refused.code is Code.ALREADY_STARTED else REFUSED,)
    else:
        done = f"changed={'yes' if told.changed else 'no'}&letters={told.letters}"
        return RedirectResponse(f"/sessions/{planned.id}?{done}", 303)
    page = await _page(request, planned, session, typed, problems=problems)
    return have.pages.show(request, page, 422)


def may_change(planned: PlannedSession) -> bool:
    """Whether a session has not begun; rehearsals are never changed."""
    return planned.status in (Status.PLANNED, Status.OPEN) and not planned.rehearsal


def _sentence(code: str) -> str:
    return {"begun": BEGUN, "client-in-reserve": CLIENT_IN_RESERVE, **SENTENCES}.get(code, REFUSED)


async def _page(
    request: Request,
    planned: PlannedSession,
    session: Session,
    typed: Typed,
    *,
    problems: tuple[str, ...] = (),
    asks: bool = False,
) -> ChangePage:
    """Gather what the page shows; `asks` whether those who would leave really leave."""
    have = parts(request)
    language, say = have.pages.language(request), have.pages.sentences.say
    group, wish, casting = await group_of(request, planned), typed.wish, typed.casting
    members = {each.person: each for each in await have.directory.members_of(planned.group)}
    invitations = await have.directory.invitations_of(planned.id)
    told = {each.person for each in invitations if each.status is not Sending.DRAFT and _has_address(members.get(each.person))}  # fmt: skip
    least, most = session.protocol.people
    plan = expand(session.protocol, session.rounds, clip_minutes(session.protocol, wish.minutes))
    gone = {each.id for each in typed.leaving}
    client = next((seat.name for seat in typed.seats if seat.key == casting.client), "")
    known = say(language, CLIENT, name=client) if client else say(language, OPEN)
    lines = (each for each in session.people if each.id != planned.facilitator)
    return ChangePage(
        planned=planned,
        group=group,
        protocol=in_language(session.protocol.title, language),
        wish=wish,
        seats=tuple(
            SeatLine(
                casting.chip(str(each.id), each.name),
                members[each.id].email if each.id in members else "",
                each.id in gone,
            )
            for each in lines
        ),
        chips=tuple(casting.chip(each.key, each.name) for each in typed.seats),
        casting=replace(casting, why=known),
        one_client=len(session.clients) == 1,
        line_problems=tuple(say_line(request, each) for each in typed.people.problems),
        people_problems=tuple(say(language, SENTENCES[each], least=least, most=most) for each in typed.many),
        duty_problems=tuple(say(language, DOUBLED, name=each) for each in casting.doubled),
        when_problems=tuple(say(language, SENTENCES[each]) for each in typed.when),
        bridge_problems=tuple(say(language, OF_BRIDGE[each]) for each in typed.bridge_wrong),
        problems=tuple(say(language, each) for each in problems),
        leavers=tuple(
            Leaver(str(each.id), each.name, _part(session, each), each.id in told) for each in typed.leaving
        )
        if asks
        else (),
        timeline=lay_out(plan, typed.starts_at or session.starts_at, language),
        zones=times.zones(),
        told=len(told),
    )


def _part(session: Session, person: Person) -> str:
    """Say what somebody is today besides consultant, in English."""
    if person.id in session.clients:
        return ROLE_NAMES[Role.CLIENT]
    if person.id == session.reserve:
        return _("in reserve")
    if person.id == session.relay:
        return _("relay")
    return "" if person.role is Role.CONSULTANT else ROLE_NAMES[person.role]


def _has_address(member: Member | None) -> bool:
    return member is not None and bool(member.email)
