"""Measures the live room from a command to everybody's screen, against a bare fan-out that keeps nothing."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.config import from_environment
from bench.rooms import SEATS, PlantedRoom, plant
from devtools.environment import node
from devtools.steps import ROOT

FRAME_BYTES = 900
"""Bytes of one update of the peer until Ronde's own were measured."""

_TICKS = float(os.sysconf("SC_CLK_TCK"))


@dataclass(frozen=True, slots=True)
class Load:
    """How hard and how long to knock: `rate` commands a second, or None for as many as are answered."""

    rooms: int
    seconds: float
    rate: int | None = None
    warm: float = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a load; times in milliseconds, memory in bytes for each socket."""

    per_second: float
    frame_bytes: int
    ack: tuple[float, float]  # p50, p99
    everyone: tuple[float, float]
    socket_bytes: float
    cpu_us: float  # the server's own work for one command, whoever else uses the machine
    refused: int


def measure_ronde(load: Load) -> Measured:
    """Serve planted rooms with the real program and load them."""
    with tempfile.TemporaryDirectory(prefix="ronde-bench-") as folder:
        rooms = plant(from_environment({}, data=folder), load.rooms)
        with serving_ronde(folder) as (process, url):
            return _load(process, url, rooms, load)


def measure_peer(load: Load, frame_bytes: int = FRAME_BYTES) -> Measured:
    """Load the bare fan-out with as many rooms and frames of the same size."""
    rooms = tuple(
        PlantedRoom(f"room-{number}", f"/{number}", tuple("" for _ in range(SEATS)))
        for number in range(load.rooms)
    )
    with _serving([str(node()), str(ROOT / "bench" / "peer_node_ws.mjs"), str(frame_bytes)]) as (
        process,
        url,
    ):
        return _load(process, url, rooms, load)


def _load(process: subprocess.Popen[str], url: str, rooms: Sequence[PlantedRoom], load: Load) -> Measured:
    before = resident(process.pid)
    plan = {
        "url": url.replace("http", "ws", 1),
        "origin": url,
        "rooms": [{"id": room.id, "path": room.path, "cookies": room.cookies} for room in rooms],
        "warmSeconds": load.warm,
        "seconds": load.seconds,
        "rate": load.rate,
        "settle": 3,
    }
    generator = subprocess.Popen(
        [str(node()), str(ROOT / "bench" / "load.mjs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=_many_files,
    )  # fmt: skip
    assert generator.stdin is not None
    assert generator.stdout is not None
    try:
        print(json.dumps(plan), file=generator.stdin, flush=True)
        json.loads(generator.stdout.readline())
        idle, worked = resident(process.pid), cpu_seconds(process.pid)
        print("go", file=generator.stdin, flush=True)
        told = json.loads(generator.stdout.readline())
        worked = cpu_seconds(process.pid) - worked
    finally:
        generator.kill()
        generator.wait()
    return Measured(
        told["perSecond"],
        told["frameBytes"],
        (told["ack"]["p50"], told["ack"]["p99"]),
        (told["everyone"]["p50"], told["everyone"]["p99"]),
        (idle - before) / (len(rooms) * SEATS),
        worked * 1e6 / max(1, told["answered"]),
        told["refused"],
    )


def serving_ronde(
    folder: str, more: Mapping[str, str] = MappingProxyType({})
) -> AbstractContextManager[tuple[subprocess.Popen[str], str]]:
    """Run the real program on a data folder, with more in its environment."""
    return _serving([sys.executable, "-m", "app", "serve", "--port", "0", "--data", folder], more)


@contextmanager
def _serving(
    command: Sequence[str], more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server that prints its address first."""
    ours = ("RONDE_", "LIVEKIT_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment.update(more)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, preexec_fn=_many_files
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip().rpartition(" ")[2]
    finally:
        process.terminate()
        process.wait()


def cold_start() -> tuple[float, float]:
    """Tell the seconds from the command to the first served page: with a new data folder, and with a known one."""
    with tempfile.TemporaryDirectory(prefix="ronde-bench-") as folder:
        seconds = []
        for _ in range(2):
            started = time.perf_counter()
            with serving_ronde(folder):
                seconds.append(time.perf_counter() - started)
        return seconds[0], seconds[1]


def resident(pid: int) -> int:
    """Tell how many bytes of memory a process holds."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) * 1024


def cpu_seconds(pid: int) -> float:
    """Tell how many seconds a process has computed."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return float(fields[11]) / _TICKS + float(fields[12]) / _TICKS
    told = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True)
    *larger, seconds = told.stdout.strip().replace("-", ":").split(":")
    return float(seconds) + sum(
        int(part) * 60.0**power for power, part in enumerate(reversed(larger), start=1)
    )


def _many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def as_dict(measured: Measured) -> dict[str, Any]:
    """Give the figures for the line that machines read."""
    return {
        "per_second": round(measured.per_second),
        "ack_ms": [round(each, 2) for each in measured.ack],
        "everyone_ms": [round(each, 2) for each in measured.everyone],
        "frame_bytes": measured.frame_bytes,
        "cpu_us": round(measured.cpu_us),
        "socket_kb": round(measured.socket_bytes / 1000, 1),
        "refused": measured.refused,
    }
