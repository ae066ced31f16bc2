"""Rehearses sessions from the command line: a real server, simulated managers, and the plan as a PDF at the end."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

from app.config import BadSetting, from_environment, prepare_data
from app.engine.ids import PersonId, SessionId
from app.rehearsal.browser import Browser, Ledger, Lost, View
from app.rehearsal.managers import phase_key
from app.rehearsal.story import languages, tell
from app.rehearsal.tempo import Tempo, read_speed
from app.rehearsal.troupe import Place, Played, Stage, play

STARTS_WITHIN = 30.0
BAR = 24


class Stop(Exception):
    """The rehearsal cannot go on; its text is one sentence for the person who asked."""


def main(words: Sequence[str]) -> int:
    """Rehearse as the words say and return the exit code."""
    given = _arguments().parse_args(words)
    code = 0
    try:
        asyncio.run(_rehearse(given))
    except* (Stop, BadSetting, Lost) as problems:
        print(_first(problems), file=sys.stderr)
        code = 1
    return code


def _first(problems: BaseExceptionGroup[Exception]) -> BaseException:
    """Find one problem in a tree of them."""
    problem: BaseException = problems
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return problem


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app rehearse",
        description="Play whole sessions with simulated managers on a real server.",
    )
    parser.add_argument("--protocol", default="codev-75", metavar="ID", help="which protocol (codev-75)")
    parser.add_argument("--people", type=int, default=8, help="people at the table, with the facilitator (8)")
    parser.add_argument(
        "--speed", type=_speed, default=read_speed("60"), help="times faster than life, or max (60)"
    )
    parser.add_argument("--lang", choices=languages(), default="fr", help="language of the people (fr)")
    parser.add_argument("--sessions", type=int, default=1, metavar="N", help="sessions at the same time (1)")
    parser.add_argument(
        "--url", help="a server that runs already; by default one is started for the rehearsal"
    )
    parser.add_argument("--json", action="store_true", help="print only the last line")
    parser.add_argument("--data", help="folder in which the PDF is put (RONDE_DATA, ./data)")
    return parser


def _speed(text: str) -> Tempo:
    try:
        return read_speed(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a number from 1 to 3600, or max") from None


async def _rehearse(given: argparse.Namespace) -> None:
    folder = from_environment(os.environ, data=given.data).data
    prepare_data(folder)
    ledger = Ledger()
    bar = Bar(sys.stderr, quiet=given.json)
    async with _server(given.url) as base, asyncio.TaskGroup() as sessions:
        played = [
            sessions.create_task(_one(given, base, ledger, bar, number)) for number in range(given.sessions)
        ]
        sessions.create_task(_print_all(given, folder / "rehearsals", ledger, bar, played))


async def _one(
    given: argparse.Namespace, base: str, ledger: Ledger, bar: "Bar", number: int
) -> tuple[Stage, Played]:
    host = Browser(base, base, given.lang)
    stage = await _stage(given, host)
    played = await play(stage, host, ledger, lambda view: bar.show(number, view, stage))
    return stage, played


async def _stage(given: argparse.Namespace, host: Browser) -> Stage:
    """Ask the server for a rehearsal all of whose seats we play."""
    form = {
        "protocol": given.protocol,
        "people": str(given.people),
        "speed": "max" if given.speed.is_max else str(given.speed.speed),
        "seat": "none",
        "play": "there",
    }
    answer = await host.post("/rehearse", form, accept="application/json")
    if answer.status == 404:
        raise Stop(f"There is no protocol {given.protocol}: `python -m app protocols list` names them.")
    if answer.status != 200:
        raise Stop(f"The server answered the wish for a rehearsal with {answer.status}.")
    told = json.loads(answer.body)
    story = tell(given.lang)
    characters = {each.name: each for each in story.people}
    places = tuple(
        Place(PersonId(seat["person"]), characters[seat["name"]], seat["token"]) for seat in told["seats"]
    )
    return Stage(SessionId(told["session"]), PersonId(told["host"]), places, story, given.speed)


# -- the server ------------------------------------------------------------------------------------------


@asynccontextmanager
async def _server(url: str | None) -> AsyncIterator[str]:
    """Give the address of the server asked for, or of one that lives as long as the rehearsal."""
    if url is not None:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="ronde-rehearsal-") as folder:
        command = [sys.executable, "-m", "app", "serve", "--port", "0", "--data", folder]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RONDE_")}
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env=environment, cwd=Path(__file__).parent.parent
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(STARTS_WITHIN):
                line = (await process.stdout.readline()).decode()
            address = line.strip().rpartition(" ")[2]
            if not address.startswith("http"):
                raise Stop("The server did not start: its reason is above.")
            yield address
        except TimeoutError:
            raise Stop(f"The server did not start within {STARTS_WITHIN:.0f} seconds.") from None
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


# -- what is shown ---------------------------------------------------------------------------------------


class Bar:
    """Shows how far the rehearsals are: a bar on a terminal, one line per phase elsewhere."""

    def __init__(self, out: TextIO, *, quiet: bool) -> None:
        self._out = out
        self._quiet = quiet
        self._shares: dict[int, float] = {}
        self._before = ""

    def show(self, number: int, view: View, stage: Stage) -> None:
        """Note where a session is; the first one gives its phase's name."""
        at, plan = view["clock"]["at"], view["plan"]
        ended = not phase_key(view)
        self._shares[number] = 1.0 if ended else (at or 0) / len(plan)
        if self._quiet or number:
            return
        share = sum(self._shares.values()) / len(self._shares)
        name = "" if ended else str(plan[at]["key"])
        line = f"[{'█' * round(share * BAR):{BAR}}] {share:4.0%}  {name}"
        if line != self._before:
            self._before = line
            if self._out.isatty():
                print(f"\r\x1b[2K{line}", end="\n" if ended else "", file=self._out, flush=True)
            else:
                print(line, file=self._out, flush=True)


async def _print_all(
    given: argparse.Namespace,
    folder: Path,
    ledger: Ledger,
    bar: Bar,
    running: list[asyncio.Task[tuple[Stage, Played]]],
) -> None:
    """Wait for every session, put the documents on disk, and print the line machines read."""
    done = [await each for each in running]
    pdfs = [await _keep_documents(folder, stage, played) for stage, played in done]
    stage, played = done[0]
    if not given.json:
        refused = ", ".join(f"{what} ({many})" for what, many in ledger.refused.most_common()) or "none"
        print(f"Refused: {refused}", file=sys.stderr)
        for pdf in filter(None, pdfs):
            print(f"The plan: {pdf}", file=sys.stderr)
    print(json.dumps(_summary(given, stage, played, ledger, pdfs[0]), ensure_ascii=False), flush=True)


def _summary(
    given: argparse.Namespace, stage: Stage, played: Played, ledger: Ledger, pdf: Path | None
) -> dict[str, Any]:
    """Say what happened; minutes are those of the protocol, whatever the speed."""
    planned = {slot["key"]: slot["granted_ms"] for slot in played.first["plan"]}
    return {
        "protocol": given.protocol,
        "people": len(stage.places) + 1,
        "sessions": given.sessions,
        "phases": [
            {
                "id": slot["key"],
                "planned_s": stage.tempo.protocol_s(planned[slot["key"]]),
                "used_s": stage.tempo.protocol_s(slot["used_ms"]),
            }
            for slot in played.last["plan"]
        ],
        "commands": {
            "sent": ledger.sent,
            "acknowledged": ledger.acknowledged,
            "refused": sum(ledger.refused.values()),
        },
        "latency_ms": {"p50": ledger.latency_ms(0.5), "p99": ledger.latency_ms(0.99)},
        "pdf": str(pdf) if pdf else None,
    }


async def _keep_documents(folder: Path, stage: Stage, played: Played) -> Path | None:
    """Put every document of a session on disk: the client's plan, everybody's own learnings; gives the first plan."""
    target = folder / stage.session
    target.mkdir(parents=True, exist_ok=True)
    plan = None
    for number, (person, browser) in enumerate(played.browsers.items()):
        for kind in ("plan", "learnings"):
            page = await browser.get(f"/after/{stage.session}/{kind}.pdf")
            if page.status != 200:
                continue
            name = "facilitator" if person == stage.host else f"{number}"
            path = target / (f"{kind}-{name}.pdf")
            path.write_bytes(page.body)
            plan = plan or (path if kind == "plan" else None)
    return plan
