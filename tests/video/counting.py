"""Counts who sends among many, and sees who is in the light and in front on somebody's table."""

import time
from collections.abc import Callable

from app.engine.ids import PersonId
from tests.patience import until
from tests.video.table import PATIENCE, Flow, Seat

QUIET_LOOKS = 10
"""So many looks in a row find no new packet where nobody may speak."""

Sound = Callable[[Flow], int]


async def all_linked(seats: list[Seat]) -> bool:
    """Tell whether each page has a link with each of the others."""
    return all([await seat.links() == len(seats) - 1 for seat in seats])


async def send_exactly(seats: list[Seat], may: frozenset[PersonId], phase: str) -> None:
    """Wait until nobody else sends, and each of these is heard by everybody else from then on."""
    hear = frozenset(seat.person for seat in seats if may - {seat.person})
    looks: list[dict[PersonId, Flow]] = []

    def grown(of: Sound, since: dict[PersonId, Flow]) -> frozenset[PersonId]:
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
            print(f"{phase}: {len(silent)} have not sent yet, {len(deaf)} have heard nothing yet")
        return not silent and not deaf and (bool(may) or len(looks) > QUIET_LOOKS)

    started = time.monotonic()
    await until(holds, f"in {phase} not exactly {sorted(may)} send", 2 * PATIENCE)
    print(f"{phase}: {len(may)} of {len(seats)} send, after {time.monotonic() - started:.1f} s")


def sent(flow: Flow) -> int:
    """Count packets of sound that left."""
    return flow.sent


def sound_of(flow: Flow) -> int:
    """Count packets of sound that are heard."""
    return flow.heard


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
