"""The door of the live room: finds out whose seat the socket is for, and hands it over."""

from functools import partial
from typing import Protocol

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from app.engine.ids import SessionId
from app.realtime import frames
from app.realtime.connection import Doorway
from app.realtime.measures import CLOSED
from app.realtime.messages import CloseCode
from app.realtime.wire import EXTENSION, Wire
from app.usecases.ports import GatewayError, Unkeepable
from app.usecases.records import WebSession
from app.web.deps import find_facilitator, find_way_in, parts


class Live(Protocol):
    """The part of the program that serves sockets."""

    doorway: Doorway


class LiveRoom:
    """The ASGI application behind /ws/{sid}: raw, for there are thousands of it at once."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept a socket of our own pages, and serve it to its end once this has returned."""
        connection = HTTPConnection(scope)
        live: Live = scope["app"].state.parts
        wire: Wire = scope["extensions"][EXTENSION]
        session = SessionId(scope["path_params"]["sid"])
        await receive()  # websocket.connect
        found = await way_in(connection, session)
        await send({"type": "websocket.accept"})
        if isinstance(found, CloseCode):
            lang = parts(connection).pages.sentences.choose(
                connection.cookies.get("lang"), connection.headers.get("accept-language")
            )
            wire.write(frames.bye(found, live.doorway.say(lang, frames.reason(found), {})))
            await _close(found, send)
        else:
            wire.begin(partial(_talk, live.doorway, session, found, wire))


async def _talk(
    doorway: Doorway, session: SessionId, found: WebSession, wire: Wire, receive: Receive, send: Send
) -> None:
    code = await doorway.serve(session, found.person, found.hash, wire, receive)
    if code is not None:
        await _close(code, send)


async def _close(code: CloseCode, send: Send) -> None:
    CLOSED.labels(frames.reason(code)).inc()
    await send({"type": "websocket.close", "code": int(code), "reason": frames.reason(code)})


async def way_in(connection: HTTPConnection, session: SessionId) -> WebSession | CloseCode:
    """Find by what a browser may take whose seat, or why none: identity is in its cookies, never in its messages."""
    try:
        planned = await parts(connection).directory.find_session(session)
        if planned is None:
            return CloseCode.UNKNOWN_SESSION
        found = await find_way_in(connection, planned)
        if found is not None:
            return found
        signed_in = await find_facilitator(connection) is not None
    except Unkeepable:
        return CloseCode.UNKNOWN_SESSION
    except GatewayError:
        return CloseCode.RESTART
    return CloseCode.NOT_YOUR_SESSION if signed_in else CloseCode.NOT_SIGNED_IN


router = APIRouter(routes=[WebSocketRoute("/ws/{sid}", LiveRoom(), name="live")])
