"""Guards the edge: security headers on every answer, our own cross-site guard for HTTP and WebSocket, cookies, secrets."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types ronde-worker"
)
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
}
FOR_MACHINES = frozenset({"/video/webhook"})
"""What other programs post to: no browser, hence no origin; each proves itself by its own signature."""

CLOUD = ".livekit.cloud"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
KEPT = timedelta(days=30)
"""How long a browser stays signed in."""


def csp(media_url: str = "") -> str:
    """Give the policy of every page; pages may also talk to the media server, if there is one.

    LiveKit Cloud moves browsers to the region nearest to them, on hosts of its own domain.
    """
    if not media_url:
        return CSP
    parts = urlsplit(media_url)
    hosts = [parts.netloc]
    if (parts.hostname or "").endswith(CLOUD):
        hosts.append(f"*{CLOUD}")
    schemes = ("wss", "https") if parts.scheme == "wss" else ("ws", "http")
    allowed = " ".join(f"{scheme}://{host}" for host in hosts for scheme in schemes)
    return CSP.replace("connect-src 'self'", f"connect-src 'self' {allowed}")


class Shield:
    """ASGI middleware: refuses what another site sent, and puts the security headers on every answer."""

    def __init__(
        self, app: ASGIApp, origin: str, refuse: Callable[[Scope], Response], media_url: str = ""
    ) -> None:
        self.app, self.origin, self.refuse = app, origin, refuse
        self.headers = {"Content-Security-Policy": csp(media_url), **HEADERS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or a socket on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if not comes_from_here(scope, self.origin):
            if scope["type"] == "websocket":
                return await send(
                    {"type": "websocket.close", "code": 4003}
                )  # before accept: answered with 403
            return await self.refuse(scope)(scope, receive, self._armoured(send))
        return await self.app(scope, receive, self._armoured(send))

    def _armoured(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if self.origin.startswith("https:"):
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return sent


def comes_from_here(scope: Scope, origin: str) -> bool:
    """Tell whether our own pages sent this; safe methods always pass, sockets never do unless proved."""
    if scope["type"] == "http" and scope["method"] in SAFE:
        return True
    if scope["type"] == "http" and scope["path"] in FOR_MACHINES:
        return True
    headers = Headers(scope=scope)
    match headers.get("sec-fetch-site"):
        case "same-origin":
            return True
        case "none":  # typed or restored by the person; a page cannot make a browser say so
            return bool(scope["type"] == "http")
        case None:
            claimed = headers.get("origin", "")
            return bool(claimed) and (claimed == origin or claimed == _loopback_origin(scope, headers))
        case _:
            return False


def _loopback_origin(scope: Scope, headers: Headers) -> str:
    """Name our origin as a browser on this machine sees it; a foreign name for our address (DNS rebinding) is not ours."""
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return ""
    scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
    return f"{scheme}://{host}"


# -- cookies: `__Host-` and Secure wherever the browser allows it ---------------------------------------


def _secure(connection: HTTPConnection) -> bool:
    origin: str = connection.app.state.parts.settings.origin
    return origin.startswith("https:") or str(connection.url.scheme) in ("https", "wss")


def _cookie(connection: HTTPConnection, name: str) -> str:
    return f"__Host-{name}" if _secure(connection) else name


def read_secret(connection: HTTPConnection, name: str) -> str | None:
    """Read a cookie of ours ("ronde", "seat-<session>")."""
    return connection.cookies.get(_cookie(connection, name)) or None


def give_secret(
    connection: HTTPConnection, response: Response, name: str, value: str, keep: timedelta = KEPT
) -> None:
    """Give the browser a secret that scripts and other sites cannot read."""
    response.set_cookie(
        _cookie(connection, name),
        value,
        max_age=round(keep.total_seconds()),
        secure=_secure(connection),
        httponly=True,
        samesite="lax",
    )


def drop_secret(connection: HTTPConnection, response: Response, name: str) -> None:
    """Make the browser forget a secret."""
    response.delete_cookie(
        _cookie(connection, name), secure=_secure(connection), httponly=True, samesite="lax"
    )
