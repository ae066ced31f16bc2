"""The linter speaks like a colleague, and differences are told as sentences."""

from pathlib import Path

import pytest

from app import commands_protocols
from app.engine.protocol import Protocol
from app.gateways.i18n import Catalogues
from app.gateways.protocol_check import check_protocol
from app.gateways.protocol_files import SHIPPED
from app.usecases.compare_protocols import compare
from app.usecases.protocol_library import told

SOUND = (SHIPPED / "codev-75.yaml").read_text(encoding="utf-8")
CATALOGUES = Catalogues()


def _read(text: str) -> Protocol:
    protocol = check_protocol(text.encode()).protocol
    assert protocol is not None
    return protocol


def _remarks(text: str) -> list[str]:
    problems = check_protocol(text.encode()).problems
    assert all(problem.warning for problem in problems)
    return [told(CATALOGUES.say, "en", problem.sentence, problem.details) for problem in problems]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"    protected: true\n": ""}, "No phase protects the time for learnings: it will be the first to be cut."),
        (
            {"voice: client": "voice: free", "voice: questions": "voice: free"},
            "The client speaks 0 of 75 minutes.",
        ),
        (
            {"{least: 10, default: 20, most: 30}": "{least: 10, default: 60, most: 60}"},
            "115 minutes pass without a break; beyond 90, attention goes.",
        ),
        (
            {"{kind: contract, by: client, sight: all}": "{kind: question, by: client, sight: all}",
             "guards: [contract-accepted]": "guards: []"},
            "Nobody writes the client’s request: there is no contract to come back to.",
        ),
        (
            {"kind: action": "kind: idea"},
            "The client writes no action: there will be no plan to take home.",
        ),
        (
            {"      facilitator:\n        fr: Tenez le silence. Il travaille.\n"
             "        en: Hold the silence. It is at work.\n": ""},
            "“synthesis-silence” has no guidance for this role: facilitator.",
        ),
        (
            {"en: Hold the silence. It is at work.": f"en: {'Hold the silence. ' * 6}"},
            "This guidance has 107 characters; beyond 90 it does not fit the middle of the table.",
        ),
        (
            {"        A time of silence.": f"        A time of silence. {'And words ' * 80}"},
            "These words take about 87 seconds to read aloud, which is long.",
        ),
    ],
)  # fmt: skip
def test_the_linter_says_what_may_go_wrong(changes: dict[str, str], remark: str) -> None:
    text = SOUND
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    assert remark in _remarks(text)


def test_a_remark_points_at_the_line_of_its_phase() -> None:
    text = SOUND.replace("en: Hold the silence. It is at work.", f"en: {'Hold the silence. ' * 6}", 1)
    (problem,) = check_protocol(text.encode()).problems
    assert "facilitator:" in text.splitlines()[problem.line - 1]
    assert problem.place == "phases[7].guidance.facilitator"


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("version: 1", "version: 2", []),
        (
            "{least: 10, default: 20, most: 30}",
            "{least: 10, default: 18, most: 30}",
            ["The whole takes 73 minutes instead of 75.", "“Consultation” takes 18 minutes instead of 20."],
        ),
        (
            "{least: 10, default: 20, most: 30}",
            "{least: 12, default: 20, most: 30}",
            ["“Consultation” may now last from 12 to 30 minutes."],
        ),
        ("    stage: listening\n", "", ["“Consultation”: the client takes part."]),
        (
            "voice: in-turn",
            "voice: free",
            ["“Consultation”: everyone, freely (before: consultants, in turn)."],
        ),
        (
            "    protected: true\n",
            "",
            ["The minutes of “Learnings” are no longer protected."],
        ),
        (
            "      - {kind: question, by: consultant, sight: all}",
            "      - {kind: question, by: consultant, sight: client}",
            ["In “Clarification” other people write, or read: questions."],
        ),
        (
            "{fr: Exposé, en: Presentation}",
            "{fr: Récit, en: Story}",
            ["“Presentation” is now called “Story”."],
        ),
        ("en: Hold the silence. It is at work.", "en: Be still.", ["The guidance has changed in: Synthesis, in silence."]),
        (
            "guards: [contract-accepted]",
            "guards: []",
            ["“Consultation” no longer waits until the contract is accepted."],
        ),
    ],
)  # fmt: skip
def test_differences_are_told_in_sentences(old: str, new: str, sentences: list[str]) -> None:
    assert old in SOUND
    differences = compare(_read(SOUND), _read(SOUND.replace(old, new, 1)), "en")
    assert [told(CATALOGUES.say, "en", each.sentence, each.details) for each in differences] == sentences


def test_added_and_removed_phases_are_told() -> None:
    start, end = SOUND.index("  - id: subject\n"), SOUND.index("  - id: expose\n")
    without = SOUND[:start] + SOUND[end:]
    there = [each.sentence for each in compare(_read(SOUND), _read(without), "fr")]
    back = compare(_read(without), _read(SOUND), "fr")
    assert "protocol-diff-gone" in there
    new = next(each for each in back if each.sentence == "protocol-diff-new")
    assert new.details == {"phase": "Choix du sujet", "minutes": 5, "previous": "Accueil"}


def test_a_protocol_does_not_differ_from_itself() -> None:
    assert compare(_read(SOUND), _read(SOUND), "fr") == ()


# -- the command line ----------------------------------------------------------------------------------


def test_the_command_lists_shows_and_compares(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands_protocols.main(["--lang", "fr", "list"]) == 0
    assert "Codéveloppement, 75\u00a0minutes" in capsys.readouterr().out
    assert commands_protocols.main(["--lang", "fr", "show", "troika"]) == 0
    shown = capsys.readouterr().out
    assert "4,5 min" in shown
    assert shown.count("Récolte") == 3
    assert commands_protocols.main(["--lang", "en", "diff", "codev-75", "codev-75"]) == 0
    assert capsys.readouterr().out == "Nothing that people would notice has changed.\n"


def test_the_command_checks_files_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SHIPPED / "codev-75.yaml"
    assert commands_protocols.main(["--lang", "en", "check", str(path)]) == 0
    assert "Nothing stands in its way." in capsys.readouterr().out
    faulty = tmp_path / "a.yaml"
    faulty.write_text("id: a\nversion: x\n")
    assert commands_protocols.main(["--lang", "en", "check", str(faulty)]) == 1
    assert "a.yaml:2: version: A whole number is expected, not “x”." in capsys.readouterr().out


def test_the_command_says_which_names_it_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands_protocols.main(["--lang", "en", "show", "codev-57"]) == 2
    assert "codev-75" in capsys.readouterr().err
