"""The facilitator's desk: groups, the sessions to come and those held."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.protocol import Role
from app.usecases.records import Group, PlannedSession, Status
from app.web.deps import Asker, Who, parts, who
from app.web.routes_door import first_name

router = APIRouter()

MOST_PAST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A session in a list."""

    planned: PlannedSession
    group: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list."""

    group: Group
    people: int
    sessions: int
    returning: str  # whose return opens the next session, "" when nobody's


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything a facilitator looks after."""

    template: ClassVar[str] = "pages/desk.html"
    name: str
    account: str
    coming: tuple[Line, ...]
    past: tuple[Line, ...]
    groups: tuple[GroupLine, ...]


@router.get("/desk")
async def desk(request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)]) -> Response:
    """Show the desk."""
    have, host = parts(request), asker.host
    groups = tuple(each for each in await have.directory.groups_of(host.id) if not each.rehearsal)
    names = {each.id: each.name for each in groups}
    sessions = [each for each in await have.directory.sessions_by(host.id) if each.group in names]
    over = (Status.ENDED, Status.CLOSED, Status.CANCELLED)
    page = DeskPage(
        name=first_name(host.name),
        account=host.name,
        coming=tuple(Line(each, names[each.group]) for each in sessions if each.status not in over),
        past=tuple(Line(each, names[each.group]) for each in reversed(sessions) if each.status in over)[
            :MOST_PAST
        ],
        groups=tuple([await _group_line(request, each) for each in groups]),
    )
    return have.pages.show(request, page)


async def _group_line(request: Request, group: Group) -> GroupLine:
    directory = parts(request).directory
    members = {each.person: each for each in await directory.members_of(group.id)}
    casts = [each for each in await directory.casts_of(group.id) if each.role is Role.CLIENT]
    last = members.get(casts[-1].person) if casts else None
    sessions = await directory.sessions_of(group.id)
    return GroupLine(
        group,
        sum(1 for each in members.values() if each.left_at is None),
        len(sessions),
        last.name if last else "",
    )
