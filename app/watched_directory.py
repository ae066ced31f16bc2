"""The directory, watched: whoever is put out of it is put out of the live room at once."""

from datetime import datetime

from app.engine.ids import PersonId, SessionId
from app.realtime.hub import Hub
from app.realtime.messages import CloseCode
from app.store.database import Database
from app.store.directory import StoredDirectory
from app.usecases.records import JoinToken, Status, TokenHash


class WatchedDirectory(StoredDirectory):
    """The directory; whoever loses a link here, or signs out, loses the sockets it led to at once."""

    def __init__(self, database: Database, hub: Hub) -> None:
        super().__init__(database)
        self._hub = hub

    async def issue_join(self, tokens: tuple[JoinToken, ...]) -> None:
        """Give each a link; earlier links, their browsers and their sockets end."""
        await super().issue_join(tokens)
        for token in tokens:
            self._hub.expel(token.session, token.person, CloseCode.LINK_REVOKED)

    async def set_status(self, session: SessionId, status: Status, at: datetime) -> None:
        """Note how far a session is; whoever sits early in one that is cancelled hears of it."""
        await super().set_status(session, status, at)
        if status in (Status.CLOSED, Status.CANCELLED):
            self._hub.shut(session)

    async def end_web_session(self, token: TokenHash, now: datetime) -> None:
        """Put a browser out, and the consoles that are open in it."""
        await super().end_web_session(token, now)
        self._hub.sign_out(token)

    async def revoke_join(self, session: SessionId, person: PersonId, now: datetime) -> None:
        """Revoke the links to a seat, and put its browsers and its socket out."""
        await super().revoke_join(session, person, now)
        self._hub.expel(session, person, CloseCode.LINK_REVOKED)
