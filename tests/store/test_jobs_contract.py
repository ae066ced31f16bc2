"""What every queue of jobs promises."""

import asyncio
from datetime import timedelta

from app.engine.ids import SessionId
from app.usecases.records import NewJob
from tests.fakes import NOON
from tests.store.conftest import AnyStore

MINUTE = timedelta(minutes=1)


def job(key: str, **more: object) -> NewJob:
    return NewJob("mail", {"letter": key}, key, **more)  # type: ignore[arg-type]


async def test_a_job_is_claimed_with_what_it_was_given(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a", session=SessionId("room")),), NOON)
    (claimed,) = await store.jobs.claim(("mail", "pdf"), NOON, MINUTE)
    assert (claimed.kind, claimed.payload, claimed.key) == ("mail", {"letter": "a"}, "a")
    assert (claimed.session, claimed.attempt, claimed.run_at) == ("room", 1, NOON)
    assert claimed.leased_until == NOON + MINUTE


async def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a"),), NOON)
    assert await store.jobs.claim(("mail",), NOON, MINUTE)
    assert await store.jobs.claim(("mail",), NOON + MINUTE / 2, MINUTE) == ()
    (again,) = await store.jobs.claim(("mail",), NOON + MINUTE, MINUTE)
    assert again.attempt == 2


async def test_jobs_come_when_due_oldest_first_and_only_of_the_asked_kinds(store: AnyStore) -> None:
    later = job("later", run_at=NOON + MINUTE)
    await store.jobs.enqueue((later, job("now"), NewJob("pdf", {}, "other")), NOON)
    assert [each.key for each in await store.jobs.claim(("mail",), NOON, MINUTE / 4, 9)] == ["now"]
    due = await store.jobs.claim(("mail",), NOON + MINUTE, MINUTE, 9)
    assert [each.key for each in due] == ["now", "later"]


async def test_a_key_still_known_is_not_enqueued_again(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a"), job("a")), NOON)
    (claimed,) = await store.jobs.claim(("mail",), NOON, MINUTE, 9)
    await store.jobs.enqueue((job("a"),), NOON)
    assert await store.jobs.claim(("mail",), NOON, MINUTE) == ()
    await store.jobs.done(claimed)
    await store.jobs.enqueue((job("a"),), NOON)
    assert len(await store.jobs.claim(("mail",), NOON, MINUTE)) == 1


async def test_a_failed_job_comes_back_when_it_was_put_back_for(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a"),), NOON)
    (claimed,) = await store.jobs.claim(("mail",), NOON, MINUTE)
    await store.jobs.retry(claimed, NOON + 5 * MINUTE, "mail-server-away")
    assert await store.jobs.claim(("mail",), NOON + 4 * MINUTE, MINUTE) == ()
    (again,) = await store.jobs.claim(("mail",), NOON + 5 * MINUTE, MINUTE)
    assert again.attempt == 2


async def test_who_lost_the_lease_has_no_say_any_more(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a"),), NOON)
    (slow,) = await store.jobs.claim(("mail",), NOON, MINUTE)
    (quick,) = await store.jobs.claim(("mail",), NOON + MINUTE, MINUTE)
    await store.jobs.done(slow)
    await store.jobs.retry(slow, NOON, "late")
    await store.jobs.bury(slow, NOON, "late")
    assert await store.jobs.claim(("mail",), NOON + MINUTE, MINUTE) == ()
    await store.jobs.done(quick)
    assert await store.jobs.claim(("mail",), NOON + 9 * MINUTE, MINUTE) == ()


async def test_a_buried_job_stays_buried_and_its_key_known(store: AnyStore) -> None:
    await store.jobs.enqueue((job("a"),), NOON)
    (claimed,) = await store.jobs.claim(("mail",), NOON, MINUTE)
    await store.jobs.bury(claimed, NOON, "no-such-address")
    assert await store.jobs.claim(("mail",), NOON + 9 * MINUTE, MINUTE) == ()
    assert await store.jobs.buried() == ((claimed.id, "mail", "no-such-address"),)
    await store.jobs.enqueue((job("a"),), NOON)
    assert await store.jobs.claim(("mail",), NOON + 9 * MINUTE, MINUTE) == ()


async def test_many_workers_never_claim_the_same_job(store: AnyStore) -> None:
    await store.jobs.enqueue(tuple(job(f"job {number}") for number in range(30)), NOON)
    claims = await asyncio.gather(*(store.jobs.claim(("mail",), NOON, MINUTE, 3) for _ in range(14)))
    keys = [each.key for claim in claims for each in claim]
    assert len(keys) == len(set(keys))
    rest = await store.jobs.claim(("mail",), NOON, MINUTE, 30)
    assert {*keys, *(each.key for each in rest)} == {f"job {number}" for number in range(30)}
