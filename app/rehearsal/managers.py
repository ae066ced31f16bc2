"""Simulated managers: each does what their role may do now, in their own manner."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.rehearsal.breaks import Absences, stand_in
from app.rehearsal.in_writing import phase_key, unasked, voice_of, words_of
from app.rehearsal.seat import Seat
from app.rehearsal.story import Character, Dealer, Step, Story, Temper
from app.rehearsal.tempo import Tempo

HOW_MUCH = {
    Temper.ORDINARY: {"question": 1, "idea": 2, "note": 1},
    Temper.TALKATIVE: {"question": 3, "idea": 3, "note": 0},
    Temper.SILENT: {"question": 0, "idea": 1, "note": 3},
    Temper.LATE: {"question": 1, "idea": 1, "note": 1},
    Temper.EXPERT: {"question": 1, "idea": 2, "note": 0},
}
"""How many texts of a kind each temper writes when a phase invites them."""

HANDS = {Temper.ORDINARY: 1, Temper.TALKATIVE: 3, Temper.SILENT: 0, Temper.LATE: 1, Temper.EXPERT: 1}
SPEECH = {Temper.TALKATIVE: (50, 110), Temper.SILENT: (6, 15)}
ORDINARY_SPEECH = (15, 45)
"""Seconds of one contribution."""

COMES_LATE = 150.0
"""Seconds after the start at which the late one arrives."""

OPEN_VOICES = ("questions", "free", "in-turn")
KEEPS = 3
"""Ideas a client keeps."""


class Manager:
    """One simulated person at the table."""

    def __init__(
        self,
        seat: Seat,
        character: Character,
        place: int,
        story: Story,
        dealer: Dealer,
        tempo: Tempo,
        chance: random.Random,
        absences: Absences,
    ) -> None:
        self.seat = seat
        self.settled = ""  # the phase in which they have done what they had to do
        self.afterwards = asyncio.Event()  # they have said how it was
        self._character = character
        self._place = place
        self._story = story
        self._deal = dealer.deal
        self._tempo = tempo
        self._chance = chance
        self._absences = absences
        self._has_signalled = False
        self._others_ideas: frozenset[str] | None = None  # of the clients before: theirs to keep

    async def play(
        self, tasks: asyncio.TaskGroup, enter: Callable[[], Awaitable[None]], begun: asyncio.Event
    ) -> None:
        """Come in, take part until the end, and say how it was."""
        if self._character.temper is Temper.LATE:
            await begun.wait()
            await self._tempo.wait(COMES_LATE)
        await enter()
        await self.seat.sit(tasks)
        try:
            await self._propose()
            await self._take_part()
            if not self.seat.over.is_set():
                await self._tell_afterwards()
        finally:
            self.afterwards.set()

    async def _take_part(self) -> None:
        speaking = asyncio.create_task(self._speak())
        minding = asyncio.create_task(self._mind_breaks())
        acting: asyncio.Task[None] | None = None
        key = ""
        try:
            while not self.seat.over.is_set() and self.seat.view["session"]["status"] not in (
                "ended",
                "closed",
            ):
                if (now := phase_key(self.seat.view)) != key:
                    key = now
                    if acting is not None:
                        acting.cancel()
                    acting = asyncio.create_task(self._act(key)) if key else None
                await self.seat.change()
        finally:
            for task in (speaking, minding, acting):
                if task is not None:
                    task.cancel()

    async def _mind_breaks(self) -> None:
        """Drop out and come back as the rehearsal's drills want, and stand in for the facilitator as the relay."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._absences.obey(self.seat))
            both.create_task(stand_in(self.seat))

    # -- one phase -----------------------------------------------------------------------------------

    async def _act(self, key: str) -> None:
        """Do one's part of a phase: look at the subjects, raise hands, write, be ready."""
        if not self._is_client():
            self._others_ideas = None
        elif self._others_ideas is None:
            self._others_ideas = frozenset(self._ideas())
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._signal())
            parts.create_task(self._raise_hands(key))
            parts.create_task(self._write())
            parts.create_task(self._care_for_contract(key))
            parts.create_task(self._keep_ideas())
        if "say-ready" in self._may() and not self.seat.view["me"]["ready"]:
            await self.seat.do("say-ready", ready=True)
        self.settled = key

    async def _write(self) -> None:
        """Write what the phase invites to, spread over its time."""
        lines = [line for kind in self.seat.view["me"]["writes"] for line in self._lines(kind)]
        if not lines:
            return
        length = self._phase_seconds() * 0.75
        for kind, text, fields in lines:
            await self._tempo.wait(length / len(lines) * self._chance.uniform(0.4, 1.0))
            if kind not in self.seat.view["me"]["writes"]:
                return
            if kind == "contract" and self.seat.view["request"]["entry"]:
                continue
            await self.seat.do("write", entry=uuid4().hex, kind=kind, text=text, fields=fields)

    def _lines(self, kind: str) -> list[tuple[str, str, dict[str, str]]]:
        """Choose the lines of one kind that this person writes in this phase."""
        story, mine = self._story, self._own(kind)
        is_client = self.seat.view["me"]["role"] == "client"
        match kind:
            case "question" | "idea" | "note" if not (is_client and kind == "idea"):
                lines = {"question": story.questions, "idea": story.ideas, "note": story.notes}[kind]
                much = HOW_MUCH[self._character.temper][kind]
                if kind == "note" and mine:
                    return []
                return [(kind, self._deal(lines), {}) for _ in range(much)]
            case "speech":
                return [(kind, text, {}) for text in unasked(self.seat, story, self._deal)]
            case "contract" if is_client:
                return [(kind, self._deal(story.requests), {})]
            case "action" if is_client and not mine:
                return [(kind, step.text, _fields(step)) for step in story.actions]
            case "learning" if not mine:
                groups = list(story.learnings.items())
                taken = groups if self._character.temper is Temper.TALKATIVE else groups[2:]
                return [(kind, self._deal(texts), {"a4": a4}) for a4, texts in taken]
            case _:
                return []

    async def _raise_hands(self, key: str) -> None:
        """Ask for the floor as often as one's temper wants it, and wait for it each time."""
        phase = self.seat.view["plan"][self.seat.view["clock"]["at"]]["phase"]
        if self.seat.words["phases"][phase]["voice"] not in OPEN_VOICES or self._is_client():
            return
        patience, me = self._phase_seconds() * 0.8, self.seat.you
        for _ in range(HANDS[self._character.temper]):
            eager = 0.3 if self._character.temper is Temper.TALKATIVE else 1.0
            await self._tempo.wait(self._chance.uniform(0.02, 0.25) * patience * eager)
            if "raise-hand" not in self._may() or not await self.seat.do("raise-hand"):
                return
            await self.seat.until(lambda view: me not in view["floor"]["hands"] or phase_key(view) != key)
            await self.seat.until(lambda view: view["floor"]["holder"] != me or phase_key(view) != key)

    async def _speak(self) -> None:
        """Whenever one has the floor: say what one has to say, then pass it on."""
        me = self.seat.you
        while not self.seat.over.is_set():
            await self.seat.until(lambda view: view["floor"]["holder"] == me)
            if self.seat.over.is_set():
                return
            since = self.seat.view["floor"]["since"]
            await self._tempo.wait(self._speech())
            floor = self.seat.view["floor"]
            if floor["holder"] != me or floor["since"] != since:
                continue
            if "speech" in self.seat.view["me"]["writes"] and voice_of(self.seat) != "client":
                text = words_of(self.seat, self._story, self._deal)
                await self.seat.do("write", entry=uuid4().hex, kind="speech", text=text)
            if self.seat.view["floor"]["holder"] == me and self.seat.view["floor"]["since"] == since:
                await self.seat.do("pass-floor", holder=me)

    def _speech(self) -> float:
        """Say how many seconds one speaks: in a phase of one's own, nearly all of it."""
        if voice_of(self.seat) == "client" and self._is_client():
            return self._phase_seconds() * 0.85
        shortest, longest = SPEECH.get(self._character.temper, ORDINARY_SPEECH)
        return self._chance.uniform(shortest, longest)

    async def _propose(self) -> None:
        """Propose a subject, if one has any."""
        if (
            self._place < len(self._story.subjects)
            and "propose-subject" in self._may()
            and not self._own("subject")
        ):
            subject = self._story.subjects[self._place]
            await self.seat.do(
                "propose-subject",
                entry=uuid4().hex,
                title=subject.title,
                nature=subject.nature,
                urgency=subject.urgency,
                expects=subject.expects,
            )

    async def _signal(self) -> None:
        """Show interest in the subjects of others, once."""
        if self._has_signalled or "signal-interest" not in self._may():
            return
        await self._tempo.wait(self._phase_seconds() * self._chance.uniform(0.1, 0.5))
        entries = self.seat.view["entries"].values()
        others = sorted(each["id"] for each in entries if each["kind"] == "subject" and not each["mine"])
        if others and "signal-interest" in self._may():
            self._has_signalled = True
            for entry in self._chance.sample(others, min(2, len(others))):
                await self.seat.do("signal-interest", entry=entry, on=True)

    async def _care_for_contract(self, key: str) -> None:
        """As the client: accept the wording of the request once it is there, and again when it was reworded."""
        view = self.seat.view
        phase = view["plan"][view["clock"]["at"]]["phase"]
        captures = self.seat.words["phases"][phase]["captures"]
        if not self._is_client() or not any(each["kind"] == "contract" for each in captures):
            return
        await self.seat.until(lambda view: bool(view["request"]["entry"]) or phase_key(view) != key)
        await self._tempo.wait(self._phase_seconds() * 0.1)
        if self._is_client() and self.seat.view["request"]["entry"] and "accept-contract" in self._may():
            await self.seat.do("accept-contract", entry=self.seat.view["request"]["entry"])

    async def _keep_ideas(self) -> None:
        """As the client, while writing the plan: keep some of the ideas."""
        if not self._is_client() or "action" not in self.seat.view["me"]["writes"]:
            return
        if any(each["kept"] for each in self.seat.view["entries"].values()):
            return
        ideas = sorted(self._ideas() - (self._others_ideas or frozenset()))
        for entry in self._chance.sample(ideas, min(KEEPS, len(ideas))):
            await self._tempo.wait(self._phase_seconds() * 0.1)
            if "keep-idea" in self._may():
                await self.seat.do("keep-idea", entry=entry, keep=True)

    async def _tell_afterwards(self) -> None:
        """Give stars, and learnings if there was no moment for them."""
        writes = self.seat.view["me"]["writes"]
        for kind, text, fields in self._lines("learning") if "learning" in writes else ():
            await self._tempo.wait(self._chance.uniform(5, 20))
            await self.seat.do("write", entry=uuid4().hex, kind=kind, text=text, fields=fields)
        if "rating" in writes and not self._own("rating"):
            await self._tempo.wait(self._chance.uniform(2, 10))
            stars = {
                name: str(self._chance.choice((3, 4, 4, 5, 5))) for name in ("helped", "frame", "distance")
            }
            await self.seat.do("write", entry=uuid4().hex, kind="rating", text="", fields=stars)

    # -- what one sees -------------------------------------------------------------------------------

    def _may(self) -> list[str]:
        may: list[str] = self.seat.view["me"]["may"]
        return may

    def _is_client(self) -> bool:
        return bool(self.seat.view["me"]["role"] == "client")

    def _ideas(self) -> set[str]:
        return {each["id"] for each in self.seat.view["entries"].values() if each["kind"] == "idea"}

    def _own(self, kind: str) -> int:
        return sum(each["mine"] and each["kind"] == kind for each in self.seat.view["entries"].values())

    def _phase_seconds(self) -> float:
        """Tell how many protocol seconds the running phase was granted."""
        granted = self._tempo.protocol_s(self.seat.view["clock"]["granted_ms"])
        return min(granted, 3600.0)


def _fields(step: Step) -> dict[str, str]:
    follow_up = datetime.now(UTC).date() + timedelta(days=step.days)
    names = ("first_step", "when", "with_whom", "how_known", "obstacle")
    return {**{name: str(getattr(step, name)) for name in names}, "follow_up": follow_up.isoformat()}
