"""The way in: what Ronde is, and the language it speaks."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.web.deps import Asker, Who, parts, who
from app.web.timeline import in_language

router = APIRouter()

PEOPLE = (
    ("claire", ""), ("luc", ""), ("sophie", ""), ("helene", ""),
    ("nadia", "is-client"), ("karim", "is-floor"), ("thomas", ""), ("awa", ""),
)  # fmt: skip
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class HomePage:
    """What this is, and one thing to do."""

    template: ClassVar[str] = "pages/home.html"
    people: tuple[tuple[str, str], ...]  # portrait, and what marks the seat
    protocols: tuple[tuple[str, str], ...]  # id and title of what can be rehearsed


@router.get("/")
async def home(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Show what Ronde is."""
    have = parts(request)
    language = have.pages.language(request)
    protocols = tuple((each.id, in_language(each.title, language)) for each in await have.protocols.all())
    return have.pages.show(request, HomePage(PEOPLE, protocols))


@router.post("/language")
async def choose_language(
    request: Request,
    asker: Annotated[Asker, who(Who.ANYONE)],
    lang: Annotated[str, Form(max_length=20)],
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Remember the language for this browser and go back to the page."""
    response = RedirectResponse(own_path(back), 303)
    response.set_cookie("lang", parts(request).pages.sentences.choose(lang), max_age=A_YEAR, samesite="lax")
    return response


def own_path(path: str) -> str:
    """Keep a path of this site, and nothing a browser could read as another site's address."""
    safe = (
        path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and path.isascii()
    )
    return path if safe else "/"
