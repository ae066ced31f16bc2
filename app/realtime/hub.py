"""Tells everybody in a room what changed: an update is computed and encoded once per audience, then written to its sockets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.engine.ids import PersonId, SessionId
from app.engine.state import Session, Status
from app.engine.view import UNKNOWN, Live
from app.realtime import frames
from app.realtime.messages import CloseCode
from app.realtime.sections import NULL, Json, Personal, Projection, changes, projected
from app.realtime.wire import Wire
from app.usecases.ports import Clock
from app.usecases.records import TokenHash

MOST_BACKLOG = 512 * 1024
"""Bytes a peer may leave unread before it is cut; it resumes by seq."""

SEND_TIMEOUT = 5.0
"""Seconds a peer with unread bytes may take none."""

SILENCE = 12.0
"""Seconds without any frame after which a socket counts as dead; browsers ping every 5."""

LiveOf = Callable[[SessionId], Live]
"""Says what is known of the moment in a room."""

NOTHING = Personal(NULL, NULL, {})

Say = Callable[[str, str], str]
"""Says the sentence of a code in a language."""


@dataclass(slots=True, eq=False)
class Socket:
    """One browser at the table, and what it was last told."""

    id: str
    session: SessionId
    person: PersonId
    way_in: TokenHash  # of the cookie it came by
    tab: str
    lang: str
    wire: Wire
    heard_at: float  # seconds of the loop's clock
    seen: Personal = NOTHING
    drained: int = 0
    stuck_since: float | None = None
    ending: bool = False


@dataclass(slots=True)
class Table:
    """The sockets of one session and what all of them were last told."""

    told: Projection
    told_at: datetime
    sockets: dict[PersonId, Socket] = field(default_factory=dict)


class Hub:
    """Every open socket of this process."""

    def __init__(
        self, clock: Clock, say: Say, live: LiveOf = lambda session: UNKNOWN, epoch: str = ""
    ) -> None:
        """Take the clock, what says sentences, what is known of the moment, and the name of this start of this node."""
        self.epoch = epoch
        self._clock = clock
        self._say = say
        self.live = live
        self._tables: dict[SessionId, Table] = {}

    # -- coming and going --------------------------------------------------------------------------

    def find(self, session: SessionId, person: PersonId) -> Socket | None:
        """Find the socket of a person."""
        table = self._tables.get(session)
        return table.sockets.get(person) if table else None

    def seat(self, socket: Socket, session: Session, since: int | None, words: Json) -> None:
        """Give a socket its place, in the stead of an older one of the same person, and tell it everything it lacks.

        `since` is a seq of this epoch, or None. Raises KeyError for somebody without a seat.
        """
        now = self._clock.now()
        table = self._tables.get(session.id)
        if table is None:
            projection = projected(session, now, None, self.live(session.id))
            socket.seen = projection.of(socket.person)
            table = self._tables[session.id] = Table(projection, now)
        else:
            newest = table.told.session
            session = newest if newest.seq > session.seq else session
            projection = projected(session, now, table.told, self.live(session.id))
            socket.seen = projection.of(socket.person)
            self._tell(table, projection, now)
        older = table.sockets.get(socket.person)
        if older is not None:
            self.dismiss(older, CloseCode.OPEN_ELSEWHERE)
        table.sockets[socket.person] = socket
        if since == session.seq:
            words = view = NULL
        else:
            view = projection.whole(socket.seen)
        socket.wire.write(frames.welcome(socket.person, session.seq, self.epoch, now, words, view))

    def leave(self, socket: Socket) -> bool:
        """Forget a socket; tells whether it still held the person's place."""
        table = self._tables.get(socket.session)
        if table is None or table.sockets.get(socket.person) is not socket:
            return False
        del table.sockets[socket.person]
        if not table.sockets:
            del self._tables[socket.session]
        return True

    def dismiss(self, socket: Socket, code: CloseCode) -> None:
        """Say why and close; the socket gets nothing more."""
        if socket.ending:
            return
        socket.ending = True
        socket.wire.write(frames.bye(code, self._say(socket.lang, frames.reason(code))))
        socket.wire.hang_up(int(code))

    def expel(self, session: SessionId, person: PersonId, code: int) -> None:
        """Close a person's socket: their link was revoked or they were removed."""
        socket = self.find(session, person)
        if socket is not None:
            self.dismiss(socket, CloseCode(code))

    def sign_out(self, way_in: TokenHash) -> None:
        """Close the sockets of a browser that was put out."""
        for socket in tuple(self.sockets()):
            if socket.way_in == way_in:
                self.dismiss(socket, CloseCode.SIGNED_OUT)

    def shut(self, session: SessionId) -> None:
        """Close every socket of a session that is over."""
        table = self._tables.get(session)
        for socket in tuple(table.sockets.values()) if table else ():
            self.dismiss(socket, CloseCode.SESSION_CLOSED)

    # -- telling -----------------------------------------------------------------------------------

    def publish(self, session: Session) -> None:
        """Tell a room its new state; called after commit, in the order of the log."""
        table = self._tables.get(session.id)
        if table is None or session.seq <= table.told.session.seq:
            return
        now = self._clock.now()
        self._tell(table, projected(session, now, table.told, self.live(session.id)), now)
        if session.status is Status.CLOSED:
            self.shut(session.id)

    def refresh(self, session: SessionId) -> None:
        """Tell a room what changed by the mere passing of time."""
        table = self._tables.get(session)
        if table is not None:
            now = self._clock.now()
            self._tell(table, projected(table.told.session, now, table.told, self.live(session)), now)

    def _tell(self, table: Table, projection: Projection, now: datetime) -> None:
        """Compare with what each was told and write the differences; equal updates share their bytes."""
        seq = projection.session.seq
        differing = changes(table.told.common, projection.common)
        moved = seq != table.told.session.seq
        table.told, table.told_at = projection, now
        frame_of: dict[tuple[tuple[str, Json], ...], bytes] = {}
        for socket in tuple(table.sockets.values()):
            if socket.ending:
                continue
            try:
                seen = projection.of(socket.person, socket.seen)
            except KeyError:
                self.dismiss(socket, CloseCode.REMOVED)
                continue
            mine = projection.since(socket.seen, seen)
            socket.seen = seen
            if not (moved or differing or mine):
                continue
            key = tuple(mine.items())
            frame = frame_of.get(key)
            if frame is None:
                frame = frame_of[key] = frames.changed(seq, now, {**differing, **mine})
            socket.wire.write(frame)

    # -- watching ----------------------------------------------------------------------------------

    def sweep(self, at: float, part: int = 0, parts: int = 1) -> None:
        """Close sockets that fell silent and cut those that do not read; `at` is in seconds of the loop's clock.

        Looks at one part of the rooms, so that watching thousands of sockets never stops the others for long.
        """
        tables = tuple(self._tables.values())[part::parts]
        for socket in tuple(socket for table in tables for socket in table.sockets.values()):
            backlog, drained = socket.wire.backlog(), socket.wire.drained()
            if backlog == 0 or drained > socket.drained:
                socket.stuck_since = None
            elif socket.stuck_since is None:
                socket.stuck_since = at
            socket.drained = drained
            stuck = socket.stuck_since is not None and at - socket.stuck_since >= SEND_TIMEOUT
            if stuck or backlog > MOST_BACKLOG:
                socket.ending = True
                socket.wire.cut(int(CloseCode.TOO_SLOW))
            elif at - socket.heard_at > SILENCE:
                self.dismiss(socket, CloseCode.TOO_SLOW)

    def forgive(self, lag: float) -> None:
        """Do not hold a delay of our own loop, in seconds, against the sockets."""
        for socket in self.sockets():
            socket.heard_at += lag
            if socket.stuck_since is not None:
                socket.stuck_since += lag

    def sockets(self) -> Iterator[Socket]:
        """Yield every socket with a place."""
        for table in self._tables.values():
            yield from table.sockets.values()

    def count(self) -> int:
        """Count the sockets with a place."""
        return sum(len(table.sockets) for table in self._tables.values())

    def rooms(self) -> tuple[tuple[SessionId, datetime], ...]:
        """List the rooms with sockets, each with the instant it was last told anything."""
        return tuple((session, table.told_at) for session, table in self._tables.items())

    def present(self, session: SessionId) -> frozenset[PersonId]:
        """Tell who has a socket here."""
        table = self._tables.get(session)
        return frozenset(table.sockets) if table else frozenset()
