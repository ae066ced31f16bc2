"""Simulated people play every protocol to its end, leave the seat of a visitor alone, and tell machines how it went."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.engine.commands import ChooseClient
from app.engine.continuity import Rung
from app.engine.ids import CommandId, SessionId
from app.engine.ladder_commands import ForceRung
from app.engine.protocol import Kind, Sight
from app.engine.state import Status
from app.main import Parts
from app.rehearsal.browser import Browser, Ledger
from app.rehearsal.seat import Seat
from app.rehearsal.story import Dealer, Temper, languages, tell
from app.rehearsal.tempo import read_speed
from app.rehearsal.troupe import Played, Stage, play
from devtools.steps import ROOT
from tests.fakes import FakeClock
from tests.patience import until
from tests.realtime.table import PATIENCE, served
from tests.rehearsal.stage import a_stage

PROTOCOLS = sorted(path.stem for path in (ROOT / "protocols").glob("*.yaml"))
LANGS = {name: languages()[number % len(languages())] for number, name in enumerate(PROTOCOLS)}


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with served(tmp_path, FakeClock()) as running:
        yield running


async def _played(
    parts: Parts, protocol: str, lang: str, people: int = 8
) -> tuple[Stage, Played, Ledger, Browser]:
    stage, host = await a_stage(parts, protocol, lang, people)
    ledger = Ledger()
    async with asyncio.timeout(120):
        played = await play(stage, host, ledger)
    return stage, played, ledger, host


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_every_protocol_is_played_to_its_end_and_leaves_a_plan(parts: Parts, protocol: str) -> None:
    stage, played, ledger, _ = await _played(parts, protocol, LANGS[protocol], people=6)
    assert played.last["session"]["status"] == "ended"
    assert all(slot["used_ms"] >= 0 for slot in played.last["plan"])
    assert ledger.refused.total() == 0, ledger.refused
    assert ledger.sent == ledger.acknowledged > 50
    plans = [await browser.get(f"/after/{stage.session}/plan.pdf") for browser in played.browsers.values()]
    session = await parts.rooms.session(stage.session)
    clients = {client for client in session.clients if client is not None}
    assert sum(page.status == 200 for page in plans) == len(clients) >= 1
    assert all(page.body.startswith(b"%PDF-") for page in plans if page.status == 200)


async def test_the_smallest_and_the_largest_table_are_played(parts: Parts) -> None:
    for people in (5, 11):
        stage, played, ledger, _ = await _played(parts, "codev-75", "fr", people)
        assert played.last["session"]["status"] == "ended"
        assert len(stage.places) == people - 1
        assert ledger.refused.total() == 0


async def test_a_group_that_nobody_hears_plays_to_its_plan_in_writing(parts: Parts) -> None:
    stage, host = await a_stage(parts, people=6)

    async def silence_them() -> None:
        async def is_open() -> bool:
            return (await parts.rooms.session(stage.session)).status is not Status.PLANNED

        await until(is_open, "the doors stay closed")
        await parts.rooms.do(stage.session, stage.host, ForceRung(Rung.TEXT), CommandId("silence"))

    ledger = Ledger()
    async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
        tasks.create_task(silence_them())
        played = await play(stage, host, ledger)
    assert played.last["session"]["status"] == "ended"
    assert set(ledger.refused) <= {"write: not-in-this-phase"}, "at full speed a word may come a moment late"
    session = await parts.rooms.session(stage.session)
    said = [entry for entry in session.entries.values() if entry.kind is Kind.SPEECH]
    assert {entry.phase for entry in said} >= {"expose", "clarification", "consultation", "learnings"}
    assert {entry.author for entry in said} == {place.person for place in stage.places}
    assert all(entry.revealed for entry in said if entry.sight is Sight.REVEALED)


async def test_each_behaves_by_their_temper(parts: Parts) -> None:
    stage, host = await a_stage(parts)
    temper = {place.character.temper: place.person for place in stage.places}
    # A client asks nothing and advises nobody: let it be one whose manner is not compared here.
    client = ChooseClient(temper[Temper.ORDINARY])
    await parts.rooms.do(stage.session, stage.host, client, CommandId("client"))
    async with asyncio.timeout(120):
        await play(stage, host, Ledger())
    session = await parts.rooms.session(stage.session)
    wrote = [entry.author for entry in session.entries.values() if entry.kind in ("question", "idea")]
    assert wrote.count(temper[Temper.TALKATIVE]) > wrote.count(temper[Temper.SILENT])
    assert session.clients[0] == client.person
    tagged = next(person for person in session.people if person.id == temper[Temper.EXPERT])
    assert tagged.tags


async def test_a_visitor_conducts_and_the_others_come(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "fr")
    answer = await visitor.post("/rehearse", {"speed": "max"})
    assert answer.status == 303
    assert answer.location.startswith("/console/")
    session = SessionId(answer.location.rpartition("/")[2])
    links = (await visitor.get(f"/sessions/{session}")).body.decode()
    assert "Ici sont assises des personnes simulées." in links, "who else is real is led to a seat"
    seat = Seat(visitor, session, Ledger())
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        await seat.sit(tasks)
        assert seat.view["me"]["role"] == "facilitator"
        if seat.view["session"]["status"] == "planned":
            assert await seat.do("open-doors")
        await seat.until(lambda view: sum(each["presence"] == "here" for each in view["seats"]) >= 7)
        assert await seat.do("start")
        await seat.until(lambda view: all(each["presence"] == "here" for each in view["seats"]))
        assert await seat.do("end")
        await seat.until(lambda view: view["session"]["status"] == "ended")
        await seat.leave()


async def test_a_visitor_in_the_clients_seat_is_the_client_and_their_subject_counts(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "en")
    answer = await visitor.post("/rehearse", {"speed": "max", "seat": "client"})
    assert answer.location.startswith("/room/")
    session = SessionId(answer.location.rpartition("/")[2])
    seat = Seat(visitor, session, Ledger())
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await seat.sit(tasks)
        assert seat.view["me"]["role"] == "client"
        await seat.until(lambda view: view["session"]["status"] == "running")
        assert await seat.do("propose-subject", entry="mine", title="A team after a conflict")
        await seat.until(lambda view: view["request"]["subject"] == "mine")
        await seat.leave()
    assert (await parts.rooms.session(session)).clients == (seat.you,)


async def test_a_visitor_in_the_clients_seat_begins_where_clients_take_turns(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "en")
    wish = {"protocol": "troika", "people": "5", "seat": "client"}
    answer = await visitor.post("/rehearse", wish)
    session = await parts.rooms.session(SessionId(answer.location.rpartition("/")[2]))
    assert session.clients == (session.people[1].id, None, None)


async def test_a_visitor_who_takes_no_seat_watches_and_the_session_is_held(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "fr")
    answer = await visitor.post("/rehearse", {"speed": "max", "seat": "none", "people": "5"})
    assert answer.location.startswith("/room/")
    seat = Seat(visitor, SessionId(answer.location.rpartition("/")[2]), Ledger())
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await seat.sit(tasks)
        assert seat.view["me"]["role"] == "observer"
        await seat.until(lambda view: view["clock"]["at"] is not None and view["clock"]["at"] > 0)
        await seat.leave()


async def test_people_pasted_on_the_prepare_page_are_as_many_in_the_rehearsal(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "fr")
    pasted = "\n".join(f"Personne {letter} p{letter}@example.org" for letter in "abcde")
    form = {"people": pasted, "protocol": "codev-75", "day": "2026-11-24", "client": ""}
    answer = await visitor.post("/rehearse", form)
    assert answer.status == 303
    session = await parts.rooms.session(SessionId(answer.location.rpartition("/")[2]))
    assert len(session.people) == 6


async def test_an_unknown_protocol_or_speed_is_not_found(parts: Parts) -> None:
    visitor = Browser(parts.settings.origin, parts.settings.origin, "fr")
    for form in ({"protocol": "nothing"}, {"speed": "0.1"}, {"speed": "fast"}, {"seat": "sponsor"}):
        assert (await visitor.post("/rehearse", form)).status == 404


def test_the_command_prints_one_line_for_machines_and_keeps_the_plan(tmp_path: Path) -> None:
    words = ["rehearse", "--protocol", "troika", "--people", "4", "--speed", "max", "--lang", "en", "--json"]
    said = subprocess.run(
        [sys.executable, "-m", "app", *words, "--sessions", "2", "--data", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    line = json.loads(said.stdout.splitlines()[-1])
    assert list(line) == [
        "protocol",
        "people",
        "sessions",
        "phases",
        "commands",
        "latency_ms",
        "pdf",
        "drops",
    ]
    assert line["drops"] == []
    assert (line["protocol"], line["people"], line["sessions"]) == ("troika", 4, 2)
    assert len(line["phases"]) == 12
    assert all(list(phase) == ["id", "planned_s", "used_s"] for phase in line["phases"])
    assert list(line["commands"]) == ["sent", "acknowledged", "refused"]
    assert line["commands"]["sent"] == line["commands"]["acknowledged"]
    assert list(line["latency_ms"]) == ["p50", "p99"]
    assert Path(line["pdf"]).read_bytes().startswith(b"%PDF-")
    assert Path(line["pdf"]).is_relative_to(tmp_path)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "127.0.0.1:9/"])
def test_a_server_that_does_not_answer_is_one_sentence(tmp_path: Path, address: str) -> None:
    words = ["rehearse", "--url", address, "--json", "--data", str(tmp_path)]
    said = subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "127.0.0.1:9" in said.stderr


def _rehearsed(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app", "rehearse", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


async def test_a_rehearsal_is_played_on_a_server_that_runs_already(parts: Parts, tmp_path: Path) -> None:
    where = ("--url", parts.settings.origin, "--data", str(tmp_path))
    shape = ("--protocol", "troika", "--people", "4", "--speed", "max", "--json")
    said = await asyncio.to_thread(_rehearsed, *shape, *where)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["pdf"].startswith(str(tmp_path))
    assert len(await parts.directory.sessions_near(parts.clock.now())) == 1


async def test_an_address_the_server_does_not_call_itself_is_one_sentence(
    parts: Parts, tmp_path: Path
) -> None:
    port = parts.settings.origin.rpartition(":")[2]
    where = ("--url", f"http://0.0.0.0:{port}", "--data", str(tmp_path))
    said = await asyncio.to_thread(_rehearsed, *where, "--json")
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "RONDE_ORIGIN" in said.stderr


@pytest.mark.parametrize(
    "words",
    [("--url", "ftp://here"), ("--url", "http://here/there"), ("--people", "40"), ("--people", "few"), ("--speed", "0")],
)  # fmt: skip
def test_words_the_command_cannot_follow_are_refused_with_what_it_expects(words: tuple[str, str]) -> None:
    said = _rehearsed(*words)
    assert said.returncode == 2
    assert f"argument {words[0]}: a" in said.stderr


def test_the_story_is_told_alike_in_every_language() -> None:
    stories = [tell(lang) for lang in languages()]
    assert {"fr", "en"} <= set(languages())
    assert len({tuple(each.temper for each in story.people) for story in stories}) == 1
    for story in stories:
        assert len(story.people) >= 10
        assert set(story.learnings) == {"appreciation", "expectations", "learnings", "applications"}
        assert len({each.name for each in story.people}) == len(story.people)


def test_lines_repeat_only_when_the_story_runs_short() -> None:
    dealer = Dealer()
    assert [dealer.deal(("a", "b", "c")) for _ in range(4)] == ["a", "b", "c", "a"]
    assert dealer.deal(("x", "y")) == "x"


@pytest.mark.parametrize("text", ["0.5", "fast", "-1", "1e9", "nan", ""])
def test_only_speeds_that_can_be_played_are_read(text: str) -> None:
    with pytest.raises(ValueError):
        read_speed(text)


def test_protocol_seconds_do_not_depend_on_the_speed() -> None:
    assert read_speed("60").protocol_s(1000) == 60
    assert read_speed("max").protocol_s(1000) == 1
    assert read_speed("MAX").is_max
