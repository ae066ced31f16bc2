"""Reads a YAML 1.2 file into plain values and remembers on which line each of them stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from app.usecases.protocol_library import Path, Problem

MOST_BYTES = 100_000
MOST_DEPTH = 12
MOST_NODES = 10_000

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold."""

_WHOLE = re.compile(r"[-+]?[0-9]{1,9}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,9}\.[0-9]{1,9}")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(slots=True)
class Source:
    """A file as read: its plain values, the line of each, and what is wrong with its form."""

    content: Plain = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def line(self, path: Path) -> int:
        """Return the 1-based line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _GiveUp(Exception):
    """The file cannot be read any further; `problem` says why."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.problem = Problem(code, line=line)


def read_yaml(data: bytes) -> Source:
    """Read one document; `content` is None when nothing can be made of it.

    Numbers and words are told apart as in YAML 1.2's core schema, so `no` and `10:30` stay words.
    Anchors, aliases and tags are refused: a file of 1 kB could otherwise unfold into gigabytes.
    """
    source = Source()
    if len(data) > MOST_BYTES:
        source.problems.append(Problem("too-big", {"most": MOST_BYTES // 1000}))
        return source
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        source.problems.append(Problem("not-utf8", line=data[: error.start].count(b"\n") + 1))
        return source
    try:
        source.content = _document(_events(text), source)
    except _GiveUp as error:
        source.problems.append(error.problem)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = {"why": _in_plain_words(f"{error.context} {error.problem}")}
        source.problems.append(Problem("not-yaml", why, line=mark.line + 1 if mark else 1))
    except YAMLError as error:
        line = text[: getattr(error, "position", 0) or 0].count("\n") + 1
        source.problems.append(Problem("not-yaml", {"why": "protocol-yaml-character"}, line=line))
    return source


_WHY = {
    "mapping values are not allowed": "colon",
    "'\\t'": "tab",
    "while scanning a quoted scalar": "quote",
    "while parsing a flow": "quote",
    "could not find expected ':'": "key",
    "while parsing a block": "indent",
}
"""What ruamel says, and the sentence of ours that says it to a person."""


def _in_plain_words(reason: str) -> str:
    return "protocol-yaml-" + next((ours for theirs, ours in _WHY.items() if theirs in reason), "other")


def _events(text: str) -> Iterator[Event]:
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    events: Iterator[Event] = parser.parse(text)
    return events


def _document(events: Iterator[Event], source: Source) -> Plain:
    for event in events:
        if isinstance(event, DocumentStartEvent):
            content = _value(next(events), events, (), source)
            for later in events:
                if isinstance(later, DocumentStartEvent):
                    raise _GiveUp("several", later.start_mark.line + 1)
            return content
    raise _GiveUp("empty", 1)


def _value(event: Event, events: Iterator[Event], path: Path, source: Source) -> Plain:
    line = event.start_mark.line + 1
    source.lines.setdefault(path, line)
    source.nodes += 1
    if source.nodes > MOST_NODES or len(path) > MOST_DEPTH:
        raise _GiveUp("too-deep", line)
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
        raise _GiveUp("alias", line)
    match event:
        case MappingStartEvent():
            return _mapping(events, path, source)
        case SequenceStartEvent():
            items: list[Plain] = []
            while not isinstance(event := next(events), SequenceEndEvent):
                items.append(_value(event, events, (*path, len(items)), source))
            return items
        case ScalarEvent():
            if event.tag is not None:
                raise _GiveUp("tag", line)
            return _scalar(str(event.value)) if event.implicit[0] else str(event.value)
        case _:
            raise TypeError(type(event).__name__)


def _mapping(events: Iterator[Event], path: Path, source: Source) -> dict[str, Plain]:
    content: dict[str, Plain] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        line = event.start_mark.line + 1
        if not isinstance(event, ScalarEvent):
            raise _GiveUp("alias" if isinstance(event, AliasEvent) else "key-not-word", line)
        key = str(event.value)
        below = (*path, key)
        if key in content:
            source.problems.append(Problem("twice", {"key": key, "first": source.line(below)}, below, line))
            _value(next(events), events, (*path, f"{key} (2)"), source)
            continue
        source.lines[below] = line
        content[key] = _value(next(events), events, below, source)
    return content


def _scalar(text: str) -> Plain:
    """Tell numbers and constants from words, by YAML 1.2's core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
