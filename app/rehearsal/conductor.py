"""A simulated facilitator: opens, gives the floor, holds the time, never cuts anyone off, ends."""

import asyncio
from collections.abc import Callable

from app.rehearsal.breaks import Absences, is_here
from app.rehearsal.browser import View
from app.rehearsal.in_writing import phase_key
from app.rehearsal.seat import Seat
from app.rehearsal.tempo import Tempo

LOOK, QUICK_LOOK = 0.05, 0.005
"""Real seconds between two looks around the table, and at full speed."""

WAITS_FOR_PEOPLE = 60.0
"""Protocol seconds the start waits for those who are not here."""

STUCK = 20.0
"""Real seconds after which, at full speed, the session goes on without somebody who is not done."""

EXTENDS = "questions"
"""The sort of phase that gets one more minute, once."""


class Conductor:
    """One simulated facilitator."""

    def __init__(
        self,
        seat: Seat,
        tempo: Tempo,
        expected: frozenset[str],
        settled: Callable[[str], bool],
        absences: Absences,
        holds: Callable[[str], bool],
    ) -> None:
        self.seat = seat
        self._tempo = tempo
        self._expected = expected  # those who will be there from the start
        self._settled = settled  # whether everybody has done their part of a phase
        self._absences = absences
        self._holds = holds  # whether a drop is still to be played in a phase
        self._done: set[str] = set()

    async def play(
        self, tasks: asyncio.TaskGroup, begun: asyncio.Event, told: Callable[[View], None]
    ) -> None:
        """Hold a whole session; `told` sees the view at each change of phase."""
        await self.seat.sit(tasks)
        obeying = tasks.create_task(self._absences.obey(self.seat))
        try:
            await self._conduct(begun, told)
        finally:
            obeying.cancel()

    async def _conduct(self, begun: asyncio.Event, told: Callable[[View], None]) -> None:
        if self.seat.view["session"]["status"] == "planned":
            await self.seat.do("open-doors")
        await self._wait_for_people()
        await self._cast()
        await self.seat.do("start")
        begun.set()
        key, since = "", asyncio.get_running_loop().time()
        while not self.seat.over.is_set() and self.seat.view["session"]["status"] == "running":
            await self.seat.until_seated()  # whoever is away conducts nothing
            if (now := phase_key(self.seat.view)) != key:
                key, since = now, asyncio.get_running_loop().time()
                told(self.seat.view)
                await self._open_phase()
            await self._hold(key)
            if self._is_time(key, asyncio.get_running_loop().time() - since):
                await self._move(key)
            await asyncio.sleep(QUICK_LOOK if self._tempo.is_max else LOOK)
        told(self.seat.view)

    async def _wait_for_people(self) -> None:
        def are_here(view: View) -> bool:
            here = {seat["id"] for seat in view["seats"] if seat["presence"] == "here"}
            return self._expected <= here

        try:
            async with asyncio.timeout(WAITS_FOR_PEOPLE if self._tempo.is_max else WAITS_FOR_PEOPLE / 4):
                await self.seat.until(are_here)
        except TimeoutError:
            pass  # whoever comes later finds the seat kept

    # -- during a phase ------------------------------------------------------------------------------

    async def _open_phase(self) -> None:
        """Begin the phase as its voice rule wants."""
        match self._voice():
            case "round" | "in-turn" if "start-round" in self._may() and not self._writes_together():
                await self.seat.do("start-round")
            case "client":
                client = next(
                    (seat["id"] for seat in self.seat.view["seats"] if seat["role"] == "client"), None
                )
                if client is not None:
                    await self.seat.do("give-floor", person=client)
            case _:
                pass

    def _writes_together(self) -> bool:
        """Tell whether everybody writes at the same time now: no round then."""
        return bool(self.seat.view["ladder"]["rung"] == "text" and self._voice() == "in-turn")

    async def _hold(self, key: str) -> None:
        """Give the floor in the order of hands, accept the contract, reveal, choose, and come back to time."""
        view = self.seat.view
        floor, conduct, request = view["floor"], view["conduct"], view["request"]
        if (
            view["clock"]["reason"] == "client-away"
            and view["clock"]["state"] == "paused"
            and is_here(view, request["person"])
        ):
            await self.seat.do("resume")
        if conduct["offer"]:
            await self.seat.do("force-rung", rung=conduct["offer"])
        if floor["holder"] is None and floor["hands"] and "give-floor" in self._may():
            await self.seat.do("give-floor", person=floor["hands"][0])
        if request["entry"] and not request["consultants"] and "accept-contract" in self._may():
            await self.seat.do("accept-contract", entry=request["entry"])
        if conduct["waiting"] and "reveal" in self._may() and (self._share() > 0.6 or self._settled(key)):
            await self.seat.do("reveal")
        if self._lacks_client() and (self._share() > 0.5 or self._settled(key)):
            await self._cast()
        await self._take_subject()
        if (
            self._voice() == EXTENDS
            and not self._tempo.is_max
            and self._share() > 0.9
            and "extended" not in self._done
        ):
            self._done.add("extended")
            await self.seat.do("extend", seconds=max(1, round(60 / self._tempo.speed)))
        offers = [each["name"] for each in conduct["proposals"]]
        if "borrow" in offers and "borrowed" not in self._done and not self._tempo.is_max:
            self._done.add("borrowed")
            await self.seat.do("replan", proposal="borrow")

    async def _cast(self) -> None:
        """Choose the client of the block to come: whom fairness proposes, with their subject if there is one."""
        conduct = self.seat.view["conduct"]
        if not self._lacks_client():
            return
        subjects = [each for each in self.seat.view["entries"].values() if each["kind"] == "subject"]
        taken = {each for each in conduct["clients"] if each}
        free = [
            each["id"]
            for each in self.seat.view["seats"]
            if each["role"] == "consultant" and each["presence"] == "here" and each["id"] not in taken
        ]
        wanted = [each for each in subjects if each["author"] in free]
        wanted.sort(key=lambda each: (-each["interest"], free.index(each["author"])))
        proposed = conduct["cast_client"] if conduct["cast_client"] in free else None
        with_subject = [each for each in wanted if each["author"] == proposed] or wanted
        person = with_subject[0]["author"] if with_subject else proposed or (free[0] if free else None)
        if person is None:
            return
        subject = with_subject[0]["id"] if with_subject else None
        await self.seat.do("choose-client", person=person, subject=subject, reserve=None)

    async def _take_subject(self) -> None:
        """Note the subject of a client who was chosen before they proposed one."""
        request, conduct = self.seat.view["request"], self.seat.view["conduct"]
        client = request["person"]
        if client is None or request["subject"] is not None or client not in conduct["clients"]:
            return
        own = [
            each["id"]
            for each in self.seat.view["entries"].values()
            if each["kind"] == "subject" and each["author"] == client
        ]
        if own and "choose-client" in self._may():
            turn = conduct["clients"].index(client) + 1
            await self.seat.do("choose-client", person=client, subject=own[0], turn=turn)

    def _lacks_client(self) -> bool:
        conduct = self.seat.view["conduct"]
        turn = conduct["cast_turn"]
        return bool(0 < turn <= len(conduct["clients"]) and conduct["clients"][turn - 1] is None)

    # -- from phase to phase -------------------------------------------------------------------------

    def _is_time(self, key: str, real: float) -> bool:
        """Tell whether to go on: the time is used, or at full speed everybody is done."""
        floor = self.seat.view["floor"]
        if self._holds(key):
            return False
        if self._tempo.is_max:
            is_quiet = floor["holder"] is None and not floor["round"] and not floor["hands"]
            return real > STUCK or (self._settled(key) and is_quiet)
        return self._share() >= 1.0

    async def _move(self, key: str) -> None:
        view = self.seat.view
        if view["conduct"]["blocked"] == "client-not-chosen":
            await self._cast()
        elif view["conduct"]["blocked"]:
            return  # the contract is not accepted yet: a little more time
        if view["clock"]["at"] + 1 < len(view["plan"]):
            await self.seat.do("next", from_key=key)
        else:
            await self.seat.do("end")

    def _share(self) -> float:
        """Tell which share of the granted time is used."""
        clock = self.seat.view["clock"]
        used = clock["used_ms"]
        if clock["running_since"] is not None:
            used += max(0.0, self.seat.now_ms() - clock["running_since"])
        return float(used / max(1, clock["granted_ms"]))

    def _voice(self) -> str:
        view = self.seat.view
        if not phase_key(view):
            return ""
        return str(self.seat.words["phases"][view["plan"][view["clock"]["at"]]["phase"]]["voice"])

    def _may(self) -> list[str]:
        may: list[str] = self.seat.view["me"]["may"]
        return may
