"""Plays every port in memory, by the same contract as the real ones (tests/store runs it on both)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.protocol import Protocol as SessionProtocol
from app.usecases.letter import Letter
from app.usecases.ports import GatewayError, UnknownProtocol
from tests.fake_store import FakeDirectory, FakeDocuments, FakeJobs, FakeLog, FakeStore

__all__ = [
    "FakeClock", "FakeDirectory", "FakeDocuments", "FakeIds", "FakeJobs", "FakeLog", "FakeMailer", "FakePdf",
    "FakeProtocols", "FakeStore",
]  # fmt: skip

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self, start: datetime = NOON) -> None:
        """Show an instant."""
        self._now = start

    def now(self) -> datetime:
        """Tell the present instant."""
        return self._now

    def advance(self, span: timedelta | None = None, **parts: float) -> datetime:
        """Move on by a span, or by `minutes=5`."""
        self._now += span if span is not None else timedelta(**parts)
        return self._now

    def jump(self, to: datetime) -> None:
        """Show another instant, even an earlier one."""
        self._now = to


class FakeIds:
    """Counts instead of drawing lots."""

    def __init__(self) -> None:
        """Begin at one."""
        self._made = 0

    def new(self) -> str:
        """Make the next id."""
        self._made += 1
        return f"id-{self._made}"

    def secret(self) -> str:
        """Make the next secret, as long as a real one."""
        self._made += 1
        return f"secret-{self._made}".ljust(43, "_")


class FakeMailer:
    """Keeps the letters, or refuses them when told to."""

    def __init__(self) -> None:
        """Begin without letters."""
        self.sent: list[Letter] = []
        self.broken: GatewayError | None = None

    async def send(self, letter: Letter) -> None:
        """Keep a letter."""
        if self.broken is not None:
            raise self.broken
        self.sent.append(letter)


class FakePdf:
    """Prints a page that says what it was given."""

    def __init__(self) -> None:
        """Begin with nothing printed."""
        self.printed: list[tuple[str, Mapping[str, Any], str]] = []

    async def render(self, template: str, data: Mapping[str, Any], lang: str) -> bytes:
        """Note what was to be printed."""
        self.printed.append((template, data, lang))
        return f"%PDF-fake {template} {lang}".encode()


class FakeProtocols:
    """Knows the protocols it was given."""

    def __init__(self, *known: SessionProtocol) -> None:
        """Take the protocols."""
        self._known = known

    async def all(self) -> tuple[SessionProtocol, ...]:
        """List them by id."""
        return tuple(sorted(self._known, key=lambda protocol: protocol.id))

    async def find(self, protocol_id: str) -> SessionProtocol | None:
        """Find one by id."""
        return next((protocol for protocol in self._known if protocol.id == protocol_id), None)

    async def get(self, content_hash: str) -> SessionProtocol:
        """Get one by hash."""
        for protocol in self._known:
            if protocol.content_hash == content_hash:
                return protocol
        raise UnknownProtocol(content_hash)
