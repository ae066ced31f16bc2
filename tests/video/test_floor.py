"""Eight people in a whole rehearsal, sound alone: in each phase who may speak sends and nobody else, and the others hear.

A simulated facilitator conducts, as in any rehearsal, and carries no sound; at the table sit eight real pages. They ask
for the floor, say that they have finished and accept the request by the room's own buttons; what is written comes by
commands, and so does the word *finished* of those who had nothing to say.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import Command, PassFloor, ProposeSubject, Write
from app.engine.ids import CommandId, EntryId, PersonId
from app.engine.protocol import Kind
from app.engine.state import Session, Status
from app.engine.voice_rule import speakers
from app.gateways.clock import SystemClock
from app.main import Parts
from app.rehearsal.breaks import Absences
from app.rehearsal.browser import Browser as Visitor
from app.rehearsal.browser import Ledger
from app.rehearsal.conductor import Conductor
from app.rehearsal.in_writing import phase_key
from app.rehearsal.seat import Seat as SimulatedSeat
from app.rehearsal.troupe import Stage, enter
from tests.patience import until
from tests.realtime.table import Table, served
from tests.rehearsal.stage import a_stage
from tests.video.counting import all_linked, is_in_front, is_in_light, is_level, send_exactly
from tests.video.table import PATIENCE, Seat, opened, seated

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

PEOPLE = 9
"""Eight at the table, and whoever conducts."""

TAP = "Mic: one tap to speak"
SMALL = {"width": 480, "height": 640}
MS = PATIENCE * 1000


async def test_eight_go_through_a_whole_rehearsal_and_in_each_phase_exactly_those_send_who_may_speak(
    filmed: Browser, tmp_path: Path
) -> None:
    async with served(tmp_path, SystemClock()) as parts, AsyncExitStack() as stack:
        stage, host = await a_stage(parts, lang="en", people=PEOPLE)
        people = tuple(each.person for each in stage.places)
        table = Table(parts, stage.session, people, parts.settings.origin)
        await opened(table, stage.host)
        seats = [seat async for seat in come_in(stack, filmed, table, stage)]
        group = Group(parts, stage, {seat.person: seat for seat in seats})
        await group.given(ProposeSubject(EntryId("s1"), "A team after a conflict"), group.client)
        async with group.conducted(host):
            for phase in PHASES:
                await group.reaches(phase.__name__)
                await phase(group)
                group.played.add(phase.__name__.replace("_", "-"))
            await until(group.is_over, "the session does not end")
        for seat in seats:
            await expect(seat.page.get_by_role("link", name="Go to my page")).to_be_visible(timeout=MS)


async def come_in(stack: AsyncExitStack, browser: Browser, table: Table, stage: Stage) -> AsyncIterator[Seat]:
    """Let everybody follow their own link, accept the charter, and take their seat with the microphone closed."""
    for place in stage.places:
        visitor = Visitor(table.origin, table.origin, "en")
        await enter(visitor, stage.session, place.token)
        seat = seated(
            browser,
            table,
            place.person,
            secret=visitor.cookies[f"seat-{stage.session}"],
            wishes=(),
            viewport=SMALL,
            reduced_motion="reduce",
        )
        yield await stack.enter_async_context(seat)


@dataclass
class Group:
    """A rehearsal with eight real pages: what they do, and what is seen of them."""

    parts: Parts
    stage: Stage
    pages: dict[PersonId, Seat]
    played: set[str] = field(default_factory=set)  # the phases that are over for the test
    made: int = 0

    @property
    def client(self) -> PersonId:
        """Name who brings the subject."""
        return self.stage.places[0].person

    @property
    def talkers(self) -> tuple[PersonId, ...]:
        """Name the three consultants who open their microphones; a test machine has two cores and eight pages."""
        return tuple(each.person for each in self.stage.places[1:4])

    async def session(self) -> Session:
        """Read the session."""
        return await self.parts.rooms.session(self.stage.session)

    async def is_over(self) -> bool:
        """Tell whether the session has ended."""
        return (await self.session()).status is Status.ENDED

    async def given(self, command: Command, by: PersonId) -> None:
        """Give a command in somebody's name, past their page."""
        self.made += 1
        await self.parts.rooms.do(self.stage.session, by, command, CommandId(f"test-{self.made}"))

    # -- whoever conducts ------------------------------------------------------------------------------

    @asynccontextmanager
    async def conducted(self, host: Visitor) -> AsyncIterator[None]:
        """Let a simulated facilitator conduct, who goes on from a phase once the test has seen it."""
        seat = SimulatedSeat(host, self.stage.session, Ledger())
        conductor = Conductor(
            seat,
            self.stage.tempo,
            frozenset(self.pages),
            self.played.__contains__,
            Absences([seat]),
            lambda key: key not in self.played,
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(conductor.play(tasks, asyncio.Event(), lambda view: print(phase_key(view))))
            yield
            await seat.leave()

    async def reaches(self, phase: str) -> None:
        """Wait until a phase runs."""
        key = phase.replace("_", "-")

        async def runs() -> bool:
            slot = (await self.session()).slot
            return slot is not None and slot.key == key

        await until(runs, f"{key} does not begin")

    # -- what people do --------------------------------------------------------------------------------

    async def press(self, person: PersonId, button: str) -> None:
        """Press a button of somebody's room."""
        await self.pages[person].page.get_by_role("button", name=button).click(timeout=MS)

    async def opens_microphone(self, person: PersonId) -> None:
        """Open somebody's microphone."""
        await self.press(person, "Mic off")
        on = self.pages[person].page.get_by_role("button", name="Mic on")
        await expect(on).to_be_visible(timeout=MS)

    async def has_floor(self, person: PersonId | None) -> None:
        """Wait until somebody has the floor, or nobody; who has their turn before them has nothing to say."""

        async def comes() -> bool:
            holder = (await self.session()).floor.holder
            if holder is not None and holder != person:
                await self.given(PassFloor(holder), holder)
            return holder == person

        await until(comes, f"{person} never has the floor")

    async def finishes(self, person: PersonId) -> None:
        """Let somebody say that they have finished."""
        await self.press(person, "I have finished")

        async def gave_it() -> bool:
            return (await self.session()).floor.holder != person

        await until(gave_it, f"{person} keeps the floor")

    # -- what is seen ----------------------------------------------------------------------------------

    async def hears(self, *may: PersonId, floor: PersonId | None = None) -> None:
        """Wait until exactly these send, by the voice rule and by their packets, and `floor` is in the light."""
        session = await self.session()
        assert set(speakers(session)) == {self.stage.host, *may}
        assert session.slot is not None
        await send_exactly(list(self.pages.values()), frozenset(may), session.slot.key)
        light = partial(is_in_light, self.pages[self.talkers[0]], floor)
        await until(light, "the floor is not marked")


# -- the phases of codev-75 ----------------------------------------------------------------------------


async def opening(group: Group) -> None:
    """A round of all, the client last: each opens their microphone when their turn comes."""
    await until(lambda: all_linked(list(group.pages.values())), "not everybody is linked with everybody")
    for person in (*group.talkers, group.client):
        await group.has_floor(person)
        await group.opens_microphone(person)
    await group.hears(group.client, floor=group.client)
    await group.finishes(group.client)


async def subject(group: Group) -> None:
    """All may speak: nobody is silent by the rule, and nothing is counted."""
    assert set(group.pages) < set(speakers(await group.session()))


async def expose(group: Group) -> None:
    """The client alone, in front of all; a consultant is one tap away."""
    client, (first, *_) = group.client, group.talkers
    await group.has_floor(client)
    await group.hears(client, floor=client)
    await until(partial(is_in_front, group.pages[first], client), "the client is not in front")
    await group.press(first, TAP)
    await send_exactly(list(group.pages.values()), frozenset({client, first}), "expose, after a tap")
    await group.finishes(client)


async def clarification(group: Group) -> None:
    """Who asks is given the floor; the client answers."""
    client, (first, second, _) = group.client, group.talkers
    await group.press(second, "Ask for the floor")
    await group.has_floor(second)
    await group.hears(client, second, floor=second)
    await until(partial(is_level, group.pages[first], client), "the client is in front still")
    await group.finishes(second)


async def contract(group: Group) -> None:
    """The client words a request and accepts it; whoever conducts says yes for the others."""
    await group.given(Write(EntryId("wish"), Kind.CONTRACT, "Help me dare."), group.client)
    await group.press(group.client, "This is my request")


async def consultation(group: Group) -> None:
    """A round of the consultants; the client listens."""
    third = group.talkers[-1]
    await group.has_floor(third)
    await group.hears(third, floor=third)
    await group.finishes(third)
    await group.has_floor(None)


async def synthesis_silence(group: Group) -> None:
    """Everybody writes."""
    await group.hears()


async def synthesis(group: Group) -> None:
    """The client says what they keep."""
    await group.has_floor(group.client)
    await group.hears(group.client, floor=group.client)
    await group.finishes(group.client)


async def learnings(group: Group) -> None:
    """A last round of all."""
    first = group.talkers[0]
    await group.has_floor(first)
    await group.hears(first, floor=first)
    await group.finishes(first)
    await group.has_floor(None)


PHASES = (
    opening,
    subject,
    expose,
    clarification,
    contract,
    consultation,
    synthesis_silence,
    synthesis,
    learnings,
)
