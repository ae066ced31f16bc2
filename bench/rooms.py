"""Plants running sessions in a data folder, straight through the store, so that a benchmark can begin at once."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from app.config import Settings
from app.engine.commands import GiveFloor, OpenDoors, Start
from app.engine.events import Invited, SessionPlanned
from app.engine.ids import CLOCK, CommandId, GroupId, PersonId, SessionId
from app.engine.protocol import Role
from app.gateways.clock import SystemClock
from app.main import Parts, build
from app.store.database import migrate_now
from app.store.rows import values
from app.store.tables import web_sessions
from app.usecases.links import hash_of
from app.usecases.records import Facilitator, Group, PlannedSession, Status, WebSession

SEATS = 9
HOST = PersonId("host")


@dataclass(frozen=True, slots=True)
class PlantedRoom:
    """A running session and the cookie of each of its seats; the first is the facilitator's."""

    id: str
    path: str
    cookies: tuple[str, ...]


def plant(settings: Settings, count: int, *, floor: bool = False) -> tuple[PlantedRoom, ...]:
    """Make this many running sessions with everybody's way in; with `floor` the second seat has it."""
    migrate_now(settings.database)
    return asyncio.run(_plant(settings, count, floor))


async def _plant(settings: Settings, count: int, floor: bool) -> tuple[PlantedRoom, ...]:
    parts = build(settings, SystemClock())
    try:
        now = parts.clock.now()
        host = Facilitator(HOST, "Host", "", "en", "UTC", now)
        await parts.directory.save_facilitator(host)
        group = Group(GroupId("group"), host.id, "Bench", "en", "UTC", "client", now)
        await parts.directory.save_group(group)
        sessions = [SessionId(f"room-{number}") for number in range(count)]
        for batch in (sessions[at : at + 100] for at in range(0, count, 100)):
            await asyncio.gather(*(_begin(parts, session, host, floor) for session in batch))
        tomorrow = now + timedelta(days=1)
        rows = [
            values(
                WebSession(hash_of(_secret(session, seat)), _person(session, seat), session, now, tomorrow)
            )
            for session in sessions
            for seat in range(SEATS)
        ]
        await parts.database.write(lambda link: link.execute(insert(web_sessions), rows))
        return tuple(_room(session) for session in sessions)
    finally:
        await parts.log.close()
        await parts.database.close()
        parts.pdf.close()


async def _begin(parts: Parts, session: SessionId, host: Facilitator, floor: bool) -> None:
    now = parts.clock.now()
    protocol = await parts.protocols.find("codev-75")
    assert protocol is not None
    people = tuple(
        Invited(_person(session, seat), f"Person {seat}", Role.CONSULTANT if seat else Role.FACILITATOR)
        for seat in range(SEATS)
    )
    planned = SessionPlanned(
        session, "Bench", 1, protocol.id, protocol.content_hash, "en", "UTC", now, people
    )
    await parts.rooms.begin(planned, CommandId(f"plan-{session}"), host.id)
    await parts.rooms.do(session, CLOCK, OpenDoors(), CommandId("doors"))
    await parts.rooms.do(session, HOST, Start(), CommandId("start"))
    if floor:
        await parts.rooms.do(session, HOST, GiveFloor(_person(session, 1)), CommandId("floor"))
    await parts.directory.save_session(
        PlannedSession(
            session, GroupId("group"), 1, HOST, protocol.id, protocol.content_hash, now,
            now + timedelta(minutes=75), "UTC", "client", now, Status.RUNNING,
        )
    )  # fmt: skip


def _person(session: SessionId, seat: int) -> PersonId:
    return PersonId(f"{session}-{seat}") if seat else HOST


def _secret(session: SessionId, seat: int) -> str:
    return f"bench-secret-{session}-{seat}".ljust(43, "-")


def _room(session: SessionId) -> PlantedRoom:
    cookies = tuple(f"seat-{session}={_secret(session, seat)}" for seat in range(SEATS))
    return PlantedRoom(session, f"/ws/{session}", cookies)
