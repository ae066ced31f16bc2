"""Tells machines how the server is: alive, ready, and in figures; never who or what."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Protocol

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from app.realtime.measures import BURIED, exposition
from app.usecases.ports import GatewayError
from app.web.deps import Asker, Who, parts, who

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
async def figures(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Give the figures in the text format of Prometheus; those of the database are old while it does not answer."""
    with suppress(GatewayError):
        BURIED.set(len(await parts(request).jobs.buried()))
    return Response(exposition(), media_type=FIGURES)
