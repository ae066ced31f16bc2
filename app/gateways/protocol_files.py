"""Keeps the protocols at hand: the shipped ones and the facilitators' own, read again whenever a file changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.engine.protocol import Protocol
from app.gateways.protocol_check import Checked, check_protocol
from app.gateways.protocol_yaml import MOST_BYTES, Problem

SHIPPED = Path(__file__).parents[2] / "protocols"
MOST_FILES = 200
FIRST = ("codev-75", "codev-express", "codev-classic", "codev-flash")
"""The family that stands first in the gallery, the default at its head; others follow by name."""

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Read:
    """One file as last read; `good` outlives later faults of the same file."""

    stamp: _Stamp
    good: Protocol | None
    problems: tuple[Problem, ...]


class ProtocolFiles:
    """Fulfils the port Protocols from folders of YAML files, without a restart when one of them changes.

    A file that becomes faulty keeps its last good version. A content seen once stays reachable by its hash
    as long as the process lives; sessions keep their own copy for longer (`as_json`).
    """

    def __init__(self, own: Path | None = None, shipped: Path = SHIPPED) -> None:
        self._folders = (shipped,) if own is None else (shipped, own)
        self._read: dict[Path, _Read] = {}
        self._by_hash: dict[str, Protocol] = {}
        self._by_id: dict[str, Protocol] = {}
        self._problems: tuple[Problem, ...] = ()
        self._refresh()

    def all(self) -> tuple[Protocol, ...]:
        """Return every protocol in its newest good version: shipped ones first, in the gallery's order."""
        self._refresh()
        return tuple(self._by_id.values())

    def find(self, id: str) -> Protocol | None:
        """Return the newest good version of a protocol, or None."""
        self._refresh()
        return self._by_id.get(id)

    def get(self, content_hash: str) -> Protocol:
        """Return the protocol of exactly this content; raises KeyError when it was never seen here."""
        if content_hash not in self._by_hash:
            self._refresh()
        return self._by_hash[content_hash]

    def remember(self, protocol: Protocol) -> None:
        """Make a content that a session pinned reachable by its hash."""
        self._by_hash.setdefault(protocol.content_hash, protocol)

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the files as they stand now."""
        self._refresh()
        return self._problems

    def own_folder(self) -> Path | None:
        """Return the folder of the facilitators' own files, if there is one."""
        return self._folders[1] if len(self._folders) > 1 else None

    def _refresh(self) -> None:
        """Read what changed since the last look: a stat per file, well under a millisecond."""
        stamps = dict(self._stamps())
        if stamps == {path: read.stamp for path, read in self._read.items()}:
            return
        known = self._read
        self._read = {path: self._reread(path, stamp, known.get(path)) for path, stamp in stamps.items()}
        problems: list[Problem] = []
        by_id: dict[str, Protocol] = {}
        for path, read in self._read.items():
            problems += read.problems
            if read.good is None:
                continue
            self.remember(read.good)
            if read.good.id in by_id:
                problems.append(Problem("id-taken", {"id": read.good.id}, ("id",), 1, path.name))
            else:
                by_id[read.good.id] = read.good
        self._by_id, self._problems = by_id, tuple(problems)

    def _stamps(self) -> Iterator[tuple[Path, _Stamp]]:
        for folder in self._folders:
            for path in sorted(folder.glob("*.yaml"), key=_place)[:MOST_FILES] if folder.is_dir() else ():
                try:
                    state = path.stat()
                except FileNotFoundError:
                    continue
                yield path, (state.st_mtime_ns, state.st_size, state.st_ino)

    def _reread(self, path: Path, stamp: _Stamp, before: _Read | None) -> _Read:
        if before is not None and before.stamp == stamp:
            return before
        checked = check_file(path)
        good = checked.protocol or (before.good if before else None)
        return _Read(stamp, good, checked.problems)


def _place(path: Path) -> tuple[int, str]:
    return (FIRST.index(path.stem) if path.stem in FIRST else len(FIRST)), path.name


def check_file(path: Path) -> Checked:
    """Read and check one file; a file that cannot be opened is a problem like any other."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Checked(None, (Problem("unreadable", {"why": error.strerror or "?"}, file=path.name),))
    return check_protocol(data, path.name)
