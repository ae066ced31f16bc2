"""Time is kept as granted, used and running since, and never ticked down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.plan import Slot
from app.engine.replacing import replace

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Timer:
    """The time of one phase."""

    granted: timedelta
    used: timedelta = ZERO
    started_at: datetime | None = None  # when it began for the first time


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of the whole session: one timer per slot of the plan, at most one of them running."""

    timers: tuple[Timer, ...]
    promised_end: datetime
    at: int | None = None
    running_since: datetime | None = None
    reason: str = ""  # why it is paused

    @property
    def running(self) -> Timer | None:
        """The timer of the current phase."""
        return None if self.at is None else self.timers[self.at]


def new_clock(plan: tuple[Slot, ...], promised_end: datetime) -> Clock:
    """Make the clock of a session that has not begun."""
    return Clock(tuple(Timer(slot.planned) for slot in plan), promised_end)


def used(clock: Clock, index: int, now: datetime) -> timedelta:
    """Say how long a phase has lasted in all."""
    timer = clock.timers[index]
    if index != clock.at or clock.running_since is None:
        return timer.used
    return timer.used + max(ZERO, now - clock.running_since)


def left(clock: Clock, index: int, now: datetime) -> timedelta:
    """Say how much time a phase still has; none once it is over."""
    return max(ZERO, clock.timers[index].granted - used(clock, index, now))


def settle(clock: Clock, now: datetime) -> Clock:
    """Write the running time down, and go on from now."""
    if clock.at is None or clock.running_since is None:
        return clock
    timer = replace(clock.timers[clock.at], used=used(clock, clock.at, now))
    return replace(
        clock, timers=put(clock.timers, clock.at, timer), running_since=max(now, clock.running_since)
    )


def pause(clock: Clock, now: datetime, reason: str) -> Clock:
    """Stop the clock."""
    return replace(settle(clock, now), running_since=None, reason=reason)


def resume(clock: Clock, now: datetime) -> Clock:
    """Let the clock run again."""
    return replace(clock, running_since=now, reason="")


def move(clock: Clock, index: int, now: datetime) -> Clock:
    """Let another phase run, with the time it has left."""
    settled = settle(clock, now)
    timer = settled.timers[index]
    timer = replace(timer, started_at=timer.started_at or now)
    return replace(settled, timers=put(settled.timers, index, timer), at=index, running_since=now, reason="")


def grant(clock: Clock, index: int, granted: timedelta) -> Clock:
    """Give a phase another length."""
    return replace(clock, timers=put(clock.timers, index, replace(clock.timers[index], granted=granted)))


def total_used(clock: Clock) -> timedelta:
    """Add up all the time that was written down."""
    return sum((timer.used for timer in clock.timers), ZERO)


def next_start(clock: Clock, now: datetime) -> datetime:
    """Say when the phase after the current one begins; exact while the time lasts, now once it is over or stands still."""
    if clock.at is None:
        return now
    remaining = left(clock, clock.at, now)
    if clock.running_since is None or not remaining:
        return now + remaining
    timer = clock.timers[clock.at]
    return clock.running_since + timer.granted - timer.used


def put(timers: tuple[Timer, ...], index: int, timer: Timer) -> tuple[Timer, ...]:
    """Replace one timer."""
    return (*timers[:index], timer, *timers[index + 1 :])
