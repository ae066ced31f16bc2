"""The command line: serve · worker · migrate · wire · rehearse · protocols."""

import argparse
import asyncio
import gc
import os
import resource
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import BadSetting, Settings, from_environment, logs_json, prepare_data
from app.gateways.clock import SystemClock
from app.gateways.log import start_logging
from app.usecases.ports import GatewayError
from app.usecases.sign_in import first_link

if TYPE_CHECKING:
    from app.main import Parts

OTHERS = {"protocols": "app.commands_protocols", "rehearse": "app.commands_rehearse"}
"""Commands with words of their own: each module has `main(words) -> exit code`."""

GENERATED = {"docs/wire.md": "app.realtime.wire_page", "app/client/wire.gen.ts": "app.realtime.typescript"}
"""Files made from the types of the wire: each module has `render() -> text`."""

MANY_FILES = (65_536, 10_240)
"""Open files a server asks for: more than the people it can serve, else what macOS never refuses."""


class Stop(Exception):
    """The command cannot go on; its text is one sentence for the person who gave it."""


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    start_logging(as_json=logs_json(os.environ))
    if words and words[0] in OTHERS:
        code: int = import_module(OTHERS[words[0]]).main(list(words[1:]))
        return code
    given = _arguments().parse_args(words)
    try:
        match given.command:
            case "serve":
                return _serve(_settings(given))
            case "migrate":
                return _migrate(_settings(given))
            case "worker":
                return _work(_settings(given))
            case _:
                return _wire(check=given.check)
    except (Stop, BadSetting) as problem:
        print(problem, file=sys.stderr)
        return 1
    except GatewayError as problem:
        print(f"The database or the installation key cannot be used: {problem}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Ronde: guided peer co-development sessions."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve Ronde to browsers")
    serve.add_argument("--host", help="address to listen on (RONDE_HOST, 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (RONDE_PORT, 8000); 0 takes a free one")
    for name, text in (
        ("migrate", "bring the database to the newest schema"),
        ("worker", "do the waiting jobs without serving"),
    ):
        commands.add_parser(name, help=text)
    for command in commands.choices.values():
        command.add_argument("--data", help="folder of the database and the keys (RONDE_DATA, ./data)")
    wire = commands.add_parser("wire", help="write the files made from the types of the wire")
    wire.add_argument("--check", action="store_true", help="only tell whether they are fresh")
    for name in OTHERS:
        commands.add_parser(name, help=f"see `python -m app {name} --help`", add_help=False)
    return parser


def _settings(given: argparse.Namespace) -> Settings:
    settings = from_environment(
        os.environ,
        host=getattr(given, "host", None),
        port=getattr(given, "port", None),
        data=given.data,
    )
    prepare_data(settings.data)
    return settings


def _migrate(settings: Settings) -> int:
    from app.store.database import migrate_now

    try:
        migrate_now(settings.database)
    except ValueError as problem:
        raise Stop(f"RONDE_DATABASE cannot be used: {problem}.") from problem
    return 0


def _serve(settings: Settings) -> int:
    """Listen first, so that a port in use is one sentence; then migrate, build and serve."""
    listening = _listen(settings.host, settings.port)
    settings = from_environment(
        os.environ, host=settings.host, port=listening.getsockname()[1], data=str(settings.data)
    )
    _migrate(settings)
    from app.main import create_app, server

    application = create_app(settings, greet=_greet)
    allow_many_sockets()
    _collect_rarely()
    sys.setswitchinterval(0.001)  # seconds a thread that reads may hold up the sockets
    server(application, settings.host, settings.port).run(sockets=[listening])
    return 0


def allow_many_sockets() -> None:
    """Ask for as many open files as this account may have: every person at a table holds one.

    Systems begin with 1,024 (macOS with 256), which about a hundred full tables use up.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return
    for files in MANY_FILES:
        most = files if hard == resource.RLIM_INFINITY else min(files, hard)
        if most <= soft:
            return
        with suppress(ValueError, OSError):  # refused by a system that has a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return


def _collect_rarely() -> None:
    """Look for circular garbage seldom, and never among what lives as long as the program.

    A session is immutable and is freed as soon as nobody holds it; with thousands of sockets the collector's default pace
    costs a tenth of the work, and pauses that everybody feels.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port; raises Stop when somebody else has it."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, number)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except (OSError, OverflowError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise Stop(
            f"Ronde cannot listen on {host}:{port} ({why}): stop what uses this port, or choose another with --port."
        ) from problem
    return listening


async def _greet(parts: "Parts") -> None:
    """Say where Ronde is served and, as long as nobody can sign in, by which link the first facilitator does."""
    from app.web.times import home_zone

    origin = parts.settings.origin
    print(f"Ronde is served on {origin}", flush=True)
    secret = await first_link(parts.directory, parts.links, parts.ids, parts.clock, home_zone())
    if secret is not None:
        print(f"Sign in once, within a day, with {origin}/sign-in/{secret}", flush=True)


def _work(settings: Settings) -> int:
    from app.main import build

    async def work() -> None:
        parts = build(settings, SystemClock())
        await parts.worker.run()

    asyncio.run(work())
    return 0


def _wire(*, check: bool) -> int:
    """Write the generated files, or tell which are stale."""
    root = Path(__file__).parent.parent
    stale = [
        name
        for name, module in GENERATED.items()
        if not (root / name).exists() or (root / name).read_text("utf-8") != import_module(module).render()
    ]
    if check and stale:
        raise Stop(f"{' and '.join(stale)} no longer say what the code does: run `python3 dev.py app wire`.")
    for name in stale:
        (root / name).write_text(import_module(GENERATED[name]).render(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
