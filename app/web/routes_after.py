"""The page after a session: what one keeps, read, corrected, printed and taken away by its only reader."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.engine.errors import Refusal
from app.engine.ids import EntryId
from app.usecases.follow_up import MOST_ACTIONS, FollowUp, Standing
from app.usecases.records import DocumentKind
from app.usecases.write_report import DETAILS, FOUR_A, MARKS, QUESTIONS, Action, Report
from app.web import times
from app.web.deps import Asker, NotHere, Parts, Who, parts, who
from app.web.report_words import A4_NAMES, DETAIL_NAMES, Words

router = APIRouter()
Seated = Annotated[Asker, who(Who.SEAT)]

_ = str  # marks sentences for the catalogue
QUESTION_NAMES: Mapping[str, str] = {
    "helped": _("This session helped me"),
    "frame": _("The frame and the time were held"),
    "distance": _("Being at a distance did not hinder us"),
}
MARK_NAMES = (_("not at all"), _("a little"), _("fairly"), _("well"), _("very well"))
LONGEST_FIELD = 10_000
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Step:
    """One small step as the page shows and asks it."""

    id: str
    title: str
    details: tuple[tuple[str, str], ...]  # name in words, text
    fields: tuple[tuple[str, str, str], ...]  # field, its name in words, text


@dataclass(frozen=True, slots=True)
class Question:
    """A question answered by stars."""

    field: str
    title: str
    mark: str  # "" when not answered


@dataclass(frozen=True, slots=True)
class AfterPage:
    """What one keeps of a session."""

    template: ClassVar[str] = "pages/after.html"
    sid: str
    state: str  # open: everything can be corrected · fading: open, and nothing will remain · kept · gone
    trace: str
    until: str  # hour at which the session is erased
    where: str
    whose: str
    heading: str
    is_plan: bool
    request: str
    steps: tuple[Step, ...]
    ideas: tuple[str, ...]
    learnings: tuple[tuple[str, str, str], ...]  # field, name in words, text
    notes: tuple[str, ...]
    questions: tuple[Question, ...]
    marks: tuple[str, ...]
    next_session: str
    edit: bool
    problem: str


def follow_up(have: Parts) -> FollowUp:
    """Build the use cases of this page."""
    return FollowUp(have.rooms, have.directory, have.documents, have.clock, have.ids)


def words(request: Request) -> Words:
    """Find the words of the reader's language."""
    pages = parts(request).pages
    return Words(pages.sentences, pages.language(request))


# -- reading ---------------------------------------------------------------------------------------------


@router.get("/after/{sid}")
async def after(request: Request, asker: Seated, edit: bool = False) -> Response:
    """Show what the person keeps; before the end the session itself is the place to be."""
    use = follow_up(parts(request))
    standing = await use.find(asker.planned, asker.seat)
    if not standing.ended:
        return RedirectResponse(f"/room/{asker.planned.id}", 303)
    return await _show(request, asker, standing, edit=edit)


async def _show(
    request: Request,
    asker: Asker,
    standing: Standing,
    *,
    edit: bool = False,
    problem: str = "",
    status: int = 200,
) -> Response:
    have, say = parts(request), words(request)
    planned = asker.planned
    report = standing.report or _nothing(asker)
    following = await follow_up(have).next_session(planned)
    is_plan = report.kind is DocumentKind.PLAN
    page = AfterPage(
        sid=planned.id,
        state=_state(standing),
        trace=planned.trace,
        until=times.hour(say.lang, standing.erased_at, planned.zone) if standing.erased_at else "",
        where=say.where(report) if standing.report else "",
        whose=say.whose(report) if report.reader else times.day(say.lang, planned.starts_at, planned.zone),
        heading=say.heading(report),
        is_plan=is_plan,
        request=report.request,
        steps=_steps(say, report, edit=edit),
        ideas=report.ideas,
        learnings=tuple((a4, say.say(A4_NAMES[a4]), _joined(report, a4)) for a4 in FOUR_A),
        notes=report.notes,
        questions=tuple(
            Question(field, say.say(QUESTION_NAMES[field]), standing.stars.get(field, ""))
            for field in QUESTIONS
        ),
        marks=tuple(map(say.say, MARK_NAMES)),
        next_session=say.next_session(following),
        edit=edit and is_plan,
        problem=problem,
    )
    return have.pages.show(request, page, status)


def _state(standing: Standing) -> str:
    if standing.erased_at is not None:
        return "open" if standing.is_kept else "fading"
    return "kept" if standing.report is not None else "gone"


def _nothing(asker: Asker) -> Report:
    planned = asker.planned
    return Report(DocumentKind.LEARNINGS, "", planned.number, planned.starts_at, planned.zone, "")


def _steps(say: Words, report: Report, *, edit: bool) -> tuple[Step, ...]:
    actions = report.actions
    if edit and len(actions) < MOST_ACTIONS:
        actions = (*actions, Action(EntryId(""), "", {}))
    return tuple(
        Step(
            action.id,
            action.title,
            say.details(action),
            tuple((name, say.say(DETAIL_NAMES[name]), action.details.get(name, "")) for name in DETAILS),
        )
        for action in actions
    )


def _joined(report: Report, a4: str) -> str:
    return "\n\n".join(each.text for each in report.learnings if each.a4 == a4)


# -- correcting ------------------------------------------------------------------------------------------


@router.post("/after/{sid}/plan")
async def correct_plan(request: Request, asker: Seated) -> Response:
    """Put the form's steps in the place of the plan."""
    form = await request.form()
    use = follow_up(parts(request))
    try:
        await use.correct_plan(asker.planned, asker.seat, _actions(form))
    except Refusal as refusal:
        return await _refused(request, asker, refusal)
    return RedirectResponse(f"/after/{asker.planned.id}", 303)


@router.post("/after/{sid}/learnings")
async def correct_learnings(request: Request, asker: Seated) -> Response:
    """Put the form's texts in the place of the learnings."""
    form = await request.form()
    use = follow_up(parts(request))
    try:
        await use.correct_learnings(asker.planned, asker.seat, {a4: _text(form, a4) for a4 in FOUR_A})
    except Refusal as refusal:
        return await _refused(request, asker, refusal)
    return RedirectResponse(f"/after/{asker.planned.id}#learnings", 303)


@router.post("/after/{sid}/stars")
async def rate(request: Request, asker: Seated) -> Response:
    """Note the marks of the form; an unanswered question stays unanswered."""
    form = await request.form()
    use = follow_up(parts(request))
    stars = {name: mark for name in QUESTIONS if (mark := _text(form, name)) in MARKS}
    try:
        await use.rate(asker.planned, asker.seat, stars)
    except Refusal as refusal:
        return await _refused(request, asker, refusal)
    return RedirectResponse(f"/after/{asker.planned.id}#stars", 303)


async def _refused(request: Request, asker: Asker, refusal: Refusal) -> Response:
    standing = await follow_up(parts(request)).find(asker.planned, asker.seat)
    return await _show(request, asker, standing, problem=words(request).say(refusal.code), status=409)


def _actions(form: FormData) -> tuple[Action, ...]:
    return tuple(
        Action(
            EntryId(_text(form, f"{row}-id")),
            title,
            {name: text for name in DETAILS if (text := _text(form, f"{row}-{name}"))},
        )
        for row in range(MOST_ACTIONS)
        if (title := _text(form, f"{row}-title"))
    )


def _text(form: FormData, name: str) -> str:
    """Read a field without its outer blanks, with the line ends people mean."""
    value = form.get(name, "")
    return value.replace("\r\n", "\n").strip()[:LONGEST_FIELD] if isinstance(value, str) else ""


# -- taking away -----------------------------------------------------------------------------------------


@router.get("/after/{sid}/plan.pdf")
async def plan_pdf(request: Request, asker: Seated) -> Response:
    """Print the client's plan."""
    return await _pdf(request, asker, DocumentKind.PLAN)


@router.get("/after/{sid}/learnings.pdf")
async def learnings_pdf(request: Request, asker: Seated) -> Response:
    """Print a person's own learnings."""
    return await _pdf(request, asker, DocumentKind.LEARNINGS)


async def _pdf(request: Request, asker: Asker, kind: DocumentKind) -> Response:
    have, say = parts(request), words(request)
    report = await _own(request, asker)
    if report.kind is not kind:
        raise NotHere
    following = await follow_up(have).next_session(asker.planned)
    printed = await have.pdf.render(kind.value, say.printed(report, following), say.lang)
    return _file(printed, "application/pdf", asker, kind.value, "pdf")


@router.get("/after/{sid}/mine.md")
async def markdown(request: Request, asker: Seated) -> Response:
    """Give a person's own part as Markdown."""
    report = await _own(request, asker)
    following = await follow_up(parts(request)).next_session(asker.planned)
    text = words(request).markdown(report, following)
    return _file(text.encode(), "text/markdown; charset=utf-8", asker, report.kind.value, "md")


@router.get("/after/{sid}/mine.json")
async def as_json(request: Request, asker: Seated) -> Response:
    """Give a person's own part as JSON."""
    report = await _own(request, asker)
    following = await follow_up(parts(request)).next_session(asker.planned)
    body = json.dumps(words(request).plain(report, following), ensure_ascii=False, indent=2)
    return _file(body.encode(), "application/json", asker, report.kind.value, "json")


async def _own(request: Request, asker: Asker) -> Report:
    """Find what may be taken away. Raises NotHere when the group chose that it may not remain."""
    standing = await follow_up(parts(request)).find(asker.planned, asker.seat)
    if standing.report is None or not standing.is_kept:
        raise NotHere
    return standing.report


def _file(body: bytes, media_type: str, asker: Asker, name: str, ending: str) -> Response:
    """Answer with a file whose name tells the day and nothing about people."""
    day = times.local(asker.planned.starts_at, asker.planned.zone).date().isoformat()
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}-{day}.{ending}"'}
    return Response(body, media_type=media_type, headers=headers)
