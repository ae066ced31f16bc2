"""What ended is forgotten every hour, by one of the nodes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.events import DoorsOpened
from app.engine.ids import CommandId, GroupId, SessionId
from app.usecases.ports import Erased
from app.usecases.run_session import Rooms
from app.usecases.tidy_up import EVERY, REHEARSALS_LAST, TIDY_JOB, tidy_up, tidying
from tests.fakes import FakeClock, FakeProtocols
from tests.store.conftest import AnyStore
from tests.store.test_directory_contract import FAY, GROUP, ROOM, settle
from tests.store.test_doors_contract import SIGN_IN

LEASE = timedelta(minutes=1)


async def test_every_hour_one_job_forgets_what_ended_and_makes_the_next(store: AnyStore) -> None:
    clock = FakeClock()
    rooms = Rooms(store.log, FakeProtocols(), clock)
    await settle(store)
    await store.directory.add_sign_in(SIGN_IN)
    for minute in (0, 5, 59):  # three nodes start
        await store.jobs.enqueue((tidying(clock.now() + timedelta(minutes=minute)),), clock.now())
    for _ in range(3):
        (job,) = await store.jobs.claim((TIDY_JOB,), clock.now(), LEASE, 9)
        await tidy_up(store.directory, store.log, rooms, store.jobs, clock)
        await store.jobs.done(job)
        assert await store.jobs.claim((TIDY_JOB,), clock.now(), LEASE) == ()
        clock.advance(EVERY)
    assert await store.directory.find_sign_in(SIGN_IN.hash, SIGN_IN.created_at) is None
    assert await store.directory.find_group(GROUP.id) == GROUP


async def test_old_rehearsals_are_forgotten_with_their_logs_and_real_sessions_stay(store: AnyStore) -> None:
    clock = FakeClock()
    rooms = Rooms(store.log, FakeProtocols(), clock)
    await settle(store)
    rehearsal = replace(ROOM, id=SessionId("rehearsal"), group=GroupId("rehearsal"), rehearsal=True)
    await store.directory.save_group(replace(GROUP, id=rehearsal.group, rehearsal=True))
    await store.directory.save_session(rehearsal)
    for session in (ROOM, rehearsal):
        await store.log.append(session.id, 0, CommandId("1"), (DoorsOpened(),), clock.now(), "server")
    clock.advance(REHEARSALS_LAST)
    await tidy_up(store.directory, store.log, rooms, store.jobs, clock)
    assert len(await store.log.load(rehearsal.id)) == 1
    clock.advance(EVERY)
    await tidy_up(store.directory, store.log, rooms, store.jobs, clock)
    with pytest.raises(Erased):
        await store.log.load(rehearsal.id)
    assert await store.directory.sessions_by(FAY.id) == (ROOM,)
    assert len(await store.log.load(ROOM.id)) == 1
