"""The gallery of protocols: read them, check a file of one's own, add it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, cast

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from app.usecases.protocol_library import Checked, Library, NotSaved, Problem, told
from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.gallery import Card, PhaseText, Tick, card, cards, phases, scale_of

router = APIRouter()

MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say about a file, with its place."""

    file: str
    line: int
    place: str
    sentence: str
    warning: bool


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """Every protocol at hand, on one scale of time."""

    template: ClassVar[str] = "pages/protocols.html"
    listed: tuple[Card, ...]
    scale: tuple[Tick, ...]
    faults: tuple[Line, ...]  # of the facilitators' own files


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """One protocol to read, phase by phase."""

    template: ClassVar[str] = "pages/protocol.html"
    card: Card
    basis: str
    phases: tuple[PhaseText, ...]
    saved: bool


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What became of a file of one's own."""

    template: ClassVar[str] = "pages/protocol_check.html"
    text: str
    card: Card | None  # when the file can be played
    lines: tuple[Line, ...]
    can_save: bool
    not_saved: str


@router.get("/protocols")
async def gallery(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """List the protocols."""
    library, pages = _library(request), parts(request).pages
    listed = cards(await library.all(), library.own(), pages.language(request))
    faults = _lines(request, library.problems()) if asker.facilitator else ()
    return pages.show(request, GalleryPage(listed, scale_of(listed), faults))


@router.get("/protocols/check")
async def check_form(asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Lead to the form: the answer to a checked file has no address of its own."""
    return RedirectResponse("/protocols#check", 303)


@router.get("/protocols/{name}")
async def protocol(
    request: Request, asker: Annotated[Asker, who(Who.ANYONE)], name: str, saved: bool = False
) -> Response:
    """Show one protocol, every word of it."""
    library, pages = _library(request), parts(request).pages
    found = next((each for each in await library.all() if each.id == name), None)
    if found is None:
        raise NotHere
    language = pages.language(request)
    basis = found.basis.get(language, found.basis["en"])
    drawn = card(found, library.own(), language)
    page = ProtocolPage(drawn, basis, phases(found, language), saved and drawn.own)
    return pages.show(request, page)


@router.get("/protocols/{name}/file")
async def protocol_file(request: Request, asker: Annotated[Asker, who(Who.ANYONE)], name: str) -> Response:
    """Give the file of a protocol, to begin one's own from."""
    source = _library(request).source(name)
    if source is None:
        raise NotHere
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(source, media_type="text/yaml; charset=utf-8", headers=headers)


@router.post("/protocols/check")
async def check(
    request: Request,
    asker: Annotated[Asker, who(Who.ANYONE)],
    text: Annotated[str, Form(max_length=MOST_BYTES)] = "",
    file: UploadFile | None = None,
) -> Response:
    """Read a pasted or chosen file and say everything there is to say about it; nothing is kept."""
    sent = await file.read(MOST_BYTES + 1) if file is not None and file.filename else b""
    data = sent or _plain(text)
    return _report(request, asker, data, _library(request).check(data))


@router.post("/protocols")
async def save(
    request: Request,
    asker: Annotated[Asker, who(Who.FACILITATOR)],
    text: Annotated[str, Form(max_length=MOST_BYTES)],
) -> Response:
    """Add a checked file to the library."""
    library, data = _library(request), _plain(text)
    try:
        kept = library.save(data)
    except NotSaved as refused:
        return _report(request, asker, data, library.check(data), refused.problem)
    return RedirectResponse(f"/protocols/{kept.id}?saved=true", 303)


def _report(
    request: Request, asker: Asker, data: bytes, checked: Checked, refused: Problem | None = None
) -> Response:
    pages = parts(request).pages
    language = pages.language(request)
    page = CheckPage(
        text=data.decode("utf-8", "replace"),
        card=card(checked.protocol, frozenset(), language) if checked.protocol else None,
        lines=_lines(request, checked.problems),
        can_save=asker.facilitator is not None,
        not_saved=_sentence(request, refused) if refused else "",
    )
    return pages.show(request, page, 409 if refused else 200)


def _lines(request: Request, problems: tuple[Problem, ...]) -> tuple[Line, ...]:
    return tuple(
        Line(each.file, each.line, each.place, _sentence(request, each), each.warning) for each in problems
    )


def _sentence(request: Request, problem: Problem) -> str:
    pages = parts(request).pages
    return told(pages.sentences.say, pages.language(request), problem.sentence, problem.details)


def _plain(text: str) -> bytes:
    """Undo what forms do to line ends."""
    return text.replace("\r\n", "\n").encode()


def _library(request: Request) -> Library:
    return cast(Library, parts(request).protocols)
