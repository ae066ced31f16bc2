"""The server a rehearsal from the command line plays on: one of its own that may be killed, or somebody else's."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Self

STARTS_WITHIN = 60.0
"""Seconds a busy machine may take to start a server."""


class Stop(Exception):
    """The rehearsal cannot go on; its text is one sentence for the person who asked."""


class Elsewhere:
    """A server that runs already."""

    def __init__(self, url: str) -> None:
        self.address = url.rstrip("/")

    async def __aenter__(self) -> Self:
        """Do nothing: it runs."""
        return self

    async def __aexit__(self, *_problem: object) -> None:
        """Leave it running."""


class LocalServer:
    """A server that lives as long as the rehearsal; a drill may kill it and start it again with its data and address."""

    def __init__(self) -> None:
        self.address = ""
        self._folder = tempfile.TemporaryDirectory(prefix="ronde-rehearsal-")
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it at a free port. Raises Stop."""
        try:
            await self.start()
        except BaseException:
            await self.__aexit__()  # a server that is still starting must not outlive its folder
            raise
        return self

    async def __aexit__(self, *_problem: object) -> None:
        """Stop it and throw its data away."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self._folder.cleanup()

    async def kill(self) -> None:
        """End it at once, without a word."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def start(self) -> None:
        """Start it, where it was before. Raises Stop."""
        port = self.address.rpartition(":")[2] or "0"
        command = [sys.executable, "-m", "app", "serve", "--port", port, "--data", self._folder.name]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("RONDE_", "LIVEKIT_"))
        }
        self._process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2]
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                line = (await self._process.stdout.readline()).decode()
        except TimeoutError:
            raise Stop(f"The server did not start within {STARTS_WITHIN:.0f} seconds.") from None
        address = line.strip().rpartition(" ")[2]
        if not address.startswith("http"):
            raise Stop("The server did not start: its reason is above.")
        self.address = address
