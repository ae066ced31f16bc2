"""The evidence that a session took place: who was there and which phases were held, apart from any content."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.engine.protocol import Protocol
from app.usecases.records import Attendance, Group, PlannedSession
from app.web import times
from app.web.deps import Asker, NotHere, Who, group_of, parts, who
from app.web.prepare_cast import ROLE_NAMES
from app.web.timeline import in_language

router = APIRouter()

_ = str
COLUMNS = (_("Session"), _("Protocol"), _("Name"), _("Role"), _("Arrived"), _("Left"), _("Minutes"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A person who was there."""

    name: str
    role: str  # English sentence
    arrived_at: datetime
    left_at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """A phase that was held."""

    title: str
    started_at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class AttendancePage:
    """Names, roles and times; never the subject (method.md §5.8)."""

    template: ClassVar[str] = "pages/attendance.html"
    planned: PlannedSession
    group: Group
    protocol: str
    people: tuple[Attended, ...]
    phases: tuple[Held, ...]


@router.get("/sessions/{sid}/attendance")
async def attendance(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Show the evidence of a closed session."""
    return parts(request).pages.show(request, await _page(request, asker.planned))


@router.get("/sessions/{sid}/attendance.csv")
async def as_csv(request: Request, asker: Annotated[Asker, who(Who.HOST)]) -> Response:
    """Give the presences as a table for spreadsheets, one line for each person."""
    page, pages = await _page(request, asker.planned), parts(request).pages
    language, zone = pages.language(request), asker.planned.zone
    title = pages.sentences.say(
        language, _("%(group)s, session %(number)s"), group=page.group.name, number=page.planned.number
    )
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(pages.sentences.say(language, column) for column in COLUMNS)
    for each in page.people:
        texts = (title, page.protocol, each.name, pages.sentences.say(language, each.role))
        at = (
            times.local(instant, zone).isoformat(timespec="minutes")
            for instant in (each.arrived_at, each.left_at)
        )
        table.writerow([*map(_plain, texts), *at, round(each.length / timedelta(minutes=1))])
    day = times.local(asker.planned.starts_at, zone).date().isoformat()
    headers = {
        "Content-Disposition": f'attachment; filename="attendance-{day}.csv"',
        "Cache-Control": "no-store",
    }
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


async def _page(request: Request, planned: PlannedSession) -> AttendancePage:
    """Gather the evidence. Raises NotHere before the session is closed."""
    have = parts(request)
    evidence = await have.directory.find_attendance(planned.id)
    if evidence is None:
        raise NotHere
    group = await group_of(request, planned)
    language, protocol = have.pages.language(request), await have.protocols.get(planned.protocol_hash)
    return AttendancePage(
        planned=planned,
        group=group,
        protocol=in_language(protocol.title, language),
        people=_people(evidence),
        phases=_phases(evidence, protocol, language),
    )


def _people(evidence: Attendance) -> tuple[Attended, ...]:
    """List who was there; somebody who asked to be forgotten has no name any more."""
    return tuple(
        Attended(
            each.name or "–",
            ROLE_NAMES[each.role],
            each.arrived_at,
            each.left_at,
            each.left_at - each.arrived_at,
        )
        for each in evidence.people
    )


def _phases(evidence: Attendance, protocol: Protocol, language: str) -> tuple[Held, ...]:
    titles = {phase.id: in_language(phase.title, language) for phase in protocol.phases()}
    return tuple(
        Held(
            titles.get(each.key.partition(".")[0], each.key), each.started_at, each.ended_at - each.started_at
        )
        for each in evidence.phases
    )
