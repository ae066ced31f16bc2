"""The door of the media: passes for browsers, and hints of the media server about who came and went."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.engine.ids import PersonId, SessionId
from app.engine.permissions import conducts
from app.engine.state import Status
from app.usecases.ports import Erased
from app.usecases.video_port import Video, VideoUnavailable
from app.web.deps import Asker, NotHere, Who, parts, who

router = APIRouter()

MOST_HINT = 64 * 1024
"""Bytes of a webhook that are read."""

WITH_MEDIA = frozenset({Status.OPEN, Status.RUNNING, Status.ENDED})


class Relays(Protocol):
    """Where browsers relay what cannot go directly."""

    @property
    def lasts(self) -> timedelta:
        """How long the credentials hold."""
        ...

    def as_ice(self, person: PersonId, now: datetime) -> Mapping[str, Any]:
        """Make an RTCConfiguration for one person."""
        ...


class Media(Protocol):
    """What these routes ask the program."""

    video: Video
    relays: Relays
    hinted: Callable[[SessionId], None]


def media(request: Request) -> Media:
    """Give the part of the program that knows sound and picture."""
    found: Media = request.app.state.parts
    return found


@router.post("/video/{sid}/pass")
async def give_pass(request: Request, asker: Annotated[Asker, who(Who.SEAT)]) -> Response:
    """Give a short pass to the media server, from what phase and role allow now, and the relays for direct links.

    Microphones are never withheld by the pass: the voice rule closes them, and only their owner opens them.
    Before the doors open, and once the session was closed or erased, there is nothing to give: 204, for a page may
    ask just then.
    """
    have, asked = parts(request), media(request)
    try:
        session = await have.rooms.session(asker.planned.id)
    except Erased:
        return _nothing()
    person = session.find_person(asker.seat)
    if person is None:
        raise NotHere
    if session.status not in WITH_MEDIA:
        return _nothing()
    answer: dict[str, Any] = {
        "url": None,
        "token": None,
        "ice": asked.relays.as_ice(asker.seat, have.clock.now()),
        "lasts": int(asked.relays.lasts.total_seconds()),
    }
    try:
        may_share = session.screen_share or conducts(session, person)
        granted = asked.video.grant(session.id, person.id, may_share=may_share)
        answer |= {"url": granted.url, "token": granted.token}
    except VideoUnavailable:
        pass
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _nothing() -> Response:
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/video/webhook")
async def take_hint(request: Request, _asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Take a signed webhook as a reason to look; an unsigned one gets the same answer and causes nothing."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_HINT:
            return Response(status_code=413)
    asked = media(request)
    session = asked.video.hint(body.decode(errors="replace"), request.headers.get("authorization", ""))
    if session is not None:
        asked.hinted(session)
    return Response(status_code=204)
