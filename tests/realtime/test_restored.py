"""PostgreSQL is dumped while people work and restored into an empty database, by the very lines of docs/operations.md."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import NullPool, create_engine, make_url, select

from app.gateways.cipher import InstallationCipher, installation_key
from app.gateways.clock import SystemClock
from app.store.tables import metadata, sessions
from app.usecases.links import issue_joins, join_secret
from devtools.steps import ROOT
from devtools.system import find_postgres
from tests.e2e.alone import seated
from tests.e2e.test_layout import look
from tests.e2e.words import Words
from tests.patience import until
from tests.program import Program
from tests.realtime.table import CONSULTANTS, FACILITATOR, a_table, served
from tests.store.opened import open_at

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

BRUNO, CHLOE, *_ = CONSULTANTS
SENTENCE = "The server was restored from a backup. What you see is what it holds now."


def as_documented(program: str, database: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the line of docs/operations.md that calls one of PostgreSQL's programs."""
    lines = (ROOT / "docs" / "operations.md").read_text("utf-8").splitlines()
    (line,) = (each.strip() for each in lines if each.strip().startswith(f"{program} "))
    path = f"{find_postgres()}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "RONDE_DATABASE": database, "PATH": path}
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
async def databases(postgres_url: str) -> AsyncIterator[tuple[str, str]]:
    """Make two empty databases; the one restored into belongs to a role that is nobody special."""
    server, here = make_url(postgres_url).set(drivername="postgresql"), os.getpid()
    names = (f"ronde_before_{here}", f"ronde_restored_{here}")
    role = f"ronde_app_{here}"
    async with await psycopg.AsyncConnection.connect(
        server.render_as_string(hide_password=False), autocommit=True
    ) as link:
        await link.execute(f"CREATE ROLE {role} LOGIN".encode())
        await link.execute(f"CREATE DATABASE {names[0]}".encode())
        await link.execute(f"CREATE DATABASE {names[1]} OWNER {role}".encode())
        before, restored = (server.set(database=name) for name in names)
        yield (
            before.render_as_string(hide_password=False),
            restored.set(username=role).render_as_string(hide_password=False),
        )
        for name in names:
            await link.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        await link.execute(f"DROP ROLE {role}".encode())


def rows_of(url: str) -> dict[str, list[str]]:
    """Read every row of every table, but when each node was last alive."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as link:
        return {
            table.name: sorted(map(str, link.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name != "nodes"
        }


async def facts_of(url: str, folder: Path) -> dict[str, Any]:
    """Read what happened in every session, in clear."""
    store = open_at(url, InstallationCipher(installation_key(folder / "installation.key")))
    known = await store.database.read(lambda link: link.execute(select(sessions.c.id)).scalars().all())
    facts = {each: await store.log.load(each) for each in known}
    await store.close()
    return facts


async def test_a_dump_holds_everything_and_open_pages_say_that_it_was_restored(
    browser: Browser, tmp_path: Path, databases: tuple[str, str], artefacts: Path
) -> None:
    before, restored = databases
    async with served(tmp_path, SystemClock(), before) as parts:
        table = await a_table(parts)
        planned = await parts.directory.find_session(table.session)
        assert planned is not None
        now = parts.clock.now().replace(microsecond=0)
        await issue_joins(parts.directory, parts.links, planned, (CHLOE,), now)
        link = f"/j/{join_secret(parts.links, table.session, CHLOE, now)}"
    program = Program(tmp_path, before)
    table.origin = program.origin
    try:
        await program.start()
        rehearsed = rehearse(program)
        async with seated(browser, table, BRUNO, lang="fr") as room:
            async with table.browser(FACILITATOR) as host:
                await host.do("open-doors")
                await host.do("start")
            await shows(room, "Accueil")
            kept: dict[str, Any] = {}

            async def is_dumped() -> bool:
                """Dump while nobody writes."""
                kept["rows"], kept["facts"] = rows_of(before), await facts_of(before, tmp_path)
                dumped = as_documented("pg_dump", before, tmp_path)
                assert dumped.returncode == 0, dumped.stderr
                return bool(rows_of(before) == kept["rows"])

            await until(is_dumped, "somebody writes all the time")
            assert {rehearsed, table.session} <= kept["facts"].keys()
            async with table.browser(FACILITATOR) as host:
                for number in range(5):
                    assert (await host.do("write", entry=f"n{number}", kind="note", text="…"))["t"] == "ack"
                assert (await host.do("next", from_key="opening"))["t"] == "ack"
            await shows(room, "Choix du sujet")
            async with seated(browser, table, FACILITATOR) as console:
                await expect(console.locator(".table[data-placed]").first).to_be_attached()
                await program.stop()
                restore(restored, tmp_path)
                assert rows_of(restored) == kept["rows"]
                assert await facts_of(restored, tmp_path) == kept["facts"]
                program.database = restored
                await program.start()
                pages = ((room, "fr", "room-fr"), (console, "en", "console-en"))
                await asyncio.gather(*(says(page, Words(lang)(SENTENCE)) for page, lang, _ in pages))
                await shows(room, "Accueil")
                for page, _, name in pages:
                    assert not await look(name, page, artefacts / "screens" / "restored")
        async with httpx2.AsyncClient(base_url=program.origin, headers={"Origin": program.origin}) as late:
            taken = await late.post(link)
            assert (taken.status_code, taken.headers["location"]) == (303, f"/door/{table.session}")
            assert (await late.get(f"/door/{table.session}")).status_code == 200
            planned_after = await late.post("/rehearse", data={"seat": "none", "play": "there"})
            assert planned_after.status_code == 303, "new sessions find their place"
    finally:
        program.kill()


def restore(database: str, folder: Path) -> None:
    """Restore the dump; a second time, where the database is no longer empty, changes nothing."""
    done = as_documented("psql", database, folder)
    assert done.returncode == 0, done.stderr
    there = rows_of(database)
    assert as_documented("psql", database, folder).returncode != 0
    assert rows_of(database) == there


async def says(page: Page, sentence: str) -> None:
    """Wait until a sentence is on a page; some stay for half a minute only."""
    await expect(page.get_by_text(sentence).first).to_be_visible()


async def shows(page: Page, phase: str) -> None:
    """Wait until a room shows a phase."""
    await expect(page.get_by_role("heading", level=1)).to_contain_text(phase)


def rehearse(program: Program) -> str:
    """Let simulated people play a whole session on the running program, and give its id."""
    words = [
        "rehearse",
        "--url",
        program.origin,
        "--speed",
        "max",
        "--protocol",
        "codev-flash",
        "--people",
        "5",
        "--json",
    ]
    said = subprocess.run(
        [sys.executable, "-m", "app", *words, "--data", str(program.folder)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    line = json.loads(said.stdout.splitlines()[-1])
    assert line["commands"]["refused"] == 0
    return Path(line["pdf"]).parent.name
