"""Eight people by direct links, sound alone: through every phase only who has the floor sends, and each is heard by all."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import AddPerson, ChooseClient, ProposeSubject, Start
from app.engine.ids import CommandId, EntryId, PersonId
from app.engine.protocol import Voice
from app.engine.voice_rule import speakers
from app.gateways.clock import SystemClock
from app.usecases.links import hash_of
from app.usecases.records import WebSession
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, secret_of, served
from tests.video.table import PATIENCE, Seat, hosting, opened, seated, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("livekit")]

MORE = tuple(PersonId(name) for name in ("farid", "gaelle", "hugo", "ines"))
EIGHT = (*CONSULTANTS, *MORE)


async def a_table_of_eight(table: Table) -> None:
    """Give seats to four more people, and begin with Bruno as the client."""
    now = table.parts.clock.now()

    async def do(command: object, by: PersonId) -> None:
        table.made += 1
        await table.parts.rooms.do(table.session, by, command, CommandId(f"test-{table.made}"))  # type: ignore[arg-type]

    for person in MORE:
        await do(AddPerson(person, person.title()), FACILITATOR)
        secret = hash_of(secret_of(table.session, person))
        await table.parts.directory.add_web_session(
            WebSession(secret, person, table.session, now, now + timedelta(days=1))
        )
    await opened(table)
    await do(ProposeSubject(EntryId("s1"), "Une équipe"), EIGHT[0])
    await do(ChooseClient(EIGHT[0], EntryId("s1")), FACILITATOR)
    await do(Start(), FACILITATOR)


async def test_through_a_whole_session_of_eight_only_those_send_who_may_speak(
    filmed: Browser, tmp_path: Path
) -> None:
    async with (
        served(tmp_path, SystemClock()) as parts,
        AsyncExitStack() as stack,
    ):
        table = await a_table(parts)
        await a_table_of_eight(table)
        seats = [
            await stack.enter_async_context(seated(filmed, table, person, wishes=("audio",)))
            for person in EIGHT
        ]
        host = await stack.enter_async_context(hosting(table))
        await until(lambda: all_linked(seats), 2 * PATIENCE, "not everybody is linked with everybody")
        voices: set[Voice] = set()
        while host.view["session"]["status"] == "running":
            session = await parts.rooms.session(table.session)
            assert session.slot is not None
            voices.add(session.slot.phase.voice)
            may = {seat.person for seat in seats if seat.person in speakers(session)}
            await send_exactly(seats, may, session.slot.key)
            for seat in [seat for seat in seats if may and seat.person not in may][:1]:
                tap = seat.page.get_by_role("button", name="Mic: one tap to speak")
                await expect(tap).to_be_visible(timeout=PATIENCE * 1000)
            await host.do("next", from_key=session.slot.key)
            await host.until(
                lambda key=session.slot.key: (
                    host.view["session"]["status"] != "running"
                    or host.view["plan"][host.view["clock"]["at"]]["key"] != key
                )
            )
        assert {Voice.ROUND, Voice.CLIENT, Voice.QUESTIONS, Voice.IN_TURN, Voice.SILENCE} <= voices


async def all_linked(seats: list[Seat]) -> bool:
    """Tell whether each page has a link with each of the others."""
    return all([(await seat.flow()).open == len(seats) - 1 for seat in seats])


async def send_exactly(seats: list[Seat], may: set[PersonId], phase: str) -> None:
    """Wait until between two looks exactly these people sent, and everybody else heard them."""
    everybody = {seat.person for seat in seats}
    hears = everybody if len(may) > 1 else everybody - may if may else set()

    async def holds() -> bool:
        before = {seat.person: await seat.flow() for seat in seats}
        after = {seat.person: await seat.flow() for seat in seats}
        sent = {person for person, flow in after.items() if flow.sent > before[person].sent}
        heard = {person for person, flow in after.items() if flow.heard > before[person].heard}
        return sent == may and heard == hears

    await until(holds, PATIENCE, f"in {phase} not exactly {sorted(may)} send")
