"""A file with faults is answered by every one of them, each with its line and a sentence in both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import example, given
from hypothesis import strategies as st

import app
from app.gateways.i18n import Catalogues
from app.gateways.protocol_check import check_protocol
from app.gateways.protocol_files import SHIPPED
from app.usecases.protocol_library import told

SOUND = (SHIPPED / "codev-75.yaml").read_text(encoding="utf-8")
CATALOGUES = Catalogues()


def _codes(text: str | bytes) -> list[tuple[int, str]]:
    checked = check_protocol(text if isinstance(text, bytes) else text.encode())
    return [(problem.line, problem.code) for problem in checked.problems if not problem.warning]


def _line(part: str, text: str = SOUND) -> int:
    return text[: text.index(part)].count("\n") + 1


def _changed(old: str, new: str) -> tuple[int, str]:
    """Replace the first occurrence; the line is where it stood."""
    assert old in SOUND
    return _line(old), SOUND.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("subject: signal", "subject: signals", "not-one-of-close"),
        ("subject: signal", "subjct: signal", "unknown-key-close"),
        ("version: 1", "version: 1.5", "not-whole"),
        ("version: 1", "version: 1\nversion: 2", "twice"),
        ("{least: 5, default: 8, most: 15}", "{least: 9, default: 8, most: 15}", "minutes-order"),
        ("{least: 5, default: 8, most: 15}", "10:30", "not-minutes"),
        ("{least: 5, default: 8, most: 15}", "{least: 5, default: 8, most: 900}", "too-large"),
        ("{least: 5, default: 8, most: 15}", "false", "not-minutes"),
        ("people: {least: 4, most: 10}", "people: {least: 10, most: 4}", "people-order"),
        ("voice: round", "voice: yes", "not-one-of"),
        ("{kind: question,", "{kind: speech,", "not-one-of"),
        ("protected: true", "protected: yes", "not-yes-no"),
        ("id: codev-75", "id: Codev 75", "not-name"),
        ("by: consultant,", "by: consultans,", "not-one-of-close"),
        ("fr: Accueil, ", "it: Ciao, ", "unknown-key"),
        ("  - id: subject", "  - id: opening", "phase-twice"),
        ("guards: [client-chosen]", "guards: [contract-accepted]", "no-contract-before"),
    ],
)
def test_a_fault_is_named_on_its_own_line(old: str, new: str, code: str) -> None:
    line, text = _changed(old, new)
    found = _codes(text)
    assert code in [each for _, each in found]
    place = next(at for at, each in found if each == code)
    assert place - line in (0, 1)


def test_several_faults_are_named_at_once_in_the_order_of_the_file() -> None:
    text = SOUND.replace("version: 1", "version: one", 1).replace("subject: signal", "subject: dice", 1)
    text = text.replace("voice: in-turn", "voice: shouting", 1)
    found = _codes(text)
    assert [code for _, code in found] == ["not-whole", "not-one-of", "not-one-of"]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"id: a\n---\nid: b\n", "several"),
        (b"id: &a [x]\nversion: *a\n", "alias"),
        (b"id: !!python/object:os.system x\n", "tag"),
        (b"? [a]\n: b\n", "key-not-word"),
        (b"id: caf\xe9\n", "not-utf8"),
        (b"title: {fr: a: b}\n", "not-yaml"),
        (b"id: \x00\n", "not-yaml"),
        (b"a: " + b"[" * 50 + b"]" * 50, "too-deep"),
        (b"- 1\n" * 20_000, "too-deep"),
        (b"#" * 100_001, "too-big"),
    ],
)
def test_a_file_that_is_not_a_plain_document_is_refused_early(data: bytes, code: str) -> None:
    assert code in [each for _, each in _codes(data)]


def test_words_and_hours_are_not_taken_for_numbers() -> None:
    text = SOUND.replace("fr: Accueil, ", "fr: no, ", 1)
    protocol = check_protocol(text.encode()).protocol
    assert protocol is not None
    assert next(protocol.phases()).title["fr"] == "no"


def test_one_language_is_enough_for_a_file_of_ones_own() -> None:
    text = SOUND.replace("title: {fr: Accueil, en: Opening}", "title: {fr: Accueil}", 1)
    checked = check_protocol(text.encode())
    assert checked.protocol is not None
    assert next(checked.protocol.phases()).title["en"] == "Accueil"
    assert "half-said" in [problem.code for problem in checked.problems]


@example(b"null")
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    checked = check_protocol(data)
    assert checked.protocol is None
    assert checked.problems


@given(st.data())
def test_no_change_of_one_line_breaks_the_reader(data: st.DataObject) -> None:
    lines = SOUND.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(st.sampled_from(["", "  ", "x", "- ", "a: b", "null", "9" * 40, lines[at] + ": {"]))
    check_protocol("\n".join(lines).encode())


def test_every_code_has_its_sentence_in_every_language() -> None:
    folder = Path(app.__file__).parent
    sources = [*(folder / "gateways").glob("protocol_*.py"), folder / "usecases" / "review_protocol.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    codes = set(re.findall(r'(?:Problem|_GiveUp|PydanticCustomError)\(\s*"([a-z0-9-]+)"', text))
    codes |= set(re.findall(r': "((?:not|too|no|unknown|missing)[a-z-]*)"', text))
    codes |= {"unknown-key-close", "not-one-of-close", "not-minutes"}
    assert len(codes) > 40
    for language in ("en", "fr"):
        with (folder / "locale" / language / "protocols.po").open("rb") as file:
            known = {str(message.id) for message in read_po(file)}
        assert {f"protocol-{code}" for code in codes} <= known


def test_both_catalogues_say_the_same_things_with_the_same_values() -> None:
    said = {}
    for language in ("en", "fr"):
        path = Path(app.__file__).parent / "locale" / language / "protocols.po"
        with path.open("rb") as file:
            said[language] = {
                m.id: set(re.findall(r"%\((\w+)\)", str(m.string))) for m in read_po(file) if m.id
            }
    assert said["en"].keys() == said["fr"].keys()
    assert {key for key, values in said["en"].items() if values != said["fr"][key]} <= {
        "protocol-diff-length"
    }


def test_a_fault_is_told_in_the_language_of_the_reader() -> None:
    faulty = SOUND.replace("version: 1", "version: x", 1)
    (problem,) = check_protocol(faulty.encode(), "a.yaml").problems
    assert problem.place == "version"
    assert told(CATALOGUES.say, "fr", problem.sentence, problem.details) == (
        "Un nombre entier est attendu, et non «\u00a0x\u00a0»."
    )
    assert (
        told(CATALOGUES.say, "en", problem.sentence, problem.details)
        == "A whole number is expected, not “x”."
    )
