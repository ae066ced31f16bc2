"""A media server in memory that can hang, fall silent, come back, and remember what was asked of it."""

import asyncio
from dataclasses import dataclass, field

from app.engine.ids import PersonId, SessionId
from app.usecases.video_port import InMedia, VideoPass, VideoUnavailable

GENUINE = "signed"
"""The authorization of a webhook that is believed."""


@dataclass
class FakeVideo:
    """Plays the port `Video`; `hangs` makes every question wait until it is set free."""

    configured: bool = True
    alive: bool = True
    hangs: asyncio.Event | None = None
    rooms: dict[SessionId, dict[PersonId, tuple[str, ...]]] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    sharing: set[PersonId] = field(default_factory=set)

    async def aclose(self) -> None:
        """Close nothing."""

    def grant(self, session: SessionId, person: PersonId, *, may_share: bool) -> VideoPass:
        """Make a pass that tells what it allows."""
        return VideoPass("ws://livekit.test", f"{session} {person} {'speak share' if may_share else 'speak'}")

    async def is_alive(self) -> bool:
        """Answer, unless it hangs or is dead."""
        if self.hangs is not None:
            await self.hangs.wait()
            return False
        return self.alive

    async def present(self, session: SessionId) -> tuple[InMedia, ...]:
        """Name who is there."""
        await self._answer("present", session)
        there = self.rooms.get(session, {})
        return tuple(InMedia(who, tracks, who in self.sharing) for who, tracks in there.items())

    async def permit(self, session: SessionId, person: PersonId, *, may_share: bool) -> None:
        """Remember what somebody may do now."""
        await self._answer("permit", session, person, f"{may_share=}")
        (self.sharing.add if may_share else self.sharing.discard)(person)

    async def mute(self, session: SessionId, person: PersonId, track: str) -> None:
        """Close a microphone."""
        await self._answer("mute", session, person, track)
        tracks = self.rooms[session][person]
        self.rooms[session][person] = tuple(each for each in tracks if each != track)

    async def expel(self, session: SessionId, person: PersonId) -> None:
        """Put somebody out."""
        await self._answer("expel", session, person)
        self.rooms.get(session, {}).pop(person, None)

    async def close(self, session: SessionId) -> None:
        """Empty a room."""
        await self._answer("close", session)
        self.rooms.pop(session, None)

    def hint(self, body: str, authorization: str) -> SessionId | None:
        """Believe what is signed."""
        return SessionId(body) if authorization == GENUINE else None

    def told(self, what: str) -> list[tuple[str, ...]]:
        """List what was asked of one kind."""
        return [each for each in self.asked if each[0] == what]

    async def _answer(self, *what: str) -> None:
        if self.hangs is not None:
            await self.hangs.wait()
        if not self.alive or self.hangs is not None:
            raise VideoUnavailable("away")
        self.asked.append(what)
