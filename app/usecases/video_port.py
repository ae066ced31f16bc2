"""What Ronde needs of a media server: passes for browsers, and the truth about who is there."""

from dataclasses import dataclass
from typing import Protocol

from app.engine.ids import PersonId, SessionId


@dataclass(frozen=True, slots=True)
class VideoPass:
    """Lets one browser into one session's media room for some minutes."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class InMedia:
    """A person as the media server sees them."""

    person: PersonId
    open_microphones: tuple[str, ...]  # track ids
    may_share: bool = False


class VideoUnavailable(Exception):
    """The media server did not answer in time or refused; the session goes on without it."""


class Video(Protocol):
    """A media server; every call is bounded to a few seconds and raises VideoUnavailable."""

    @property
    def configured(self) -> bool:
        """Whether there is one; without it sessions begin on direct links."""
        ...

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...

    def grant(self, session: SessionId, person: PersonId, *, may_share: bool) -> VideoPass:
        """Make a pass for this person, who may always speak: Ronde never withholds the microphone by it (decision 5)."""
        ...

    async def is_alive(self) -> bool:
        """Tell whether the media server answers; never raises."""
        ...

    async def present(self, session: SessionId) -> tuple[InMedia, ...]:
        """Name who is in the session's media room and whose microphone is open."""
        ...

    async def permit(self, session: SessionId, person: PersonId, *, may_share: bool) -> None:
        """Change whether somebody who is there already may share their screen; nobody is unmuted by it."""
        ...

    async def mute(self, session: SessionId, person: PersonId, track: str) -> None:
        """Close a microphone; only its owner can open it again."""
        ...

    async def expel(self, session: SessionId, person: PersonId) -> None:
        """Put a person out of the media room."""
        ...

    async def close(self, session: SessionId) -> None:
        """Empty and remove the session's media room."""
        ...

    def hint(self, body: str, authorization: str) -> SessionId | None:
        """Read a webhook: which session to look at, or None when it is not genuine."""
        ...
