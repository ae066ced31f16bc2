"""Checks that sentences for people are complete, calm and set as French printers set them."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from devtools.steps import ROOT

LOCALE = ROOT / "app" / "locale"
FRENCH_RULES = {
    "a narrow no-break space before ? ! ;": re.compile(r"[^\s?!\u202f][?!;](?=\s|$)|[ \u00a0][?!;]"),
    "a no-break space before :": re.compile(r"[^\u00a0]:(?=\s|$)"),
    "no-break spaces inside « »": re.compile(r"«[^\u00a0]|[^\u00a0]»"),
    "a curly apostrophe": re.compile(r"\w'\w"),
}
ROOM = ("room", "media", "drops")
"""The catalogues that the room and the console load."""
SAID = re.compile(r'\b_n?\(\s*"((?:[^"\\]|\\.)*)"')
LOUD = re.compile(r"!(?=\s|$)|\b(?:oops|oups|whoops)\b", re.IGNORECASE)


def _translations(language: str) -> Iterator[tuple[str, str]]:
    """Give (where, sentence) of each translation of one language."""
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    forms = message.string if isinstance(message.string, tuple) else (message.string,)
                    yield from ((f"{path.name}:{message.lineno}", str(form or "")) for form in forms)


def _protocol_texts(language: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "protocols").glob("*.yaml")):
        yield from ((path.name, text) for text in _texts(YAML(typ="safe").load(path), language))


def _texts(node: object, language: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from _texts(value, language)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, language)


def _languages() -> tuple[Path, ...]:
    return tuple(sorted(path for path in LOCALE.iterdir() if path.is_dir()))


def test_no_translation_is_empty_or_doubtful() -> None:
    wrong = [
        f"{language.name}/{where}"
        for language in _languages()
        for where, sentence in _translations(language.name)
        if not sentence.strip()
    ]
    for path in LOCALE.glob("*/*.po"):
        with path.open("rb") as file:
            wrong += [f"{path.name}: {message.id} is fuzzy" for message in read_po(file) if message.fuzzy]
    assert not wrong, "\n".join(wrong)


def test_french_sentences_are_set_as_printers_set_them() -> None:
    wrong = [
        f"{where}: wants {rule}: {sentence[max(0, found.start() - 30) : found.end() + 5]!r}"
        for where, sentence in (*_translations("fr"), *_protocol_texts("fr"))
        for rule, pattern in FRENCH_RULES.items()
        if (found := pattern.search(sentence))
    ]
    assert not wrong, f"{len(wrong)} sentences\n" + "\n".join(wrong)


def _known_to_the_room(language: Path) -> Iterator[str]:
    """Give each sentence of the catalogues that the room loads; of several forms, the first."""
    for path in (language / f"{name}.po" for name in ROOM):
        if path.exists():
            for message in read_po(io.BytesIO(path.read_bytes())):
                if message.id:
                    yield message.id if isinstance(message.id, str) else message.id[0]


def test_what_a_room_says_is_in_the_catalogues_it_loads() -> None:
    known = frozenset(_known_to_the_room(LOCALE / "fr"))
    sources = (path for path in (ROOT / "app" / "client").rglob("*.ts*") if ".test." not in path.name)
    said = {sentence: path.name for path in sources for sentence in SAID.findall(path.read_text("utf-8"))}
    assert len(said) > 100
    assert not {sentence: where for sentence, where in said.items() if sentence not in known}


def test_a_room_reads_each_sentence_in_one_place() -> None:
    """The room loads these catalogues together: a sentence in two of them could be said in two ways."""
    for language in _languages():
        seen = Counter(_known_to_the_room(language))
        assert not [sentence for sentence, times in seen.items() if times > 1]


def test_nobody_is_shouted_at() -> None:
    wrong = [
        f"{where}: {sentence[:80]!r}"
        for language in ("en", "fr")
        for where, sentence in (*_translations(language), *_protocol_texts(language))
        if LOUD.search(sentence)
    ]
    assert not wrong, "\n".join(wrong)
