"""Lets simulated people take their time: protocol seconds become real ones at the rehearsal's speed."""

import asyncio
import math
from dataclasses import dataclass
from datetime import timedelta

MAX = math.inf
SLOWEST, FASTEST = 1.0, 3600.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """How many times faster than life a rehearsal runs; at MAX nobody waits for anything but the others."""

    speed: float

    @property
    def is_max(self) -> bool:
        """Whether nobody waits."""
        return math.isinf(self.speed)

    async def wait(self, seconds: float) -> None:
        """Let protocol seconds pass."""
        await asyncio.sleep(0 if self.is_max else seconds / self.speed)

    def real(self, span: timedelta) -> timedelta:
        """Turn protocol time into real time; at MAX phases keep their minutes and end when everybody is done."""
        return span if self.is_max else span / self.speed

    def protocol_s(self, real_ms: float) -> float:
        """Turn real milliseconds into protocol seconds."""
        return round(real_ms / 1000 * (1 if self.is_max else self.speed), 3)


def read_speed(text: str) -> Tempo:
    """Read "60" or "max"; raises ValueError."""
    speed = MAX if text.strip().lower() == "max" else float(text)
    if not (math.isinf(speed) or SLOWEST <= speed <= FASTEST):
        raise ValueError(text)
    return Tempo(speed)
