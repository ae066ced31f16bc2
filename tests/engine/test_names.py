"""Names that the log, the wire and the catalogues rest on do not change by accident."""

import re
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from app.engine.commands import Command, RaiseHand, wire_name
from app.engine.errors import Code, Refusal
from app.engine.events import EVENTS
from app.engine.permissions import RULES

LOCALE = Path(__file__).parents[2] / "app" / "locale"
ENGINE = Path(__file__).parents[2] / "app" / "engine"

STORED = [
    "actions-ordered",
    "client-chosen",
    "client-declined",
    "clock-paused",
    "clock-resumed",
    "clock-taken",
    "contract-accepted",
    "doors-opened",
    "drilled",
    "entries-revealed",
    "entry-erased",
    "entry-written",
    "floor-given",
    "floor-passed",
    "given-back",
    "group-moved",
    "guidance-changed",
    "hand-lowered",
    "hand-raised",
    "idea-kept",
    "interest-signalled",
    "outage-credited",
    "person-added",
    "person-arrived",
    "person-left",
    "person-moved",
    "person-removed",
    "phase-returned",
    "phase-started",
    "phone-asked",
    "plan-changed",
    "ready-said",
    "replanned",
    "rise-offered",
    "role-assigned",
    "round-started",
    "screen-allowed",
    "session-closed",
    "session-ended",
    "session-planned",
    "session-reopened",
    "session-started",
    "time-granted",
    "title-taken",
    "undone",
]


def test_every_stored_name_is_still_known() -> None:
    assert sorted(EVENTS) == STORED


def test_every_command_has_a_rule_and_a_name() -> None:
    assert set(RULES) == set(get_args(Command))
    assert wire_name(RaiseHand) == "raise-hand"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_refusal_has_its_sentence_and_only_names_what_it_is_given(language: str) -> None:
    with (LOCALE / language / "refusals.po").open("rb") as file:
        said = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert set(said) == {code.value for code in Code}
    given = {"most": 3, "minutes": 9}
    for sentence in said.values():
        assert "%(" not in sentence % given
        assert set(re.findall(r"%\((\w+)\)", sentence)) <= set(given)


def test_every_refusal_code_is_used_by_a_rule() -> None:
    source = "".join(path.read_text() for path in ENGINE.glob("*.py") if path.name != "errors.py")
    assert [code for code in Code if f"Code.{code.name}" not in source] == []


def test_a_refusal_never_shows_what_people_wrote() -> None:
    assert str(Refusal(Code.TOO_MANY, kind="secret", most=3)) == "too-many(kind, most)"
