"""Lets a person read and correct what they keep of a session, before and after its log is gone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.engine.commands import Command, Erase, Write
from app.engine.decide_writing import STEPS
from app.engine.errors import Code, Refusal
from app.engine.ids import CommandId, EntryId, PersonId
from app.engine.protocol import Kind, Role
from app.engine.state import Session
from app.engine.state import Status as SessionStatus
from app.usecases.ports import Clock, Directory, Documents, Erased, Ids
from app.usecases.records import Document, DocumentKind, PlannedSession, Status
from app.usecases.run_session import Rooms, UnknownSession
from app.usecases.write_report import (
    FOUR_A,
    Action,
    Learning,
    Report,
    decode,
    encode,
    kept_kinds,
    report_of,
)

GONE = (Refusal, Erased, UnknownSession)
"""What tells that the session was closed while it was being corrected."""

MOST_ACTIONS = STEPS
"""Each is a row of the form."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has of a session now."""

    report: Report | None  # None: nothing is kept for them
    ended: bool  # the session is over
    erased_at: datetime | None  # until then the whole session still exists
    stars: Mapping[str, str]  # the marks they gave, while they can be changed
    is_kept: bool  # whether the trace policy keeps this person's document


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The use cases of the page after a session."""

    rooms: Rooms
    directory: Directory
    documents: Documents
    clock: Clock
    ids: Ids

    async def find(self, planned: PlannedSession, person: PersonId) -> Standing:
        """Find what a person has: from the session while it exists, else from what they keep."""
        session = await self._session(planned)
        if session is None:
            report = await self._kept(planned, person)
            return Standing(report, ended=True, erased_at=None, stars={}, is_kept=report is not None)
        view = await self.rooms.view(planned.id, person)
        report = report_of(session, view)
        until = view.session.reopen_until
        return Standing(
            report,
            ended=session.status is SessionStatus.ENDED,
            erased_at=datetime.fromtimestamp(until / 1000, planned.starts_at.tzinfo) if until else None,
            stars=_stars(session, person),
            is_kept=report.kind in kept_kinds(session.trace),
        )

    async def next_session(self, planned: PlannedSession) -> PlannedSession | None:
        """Find the group's next session after this one."""
        later = (
            each
            for each in await self.directory.sessions_of(planned.group)
            if each.starts_at > planned.starts_at and each.status is not Status.CANCELLED
        )
        return min(later, key=lambda each: each.starts_at, default=None)

    async def correct_plan(
        self, planned: PlannedSession, person: PersonId, actions: tuple[Action, ...]
    ) -> None:
        """Put these actions in the place of the person's plan; raises Refusal while the session still exists."""
        actions = tuple(action for action in actions if action.title)[:MOST_ACTIONS]
        if await self._while_it_lasts(planned, lambda live: self._write_plan(planned, person, live, actions)):
            return

        def corrected(report: Report) -> Report:
            return replace(report, actions=actions) if report.kind is DocumentKind.PLAN else report

        await self._rewrite(planned, person, corrected)

    async def _write_plan(
        self, planned: PlannedSession, person: PersonId, session: Session, actions: tuple[Action, ...]
    ) -> None:
        before = report_of(session, await self.rooms.view(planned.id, person)).actions
        for gone in {each.id for each in before} - {each.id for each in actions}:
            await self._do(planned, person, Erase(gone))
        for action in actions:
            if action not in before:
                await self._do(
                    planned, person, Write(self._entry(action.id), Kind.ACTION, action.title, action.details)
                )

    async def correct_learnings(
        self, planned: PlannedSession, person: PersonId, texts: Mapping[str, str]
    ) -> None:
        """Put these texts in the place of the person's learnings, one for each of the four A."""
        wanted = {a4: text for a4 in FOUR_A if (text := texts.get(a4, "").strip())}
        if await self._while_it_lasts(
            planned, lambda live: self._write_learnings(planned, person, live, wanted)
        ):
            return
        learnings = tuple(Learning(EntryId(self.ids.new()), a4, text) for a4, text in wanted.items())
        await self._rewrite(planned, person, lambda report: replace(report, learnings=learnings))

    async def _write_learnings(
        self, planned: PlannedSession, person: PersonId, session: Session, wanted: Mapping[str, str]
    ) -> None:
        before = report_of(session, await self.rooms.view(planned.id, person)).learnings
        for a4 in FOUR_A:
            first, *others = [each for each in before if each.a4 == a4] or [Learning(EntryId(""), a4, "")]
            text = wanted.get(a4, "")
            gone = [*others, first] if not text and first.id else others
            if text and (text != first.text or others):
                await self._do(planned, person, Write(self._entry(first.id), Kind.LEARNING, text, {"a4": a4}))
            for each in gone:
                await self._do(planned, person, Erase(each.id))

    async def rate(self, planned: PlannedSession, person: PersonId, stars: Mapping[str, str]) -> bool:
        """Give marks; once the session is closed only averages exist and nothing changes (False)."""
        session = await self._session(planned)
        if session is None:
            return False
        own = [
            each for each in session.entries.values() if each.kind is Kind.RATING and each.author == person
        ]
        entry = own[0].id if own else EntryId(self.ids.new())
        await self._do(planned, person, Write(entry, Kind.RATING, "", {**_stars(session, person), **stars}))
        return True

    async def _while_it_lasts(
        self, planned: PlannedSession, write: Callable[[Session], Awaitable[None]]
    ) -> bool:
        """Write into the session itself; False when only documents are left of it, or it closes meanwhile."""
        session = await self._session(planned)
        if session is None:
            return False
        try:
            await write(session)
        except GONE as gone:
            if isinstance(gone, Refusal) and gone.code is not Code.SESSION_CLOSED:
                raise
            return False
        return True

    async def _session(self, planned: PlannedSession) -> Session | None:
        """Give the live session, or None once only documents are left."""
        try:
            session = await self.rooms.session(planned.id)
        except (Erased, UnknownSession):
            return None
        return None if session.status is SessionStatus.CLOSED else session

    async def _kept(self, planned: PlannedSession, person: PersonId) -> Report | None:
        """Find what a person keeps; foresee it while the session is closed and the worker has not written it yet."""
        for kind in DocumentKind:
            found = await self.documents.find(planned.id, person, kind)
            if found is not None:
                return decode(found.body)
        report = await self._foreseen(planned, person)
        return None if report is None or report.is_empty else report

    async def _foreseen(self, planned: PlannedSession, person: PersonId) -> Report | None:
        """Write what a person will keep of a session that is closed and not erased yet."""
        try:
            session = await self.rooms.session(planned.id)
        except (Erased, UnknownSession):
            return None
        if session.find_person(person) is None:
            return None
        report = report_of(session, await self.rooms.view(planned.id, person))
        return report if report.kind in kept_kinds(session.trace) else None

    async def _rewrite(
        self, planned: PlannedSession, person: PersonId, change: Callable[[Report], Report]
    ) -> None:
        """Put a corrected document in place of the one kept, or of the one the worker is about to write.

        Raises Refusal when the trace policy lets nothing of this person remain, so that nobody believes it was saved.
        """
        before = await self._kept(planned, person) or await self._foreseen(planned, person)
        before = before or await self._blank(planned, person)
        if before is None:
            raise Refusal(Code.SESSION_CLOSED)
        body = encode(change(before))
        await self.documents.keep(Document(planned.id, person, before.kind, body, self.clock.now()))

    async def _blank(self, planned: PlannedSession, person: PersonId) -> Report | None:
        """Begin the document of a person who had written nothing, if the trace policy lets one remain."""
        group = await self.directory.find_group(planned.group)
        member = await self.directory.find_member(person) or await self.directory.find_facilitator(person)
        held = await self.directory.casts_of(planned.group)
        is_client = any(
            (each.session, each.person, each.role) == (planned.id, person, Role.CLIENT) for each in held
        )
        kind = DocumentKind.PLAN if is_client else DocumentKind.LEARNINGS
        if group is None or kind not in kept_kinds(planned.trace):
            return None
        name = member.name if member else ""
        return Report(kind, group.name, planned.number, planned.starts_at, planned.zone, name)

    async def _do(self, planned: PlannedSession, person: PersonId, command: Command) -> None:
        await self.rooms.do(planned.id, person, command, CommandId(self.ids.new()))

    def _entry(self, known: EntryId) -> EntryId:
        return known or EntryId(self.ids.new())


def _stars(session: Session, person: PersonId) -> dict[str, str]:
    """Find the marks a person gave."""
    given: dict[str, str] = {}
    for entry in session.entries.values():
        if entry.kind is Kind.RATING and entry.author == person:
            given |= entry.fields
    return given
