"""Runs the real program in a process of its own, to be stopped or killed and started again where it was."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from devtools.steps import ROOT
from tests.patience import until
from tests.ports import free_port


@dataclass
class Program:
    """`python -m app serve` on one folder and one port, in the database file of the folder or in another one."""

    folder: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def origin(self) -> str:
        """Give the address."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start, and wait until it answers."""
        words = [sys.executable, "-m", "app", "serve", "--port", str(self.port), "--data", str(self.folder)]
        env = os.environ | ({"RONDE_DATABASE": self.database} if self.database else {})
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=log, stderr=log)  # noqa: ASYNC220 (it returns at once)
        async with httpx2.AsyncClient(base_url=self.origin) as machine:
            await until(lambda: self._answers(machine), "the program does not start")

    async def stop(self) -> None:
        """End it as an operator does: everybody is told, and answers, before it is gone."""
        await asyncio.to_thread(self.kill, signal.SIGTERM)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    async def _answers(self, machine: httpx2.AsyncClient) -> bool:
        """Tell whether the program answers; it fails at once when it has ended."""
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "serve.log").read_text("utf-8")[-800:]
        try:
            return bool((await machine.get("/readyz")).status_code == 200)
        except httpx2.TransportError:
            return False
