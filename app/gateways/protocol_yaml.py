"""Reads a YAML 1.2 file into plain values and remembers on which line each of them stands."""

import math
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_BYTES = 100_000
MOST_DEPTH = 12
MOST_NODES = 10_000

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold."""
Path = tuple[str | int, ...]
"""Keys and 0-based positions from the top of the file to a value."""

_CORE = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, or worth a second look, in a protocol file; `code` is its sentence in the catalogue."""

    code: str
    details: dict[str, str | int | float] = field(default_factory=dict)
    path: Path = ()
    line: int = 1
    file: str = ""
    warning: bool = False


@dataclass(slots=True)
class Source:
    """A file as read: its plain values, the line of each, and what is wrong with its form."""

    content: Plain = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the 1-based line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(data: bytes) -> Source:
    """Read one document; every fault of form is collected, and `content` is None when nothing can be made of it.

    Anchors and aliases are refused: a file of 1 kB could otherwise unfold into gigabytes.
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
        if not _flat_enough(text, source):
            return source
        node = _parser().compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        details: dict[str, str | int | float] = {"why": _plain_reason(error)}
        source.problems.append(Problem("not-yaml", details, line=mark.line + 1 if mark else 1))
        return source
    except (YAMLError, ValueError) as error:
        line = text[: getattr(error, "position", 0) or 0].count("\n") + 1
        source.problems.append(Problem("not-yaml", {"why": str(error).splitlines()[0]}, line=line))
        return source
    if node is None:
        source.problems.append(Problem("empty"))
        return source
    source.content = _plain(node, (), source)
    return source


def _parser() -> YAML:
    """Make a fresh parser: ruamel keeps state between documents."""
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    return parser


def _plain_reason(error: MarkedYAMLError) -> str:
    return (error.problem or error.context or "unreadable").splitlines()[0]


def _flat_enough(text: str, source: Source) -> bool:
    """Tell whether the file is small and shallow enough to be read, and free of aliases."""
    depth = nodes = 0
    for event in _parser().parse(text):
        anchored = isinstance(event, NodeEvent) and event.anchor is not None
        if isinstance(event, AliasEvent) or anchored:
            source.problems.append(Problem("alias", line=event.start_mark.line + 1))
            return False
        nodes += isinstance(event, NodeEvent)
        kind = type(event).__name__
        depth += kind in ("MappingStartEvent", "SequenceStartEvent")
        depth -= kind in ("MappingEndEvent", "SequenceEndEvent")
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            source.problems.append(Problem("too-deep", line=event.start_mark.line + 1))
            return False
    return True


def _plain(node: Node, path: Path, source: Source) -> Plain:
    source.lines.setdefault(path, node.start_mark.line + 1)
    match node:
        case MappingNode():
            return _mapping(node, path, source)
        case SequenceNode():
            return [_plain(item, (*path, at), source) for at, item in enumerate(node.value)]
        case ScalarNode():
            return _scalar(node, path, source)
        case _:
            raise TypeError(type(node).__name__)


def _mapping(node: MappingNode, path: Path, source: Source) -> Plain:
    content: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            source.problems.append(Problem("key-not-word", path=path, line=line))
            continue
        key = str(key_node.value)
        below = (*path, key)
        if key in content:
            details: dict[str, str | int | float] = {"key": key, "first": source.line(below)}
            source.problems.append(Problem("twice", details, below, line))
            continue
        source.lines[below] = line
        content[key] = _plain(value_node, below, source)
    return content


def _scalar(node: ScalarNode, path: Path, source: Source) -> Plain:
    text = str(node.value)
    line = node.start_mark.line + 1
    match str(node.tag).removeprefix(_CORE):
        case "str":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if text.removeprefix("-").isdigit() and len(text) < 10:
            return int(text)
        case "float" if (number := _float(text)) is not None:
            return number
        case _:
            source.problems.append(Problem("needs-quotes", {"value": text[:40]}, path, line))
            return text


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
