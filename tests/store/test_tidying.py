"""What ended is forgotten every hour, by one of the nodes."""

from datetime import timedelta

from app.usecases.tidy_up import EVERY, TIDY_JOB, forget_expired, tidying
from tests.fakes import FakeClock
from tests.store.conftest import AnyStore
from tests.store.test_directory_contract import settle
from tests.store.test_doors_contract import SIGN_IN


async def test_every_hour_one_job_forgets_what_ended_and_makes_the_next(store: AnyStore) -> None:
    clock = FakeClock()
    await settle(store)
    await store.directory.add_sign_in(SIGN_IN)
    for minute in (0, 5, 59):  # three nodes start
        await store.jobs.enqueue((tidying(clock.now() + timedelta(minutes=minute)),), clock.now())
    for _ in range(3):
        (job,) = await store.jobs.claim((TIDY_JOB,), clock.now(), timedelta(minutes=1), 9)
        await forget_expired(store.directory, store.jobs, clock)
        await store.jobs.done(job)
        assert await store.jobs.claim((TIDY_JOB,), clock.now(), timedelta(minutes=1)) == ()
        clock.advance(EVERY)
    assert await store.directory.find_sign_in(SIGN_IN.hash, SIGN_IN.created_at) is None
