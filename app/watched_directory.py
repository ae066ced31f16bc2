"""The directory, watched: whoever is put out of it is put out of the live room and of the media server at once."""

from collections.abc import Callable
from datetime import datetime

from app.engine.ids import PersonId, SessionId
from app.realtime.hub import Hub
from app.realtime.messages import CloseCode
from app.store.database import Database
from app.store.directory import StoredDirectory
from app.usecases.records import JoinToken, Status, TokenHash

PutOut = Callable[[SessionId, PersonId], None]


class WatchedDirectory(StoredDirectory):
    """The directory; whoever loses a link here, or signs out, loses the sockets it led to at once, and a seat in the media room."""

    def __init__(self, database: Database, hub: Hub, put_out: PutOut = lambda session, person: None) -> None:
        """Take the store, the sockets, and what puts somebody out of the media server."""
        super().__init__(database)
        self._hub = hub
        self.put_out = put_out

    async def issue_join(self, tokens: tuple[JoinToken, ...]) -> None:
        """Give each a link; earlier links, their browsers and their sockets end."""
        await super().issue_join(tokens)
        for token in tokens:
            self._end(token.session, token.person)

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
        self._end(session, person)

    def _end(self, session: SessionId, person: PersonId) -> None:
        self._hub.expel(session, person, CloseCode.LINK_REVOKED)
        self.put_out(session, person)
