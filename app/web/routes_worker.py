"""The service worker, at the root so that it may answer for the room when the server does not."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.rendering import DIST

router = APIRouter()


@router.get("/sw.js")
async def worker(request: Request, asker: Annotated[Asker, who(Who.ANYONE)]) -> Response:
    """Give the worker's script; browsers ask for it again each time, so that a new build is taken up at once."""
    file = parts(request).pages.assets.url("sw.js").rpartition("/")[2]
    if not file:
        raise NotHere
    return FileResponse(DIST / file, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
