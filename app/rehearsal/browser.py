"""What a simulated person has instead of a browser: cookies and pages; and the ledger of what all of them did."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

View = dict[str, Any]


class Lost(Exception):
    """The server refused the page or the socket; its text says how."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer over HTTP."""

    status: int
    location: str
    body: bytes


@dataclass(slots=True)
class Ledger:
    """What all simulated people sent and how it was answered."""

    sent: int = 0
    acknowledged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def latency_ms(self, share: float) -> float:
        """Tell within how many milliseconds this share of the commands was on disk and answered."""
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2) if ordered else 0.0


@dataclass(slots=True)
class Browser:
    """Asks pages of one server as one person; `base` is where it listens, `origin` what it is called."""

    base: str
    origin: str
    lang: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> Page:
        """Ask for a page."""
        return await asyncio.to_thread(self._ask, "GET", path, None, {})

    async def post(self, path: str, form: Mapping[str, str], accept: str = "text/html") -> Page:
        """Send a form."""
        return await asyncio.to_thread(self._ask, "POST", path, urlencode(form), {"Accept": accept})

    def _ask(self, method: str, path: str, body: str | None, more: Mapping[str, str]) -> Page:
        at = urlsplit(self.base)
        kind = HTTPSConnection if at.scheme == "https" else HTTPConnection
        connection = kind(at.netloc, timeout=30)
        headers = {"Origin": self.origin, "Accept-Language": self.lang, "Cookie": self.cookie(), **more}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("set-cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return Page(answer.status, answer.headers.get("location", ""), answer.read())
        except OSError as error:
            raise Lost(f"{self.base} does not answer ({error.strerror or error}).") from error
        finally:
            connection.close()

    def cookie(self) -> str:
        """Write the Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())
