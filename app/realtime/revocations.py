"""Puts out here whoever lost a link or signed out on another node: their sockets end wherever they are."""

import asyncio
from datetime import timedelta

import structlog

from app.engine.ids import PersonId, SessionId
from app.realtime.hub import Hub
from app.realtime.messages import CloseCode
from app.usecases.ports import Clock, Directory, GatewayError
from app.usecases.records import TokenHash

POLL = 0.5
"""Seconds between two looks; the promise is one second (faults.md, "person removed, link revoked")."""

BACK = timedelta(seconds=30)
"""How far each look goes back: nodes' clocks differ, and a look may fail."""

log = structlog.get_logger(part="revocations")


class Revocations:
    """Asks the directory, which all nodes share, who lost a link or signed out lately; each is acted upon once."""

    def __init__(self, directory: Directory, hub: Hub, clock: Clock) -> None:
        self._directory = directory
        self._hub = hub
        self._clock = clock
        self._known: frozenset[TokenHash] | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except GatewayError as error:
                log.warning("store away", error=type(error).__name__)
            await asyncio.sleep(POLL)

    async def look(self) -> None:
        """Close the sockets of those put out since the last look; who was put out before the first has none here."""
        now = self._clock.now()
        revoked = await self._directory.revoked_since(now - BACK)
        signed_out = await self._directory.signed_out_since(now - BACK, now)
        if self._known is not None:
            for link in revoked:
                if link.hash not in self._known:
                    self._hub.expel(SessionId(link.session), PersonId(link.person), CloseCode.LINK_REVOKED)
            for browser in signed_out:
                if browser not in self._known:
                    self._hub.sign_out(browser)
        self._known = frozenset((*(link.hash for link in revoked), *signed_out))
