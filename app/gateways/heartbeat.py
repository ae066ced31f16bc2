"""Keeps in a small file when this server was last alive: enough for one process beside its own database file."""

import asyncio
from datetime import datetime
from pathlib import Path

from app.usecases.ports import Clock


class FilePulse:
    """One instant in a file of the data folder; it need not survive a power cut."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    async def last(self) -> datetime | None:
        """Tell when the server was last known to run; None when it never was or the file is torn."""
        try:
            instant = datetime.fromisoformat(await asyncio.to_thread(self._path.read_text, "ascii"))
        except (OSError, ValueError):
            return None
        return instant if instant.tzinfo else None

    async def beat(self) -> None:
        """Note that the server is alive now; a full disk is no reason to stop."""
        try:
            await asyncio.to_thread(self._write, self._clock.now().isoformat())
        except OSError:
            return

    def _write(self, instant: str) -> None:
        """Put the new instant whole in place of the old one: whoever is killed in between leaves one of them."""
        draft = self._path.with_name(f".{self._path.name}.new")
        draft.write_text(instant, "ascii")
        draft.replace(self._path)
