"""What every event log promises."""

import asyncio
from datetime import timedelta

import pytest

from app.engine.events import DoorsOpened, HandRaised, PersonArrived
from app.engine.ids import CommandId, PersonId, SessionId
from app.engine.protocol import Role
from app.usecases.ports import Appended, Conflict, Erased
from app.usecases.records import Attendance, Document, DocumentKind, HeldPhase, NewJob, Presence, Tally
from tests.fakes import NOON
from tests.store.conftest import AnyStore

ROOM = SessionId("room")
ANNA = PersonId("anna")
ARRIVED = PersonArrived(ANNA)


def command(number: int) -> CommandId:
    return CommandId(f"command-{number}")


async def test_a_log_begins_empty(store: AnyStore) -> None:
    assert await store.log.load(ROOM) == ()
    assert await store.log.heads((ROOM,)) == {}


async def test_what_is_appended_is_loaded_in_order_with_who_and_when(store: AnyStore) -> None:
    assert await store.log.append(ROOM, 0, command(1), (DoorsOpened(), ARRIVED), NOON, "server") == Appended(
        1, 2
    )
    later = NOON + timedelta(microseconds=1)
    assert await store.log.append(ROOM, 2, command(2), (HandRaised(ANNA),), later, ANNA) == Appended(3, 3)
    facts = await store.log.load(ROOM)
    assert [(fact.seq, fact.event) for fact in facts] == [
        (1, DoorsOpened()),
        (2, ARRIVED),
        (3, HandRaised(ANNA)),
    ]
    assert [(fact.command, fact.at, fact.actor) for fact in facts[1:]] == [
        (command(1), NOON, "server"),
        (command(2), later, "anna"),
    ]
    assert await store.log.load(ROOM, after=2) == facts[2:]
    assert await store.log.heads((ROOM, SessionId("unknown"))) == {ROOM: 3}


async def test_a_taken_place_is_a_conflict_and_writes_nothing(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA)
    for after in (0, 2):
        with pytest.raises(Conflict):
            await store.log.append(ROOM, after, command(2), (ARRIVED,), NOON, ANNA, (job("lost"),))
    assert len(await store.log.load(ROOM)) == 1
    assert await store.log.find_command(ROOM, command(2)) is None
    assert await store.jobs.claim(("mail",), NOON, timedelta(minutes=1)) == ()


async def test_a_log_cannot_begin_in_the_middle(store: AnyStore) -> None:
    with pytest.raises(Conflict):
        await store.log.append(ROOM, 3, command(1), (ARRIVED,), NOON, ANNA)


async def test_a_command_said_twice_gets_its_first_answer_and_changes_nothing(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED, ARRIVED), NOON, ANNA, (job("once"),))
    await store.log.append(ROOM, 2, command(2), (ARRIVED,), NOON, ANNA)
    for after in (0, 2, 3, 99):
        again = await store.log.append(ROOM, after or 3, command(1), (ARRIVED,), NOON, ANNA, (job("twice"),))
        assert again == Appended(1, 2, known=True)
    assert await store.log.find_command(ROOM, command(1)) == Appended(1, 2, known=True)
    assert len(await store.log.load(ROOM)) == 3
    assert [each.key for each in await store.jobs.claim(("mail",), NOON, timedelta(1), 9)] == ["once"]


async def test_the_first_command_said_twice_is_known_too(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA)
    assert await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA) == Appended(1, 1, known=True)


async def test_a_command_without_facts_is_remembered(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA)
    assert await store.log.append(ROOM, 1, command(2), (), NOON, ANNA) == Appended(2, 1)
    assert await store.log.append(ROOM, 1, command(2), (ARRIVED,), NOON, ANNA) == Appended(2, 1, known=True)
    with pytest.raises(ValueError, match="first append"):
        await store.log.append(SessionId("other"), 0, command(1), (), NOON, ANNA)


async def test_the_same_command_id_in_another_session_is_another_command(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA)
    other = SessionId("other")
    assert await store.log.append(other, 0, command(1), (DoorsOpened(),), NOON, ANNA) == Appended(1, 1)


async def test_one_conflict_does_not_spoil_what_is_written_with_it(store: AnyStore) -> None:
    rooms = [SessionId(f"room-{number}") for number in range(40)]
    await asyncio.gather(*(store.log.append(room, 0, command(1), (ARRIVED,), NOON, ANNA) for room in rooms))
    answers = await asyncio.gather(
        *(
            store.log.append(room, 7 if number % 4 == 0 else 1, command(2), (ARRIVED,), NOON, ANNA)
            for number, room in enumerate(rooms)
        ),
        return_exceptions=True,
    )
    for number, (room, answer) in enumerate(zip(rooms, answers, strict=True)):
        if number % 4 == 0:
            assert isinstance(answer, Conflict)
        else:
            assert answer == Appended(2, 2)
        assert len(await store.log.load(room)) == (1 if number % 4 == 0 else 2)


async def test_of_many_appends_at_one_place_one_wins(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(0), (ARRIVED,), NOON, ANNA)
    answers = await asyncio.gather(
        *(store.log.append(ROOM, 1, command(number), (ARRIVED,), NOON, ANNA) for number in range(1, 9)),
        return_exceptions=True,
    )
    assert sum(answer == Appended(2, 2) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7


async def test_a_listener_hears_each_append(store: AnyStore) -> None:
    heard = store.log.listen()
    first = asyncio.ensure_future(anext(heard))
    while not first.done():  # PostgreSQL's LISTEN takes a moment; each append is heard at most once
        head = (await store.log.heads((ROOM,))).get(ROOM, 0)
        await store.log.append(ROOM, head, command(head), (ARRIVED,), NOON, ANNA)
        await asyncio.wait((first,), timeout=0.05)
    session, seq = await first
    assert session == ROOM
    assert 1 <= seq <= (await store.log.heads((ROOM,)))[ROOM]
    await heard.aclose()  # type: ignore[attr-defined]


async def test_an_erased_log_is_gone_for_good_and_only_what_is_kept_remains(store: AnyStore) -> None:
    await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA, (job("mail the plan"),))
    plan = Document(ROOM, ANNA, DocumentKind.PLAN, b'{"actions":[]}', NOON)
    marks = Tally("helped", (0, 0, 1, 2, 4))
    there = Attendance(
        ROOM, (Presence(ANNA, "Anna", Role.CLIENT, NOON, NOON),), (HeldPhase("contract", NOON, NOON),)
    )
    for _ in range(2):
        await store.log.erase(ROOM, NOON, (plan,), (marks,), there)
    await store.log.erase(ROOM, NOON)
    with pytest.raises(Erased):
        await store.log.load(ROOM)
    for after, number in ((0, 3), (1, 4), (1, 1)):
        with pytest.raises(Erased):
            await store.log.append(ROOM, after, command(number), (ARRIVED,), NOON, ANNA)
    assert await store.log.heads((ROOM,)) == {}
    assert await store.log.find_command(ROOM, command(1)) is None
    assert await store.documents.find(ROOM, ANNA, DocumentKind.PLAN) == plan
    assert await store.documents.tallies((ROOM,)) == (marks,)
    assert await store.directory.find_attendance(ROOM) == there
    assert len(await store.jobs.claim(("mail",), NOON, timedelta(minutes=1))) == 1


async def test_a_log_erased_before_it_began_cannot_begin(store: AnyStore) -> None:
    await store.log.erase(ROOM, NOON)
    with pytest.raises(Erased):
        await store.log.append(ROOM, 0, command(1), (ARRIVED,), NOON, ANNA)


def job(key: str) -> NewJob:
    return NewJob("mail", {"session": ROOM}, key)
