"""Runs one step of the preparation, shows its progress, and skips it when its inputs have not changed."""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

Command = list[str | Path]

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
NETWORK_SIGNS = (
    "name resolution",
    "failed to resolve",
    "failed to establish a new connection",
    "network is unreachable",
    "dns error",
    "error sending request",
    "connection refused",
    "enotfound",
    "econnrefused",
    "eai_again",
    "enetunreach",
    "etimedout",
    "connecttimeout",
)


class Stop(Exception):
    """Ends dev.py with one sentence that says what to do."""


def say(sentence: str) -> None:
    """Print one progress line at once, even into a pipe."""
    print(sentence, flush=True)


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Hash the names and contents of files (folders are walked) together with some more strings."""
    digest = hashlib.sha256("\0".join((str(ROOT), sys.version, *more)).encode())
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in found:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
                digest.update(file.read_bytes())
    return digest.hexdigest()


def is_done(name: str, key: str) -> bool:
    """Tell whether the step called `name` was last completed with exactly these inputs."""
    stamp = DEV / "stamps" / name
    return stamp.is_file() and stamp.read_text() == key


def step(name: str, title: str, key: str, work: Callable[[], None]) -> None:
    """Do `work` unless it was done with the same inputs; the stamp is written only after success."""
    if is_done(name, key):
        return
    stamp = DEV / "stamps" / name
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    say(f"  … {title}")
    started = time.monotonic()
    work()
    stamp.write_text(key)
    say(f"  ✓ {title} ({time.monotonic() - started:.1f} s)")


def quietly(command: Command, env: dict[str, str], failure: str) -> None:
    """Run a command without its chatter; on failure show its last lines and raise Stop."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise Stop(f"{failure}: {error.strerror or error}.") from error
    if done.returncode == 0:
        return
    if any(sign in done.stdout.lower() for sign in NETWORK_SIGNS):
        raise Stop(f"{failure}: the network cannot be reached. Connect, then run the same command.")
    print("\n".join(done.stdout.splitlines()[-25:]), file=sys.stderr)
    raise Stop(f"{failure}: the reason is above. Mend it, then run the same command.")


def call(command: Command, env: dict[str, str]) -> int:
    """Run a command on this terminal and return its exit code; Ctrl-C waits for it to end."""
    child = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.wait()
        raise


def become(command: Command, env: dict[str, str]) -> int:
    """Replace this process by a command, so that signals reach it directly."""
    words = [str(part) for part in command]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(words[0], words, env)  # noqa: S606


@contextmanager
def only_one() -> Iterator[None]:
    """Let one dev.py at a time change `.dev`; the others wait, saying so."""
    try:
        DEV.mkdir(exist_ok=True)
        lock = (DEV / "lock").open("w")
    except OSError as error:
        raise Stop(f"Ronde cannot write in {ROOT}: make this folder writable.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  … another dev.py is preparing this folder: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
