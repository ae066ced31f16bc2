"""Says what went wrong in one calm sentence: each kind of failure is mapped to its page here, once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.engine.errors import Refusal
from app.usecases.ports import Conflict, Erased, NewerEvent, Quarantined, StoreUnavailable, Unkeepable
from app.usecases.run_session import UnknownSession
from app.web.attempts import TooOften
from app.web.deps import NameNeeded, NotHere, SignInNeeded, parts
from app.web.security import Shield

log = structlog.get_logger(part="pages")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A page that says what happened and what to do."""

    template: ClassVar[str] = "pages/error.html"
    status: int
    title: str
    sentence: str
    error_id: str


_ = str  # marks sentences for the catalogue; they are said in the reader's language below
SENTENCES = {
    400: (_("This request cannot be read."), _("Go back and try again; nothing was changed.")),
    403: (
        _("This came from another page."),
        _("For your safety nothing was done. Open Ronde again and repeat it there."),
    ),
    404: (
        _("There is nothing at this address."),
        _(
            "The address may be mistyped, or the link may have been replaced. The person who invited you can send a new one."
        ),
    ),
    405: (_("This page cannot do that."), _("Go back to the page before and use its buttons.")),
    409: (
        _("The session has changed meanwhile."),
        _("Nothing was done here. Go back, look at it again, and repeat what is still needed."),
    ),
    413: (_("This is too long."), _("Nothing was saved. Shorten it and send it again.")),
    422: (_("Something in the form is missing."), _("Go back: what you typed is still there.")),
    429: (_("Too many attempts from your network."), _("Wait ten minutes, then use the link you received.")),
    500: (_("Something broke on our side."), _("What was acknowledged is kept. Try again in a moment.")),
    503: (_("The database does not answer."), _("Nothing is lost. Try again in a moment.")),
}


UNREADABLE = (
    _("This session cannot go on here."),
    _("What it holds cannot be read by this version of Ronde. Nothing is lost: tell whoever runs it."),
)
"""Its log is damaged, or a newer version wrote it; whoever runs Ronde finds "session put aside" in the server's log."""

STATUS_OF: Mapping[type[Exception], int] = {
    Unkeepable: 400,
    NotHere: 404,
    UnknownSession: 404,
    Erased: 404,  # between the end of its log and that of its place in the lists
    Refusal: 409,  # a page that foresees one answers it itself
    Conflict: 409,
    RequestValidationError: 422,
    TooOften: 429,
    StoreUnavailable: 503,
}
"""What is expected to go wrong, and the page that says it."""


def show(request: Request, status: int, error_id: str = "", why: tuple[str, str] | None = None) -> Response:
    """Answer with the page of a status, in the reader's language; `why` says more than the status does."""
    pages = parts(request).pages
    title, sentence = why or SENTENCES.get(status) or SENTENCES[500 if status >= 500 else 400]
    said = pages.language(request)
    page = ErrorPage(status, pages.sentences.say(said, title), pages.sentences.say(said, sentence), error_id)
    return pages.show(request, page, status)


def refuse_foreign(scope: Scope) -> Response:
    """Answer what another site sent."""
    return show(Request(scope), 403)


class BugCatcher:
    """ASGI middleware: a bug in a page becomes the page "something broke, id …", inside the shield's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer for it when it raises before its first byte."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:  # gone while it still sent: nobody waits for an answer, and nothing broke
            return
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await _broken(Request(scope), error)(scope, receive, send)


def install(app: FastAPI, origin: str, media_url: str = "") -> None:
    """Put the shield and the answers to every failure around the pages; call it before adding other middleware."""
    app.add_middleware(BugCatcher)
    app.add_middleware(Shield, origin=origin, refuse=refuse_foreign, media_url=media_url)
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(NameNeeded, _name_first)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Quarantined, _unreadable)
    app.add_exception_handler(NewerEvent, _unreadable)
    for error, status in STATUS_OF.items():
        app.add_exception_handler(error, partial(_said, status))


async def _said(status: int, request: Request, _error: Exception) -> Response:
    return show(request, status)


async def _sign_in(request: Request, _error: Exception) -> Response:
    if request.method not in ("GET", "HEAD"):
        return RedirectResponse("/sign-in", 303)
    return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)


async def _name_first(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/me?first=1", 303)


async def _unreadable(request: Request, _error: Exception) -> Response:
    return show(request, 500, why=UNREADABLE)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return show(request, error.status_code)


def _broken(request: Request, error: Exception) -> Response:
    """Log a bug under an id, without what people typed, and show the id."""
    error_id = secrets.token_hex(4)
    log.error("page failed", incident=error_id, exc_info=error)
    return show(request, 500, error_id)
