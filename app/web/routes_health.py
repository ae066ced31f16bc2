"""Tells machines how the server is: alive, ready, and in figures; never who or what."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from app.realtime.measures import exposition
from app.usecases.ports import GatewayError
from app.web.deps import Asker, Who, who

router = APIRouter()

FIGURES = "text/plain; version=0.0.4; charset=utf-8"


class Probes(Protocol):
    """What these routes ask the program."""

    ready: Callable[[], Awaitable[None]]


def probes(request: Request) -> Probes:
    """Give the part of the program that answers machines."""
    found: Probes = request.app.state.parts
    return found


@router.get("/healthz")
async def alive(asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("alive\n")


@router.get("/readyz")
async def ready(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Say whether the database answers too: a proxy sends people here only then."""
    try:
        await probes(request).ready()
    except GatewayError:
        return PlainTextResponse("the database does not answer\n", 503)
    return PlainTextResponse("ready\n")


@router.get("/metrics")
async def figures(asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Give the figures in the text format of Prometheus."""
    return Response(exposition(), media_type=FIGURES)
