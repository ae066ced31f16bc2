"""Eight people by direct links, sound alone, through a whole session: who may speak sends and nobody else, and all the others hear."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from app.engine.commands import (
    AcceptContract,
    ChooseClient,
    Command,
    End,
    GiveFloor,
    Next,
    ProposeSubject,
    Start,
    Write,
)
from app.engine.ids import CommandId, EntryId, PersonId
from app.engine.protocol import Kind
from app.engine.state import Status
from app.engine.voice_rule import speakers
from app.gateways.clock import SystemClock
from app.realtime import equity
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, served
from tests.video.table import PATIENCE, Flow, Seat, opened, seated

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS
FATOU, GASPARD, HANA = (PersonId(name) for name in ("fatou", "gaspard", "hana"))
TABLE = (BRUNO, CHLOE, DRISS, ELENA, FATOU, GASPARD, HANA)
EIGHT = frozenset({FACILITATOR, *TABLE})
CLIENT = BRUNO
WITH_MICROPHONE = frozenset({FACILITATOR, BRUNO, CHLOE, DRISS})
"""Whose microphones are open; the others listen, for a test machine has two cores and eight pages."""
TAP = "Mic: one tap to speak"
UNPROCESSED = """(() => {  // a microphone as it is: to a browser that tidies voices the fake one's tone is noise
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  navigator.mediaDevices.getUserMedia = ({ audio }) => real({ audio: { ...audio, ...asItIs } });
})();"""
WIDE, SMALL = {"width": 1280, "height": 800}, {"width": 480, "height": 640}


@dataclass(frozen=True, slots=True)
class Moment:
    """A phase, who has the floor in it, and who is heard then; among eight the floor decides."""

    phase: str
    floor: PersonId | None
    heard: frozenset[PersonId]


def heard(*people: PersonId) -> frozenset[PersonId]:
    """Name who is heard: whoever conducts, and these."""
    return frozenset({FACILITATOR, *people})


SESSION = (
    Moment("opening", DRISS, heard(DRISS)),
    Moment("subject", None, EIGHT),
    Moment("expose", None, heard(CLIENT)),
    Moment("clarification", DRISS, heard(CLIENT, DRISS)),
    Moment("contract", None, EIGHT),
    Moment("consultation", DRISS, heard(DRISS)),
    Moment("synthesis-silence", None, heard()),
    Moment("synthesis", None, heard(CLIENT)),
    Moment("learnings", DRISS, heard(DRISS)),
)
"""codev-75 from its first phase to its last. Where all may speak nobody is silent by the rule, so nothing is counted there:
eight pages that all send are 56 voices, more than the two cores of a test machine carry."""


async def test_eight_go_through_a_whole_session_and_in_each_phase_exactly_those_send_who_may_speak(
    filmed: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(equity, "ENOUGH", 2_000)
    async with served(tmp_path, SystemClock()) as parts, AsyncExitStack() as stack:
        table = await a_table(parts, consultants=TABLE)
        await opened(table)
        await given(table, ProposeSubject(EntryId("s1"), "Une équipe"), CLIENT)
        await given(table, ChooseClient(CLIENT, EntryId("s1")))
        await given(table, Start())
        await given(table, GiveFloor(SESSION[0].floor))
        quiet: dict[str, Any] = {"script": UNPROCESSED, "reduced_motion": "reduce"}
        seats = [
            await stack.enter_async_context(
                seated(filmed, table, person, viewport=size, wishes=wishes(person), **quiet)
            )
            for person, size in ((FACILITATOR, WIDE), *((one, SMALL) for one in TABLE))
        ]
        aude, chloe = seats[0], seats[2]
        await until(lambda: all_linked(seats), "not everybody is linked with everybody", 2 * PATIENCE)
        for before, moment in zip((None, *SESSION), SESSION, strict=False):
            if before is not None:
                await go_on(table, before, moment)
            session = await parts.rooms.session(table.session)
            assert session.slot is not None
            assert (session.slot.key, frozenset(speakers(session))) == (moment.phase, moment.heard)
            if moment.heard == EIGHT:
                continue
            await send_exactly(seats, moment.heard, moment.phase)
            await until(partial(is_in_light, chloe, moment.floor), "the floor is not marked")
            match moment.phase:
                case "opening":
                    await voices_are(aude, "A few voices carry the talk")
                case "expose":
                    await until(partial(is_in_front, chloe, CLIENT), "the client is not in front")
                    await chloe.page.get_by_role("button", name=TAP).click(timeout=PATIENCE * 1000)
                    await send_exactly(seats, moment.heard | {CHLOE}, "expose, after a tap")
                case "clarification":
                    await until(partial(is_level, chloe, CLIENT), "the client is in front still")
        await given(table, End())
        assert (await parts.rooms.session(table.session)).status is Status.ENDED


def wishes(person: PersonId) -> tuple[str, ...]:
    """Say what somebody opens."""
    return ("audio",) if person in WITH_MICROPHONE else ()


async def given(table: Table, command: Command, by: PersonId = FACILITATOR) -> None:
    """Give a command in somebody's name, past any page."""
    table.made += 1
    await table.parts.rooms.do(table.session, by, command, CommandId(f"test-{table.made}"))


async def go_on(table: Table, before: Moment, moment: Moment) -> None:
    """Begin the next phase, with what it asks for, and give the floor in it."""
    if before.phase == "contract":
        wish = EntryId("wish")
        await given(table, Write(wish, Kind.CONTRACT, "Aidez-moi à oser."), CLIENT)
        await given(table, AcceptContract(wish), CLIENT)
        await given(table, AcceptContract(wish))
    await given(table, Next(before.phase))
    if moment.floor is not None:
        await given(table, GiveFloor(moment.floor))


async def all_linked(seats: list[Seat]) -> bool:
    """Tell whether each page has a link with each of the others."""
    return all([await seat.links() == len(seats) - 1 for seat in seats])


async def send_exactly(seats: list[Seat], may: frozenset[PersonId], phase: str) -> None:
    """Wait until nobody else sends, and each of these is heard by everybody else from then on."""
    everybody = frozenset(seat.person for seat in seats)
    hear = everybody if len(may) > 1 else everybody - may
    looks: list[dict[PersonId, Flow]] = []

    def grown(of: Callable[[Flow], int], since: dict[PersonId, Flow]) -> frozenset[PersonId]:
        return frozenset(who for who, flow in looks[-1].items() if of(flow) > of(since[who]))

    async def holds() -> bool:
        looks.append({seat.person: await seat.flow() for seat in seats})
        if len(looks) == 1:
            return False
        if not (grown(sent, looks[-2]) <= may and grown(sound_of, looks[-2]) <= hear):
            looks[:-1] = []  # somebody else spoke until now
            return False
        silent, deaf = may - grown(sent, looks[0]), hear - grown(sound_of, looks[0])
        if silent or deaf:
            print(f"{phase}: not yet sent by {sorted(silent)}, not yet heard by {sorted(deaf)}")
        return not silent and not deaf

    started = time.monotonic()
    await until(holds, f"in {phase} not exactly {sorted(may)} send", 2 * PATIENCE)
    print(f"{phase}: {len(may)} of {len(seats)} send, after {time.monotonic() - started:.1f} s")


def sent(flow: Flow) -> int:
    """Count packets of sound that left."""
    return flow.sent


def sound_of(flow: Flow) -> int:
    """Count packets of sound that are heard."""
    return flow.heard


async def voices_are(seat: Seat, word: str) -> None:
    """Wait until whoever conducts is told how evenly voices are shared, from what microphones heard."""
    await expect(seat.page.get_by_role("img", name=word, exact=True)).to_be_visible(timeout=PATIENCE * 1000)


async def is_in_light(seat: Seat, holder: PersonId | None) -> bool:
    """Tell whether exactly who has the floor is marked on somebody's table."""
    marked = await seat.page.locator(".seat.is-floor").evaluate_all(
        "(all) => all.map((one) => one.dataset.person)"
    )
    return bool(marked == ([] if holder is None else [holder]))


async def is_in_front(seat: Seat, person: PersonId) -> bool:
    """Tell whether somebody's face is larger than all others."""
    widths = await faces(seat)
    return all(widths[person] > 1.1 * width for other, width in widths.items() if other != person)


async def is_level(seat: Seat, person: PersonId) -> bool:
    """Tell whether somebody's face is no larger than the others that are not one's own."""
    widths = await faces(seat)
    return max(widths.values()) < 1.05 * min(width for other, width in widths.items() if other != seat.person)


async def faces(seat: Seat) -> dict[str, float]:
    """Measure the faces on somebody's table."""
    measured: dict[str, float] = await seat.page.locator(".seat").evaluate_all(
        "(all) => Object.fromEntries("
        "all.map((one) => [one.dataset.person, one.querySelector('.face').getBoundingClientRect().width]))"
    )
    return measured
