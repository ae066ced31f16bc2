"""What can be said of protocol files: a problem, a checked file, and the library that facilitators read and add to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.engine.protocol import Protocol as SessionProtocol
from app.usecases.ports import Protocols

Path = tuple[str | int, ...]
"""Keys and 0-based positions from the top of a file to a value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, or worth a second look, in a protocol; "protocol-" + `code` is its sentence in the catalogue."""

    code: str
    details: Mapping[str, str | int | float] = field(default_factory=dict)
    path: Path = ()
    line: int = 1
    file: str = ""
    warning: bool = False

    @property
    def sentence(self) -> str:
        """Name the sentence of this problem in the catalogues."""
        return f"protocol-{self.code}"

    @property
    def place(self) -> str:
        """Write the path as people read it: `phases[3].minutes`, counted from 1 as in the text."""
        written = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return written.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a file: the protocol when there is no fault, and everything to say about it."""

    protocol: SessionProtocol | None
    problems: tuple[Problem, ...]


class Say(Protocol):
    """Says a sentence of the catalogues, or the sentence behind a code."""

    def __call__(self, language: str, sentence: str, **values: object) -> str:
        """Say it in a language, its values filled in."""
        ...


def told(say: Say, language: str, sentence: str, details: Mapping[str, str | int | float]) -> str:
    """Say a problem or a difference; details that name a sentence ("protocol-…") are said as well."""
    values = {
        key: say(language, value) if isinstance(value, str) and value.startswith("protocol-") else value
        for key, value in details.items()
    }
    return say(language, sentence, **values)


class ProtocolLibrary(Protocol):
    """The protocol files at hand, as the gallery needs them besides the port `Protocols`."""

    def check(self, data: bytes, file: str = "") -> Checked:
        """Read a file of a facilitator's own without keeping it."""
        ...

    def problems(self) -> tuple[Problem, ...]:
        """List what is wrong with the files as they stand now."""
        ...

    def own(self) -> frozenset[str]:
        """Name the ids of the protocols that come from facilitators' own files."""
        ...

    def source(self, protocol_id: str) -> bytes | None:
        """Give the file a protocol was read from, or None."""
        ...

    def save(self, data: bytes) -> SessionProtocol:
        """Put a file into the folder of facilitators' own, under its id; raises NotSaved."""
        ...


class Library(Protocols, ProtocolLibrary, Protocol):
    """Both ports: one object fulfils them."""


class NotSaved(Exception):
    """A file cannot be added to the library: it has faults, its id belongs to a shipped one, or the folder refuses."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
