"""Rehearses sessions from the command line: a real server, simulated managers, and the plan as a PDF at the end."""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from app.config import BadSetting, from_environment, prepare_data
from app.engine.ids import PersonId, SessionId
from app.rehearsal.browser import Browser, Ledger, Lost, View
from app.rehearsal.drops import WHATS, BadDrop, Drop, Fell, read_drop
from app.rehearsal.in_writing import phase_key
from app.rehearsal.local_server import Elsewhere, LocalServer, Stop
from app.rehearsal.story import languages, tell
from app.rehearsal.tempo import Tempo, read_speed
from app.rehearsal.troupe import Place, Played, Stage, play

BAR = 24


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
    parser.add_argument(
        "--people", type=_people, default=8, help="people at the table, with the facilitator: 2 to 16 (8)"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=read_speed("60"),
        help="times faster than life (60): used_s then counts seconds of the protocol; "
        "or max: nobody waits but for the others, and used_s counts the real seconds it took",
    )
    parser.add_argument("--lang", choices=languages(), default="fr", help="language of the people (fr)")
    parser.add_argument("--sessions", type=int, default=1, metavar="N", help="sessions at the same time (1)")
    parser.add_argument(
        "--drop",
        type=_drop,
        action="append",
        default=[],
        metavar="WHAT@PHASE",
        help=f"play a drop in a phase, at the speed of life, as in video@consultation; again for more ({', '.join(WHATS)})",
    )
    parser.add_argument(
        "--url",
        type=_address,
        help="a server that runs already, by the address people type (its RONDE_ORIGIN), without an account; "
        "by default one is started for the rehearsal and stopped with it",
    )
    parser.add_argument("--json", action="store_true", help="print only the last line")
    parser.add_argument("--data", help="folder in which the PDF is put (RONDE_DATA, ./data)")
    return parser


def _speed(text: str) -> Tempo:
    try:
        return read_speed(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a number from 1 to 3600, or max") from None


def _people(text: str) -> int:
    if text.isdecimal() and 2 <= int(text) <= 16:
        return int(text)
    raise argparse.ArgumentTypeError("a number from 2 to 16")


def _address(text: str) -> str:
    """Read an address as one types it: without its last slash, and with http when nothing is said."""
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise argparse.ArgumentTypeError("an address like http://127.0.0.1:8000 or https://ronde.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _drop(text: str) -> Drop:
    try:
        return read_drop(text)
    except BadDrop as bad:
        raise argparse.ArgumentTypeError(str(bad)) from None


async def _rehearse(given: argparse.Namespace) -> None:
    folder = from_environment(os.environ, data=given.data).data
    prepare_data(folder)
    ledger = Ledger()
    bar = Bar(sys.stderr, quiet=given.json)
    if given.url is not None and any(each.what == "server" for each in given.drop):
        raise Stop("A server given by --url is not ours to kill: rehearse server@… without --url.")
    async with (
        LocalServer() if given.url is None else Elsewhere(given.url) as server,
        asyncio.TaskGroup() as sessions,
    ):
        played = [
            sessions.create_task(_one(given, server, ledger, bar, number)) for number in range(given.sessions)
        ]
        sessions.create_task(_print_all(given, folder / "rehearsals", ledger, bar, played))


async def _one(
    given: argparse.Namespace, server: LocalServer | Elsewhere, ledger: Ledger, bar: "Bar", number: int
) -> tuple[Stage, Played]:
    host = Browser(server.address, server.address, given.lang)
    stage = await _stage(given, host)
    played = await play(
        stage,
        host,
        ledger,
        lambda view: bar.show(number, view, stage),
        drops=tuple(given.drop),
        outage=server if isinstance(server, LocalServer) else None,
    )
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
    match answer.status:
        case 200:
            pass
        case 403:
            raise Stop(f"The server does not call itself {host.origin}: give --url its RONDE_ORIGIN.")
        case 404:
            raise Stop(f"There is no protocol {given.protocol}: `python -m app protocols list` names them.")
        case 429:
            raise Stop(
                "The server plays as many rehearsals as it can: wait until one ends, or ask for fewer."
            )
        case status:
            raise Stop(f"{host.base} is no Ronde that can rehearse: it answered with {status}.")
    told = json.loads(answer.body)
    _check_phases(given, told["phases"])
    story = tell(given.lang)
    characters = {each.name: each for each in story.people}
    places = tuple(
        Place(PersonId(seat["person"]), characters[seat["name"]], seat["token"]) for seat in told["seats"]
    )
    return Stage(SessionId(told["session"]), PersonId(told["host"]), places, story, given.speed)


def _check_phases(given: argparse.Namespace, keys: Sequence[str]) -> None:
    """Refuse a drop in a phase that will not come; a phase that comes for each client may be named without its number."""
    phases = dict.fromkeys(key.partition(".")[0] for key in keys)
    for drop in given.drop:
        if drop.phase not in phases and drop.phase not in keys:
            raise Stop(f"{given.protocol} has no phase {drop.phase}; its phases are {', '.join(phases)}.")


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
    """Say what happened; seconds are those of the protocol, except those used at full speed, where nobody waits."""
    planned = {slot["key"]: slot["granted_ms"] for slot in played.first["plan"]}
    slowed: Counter[str] = Counter()
    for each in played.fell:
        slowed[each.phase] += each.slowed_ms
    return {
        "protocol": given.protocol,
        "people": len(stage.places) + 1,
        "sessions": given.sessions,
        "phases": [
            {
                "id": slot["key"],
                "planned_s": stage.tempo.protocol_s(planned[slot["key"]]),
                "used_s": _used_s(stage, slot["used_ms"], slowed[slot["key"]]),
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
        "drops": [_as_json(each) for each in played.fell],
    }


def _used_s(stage: Stage, used_ms: int, slowed_ms: int) -> float:
    """Count a phase's seconds: those of a drop passed at the speed of life, the others at the rehearsal's."""
    return round(stage.tempo.protocol_s(max(0, used_ms - slowed_ms)) + slowed_ms / 1000, 3)


def _as_json(fell: Fell) -> dict[str, Any]:
    return {
        "what": fell.what,
        "phase": fell.phase,
        "noticed_s": fell.noticed_s,
        "rung": fell.rung,
        "clock_stopped_s": fell.clock_stopped_s,
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
