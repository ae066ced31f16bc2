"""Rehearsals play drops: the real server notices by the real thresholds, stops the clock where the method says so, and goes on."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.engine.ids import SessionId
from app.main import Parts
from app.rehearsal.breaks import is_here
from app.rehearsal.browser import Browser, Ledger
from app.rehearsal.drops import WHATS, BadDrop, Drop, Fell, read_drop
from app.rehearsal.health import Hearing
from app.rehearsal.seat import Seat
from app.rehearsal.troupe import Played, Stage, play
from devtools.steps import ROOT
from tests.e2e.people import StoryClock
from tests.realtime.table import served
from tests.rehearsal.stage import a_stage


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with served(tmp_path, StoryClock()) as running:
        yield running


async def _played(parts: Parts, *drops: Drop) -> tuple[Stage, Played, Ledger]:
    stage, host = await a_stage(parts, people=6)
    ledger = Ledger()
    async with asyncio.timeout(170):
        played = await play(stage, host, ledger, drops=drops)
    assert played.last["session"]["status"] == "ended"
    assert ledger.refused.total() == 0, ledger.refused
    return stage, played, ledger


def _noticed(fell: Fell, within: float) -> float:
    assert fell.noticed_s is not None
    assert 0 < fell.noticed_s < within
    return fell.noticed_s


async def test_a_client_who_drops_in_their_own_phase_stops_the_clock_and_a_consultant_stops_nothing(
    parts: Parts,
) -> None:
    stage, played, _ = await _played(parts, Drop("client", "expose"), Drop("consultant", "consultation"))
    client, consultant = played.fell
    assert (client.what, client.phase, client.rung) == ("client", "expose", "alone")
    assert client.clock_stopped_s >= 3
    _noticed(client, 40)
    assert consultant.clock_stopped_s == 0
    session = await parts.rooms.session(stage.session)
    assert [(drop.phase, drop.what) for drop in session.ladder.drops] == [
        ("expose", "away"),
        ("consultation", "away"),
    ]
    assert all(drop.until is not None for drop in session.ladder.drops)
    assert session.ladder.broken == ()


async def test_a_dead_video_server_leaves_direct_sound_and_then_writing_and_the_clock_runs(
    parts: Parts,
) -> None:
    stage, played, _ = await _played(parts, Drop("video", "clarification"), Drop("sound", "learnings"))
    video, sound = played.fell
    assert (video.rung, sound.rung) == ("mesh", "text")
    assert video.clock_stopped_s == sound.clock_stopped_s == 0
    patience = _noticed(video, 60)
    assert patience >= 8, "the policy's own patience"
    assert _noticed(sound, 90) > patience
    session = await parts.rooms.session(stage.session)
    assert session.ladder.rung == "sfu"


async def test_one_persons_network_moves_that_person_alone(parts: Parts) -> None:
    stage, played, _ = await _played(parts, Drop("network", "clarification"))
    assert played.fell[0].rung == "mesh"
    session = await parts.rooms.session(stage.session)
    assert {drop.person is None for drop in session.ladder.drops} == {False}
    assert session.ladder.rung == "sfu"
    assert not session.ladder.moved


async def test_the_relay_conducts_while_the_facilitator_is_away_and_hands_back(parts: Parts) -> None:
    stage, played, _ = await _played(parts, Drop("facilitator", "consultation"))
    _noticed(played.fell[0], 40)
    facts = [fact.event for fact in await parts.log.load(stage.session)]
    names = [type(fact).__name__ for fact in facts]
    wanted = ["ClockTaken", "TitleTaken", "GivenBack"]
    assert [name for name in names if name in wanted] == wanted
    assert "GuidanceChanged" not in names


def _rehearse(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "rehearse", "--json", "--speed", "max", "--data", str(folder), *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip


def test_the_command_kills_its_own_server_and_everybody_comes_back(tmp_path: Path) -> None:
    said = _rehearse(tmp_path, "--people", "5", "--drop", "server@consultation")
    assert said.returncode == 0, said.stderr
    line: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    (drop,) = line["drops"]
    assert list(drop) == ["what", "phase", "noticed_s", "rung", "clock_stopped_s"]
    assert (drop["what"], drop["phase"], drop["rung"]) == ("server", "consultation", "alone")
    assert line["pdf"]
    assert line["commands"]["refused"] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--drop", "weather@expose"), "facilitator, server"),
        (("--drop", "video"), "video@consultation"),
        (("--drop", "video@pause"), "its phases are opening, subject, expose, clarification, contract"),
        (("--drop", "server@expose", "--url", "http://127.0.0.1:9"), "not ours to kill"),
    ],
)
def test_a_drop_that_cannot_be_played_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    said = _rehearse(tmp_path, *words)
    assert said.returncode != 0
    assert says in said.stderr.splitlines()[-1]
    assert "Traceback" not in said.stderr


def test_what_may_drop_is_named() -> None:
    assert read_drop("client@expose") == Drop("client", "expose")
    for text in ("", "@expose", "video@", "client@ "[:7]):
        with pytest.raises(BadDrop, match=", ".join(WHATS)):
            read_drop(text)


def test_a_simulated_persons_ears_follow_the_drill() -> None:
    view: dict[str, Any] = {"ladder": {"rung": "sfu", "broken": []}, "me": {"rung": None}}
    hearing = Hearing()
    assert hearing.report(view, "luc", 0.0).flowing
    view["ladder"]["broken"] = [{"fault": "network", "person": "luc"}]
    assert not hearing.report(view, "luc", 10.0).flowing
    assert Hearing().report(view, "awa", 10.0).flowing
    later = hearing.report(view, "luc", 18.0)
    assert (later.rung, later.flowing, later.quality) == ("mesh", True, "poor")
    view["ladder"] = {"rung": "mesh", "broken": [{"fault": "sound", "person": None}]}
    assert hearing.report(view, "luc", 20.0).quality == "lost"


async def test_a_visitor_lets_a_simulated_person_drop_out_and_brings_them_back(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "fr")
    answer = await visitor.post("/rehearse", {"speed": "max"})
    seat = Seat(visitor, SessionId(answer.location.rpartition("/")[2]), Ledger())
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await seat.sit(tasks)
        assert seat.view["bridge"]["phone"], "a rehearsal has a number"
        assert seat.view["ladder"]["rung"] == "sfu", "and a video server, on stage"
        await seat.until(lambda view: sum(each["presence"] == "here" for each in view["seats"]) >= 7)
        assert await seat.do("start")
        relay = seat.view["bridge"]["relay"]
        assert await seat.do("drill", fault="away", person=relay, on=True)
        await seat.until(lambda view: not is_here(view, relay))
        await seat.until(lambda view: len(view["conduct"]["quality"]) >= 6)
        assert relay not in seat.view["conduct"]["quality"]
        assert await seat.do("drill", fault="away", person=relay, on=False)
        await seat.until(lambda view: is_here(view, relay))
        assert await seat.do("end")
        await seat.until(lambda view: view["session"]["status"] == "ended")
        drops = seat.view["conduct"]["drops"]
        assert [(each["person"], each["what"], each["to_ms"] is None) for each in drops] == [
            (relay, "away", False)
        ]
        await seat.leave()
