"""What every store promises about what people keep of a session."""

from dataclasses import replace
from datetime import timedelta

from app.engine.ids import PersonId, SessionId
from app.usecases.records import Document, DocumentKind, Tally
from tests.fakes import NOON
from tests.store.conftest import AnyStore

ROOM, OTHER = SessionId("room"), SessionId("other")
ANNA, BEN = PersonId("anna"), PersonId("ben")
PLAN = Document(ROOM, ANNA, DocumentKind.PLAN, '{"idea":"déléguer 🌱"}'.encode(), NOON)


async def test_a_document_is_its_readers_alone_and_one_of_each_kind(store: AnyStore) -> None:
    await store.documents.keep(PLAN)
    better = replace(PLAN, body=b"{}", written_at=NOON + timedelta(minutes=1))
    learnings = replace(PLAN, kind=DocumentKind.LEARNINGS)
    await store.documents.keep(better)
    await store.documents.keep(learnings)
    assert await store.documents.find(ROOM, ANNA, DocumentKind.PLAN) == better
    assert await store.documents.find(ROOM, BEN, DocumentKind.PLAN) is None
    assert await store.documents.find(ROOM, ANNA, DocumentKind.LEARNINGS) == learnings


async def test_documents_are_erased_for_one_person_or_for_all(store: AnyStore) -> None:
    for session, person in ((ROOM, ANNA), (ROOM, BEN), (OTHER, ANNA)):
        await store.documents.keep(replace(PLAN, session=session, person=person))
    await store.documents.erase(ROOM, ANNA)
    assert await store.documents.find(ROOM, ANNA, DocumentKind.PLAN) is None
    assert await store.documents.find(OTHER, ANNA, DocumentKind.PLAN) is not None
    assert await store.documents.find(ROOM, BEN, DocumentKind.PLAN) is not None
    await store.documents.erase(ROOM)
    assert await store.documents.find(ROOM, BEN, DocumentKind.PLAN) is None
    assert await store.documents.find(OTHER, ANNA, DocumentKind.PLAN) is not None


async def test_closing_a_session_leaves_a_document_alone_that_was_corrected_meanwhile(
    store: AnyStore,
) -> None:
    corrected = replace(PLAN, body=b"corrected", written_at=NOON + timedelta(minutes=1))
    foreseen = replace(PLAN, kind=DocumentKind.LEARNINGS)
    await store.documents.keep(corrected)
    await store.log.erase(ROOM, NOON, (PLAN, foreseen))
    assert await store.documents.find(ROOM, ANNA, DocumentKind.PLAN) == corrected
    assert await store.documents.find(ROOM, ANNA, DocumentKind.LEARNINGS) == foreseen


async def test_marks_add_up_over_sessions_without_names(store: AnyStore) -> None:
    await store.log.erase(ROOM, NOON, (), (Tally("helped", (0, 0, 0, 1, 2)), Tally("frame", (1, 0, 0, 0, 0))))
    await store.log.erase(OTHER, NOON, (), (Tally("helped", (0, 0, 0, 0, 2)),))
    frame, helped = await store.documents.tallies((ROOM, OTHER))
    assert frame == Tally("frame", (1, 0, 0, 0, 0))
    assert helped == Tally("helped", (0, 0, 0, 1, 4))
    assert await store.documents.tallies(()) == ()


def test_an_average_shows_from_five_answers_on() -> None:
    assert Tally("helped", (0, 0, 0, 1, 3)).average is None
    assert Tally("helped", (0, 0, 0, 1, 4)).average == 4.8
