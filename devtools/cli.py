"""Reads the words after `dev.py` and does what they ask."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from devtools import checks, environment, livekit, system
from devtools.steps import ROOT, Command, Stop, become, call, only_one, say

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FOR_OTHERS = "docs/operations.md says how to give LiveKit to other machines."


def main(words: Sequence[str]) -> int:
    """Run one command of dev.py and return its exit code; every failure is one sentence."""
    parser = _parser()
    given, rest = parser.parse_known_args(words)
    if rest and given.command not in {"test", "app", "bench"}:
        parser.error(f"unknown words: {' '.join(rest)}")
    try:
        match given.command:
            case "setup":
                _prepare(given.level)
                say("Ready: `python3 dev.py run` starts Ronde, `python3 dev.py test` tests it.")
                return 0
            case "run":
                return _run(given.host, given.port, given.data, video=given.video)
            case "test":
                return _test(words[1:])
            case "lint":
                _prepare("dev")
                return checks.lint(fix=given.fix)
            case "bench":
                _prepare("bench")
                return _become_module("bench", *words[1:])
            case "pictures":
                _prepare("dev")
                return _become_module("devtools.pictures")
            case "app":
                _prepare("run")
                return _become_module("app", *words[1:])
            case _:
                return _lock()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description="Prepare, run and test Ronde.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="prepare everything, then serve Ronde on this machine")
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    run.add_argument("--port", type=_port, default=8000, help="port to listen on (8000)")
    run.add_argument("--data", default=_data(), help="folder of everything Ronde keeps (./data)")
    run.add_argument(
        "--video", action="store_true", help="with a LiveKit server, built once if there is none"
    )
    for name, purpose in (
        ("test", "run the checks and the whole suite, or pytest with the words that follow"),
        ("bench", "measure what Ronde does best"),
        ("app", "run `python -m app` with the words that follow"),
    ):
        commands.add_parser(name, help=purpose, add_help=False)
    setup = commands.add_parser("setup", help="prepare everything and stop")
    setup.add_argument("level", nargs="?", choices=environment.LEVELS, default="dev")
    lint = commands.add_parser("lint", help="run the checks that need no test")
    lint.add_argument("--fix", action="store_true", help="first mend what the tools can mend")
    commands.add_parser("pictures", help="take the README's pictures anew, about three minutes")
    commands.add_parser("lock", help="resolve the newest packages and write the locks")
    return parser


def _data() -> str:
    return os.environ.get("RONDE_DATA") or str(ROOT / "data")


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > 65535:
        raise argparse.ArgumentTypeError(f"{word} is not a port: choose a number from 1024 to 65535")
    return int(word)


def _prepare(level: str) -> None:
    with only_one():
        environment.prepare(level)


def _become_module(name: str, *words: str) -> int:
    """Run a module of Ronde in the caller's folder, so that file names mean what they say there."""
    env = environment.environment() | {"PYTHONPATH": str(ROOT), "RONDE_DATA": _data()}
    return become([environment.program("python"), "-m", name, *words], env)


def _run(host: str, port: int, data: str, *, video: bool) -> int:
    """Look for what would stop Ronde before the long preparation, prepare, then serve (which migrates)."""
    folder = Path(data).expanduser().absolute()
    _check_folder(folder)
    _check_port(host, port)
    _prepare("run")
    serve = ("serve", "--host", host, "--port", str(port), "--data", str(folder))
    if os.environ.get("LIVEKIT_URL"):
        return _become_module("app", *serve)
    program = livekit.require() if video else livekit.find()
    if not video and program is not None and _has_visitors():
        say(f"Sound and picture go from browser to browser. {FOR_OTHERS}")
        return _become_module("app", *serve)
    if program is None:
        say(livekit.how_to_get_it())
        return _become_module("app", *serve)
    return _serve_with(program, host, serve)


def _has_visitors() -> bool:
    """Tell whether people come from other machines, which cannot reach a media server of this one."""
    return urlsplit(os.environ.get("RONDE_ORIGIN", "")).hostname not in {None, *LOOPBACK}


def _serve_with(program: Path, host: str, serve: Sequence[str]) -> int:
    """Serve beside a LiveKit server of our own, which ends with us and is started again when it ends by itself."""
    with tempfile.TemporaryDirectory(prefix="ronde-livekit-") as folder:
        running = livekit.Running(program, Path(folder), _media_port())
        running.start()
        say(f"Video: LiveKit at {running.url}, for browsers of this machine.")
        if host not in LOOPBACK or _has_visitors():
            say(f"Other machines get sound and picture by direct links. {FOR_OTHERS}")
        try:
            env = environment.environment() | {"PYTHONPATH": str(ROOT), **running.environment()}
            command = [str(environment.program("python")), "-m", "app", *serve]
            served = subprocess.Popen(command, env=env)
            signal.signal(signal.SIGTERM, lambda *_: served.terminate())
            signal.signal(
                signal.SIGINT, lambda *_: None
            )  # the terminal sends it to both: ours waits for theirs
            return served.wait()
        finally:
            running.stop()


def _media_port() -> int:
    """Take LiveKit's usual port, or the next one that is free."""
    for port in range(7880, 7980, 2):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise Stop(
        "Ronde found no free port for LiveKit between 7880 and 7979: set LIVEKIT_URL to one that runs."
    )


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise Stop(
            f"Ronde cannot write in {folder} ({error.strerror}): "
            "make it writable, or choose another folder with --data."
        ) from error


def _check_port(host: str, port: int) -> None:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise Stop(
            f"Ronde cannot listen on {host}:{port} ({getattr(error, 'strerror', None) or error}): "
            f"stop what uses this port, or choose another with --port."
        ) from error


def _test(words: Sequence[str]) -> int:
    system.require_for_tests()
    _prepare("dev")
    failed = 0 if words else checks.lint()
    pytest: Command = [environment.program("python"), "-m", "pytest", *(words or checks.WHOLE_SUITE)]
    code = call(pytest, environment.environment())
    if failed:
        print("The checks above failed too: `python3 dev.py lint` runs them alone.", file=sys.stderr)
    return code or failed


def _lock() -> int:
    with only_one():
        environment.lock()
    say(f"Locked: {ROOT.name}/requirements/*.txt and package-lock.json. Now run `python3 dev.py setup`.")
    return 0
