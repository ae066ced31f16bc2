"""Five people by direct links, sound alone: only who has the floor sends, and each is heard by all the others."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.engine.commands import ChooseClient, GiveFloor, Next, ProposeSubject, Start
from app.engine.ids import CommandId, EntryId, PersonId
from app.engine.voice_rule import speakers
from app.gateways.clock import SystemClock
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, served
from tests.video.table import PATIENCE, Seat, opened, seated

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

FIVE = (FACILITATOR, *CONSULTANTS)
CLIENT = CONSULTANTS[0]
"""With four links and more the floor decides who sends; among fewer people everybody does."""


async def begun(table: Table) -> None:
    """Begin with Bruno as the client, and go on to the phase that is his alone."""

    async def do(command: object, by: PersonId) -> None:
        table.made += 1
        await table.parts.rooms.do(table.session, by, command, CommandId(f"test-{table.made}"))  # type: ignore[arg-type]

    await opened(table)
    await do(ProposeSubject(EntryId("s1"), "Une équipe"), CLIENT)
    await do(ChooseClient(CLIENT, EntryId("s1")), FACILITATOR)
    await do(Start(), FACILITATOR)
    for key in ("opening", "subject"):
        await do(Next(key), FACILITATOR)


async def test_among_five_only_those_send_who_may_speak_and_the_others_are_one_tap_away(
    filmed: Browser, tmp_path: Path
) -> None:
    async with served(tmp_path, SystemClock()) as parts, AsyncExitStack() as stack:
        table = await a_table(parts)
        await begun(table)
        seats = [
            await stack.enter_async_context(seated(filmed, table, person, wishes=("audio",)))
            for person in FIVE
        ]
        await until(lambda: all_linked(seats), "not everybody is linked with everybody", 2 * PATIENCE)
        await send_exactly(seats, {FACILITATOR, CLIENT}, "expose")
        chloe = seats[2]
        await chloe.page.get_by_role("button", name="Mic: one tap to speak").click(timeout=PATIENCE * 1000)
        await send_exactly(seats, {FACILITATOR, CLIENT, chloe.person}, "expose, after a tap")
        await parts.rooms.do(table.session, FACILITATOR, Next("expose"), CommandId("on"))
        floor = GiveFloor(CONSULTANTS[2])
        await parts.rooms.do(table.session, FACILITATOR, floor, CommandId("floor"))
        session = await parts.rooms.session(table.session)
        await send_exactly(seats, set(speakers(session)), "clarification, the floor given")
        assert CONSULTANTS[2] in speakers(session)
        assert chloe.person not in speakers(session)


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

    await until(holds, f"in {phase} not exactly {sorted(may)} send")
