"""Keeps in the shared database when each node was last alive, so that the first to start again knows how long none was."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from app.store.database import Database
from app.store.rows import upsert
from app.store.tables import as_instant, nodes
from app.usecases.ports import Clock

REMEMBERED = timedelta(days=1)
"""How long a node that stopped is kept: each start is another node."""


class StoredPulse:
    """One row for each node; the newest of all says until when the installation was served."""

    def __init__(self, database: Database, clock: Clock, node: str) -> None:
        """Take the database, the clock, and the name of this start of this node."""
        self._database = database
        self._clock = clock
        self._node = node

    async def last(self) -> datetime | None:
        """Tell when any node was last known to serve."""
        newest = select(func.max(nodes.c.seen_at))
        found = await self._database.read(lambda link: link.execute(newest).scalar())
        return as_instant(found) if isinstance(found, int) else found

    async def beat(self) -> None:
        """Note that this node serves now, and forget those that stopped long ago."""
        now = self._clock.now()

        def note(link: Connection) -> None:
            upsert(link, nodes, [{"id": self._node, "seen_at": now}])
            link.execute(delete(nodes).where(nodes.c.seen_at < now - REMEMBERED))

        await self._database.write(note)
