"""What stands for a media server where none is configured: nobody is there, and sessions use direct links."""

from app.engine.ids import PersonId, SessionId
from app.usecases.video_port import InMedia, VideoPass, VideoUnavailable


class NoVideo:
    """The port `Video` without a server."""

    configured = False

    async def aclose(self) -> None:
        """Close nothing."""

    def grant(self, session: SessionId, person: PersonId, *, may_share: bool) -> VideoPass:
        """Raise VideoUnavailable."""
        raise VideoUnavailable("none configured")

    async def is_alive(self) -> bool:
        """Say no."""
        return False

    async def present(self, session: SessionId) -> tuple[InMedia, ...]:
        """Name nobody."""
        return ()

    async def permit(self, session: SessionId, person: PersonId, *, may_share: bool) -> None:
        """Change nothing."""

    async def mute(self, session: SessionId, person: PersonId, track: str) -> None:
        """Close nothing."""

    async def expel(self, session: SessionId, person: PersonId) -> None:
        """Put nobody out."""

    async def close(self, session: SessionId) -> None:
        """Close nothing."""

    def hint(self, body: str, authorization: str) -> SessionId | None:
        """Believe nobody."""
        return None
