"""Gathers appends that wait while a commit is on its way to the disk, and commits them together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from app.engine.ids import CommandId, SessionId
from app.usecases.ports import Appended, StoreUnavailable

MOST = 256  # appends in one transaction


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored."""

    seq: int
    name: str
    version: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it is stored."""

    id: str
    kind: str
    payload: str
    key: str
    session: SessionId | None
    run_at: int  # microseconds


@dataclass(frozen=True, slots=True)
class Append:
    """One append as it is written."""

    session: SessionId
    after: int
    command: CommandId
    at: int  # microseconds
    actor: str
    rows: tuple[Row, ...]
    jobs: tuple[JobRow, ...]
    wrapped_key: bytes | None = field(repr=False)  # for the first append of a session

    @property
    def last(self) -> int:
        """Give the seq after this append."""
        return self.after + len(self.rows)


Answer = Appended | Exception
Commit = Callable[[Sequence[Append]], Awaitable[Sequence[Answer]]]
"""Writes appends of different sessions in one transaction: one answer for each, once all are on disk."""


class GroupCommit:
    """Commits one batch at a time; a batch is all that came while the one before was being written."""

    def __init__(self, commit: Commit) -> None:
        """Take what writes a batch."""
        self._commit = commit
        self._waiting: list[tuple[Append, asyncio.Future[Appended]]] = []
        self._task: asyncio.Task[None] | None = None

    async def submit(self, append: Append) -> Appended:
        """Hand an append in and wait until it is on disk; it may be written even when the caller stops waiting."""
        future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((append, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="group commit")
        return await future

    async def close(self) -> None:
        """Wait until everything handed in is answered."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        while self._waiting:
            batch = self._take()
            answers = await self._write([append for append, _ in batch])
            for (_, future), answer in zip(batch, answers, strict=True):
                if future.done():  # the caller went away; the fact stays
                    continue
                if isinstance(answer, Appended):
                    future.set_result(answer)
                else:
                    future.set_exception(answer)

    def _take(self) -> list[tuple[Append, asyncio.Future[Appended]]]:
        """Take the oldest append of each session, for a second one must see what the first one did."""
        batch: dict[SessionId, tuple[Append, asyncio.Future[Appended]]] = {}
        later = []
        for each in self._waiting:
            if each[0].session in batch or len(batch) == MOST:
                later.append(each)
            else:
                batch[each[0].session] = each
        self._waiting = later
        return list(batch.values())

    async def _write(self, appends: Sequence[Append]) -> Sequence[Answer]:
        try:
            return await self._commit(appends)
        except StoreUnavailable as broken:
            return [broken] * len(appends)
        except Exception as broken:  # noqa: BLE001 - whatever it is, only the append that caused it may fail
            if len(appends) == 1:
                return [broken]
            return [(await self._write([each]))[0] for each in appends]
