"""What simulated people do when something breaks: they vanish and come back as drills want, and the relay stands in."""

import asyncio
from collections.abc import Sequence
from typing import Any

from app.engine.relay import CLOCK_AFTER, TITLE_AFTER
from app.rehearsal.browser import View
from app.rehearsal.seat import Seat

LOOK = 0.2
"""Real seconds between two looks of somebody who is away at whether they may come back."""


def is_here(view: View, person: str | None) -> bool:
    """Whether somebody is at the table."""
    return any(seat["id"] == person and seat["presence"] == "here" for seat in view["seats"])


def is_away(view: View, person: str) -> bool:
    """Whether a drill keeps somebody away."""
    return {"fault": "away", "person": person} in view["ladder"]["broken"]


class Absences:
    """Lets people vanish whom a drill strikes; the others' pages tell them when it is over, as they see nothing themselves."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._seats = seats

    async def obey(self, seat: Seat) -> None:
        """Vanish and come back as drills want, for ever."""
        while not seat.over.is_set():
            await seat.until(lambda view: seat.seated.is_set() and is_away(view, seat.you))
            if seat.over.is_set():
                return
            seat.vanish()
            await self._is_free(seat)
            await seat.come_back()
            await seat.until_seated()

    async def _is_free(self, seat: Seat) -> None:
        """Wait until one of those who are at the table sees the drill over; when nobody is there, it is over."""
        while not seat.over.is_set():
            await asyncio.sleep(LOOK)
            others = [each for each in self._seats if each is not seat and each.seated.is_set()]
            if not any(is_away(each.view, seat.you) for each in others):
                return


async def stand_in(seat: Seat) -> None:
    """As the relay: keep the time after a while, conduct after a longer one, and hand both back, for ever."""
    while not seat.over.is_set():
        await asyncio.sleep(LOOK)
        view, may = seat.view, seat.view["me"]["may"]
        mine = view["session"]["stand_in"] == seat.you
        if not seat.seated.is_set() or (view["bridge"]["relay"] != seat.you and not mine):
            continue
        facilitators = [each for each in view["seats"] if each["role"] in ("facilitator", "co-facilitator")]
        if mine and any(each["presence"] == "here" for each in facilitators):
            await seat.do("give-back")
            continue
        away = _away_ms(facilitators, seat.now_ms())
        if "take-title" in may and away >= TITLE_AFTER.total_seconds() * 1000:
            await seat.do("take-title")
        elif "take-clock" in may and not mine and away >= CLOCK_AFTER.total_seconds() * 1000:
            await seat.do("take-clock")


def _away_ms(facilitators: Sequence[dict[str, Any]], now_ms: float) -> float:
    """Say for how long nobody who conducts has been here."""
    left = [each["away_since"] for each in facilitators]
    return 0.0 if not left or None in left else now_ms - max(left)
