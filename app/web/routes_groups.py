"""One group: its people, its history of casts, where it meets when nothing else works."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.engine.ids import PersonId
from app.engine.ladder import Bridge
from app.engine.protocol import Role
from app.usecases.manage_people import (
    StillAtTheTable,
    change_member,
    erase_member,
    present_members,
    read_tags,
    remove_member,
    settle_members,
)
from app.usecases.pasted_people import LONGEST_NAME, LONGEST_TEXT, Named, clean_name, read_people
from app.usecases.plan_b import as_bridge, as_kept, read_bridge
from app.usecases.records import Group, Member, PlannedSession
from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.prepare_cast import ROLE_NAMES
from app.web.prepare_form import LONGEST_GROUP
from app.web.routes_prepare import OF_BRIDGE, say_line
from app.web.routes_signin import as_address

router = APIRouter()

_ = str
INCOMPLETE = _("This address is not complete.")


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member with how often and when they were client."""

    member: Member
    turns: int
    last: int  # number of the session, 0 for never


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One group: its people, its history of casts, its sessions."""

    template: ClassVar[str] = "pages/group.html"
    group: Group
    members: tuple[MemberLine, ...]
    left: tuple[Member, ...]
    sessions: tuple[PlannedSession, ...]
    casts: tuple[
        tuple[int, tuple[tuple[str, str], ...]], ...
    ]  # session number, (role as an English sentence, name)
    typed: str
    problems: tuple[str, ...]
    bridge: tuple[str, str, str]
    bridge_problems: tuple[str, ...]


@router.get("/groups/{gid}")
async def group(request: Request, asker: Annotated[Asker, who(Who.OWNER)]) -> Response:
    """Show a group."""
    return parts(request).pages.show(request, await _group_page(request, asker.owned))


@router.post("/groups/{gid}")
async def rename(
    request: Request, asker: Annotated[Asker, who(Who.OWNER)], name: Annotated[str, Form(max_length=400)]
) -> Response:
    """Give the group another name."""
    if shown := clean_name(name)[:LONGEST_GROUP]:
        await parts(request).directory.save_group(replace(asker.owned, name=shown))
    return _back(asker.owned)


@router.post("/groups/{gid}/plan-b")
async def keep_bridge(
    request: Request,
    asker: Annotated[Asker, who(Who.OWNER)],
    phone: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=1000)] = "",
    link: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Keep where the group meets when nothing else works; it is proposed for its next sessions."""
    have = parts(request)
    bridge, wrong = read_bridge(phone, code, link)
    if wrong:
        language = have.pages.language(request)
        said = tuple(have.pages.sentences.say(language, OF_BRIDGE[each]) for each in wrong)
        typed = Bridge(phone, code, link)
        page = await _group_page(request, asker.owned, bridge=typed, bridge_problems=said)
        return have.pages.show(request, page, 422)
    await have.directory.save_group(replace(asker.owned, plan_b=as_kept(bridge)))
    return _back(asker.owned)


@router.post("/groups/{gid}/members")
async def add(
    request: Request,
    asker: Annotated[Asker, who(Who.OWNER)],
    people: Annotated[str, Form(max_length=LONGEST_TEXT)],
) -> Response:
    """Add people to the group, pasted in any shape."""
    have = parts(request)
    pasted = read_people(people)
    if pasted.stops or not pasted.people:
        problems = tuple(say_line(request, each) for each in pasted.problems)
        return have.pages.show(request, await _group_page(request, asker.owned, people, problems), 422)
    present = await present_members(have.directory, asker.owned)
    everyone = {each.key: each for each in (*(Named(m.name, m.email, 0) for m in present), *pasted.people)}
    await settle_members(have.directory, have.ids, asker.owned, tuple(everyone.values()), have.clock.now())
    return _back(asker.owned)


@router.post("/groups/{gid}/members/{person}")
async def change(
    request: Request,
    asker: Annotated[Asker, who(Who.OWNER)],
    person: str,
    name: Annotated[str, Form(max_length=400)],
    email: Annotated[str, Form(max_length=320)] = "",
    tags: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Correct a member."""
    have = parts(request)
    member = await _member(request, asker.owned, person)
    address = as_address(email) if email.strip() else ""
    if address is None:
        said = have.pages.sentences.say(have.pages.language(request), INCOMPLETE)
        return have.pages.show(request, await _group_page(request, asker.owned, "", (said,)), 422)
    shown = clean_name(name)[:LONGEST_NAME] or member.name
    await change_member(have.directory, member, shown, address, read_tags(clean_name(tags)))
    return _back(asker.owned)


@router.post("/groups/{gid}/members/{person}/remove")
async def remove(request: Request, asker: Annotated[Asker, who(Who.OWNER)], person: str) -> Response:
    """Let a member leave the group."""
    have = parts(request)
    await remove_member(have.directory, await _member(request, asker.owned, person), have.clock.now())
    return _back(asker.owned)


@dataclass(frozen=True, slots=True)
class ErasePage:
    """Once more before somebody is forgotten."""

    template: ClassVar[str] = "pages/erase.html"
    group: Group
    member: Member
    still_there: bool


@router.get("/groups/{gid}/members/{person}/erase")
async def confirm_erase(request: Request, asker: Annotated[Asker, who(Who.OWNER)], person: str) -> Response:
    """Ask once more before forgetting a member."""
    page = ErasePage(asker.owned, await _member(request, asker.owned, person), still_there=False)
    return parts(request).pages.show(request, page)


@router.post("/groups/{gid}/members/{person}/erase")
async def erase(request: Request, asker: Annotated[Asker, who(Who.OWNER)], person: str) -> Response:
    """Forget a member for good."""
    have = parts(request)
    member = await _member(request, asker.owned, person)
    try:
        await erase_member(have.directory, have.rooms, member)
    except StillAtTheTable:
        return have.pages.show(request, ErasePage(asker.owned, member, still_there=True), 409)
    return _back(asker.owned)


@router.post("/groups/{gid}/members/{person}/return")
async def come_back(request: Request, asker: Annotated[Asker, who(Who.OWNER)], person: str) -> Response:
    """Let a member come back."""
    member = await _member(request, asker.owned, person)
    await parts(request).directory.save_members((replace(member, left_at=None),))
    return _back(asker.owned)


def _back(group: Group) -> Response:
    return RedirectResponse(f"/groups/{group.id}", 303)


async def _member(request: Request, group: Group, person: str) -> Member:
    """Find a member of this group, and of no other. Raises NotHere."""
    member = await parts(request).directory.find_member(PersonId(person))
    if member is None or member.group != group.id:
        raise NotHere
    return member


async def _group_page(
    request: Request,
    group: Group,
    typed: str = "",
    problems: tuple[str, ...] = (),
    bridge: Bridge | None = None,
    bridge_problems: tuple[str, ...] = (),
) -> GroupPage:
    directory = parts(request).directory
    shown = as_bridge(group.plan_b) if bridge is None else bridge
    members = await directory.members_of(group.id)
    names = {each.person: each.name for each in members}
    sessions = await directory.sessions_of(group.id)
    numbers = {each.id: each.number for each in sessions}
    casts = [each for each in await directory.casts_of(group.id) if each.role is not Role.CONSULTANT]
    held: dict[int, list[tuple[str, str]]] = {}
    for cast in casts:
        held.setdefault(numbers.get(cast.session, 0), []).append(
            (ROLE_NAMES[cast.role], names.get(cast.person, "–"))
        )
    clients = {
        person: [
            numbers.get(each.session, 0)
            for each in casts
            if each.person == person and each.role is Role.CLIENT
        ]
        for person in names
    }
    return GroupPage(
        group=group,
        members=tuple(
            MemberLine(each, len(clients[each.person]), max(clients[each.person], default=0))
            for each in members
            if each.left_at is None
        ),
        left=tuple(each for each in members if each.left_at is not None),
        sessions=tuple(reversed(sessions)),
        casts=tuple((number, tuple(roles)) for number, roles in sorted(held.items(), reverse=True)),
        typed=typed,
        problems=problems,
        bridge=(shown.phone, shown.code, shown.link),
        bridge_problems=bridge_problems,
    )
