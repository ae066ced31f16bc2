"""Plays the drops a rehearsal was asked for: breaks something in a phase, watches what the real server does, mends it.

A drop is played at the speed of life, whatever the rehearsal's speed: thresholds are seconds of people. The phase waits
for it, and its time is counted apart.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.rehearsal.breaks import is_here
from app.rehearsal.browser import View
from app.rehearsal.in_writing import phase_key
from app.rehearsal.seat import Seat

WHATS = ("video", "sound", "network", "client", "consultant", "facilitator", "server")
"""What may drop: LiveKit; direct links as well; one person's way to LiveKit; a person; our own server."""

LOOK = 0.05
"""Real seconds between two looks at what the others see."""

NOTICED_WITHIN = 90.0
"""Real seconds after which a drop counts as never noticed."""

PAUSED_WITHIN = 8.0
"""Real seconds a clock has to stop for somebody, once they are seen to be away; it does 4 seconds after."""

STAYS_AWAY = 3.0
"""Real seconds somebody stays away for whom the clock has stopped."""

SETTLES = 1.0
"""Real seconds a phase runs before something breaks in it."""

ALONE = "alone"
"""The rung of a browser that does not reach the server."""


class BadDrop(ValueError):
    """What was asked is not a drop; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Drop:
    """What drops, and in which phase."""

    what: str
    phase: str


@dataclass(frozen=True, slots=True)
class Fell:
    """A drop as it went: real seconds until it was noticed, the rung one was on then, and how long the clock stood still."""

    what: str
    phase: str
    noticed_s: float | None
    rung: str
    clock_stopped_s: float
    slowed_ms: int = 0  # of the phase's used time, at the speed of life


class Outage(Protocol):
    """Our own server, as far as a rehearsal may kill and start it."""

    async def kill(self) -> None:
        """End the server at once, without a word."""
        ...

    async def start(self) -> None:
        """Start it again with the same data, at the same address."""
        ...


def read_drop(text: str) -> Drop:
    """Read "video@consultation"; raises BadDrop."""
    what, _, phase = text.partition("@")
    if what not in WHATS or not phase:
        raise BadDrop(
            f"Say what drops and in which phase, as in video@consultation; what drops is one of {', '.join(WHATS)}."
        )
    return Drop(what, phase)


class Director:
    """Plays drops one after the other, each in its phase."""

    def __init__(self, drops: Sequence[Drop], seats: Sequence[Seat], outage: Outage | None) -> None:
        self._waiting = list(drops)
        self._seats = seats
        self._outage = outage
        self._fell: list[Fell] = []

    @property
    def fell(self) -> tuple[Fell, ...]:
        """List the drops that were played."""
        return tuple(self._fell)

    def holds(self, key: str) -> bool:
        """Whether a drop is still to be played in this phase; also for "advice" in any of its blocks."""
        return self._next(key) is not None

    async def play(self) -> None:
        """Play every drop in its phase, until the session is over."""
        while self._waiting and not self._is_over():
            view = self._view()
            drop = self._next(phase_key(view)) if view else None
            if drop is None:
                await asyncio.sleep(LOOK)
                continue
            await asyncio.sleep(SETTLES)
            self._fell.append(await self._play(drop))
            self._waiting.remove(drop)

    def _next(self, key: str) -> Drop | None:
        return next((each for each in self._waiting if each.phase in (key, key.partition(".")[0])), None)

    async def _play(self, drop: Drop) -> Fell:
        view = await self._seen()
        key, before = phase_key(view), self._used_ms()
        plays: dict[str, Callable[[], Awaitable[tuple[float | None, str, float]]]] = {
            "video": lambda: self._group("video"),
            "sound": lambda: self._group("video", "sound"),
            "network": self._network,
            "client": lambda: self._person(_client(view)),
            "consultant": lambda: self._person(_consultant(view)),
            "facilitator": self._facilitator,
            "server": self._server,
        }
        noticed, rung, stopped = await plays[drop.what]()
        await self._seen()
        slowed = self._used_ms() - before
        return Fell(drop.what, key, _rounded(noticed), rung, _rounded(stopped) or 0.0, max(0, slowed))

    # -- what drops ----------------------------------------------------------------------------------

    async def _group(self, *faults: str) -> tuple[float | None, str, float]:
        """Break what carries everybody's sound, until the group is on the rung that is left; then mend it and go back."""
        low = "text" if "sound" in faults else "mesh"
        await self._back_to_video()
        began = time.monotonic()
        for fault in faults:
            await self._drill(fault)
        noticed = await self._until(lambda view: view["ladder"]["rung"] == low, began)
        rung = str((await self._seen())["ladder"]["rung"])
        for fault in faults:
            await self._drill(fault, on=False)
        await self._back_to_video()
        return noticed, rung, 0.0

    async def _network(self) -> tuple[float | None, str, float]:
        """Cut one consultant from LiveKit: direct links reach them, and nobody else moves."""
        await self._back_to_video()
        person, began = _consultant(await self._seen()), time.monotonic()
        await self._drill("network", person)
        noticed = await self._until(lambda view: _rung_of(view, person) != view["ladder"]["rung"], began)
        rung = _rung_of(await self._seen(), person)
        await self._drill("network", person, on=False)
        await self._until(lambda view: _rung_of(view, person) == view["ladder"]["rung"], time.monotonic())
        return noticed, rung, 0.0

    async def _person(self, person: str) -> tuple[float | None, str, float]:
        """Let somebody's connection break; they come back once the clock has stopped for them, or clearly does not."""
        began = time.monotonic()
        await self._drill("away", person)
        noticed = await self._until(lambda view: not is_here(view, person), began)
        paused_at = await self._until(_is_paused, time.monotonic(), PAUSED_WITHIN)
        since = time.monotonic()
        if paused_at is not None:
            await asyncio.sleep(STAYS_AWAY)
        await self._drill("away", person, on=False)
        await self._until(lambda view: is_here(view, person), time.monotonic())
        if paused_at is not None:
            await self._until(lambda view: not _is_paused(view), time.monotonic())
        return noticed, ALONE, 0.0 if paused_at is None else time.monotonic() - since

    async def _facilitator(self) -> tuple[float | None, str, float]:
        """Let the facilitator's connection break until the relay conducts, then let them have the session back."""
        view = await self._seen()
        host = next(each["id"] for each in view["seats"] if each["role"] == "facilitator")
        relay, client = view["bridge"]["relay"], view["request"]["person"]
        began = time.monotonic()
        await self._drill("away", host)
        noticed = await self._until(lambda view: not is_here(view, host), began)
        goal = (
            "stand_in" if relay == client else "stand_in_title"
        )  # a client does not conduct their own session
        await self._until(lambda view: bool(view["session"][goal]), time.monotonic())
        await self._drill("away", host, on=False)
        await self._until(
            lambda view: is_here(view, host) and not view["session"]["stand_in"], time.monotonic()
        )
        return noticed, ALONE, 0.0

    async def _server(self) -> tuple[float | None, str, float]:
        """Kill our server and start it again: everybody goes on by the plan they hold, and the phase gets its time back."""
        assert self._outage is not None
        granted, began = _granted_ms(await self._seen()), time.monotonic()
        await self._outage.kill()
        await asyncio.gather(*(each.until_cut() for each in self._seats))
        noticed = time.monotonic() - began
        await self._outage.start()
        await self._until(lambda view: all(each.seated.is_set() for each in self._seats), time.monotonic())
        return noticed, ALONE, max(0, _granted_ms(await self._seen()) - granted) / 1000

    # -- the others ----------------------------------------------------------------------------------

    async def _drill(self, fault: str, person: str | None = None, *, on: bool = True) -> None:
        """Let somebody else at the table ask for it: in a rehearsal everybody may, and whom it strikes hears no answer."""
        for seat in self._seats:
            if (
                seat.you != person
                and seat.seated.is_set()
                and await seat.do("drill", fault=fault, person=person, on=on)
            ):
                return

    async def _back_to_video(self) -> None:
        """Let the facilitator take the group back to LiveKit at once, so that the next drop finds everybody there."""
        if (await self._seen())["ladder"]["rung"] == "sfu":
            return
        for seat in self._seats:
            if "force-rung" in seat.view["me"]["may"] and await seat.do("force-rung", rung="sfu"):
                return

    async def _until(
        self, holds: Callable[[View], bool], since: float, within: float = NOTICED_WITHIN
    ) -> float | None:
        """Wait until somebody at the table sees it; gives the real seconds since then, None when it never came."""
        while not self._is_over() and time.monotonic() - since <= within:
            view = self._view()
            if view is not None and holds(view):
                return time.monotonic() - since
            await asyncio.sleep(LOOK)
        return None

    async def _seen(self) -> View:
        """Give the view of somebody at the table, as soon as there is somebody."""
        if self._view() is None:
            waits = [asyncio.create_task(each.until_seated()) for each in self._seats]
            _, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for each in others:
                each.cancel()
        return self._view() or {}

    def _used_ms(self) -> int:
        """Count the used time of the running phase up to now."""
        seat = self._seat()
        if seat is None:
            return 0
        clock = seat.view["clock"]
        running = 0 if clock["running_since"] is None else max(0, seat.now_ms() - clock["running_since"])
        return int(clock["used_ms"] + running)

    def _seat(self) -> Seat | None:
        return next((each for each in self._seats if each.seated.is_set()), None)

    def _view(self) -> View | None:
        seat = self._seat()
        return None if seat is None else seat.view

    def _is_over(self) -> bool:
        return any(each.over.is_set() for each in self._seats)


# -- what one sees -------------------------------------------------------------------------------------


def _is_paused(view: View) -> bool:
    return bool(view["clock"]["state"] == "paused")


def _granted_ms(view: View) -> int:
    return int(view["clock"]["granted_ms"])


def _rung_of(view: View, person: str) -> str:
    return next(str(each["rung"]) for each in view["seats"] if each["id"] == person)


def _client(view: View) -> str:
    """Name today's client; before one is chosen, the first who could be."""
    return str(view["request"]["person"] or _consultant(view))


def _consultant(view: View) -> str:
    """Name the consultant who speaks or comes next, else the first who is here and does not stand in for anybody."""
    wanted = (view["floor"]["holder"], *view["floor"]["round"])
    free = [
        each["id"]
        for each in view["seats"]
        if each["role"] in ("consultant", "timekeeper", "scribe")
        and each["presence"] == "here"
        and each["id"] != view["bridge"]["relay"]
    ]
    return str(next((each for each in wanted if each in free), free[0] if free else view["bridge"]["relay"]))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
