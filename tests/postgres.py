"""Starts a throw-away PostgreSQL server on a free port of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.system import find_postgres
from tests.ports import free_port

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server in its own folder and yield its address; everything is removed afterwards.

    PostgreSQL refuses to run as root: there it runs as the system's user `postgres`.
    """
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("PostgreSQL is missing: `python3 dev.py test` says how to install it.")
    folder = Path(tempfile.mkdtemp(prefix="ronde-postgres-"))
    become: tuple[str, ...] = ()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        become = ("runuser", "-u", "postgres", "--")
    data = folder / "data"

    def run(program: str, *words: str) -> None:
        command = [*become, str(programs / program), "-D", str(data), *words]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    try:
        run("initdb", "-U", "ronde", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        port = free_port()
        listen = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-p {port} {listen} {FAST}", "start")
        try:
            yield f"postgresql+psycopg://ronde@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
