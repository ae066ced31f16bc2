"""Keeps the protocols at hand: the shipped ones and the facilitators' own, read again whenever a file changes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol as Port

from app.engine.protocol import Protocol
from app.gateways.protocol_check import check_protocol
from app.gateways.protocol_content import as_json, from_json
from app.gateways.protocol_yaml import MOST_BYTES
from app.usecases.ports import UnknownProtocol
from app.usecases.protocol_library import Checked, NotSaved, Problem

SHIPPED = Path(__file__).parents[2] / "protocols"
MOST_FILES = 200
FIRST = ("codev-75", "codev-express", "codev-classic", "codev-flash")
"""The family that stands first in the gallery, the default at its head; others follow by name."""

_Stamp = tuple[int, int, int]


class Pins(Port):
    """Where the content of chosen protocols outlives its files (`Directory` fulfils it)."""

    async def keep_protocol(self, content_hash: str, source: str) -> None:
        """Keep a content under its hash, once."""
        ...

    async def find_protocol(self, content_hash: str) -> str | None:
        """Find a content by its hash."""
        ...


@dataclass(frozen=True, slots=True)
class _Read:
    """One file as last read; `good` outlives later faults of the same file."""

    stamp: _Stamp
    good: Protocol | None
    problems: tuple[Problem, ...]


class ProtocolFiles:
    """Fulfils the ports Protocols and ProtocolLibrary from folders of YAML files, without a restart.

    A file that becomes faulty keeps its last good version. What was found once under its id is pinned
    by its hash, so that a session planned with it can be read for as long as it lives.
    """

    def __init__(self, own: Path | None = None, pins: Pins | None = None, shipped: Path = SHIPPED) -> None:
        self._shipped, self._own, self._pins = shipped, own, pins
        self._read: dict[Path, _Read] = {}
        self._by_hash: dict[str, Protocol] = {}
        self._by_id: dict[str, Protocol] = {}
        self._own_ids: frozenset[str] = frozenset()
        self._pinned: set[str] = set()
        self._problems: tuple[Problem, ...] = ()
        self._refresh()

    async def all(self) -> tuple[Protocol, ...]:
        """List every protocol in its newest good version: shipped ones first, in the gallery's order."""
        self._refresh()
        return tuple(self._by_id.values())

    async def find(self, protocol_id: str) -> Protocol | None:
        """Find the newest good version of a protocol, and pin it: whoever asks may plan with it."""
        self._refresh()
        found = self._by_id.get(protocol_id)
        if found is not None and self._pins is not None and found.content_hash not in self._pinned:
            await self._pins.keep_protocol(found.content_hash, as_json(found))
            self._pinned.add(found.content_hash)
        return found

    async def get(self, content_hash: str) -> Protocol:
        """Get the protocol of exactly this content, from the files or the pins; raises UnknownProtocol."""
        if content_hash not in self._by_hash:
            self._refresh()
        if content_hash not in self._by_hash and self._pins is not None:
            content = await self._pins.find_protocol(content_hash)
            if content is not None:
                self._by_hash[content_hash] = from_json(content)
        try:
            return self._by_hash[content_hash]
        except KeyError:
            raise UnknownProtocol(content_hash) from None

    def check(self, data: bytes, file: str = "") -> Checked:
        """Read a file of a facilitator's own without keeping it; warnings of the linter included."""
        return check_protocol(data, file)

    def problems(self) -> tuple[Problem, ...]:
        """List what is wrong with the files as they stand now."""
        self._refresh()
        return self._problems

    def own(self) -> frozenset[str]:
        """Name the ids of the protocols that come from facilitators' own files."""
        self._refresh()
        return self._own_ids

    def source(self, protocol_id: str) -> bytes | None:
        """Give the file a protocol was read from; None when it is unknown, or gone since."""
        self._refresh()
        wanted = self._by_id.get(protocol_id)
        path = next((path for path, read in self._read.items() if wanted and read.good is wanted), None)
        try:
            return path.read_bytes() if path else None
        except OSError:
            return None

    def save(self, data: bytes) -> Protocol:
        """Put a file into the folder of facilitators' own as `<id>.yaml`; raises NotSaved.

        The file appears whole or not at all; an older one of the same id is replaced.
        """
        checked = check_protocol(data)
        if checked.protocol is None:
            raise NotSaved(next(problem for problem in checked.problems if not problem.warning))
        identity = checked.protocol.id
        self._refresh()
        if self._own is None or (identity in self._by_id and identity not in self._own_ids):
            raise NotSaved(Problem("id-taken", {"id": identity}, ("id",)))
        target = self._own / f"{identity}.yaml"
        draft = target.with_suffix(".new")
        try:
            self._own.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(target)
        except OSError as error:
            raise NotSaved(Problem("not-written", {"why": os.strerror(error.errno or 0)})) from error
        self._refresh()
        return self._by_id[identity]

    def _refresh(self) -> None:
        """Read what changed since the last look: one stat per file, well under a millisecond."""
        stamps = dict(self._stamps())
        if stamps == {path: read.stamp for path, read in self._read.items()}:
            return
        known = self._read
        self._read = {path: _reread(path, stamp, known.get(path)) for path, stamp in stamps.items()}
        problems: list[Problem] = []
        by_id: dict[str, Protocol] = {}
        own_ids: set[str] = set()
        for path, read in self._read.items():
            problems += read.problems
            if read.good is None:
                continue
            self._by_hash[read.good.content_hash] = read.good
            if read.good.id in by_id:
                problems.append(Problem("id-taken", {"id": read.good.id}, ("id",), 1, path.name))
                continue
            by_id[read.good.id] = read.good
            if path.parent == self._own:
                own_ids.add(read.good.id)
        self._by_id, self._own_ids, self._problems = by_id, frozenset(own_ids), tuple(problems)

    def _stamps(self) -> Iterator[tuple[Path, _Stamp]]:
        for folder in (self._shipped, self._own):
            if folder is None or not folder.is_dir():
                continue
            for path in sorted(folder.glob("*.yaml"), key=_place)[:MOST_FILES]:
                try:
                    state = path.stat()
                except FileNotFoundError:
                    continue
                yield path, (state.st_mtime_ns, state.st_size, state.st_ino)


def check_file(path: Path) -> Checked:
    """Read and check one file; a file that cannot be opened is a problem like any other."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Checked(None, (Problem("unreadable", {"why": error.strerror or "?"}, file=path.name),))
    return check_protocol(data, path.name)


def _reread(path: Path, stamp: _Stamp, before: _Read | None) -> _Read:
    if before is not None and before.stamp == stamp:
        return before
    checked = check_file(path)
    faults = tuple(problem for problem in checked.problems if not problem.warning)
    return _Read(stamp, checked.protocol or (before.good if before else None), faults)


def _place(path: Path) -> tuple[int, str]:
    return (FIRST.index(path.stem) if path.stem in FIRST else len(FIRST)), path.name
