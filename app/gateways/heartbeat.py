"""Writes every few seconds that the server is alive, so that the next start knows how long it was not."""

import asyncio
from datetime import datetime
from pathlib import Path

from app.usecases.ports import Clock

EVERY = 2.0
"""Seconds between two beats."""


class Heartbeat:
    """One instant in a small file of the data folder; it need not survive a power cut."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def last(self) -> datetime | None:
        """Tell when the server was last known to run; None when it never was or the file is torn."""
        try:
            instant = datetime.fromisoformat(self._path.read_text("ascii"))
        except (OSError, ValueError):
            return None
        return instant if instant.tzinfo else None

    def beat(self) -> None:
        """Note that the server is alive now; a full disk is no reason to stop."""
        try:
            self._path.write_text(self._clock.now().isoformat(), "ascii")
        except OSError:
            return

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await asyncio.to_thread(self.beat)
            await asyncio.sleep(EVERY)
