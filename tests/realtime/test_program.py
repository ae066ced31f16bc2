"""The command line, the settings, the log lines and the answers to machines."""

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
import structlog
from sqlalchemy import select

from app.config import BadSetting, from_environment
from app.main import Parts
from app.realtime.measures import exposition
from app.store.tables import jobs as job_table
from app.usecases.ports import GatewayError
from app.usecases.records import Job, NewJob
from app.usecases.tidy_up import TIDY_JOB
from app.worker import MOST_ATTEMPTS, Worker, pause_after
from devtools.steps import ROOT
from tests.fakes import FakeClock, FakeJobs
from tests.log_lines import logging_started
from tests.patience import until
from tests.realtime.table import PATIENCE, Table


def run(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT, env={"PATH": "", **(env or {})}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = run("serve", "--port", port, "--data", str(tmp_path))
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert port in said.stderr
    assert "--port" in said.stderr


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = run("serve", "--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "--data" in said.stderr


@pytest.mark.parametrize(
    "environ",
    [
        {"RONDE_PORT": "many"},
        {"RONDE_ORIGIN": "ronde.example.org"},
        {"RONDE_ORIGIN": "https://ronde.example.org/path"},
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as said:
        from_environment(environ)
    assert next(iter(environ)) in str(said.value)


def test_settings_come_from_the_environment_and_the_command_line_wins() -> None:
    read = from_environment({"RONDE_DATA": "/elsewhere", "RONDE_HOST": "::1", "RONDE_PORT": "81"}, port=82)
    assert (read.origin, read.on_loopback, read.secure) == ("http://[::1]:82", True, False)
    behind_a_proxy = from_environment({"RONDE_ORIGIN": "https://ronde.example.org"})
    assert not behind_a_proxy.on_loopback, "its letters are not shown to the whole world"
    assert read.database == "sqlite:////elsewhere/ronde.sqlite"


async def test_machines_are_told_how_the_server_is(table: Table, parts: Parts) -> None:
    async with httpx2.AsyncClient(base_url=parts.settings.origin) as machine, table.browser(table.people[0]):
        assert (await machine.get("/healthz")).status_code == 200
        assert (await machine.get("/readyz")).status_code == 200
        figures = (await machine.get("/metrics")).text
        assert "ronde_sockets 1.0" in figures
        assert "Bruno" not in figures
        assert "ronde_jobs_buried 0.0" in figures
        await parts.jobs.enqueue((NewJob("letter", {}, "k"),), parts.clock.now())
        (job,) = await parts.jobs.claim(("letter",), parts.clock.now(), timedelta(minutes=1))
        await parts.jobs.bury(job, parts.clock.now(), "GatewayError")
        assert "ronde_jobs_buried 1.0" in (await machine.get("/metrics")).text


def test_lines_of_libraries_carry_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_started():
        try:
            raise ValueError("un secret de Nadia")
        except ValueError as error:
            logging.getLogger("asyncio").error("Task broke\n<Task 'un secret de Nadia'>", exc_info=error)
        logging.getLogger("uvicorn.error").warning("Refused %s", "/j/t0ken")
        broke, refused = capsys.readouterr().err.splitlines()
    assert (json.loads(broke)["event"], json.loads(broke)["error"]) == ("Task broke", "ValueError")
    assert "Nadia" not in broke
    assert "t0ken" not in refused


def test_log_lines_carry_no_names_and_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_started():
        log = structlog.get_logger(part="test")
        try:
            raise ValueError("Chloé a écrit un secret")
        except ValueError:
            log.exception("command broke", session="s1", name="Chloé", text="un secret", token="t0ken")
        line = capsys.readouterr().err
    said = json.loads(line)
    assert (said["event"], said["session"], said["error"]) == ("command broke", "s1", "ValueError")
    assert not {"Chlo", "secret", "t0ken"} & set(line.replace('"', " ").split())
    assert "secret" not in line


async def test_the_worker_retries_with_patience_and_gives_up_in_the_end() -> None:
    clock, jobs = FakeClock(), FakeJobs()
    tried: list[int] = []

    async def fail(job: Job) -> None:
        tried.append(job.attempt)
        raise GatewayError("away")

    worker = Worker(jobs, clock, {"letter": fail})
    await jobs.enqueue((NewJob("letter", {}, "k"), NewJob("other", {}, "o")), clock.now())
    for _ in range(MOST_ATTEMPTS + 2):
        await worker.step()
        clock.advance(timedelta(hours=1))
    assert tried == list(range(1, MOST_ATTEMPTS + 1))
    assert [(kind, problem) for _, kind, problem in await jobs.buried()] == [("letter", "GatewayError")]


async def test_a_hopeless_job_is_buried_at_once_and_the_others_are_done() -> None:
    clock, jobs = FakeClock(), FakeJobs()
    done: list[str] = []

    async def deliver(job: Job) -> None:
        if job.key == "bad":
            raise GatewayError("refused", retryable=False)
        done.append(job.key)

    worker = Worker(jobs, clock, {"letter": deliver})
    await jobs.enqueue((NewJob("letter", {}, "bad"), NewJob("letter", {}, "good")), clock.now())
    assert await worker.step() == 2
    assert done == ["good"]
    assert len(await jobs.buried()) == 1
    assert await worker.step() == 0


async def test_a_letter_that_hangs_keeps_nothing_else_waiting() -> None:
    clock, jobs = FakeClock(), FakeJobs()
    hanging, closed = asyncio.Event(), asyncio.Event()

    async def deliver(_job: Job) -> None:
        await hanging.wait()

    async def close(_job: Job) -> None:
        closed.set()

    worker = Worker(jobs, clock, {"letter": deliver, "close": close})
    letters = tuple(NewJob("letter", {}, f"letter {number}") for number in range(3))
    await jobs.enqueue((*letters, NewJob("close", {}, "close")), clock.now())
    step = asyncio.create_task(worker.step())
    async with asyncio.timeout(PATIENCE):
        await closed.wait()
    hanging.set()
    assert await step == 4


async def test_a_background_task_that_breaks_begins_again_and_the_others_never_notice(
    table: Table, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, broke = parts.worker.step, asyncio.Event()

    async def break_once() -> int:
        if not broke.is_set():
            broke.set()
            raise RuntimeError("a bug in the worker")
        return await step()

    monkeypatch.setattr(parts.worker, "step", break_once)
    async with asyncio.timeout(PATIENCE), table.browser(table.people[1]) as chloe:
        await broke.wait()
        assert (await chloe.do("write", entry="n", kind="note", text="…"))["t"] == "ack"
        await parts.jobs.enqueue((NewJob(TIDY_JOB, {}, "now"),), parts.clock.now())
        await until(lambda: _is_done(parts, "now"), "the worker works again", PATIENCE)
    assert 'ronde_tasks_broke_total{kind="worker"} ' in exposition().decode()


async def _is_done(parts: Parts, key: str) -> bool:
    asked = select(job_table.c.id).where(job_table.c.key == key)
    return not await parts.database.read(lambda link: link.execute(asked).all())


def test_pauses_grow_and_end_at_half_an_hour() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, 20)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=5)
    assert pauses[-1] == timedelta(minutes=30)


async def test_the_first_facilitators_link_is_printed_until_somebody_can_sign_in(tmp_path: Path) -> None:
    async def first_lines() -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app", "serve", "--port", "0", "--data", str(tmp_path),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(60):
            lines = await process.stdout.readline() + await process.stdout.readline()
        process.terminate()
        await process.communicate()
        return lines

    assert b"/sign-in/" in await first_lines()
