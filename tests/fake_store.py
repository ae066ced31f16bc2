"""A whole store in memory: log, documents and jobs, and the directory of tests/fake_directory.py."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.engine.events import Event
from app.engine.ids import CommandId, PersonId, SessionId
from app.usecases.ports import Appended, Conflict, Erased, Quarantined, Recorded
from app.usecases.records import Attendance, Document, DocumentKind, Job, JobId, NewJob, Tally
from tests.fake_directory import FakeDirectory

__all__ = ["FakeDirectory", "FakeDocuments", "FakeJobs", "FakeLog", "FakeStore"]


class FakeDocuments:
    """Documents and marks in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept: dict[tuple[SessionId, PersonId, DocumentKind], Document] = {}
        self.marks: dict[SessionId, tuple[Tally, ...]] = {}

    async def keep(self, document: Document) -> None:
        """Keep a document in place of an earlier one."""
        self.kept[document.session, document.person, document.kind] = document

    async def find(self, session: SessionId, person: PersonId, kind: DocumentKind) -> Document | None:
        """Find a document."""
        return self.kept.get((session, person, kind))

    async def erase(self, session: SessionId, person: PersonId | None = None) -> None:
        """Throw documents away."""
        for key in [key for key in self.kept if key[0] == session and person in (None, key[1])]:
            del self.kept[key]

    async def tallies(self, sessions: tuple[SessionId, ...]) -> tuple[Tally, ...]:
        """Add the marks up."""
        sums: dict[str, tuple[int, ...]] = {}
        for session in sessions:
            for tally in self.marks.get(session, ()):
                before = sums.get(tally.question, (0, 0, 0, 0, 0))
                sums[tally.question] = tuple(a + b for a, b in zip(before, tally.counts, strict=True))
        return tuple(Tally(question, (c[0], c[1], c[2], c[3], c[4])) for question, c in sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class _KeptJob:
    job: Job
    held: bool = False
    buried: bool = False
    problem: str = ""


class FakeJobs:
    """Jobs in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._jobs: dict[JobId, _KeptJob] = {}
        self._made = 0

    @property
    def waiting(self) -> tuple[Job, ...]:
        """Show the jobs nobody holds, for tests to look at."""
        return tuple(kept.job for kept in self._jobs.values() if not kept.held and not kept.buried)

    def add(self, new: tuple[NewJob, ...], at: datetime) -> None:
        """Add jobs whose key is not known."""
        for job in new:
            if all(kept.job.key != job.key for kept in self._jobs.values()):
                self._made += 1
                run_at = job.run_at or at
                job_id = JobId(f"job-{self._made:04}")
                made = Job(job_id, job.kind, dict(job.payload), job.key, job.session, 0, run_at, run_at)
                self._jobs[job_id] = _KeptJob(made)

    async def enqueue(self, jobs: tuple[NewJob, ...], at: datetime) -> None:
        """Add jobs."""
        self.add(jobs, at)

    async def claim(
        self, kinds: tuple[str, ...], now: datetime, lease: timedelta, most: int = 1
    ) -> tuple[Job, ...]:
        """Take due jobs."""
        due = [
            kept.job
            for kept in self._jobs.values()
            if not kept.buried
            and kept.job.run_at <= now
            and kept.job.kind in kinds
            and (not kept.held or kept.job.leased_until <= now)
        ]
        taken = []
        for job in sorted(due, key=lambda job: (job.run_at, job.id))[:most]:
            claimed = replace(job, attempt=job.attempt + 1, leased_until=now + lease)
            self._jobs[job.id] = _KeptJob(claimed, held=True)
            taken.append(claimed)
        return tuple(taken)

    async def done(self, job: Job) -> None:
        """Forget a job."""
        if self._is_ours(job):
            del self._jobs[job.id]

    async def retry(self, job: Job, at: datetime, problem: str) -> None:
        """Put a job back."""
        if self._is_ours(job):
            self._jobs[job.id] = _KeptJob(replace(job, run_at=at), problem=problem)

    async def bury(self, job: Job, now: datetime, problem: str) -> None:
        """Give a job up."""
        if self._is_ours(job):
            self._jobs[job.id] = _KeptJob(replace(job, run_at=now), buried=True, problem=problem)

    async def buried(self) -> tuple[tuple[JobId, str, str], ...]:
        """List the jobs given up."""
        given_up = sorted(
            (k for k in self._jobs.values() if k.buried), key=lambda k: (k.job.run_at, k.job.id)
        )
        return tuple((kept.job.id, kept.job.kind, kept.problem) for kept in given_up)

    def _is_ours(self, job: Job) -> bool:
        kept = self._jobs.get(job.id)
        return kept is not None and kept.held and kept.job == job


class FakeLog:
    """The log in memory; `broken` makes it fail as a lost database does."""

    def __init__(self, documents: FakeDocuments, jobs: FakeJobs, directory: FakeDirectory) -> None:
        """Take what an erasure or an append writes besides."""
        self._documents, self._jobs, self._directory = documents, jobs, directory
        self._facts: dict[SessionId, tuple[Recorded, ...]] = {}
        self._commands: dict[tuple[SessionId, CommandId], Appended] = {}
        self._erased: set[SessionId] = set()
        self._listeners: set[asyncio.Queue[tuple[SessionId, int]]] = set()
        self.broken: Exception | None = None

    async def load(self, session: SessionId, after: int = 0) -> tuple[Recorded, ...]:
        """Read the facts after a seq."""
        self._check(session)
        facts = self._facts.get(session, ())
        if [fact.seq for fact in facts] != list(range(1, len(facts) + 1)):
            raise Quarantined("the log has a gap")
        return facts[after:]

    async def append(
        self,
        session: SessionId,
        after_seq: int,
        command_id: CommandId,
        events: tuple[Event, ...],
        at: datetime,
        actor: str,
        jobs: tuple[NewJob, ...] = (),
    ) -> Appended:
        """Write facts, their command and their jobs."""
        await asyncio.sleep(0)
        self._check(session)
        known = self._commands.get((session, command_id))
        if known is not None:
            return replace(known, known=True)
        facts = self._facts.get(session, ())
        if after_seq == 0 and not events:
            raise ValueError("the first append of a session plans it")
        if len(facts) != after_seq:
            raise Conflict
        new = tuple(
            Recorded(seq, command_id, at, actor, event) for seq, event in enumerate(events, after_seq + 1)
        )
        self._facts[session] = facts + new
        answer = self._commands[session, command_id] = Appended(after_seq + 1, after_seq + len(new))
        self._jobs.add(jobs, at)
        for queue in self._listeners:
            queue.put_nowait((session, answer.seq))
        return answer

    async def find_command(self, session: SessionId, command_id: CommandId) -> Appended | None:
        """Find the first answer to a command."""
        known = self._commands.get((session, command_id))
        return None if known is None else replace(known, known=True)

    async def heads(self, sessions: tuple[SessionId, ...]) -> Mapping[SessionId, int]:
        """Tell the last seq of each log."""
        return {session: len(self._facts[session]) for session in sessions if session in self._facts}

    async def erase(
        self,
        session: SessionId,
        at: datetime,
        keep_documents: tuple[Document, ...] = (),
        tallies: tuple[Tally, ...] = (),
        attendance: Attendance | None = None,
    ) -> None:
        """Throw a session's facts away and keep what is given."""
        if self.broken is not None:
            raise self.broken
        if session in self._erased:
            return
        self._erased.add(session)
        self._facts.pop(session, None)
        for key in [key for key in self._commands if key[0] == session]:
            del self._commands[key]
        for document in keep_documents:
            self._documents.kept.setdefault((document.session, document.person, document.kind), document)
        if tallies:
            self._documents.marks[session] = tallies
        if attendance is not None:
            self._directory.evidence[session] = attendance

    async def listen(self) -> AsyncIterator[tuple[SessionId, int]]:
        """Yield (session, seq) after each append."""
        queue: asyncio.Queue[tuple[SessionId, int]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    def _check(self, session: SessionId) -> None:
        if self.broken is not None:
            raise self.broken
        if session in self._erased:
            raise Erased


class FakeStore:
    """Everything the real store has, in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self.documents = FakeDocuments()
        self.jobs = FakeJobs()
        self.directory = FakeDirectory(self.documents.kept, self.documents.marks)
        self.log = FakeLog(self.documents, self.jobs, self.directory)
