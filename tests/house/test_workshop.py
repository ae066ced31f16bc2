"""Checks that dev.py says in one sentence what is wrong, and does nothing twice."""

import ast
import re
import resource
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from app import __main__ as app
from devtools import cli, livekit, steps, system
from devtools.checks import WHOLE_SUITE
from devtools.steps import ROOT, Stop


def _sentence(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(words) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_a_port_in_use_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = _sentence(capsys, "run", "--port", port, "--data", str(tmp_path))
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


@pytest.mark.parametrize(("may", "gets"), [(512, 512), (1_048_576, 65_536)])
def test_a_server_asks_for_as_many_open_files_as_people_need(
    monkeypatch: pytest.MonkeyPatch, may: int, gets: int
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _of: (256, may))
    monkeypatch.setattr(resource, "setrlimit", lambda _of, limits: asked.append(limits))
    app.allow_many_sockets()
    assert asked == [(gets, may)]


def test_where_the_system_refuses_so_many_a_server_asks_for_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def limit(_of: int, limits: tuple[int, int]) -> None:
        asked.append(limits)
        if limits[0] > 61_440:
            raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _of: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", limit)
    app.allow_many_sockets()
    assert asked == [(65_536, resource.RLIM_INFINITY), (10_240, resource.RLIM_INFINITY)]


def test_a_data_folder_that_cannot_be_written_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    said = _sentence(capsys, "run", "--data", str(tmp_path / "file" / "data"))
    assert "--data" in said


@pytest.mark.parametrize(
    "complaint",
    [
        "Temporary failure in name resolution",
        "npm error code ENOTFOUND",
        "error: error sending request for url",
        "[Errno 101] Network is unreachable",
    ],
)
def test_an_absent_network_is_told_in_one_sentence(complaint: str) -> None:
    with pytest.raises(Stop, match="network cannot be reached"):
        steps.quietly(["/bin/sh", "-c", f"echo '{complaint}'; exit 1"], {}, "Nothing was installed")


def test_another_failure_shows_its_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stop, match="the reason is above"):
        steps.quietly(["/bin/sh", "-c", "echo disk full; exit 1"], {}, "Nothing was installed")
    assert "disk full" in capsys.readouterr().err


def test_an_old_python_can_still_read_dev_py() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 4))


def test_a_step_runs_again_only_when_its_inputs_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(steps, "DEV", tmp_path)
    done: list[str] = []
    for key in ("first", "first", "second"):
        steps.step("step", "a step", key, partial(done.append, key))
    assert done == ["first", "second"]


def test_a_failed_step_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(steps, "DEV", tmp_path)

    def fail() -> None:
        raise Stop("no")

    with pytest.raises(Stop):
        steps.step("step", "a step", "key", fail)
    assert not steps.is_done("step", "key")


def test_a_person_without_rights_gets_the_line_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Stop, match=r"sudo apt-get update && sudo apt-get install -y .*poppler-utils"):
        system.require_for_tests()


def test_on_a_mac_the_line_to_run_is_one_for_brew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("RONDE_CHROMIUM", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(system, "find_postgres", lambda: None)
    monkeypatch.setattr(system, "MAC_BROWSERS", ())
    with pytest.raises(Stop) as told:
        system.require_for_tests()
    _, _, line = str(told.value).partition("Run: ")
    assert line.split("; ") == [
        "brew install --cask google-chrome",
        "brew install postgresql@17",
        "brew install poppler",
        "brew install coturn",
    ]


def test_the_readme_names_only_commands_that_exist() -> None:
    known = subprocess.run(
        [sys.executable, "dev.py", "--help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"dev\.py ([a-z]+)", text))
    assert {"run", "test"} <= named
    assert not [name for name in named if not re.search(rf"^\s+{name}\b", known, re.MULTILINE)]


def test_every_picture_of_the_readme_is_taken_by_a_command() -> None:
    shown = set(re.findall(r"docs/pictures/([\w-]+)\.png", (ROOT / "README.md").read_text()))
    taken = set(re.findall(r'"(\w+-(?:en|fr))"', (ROOT / "devtools" / "pictures.py").read_text()))
    kept = {path.stem for path in (ROOT / "docs" / "pictures").iterdir()}
    assert shown
    assert shown == taken == kept


def test_continuous_integration_runs_the_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec python3 dev.py test"


@pytest.mark.parametrize(
    ("origin", "starts"),
    [("https://ronde.example.org", False), ("http://localhost:8000", True), ("", True)],
)
def test_people_of_other_machines_are_not_sent_to_a_media_server_of_this_one(
    origin: str,
    starts: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RONDE_ORIGIN", origin)
    monkeypatch.delenv("LIVEKIT_URL", raising=False)
    monkeypatch.setattr(livekit, "find", lambda: tmp_path / "livekit-server")
    monkeypatch.setattr(cli, "_prepare", lambda _level: None)
    monkeypatch.setattr(cli, "_become_module", lambda *_words: 1)
    monkeypatch.setattr(cli, "_serve_with", lambda *_words: 2)
    assert cli.main(("run", "--port", "0", "--data", str(tmp_path))) == (2 if starts else 1)
    assert ("docs/operations.md" in capsys.readouterr().out) != starts


def test_tests_of_one_group_run_one_after_the_other_on_one_worker(tmp_path: Path) -> None:
    """Browsers with sound and picture beside each other are more than two cores carry."""
    (tmp_path / "test_group.py").write_text(
        "import os, pytest\n"
        "@pytest.mark.xdist_group('stories')\n"
        "@pytest.mark.parametrize('number', range(6))\n"
        "def test_one(number): print('on', os.environ['PYTEST_XDIST_WORKER'])\n"
    )
    words = ("-rP", "-p", "no:randomly", *WHOLE_SUITE, "--rootdir", str(tmp_path), str(tmp_path))
    run = [sys.executable, "-m", "pytest", *words]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "6 passed" in ran.stdout, ran.stdout
    assert len(set(re.findall(r"^on (gw\d)$", ran.stdout, re.MULTILINE))) == 1
