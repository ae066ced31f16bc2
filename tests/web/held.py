"""Holds a planned session without sockets, from the doors to the close."""

from datetime import timedelta

from app.engine.commands import Arrive, ChooseClient, Close, Command, End, OpenDoors, Start, Write
from app.engine.ids import CLOCK, Actor, CommandId, EntryId, PersonId
from app.engine.protocol import Kind
from app.usecases.write_report import close_session
from tests.web.site import Planned, Site

SUBJECT = "Ma-question-confidentielle"


class Held:
    """One session and who sits there."""

    def __init__(self, site: Site, planned: Planned) -> None:
        """Take a session that was planned by the form."""
        self.site, self.planned = site, planned
        self._made = 0

    async def do(self, who: Actor, command: Command) -> None:
        """Give a command."""
        self._made += 1
        await self.site.parts.rooms.do(self.planned.id, who, command, CommandId(f"held-{self._made}"))

    async def people(self) -> tuple[PersonId, ...]:
        """List the participants, without the facilitator, by seat."""
        session = await self.site.parts.rooms.session(self.planned.id)
        return tuple(each.id for each in session.people if each.id != self.planned.host.id)

    async def hold(self, stars: int) -> None:
        """Let everybody come, speak for half an hour and leave; so many people give stars."""
        people = await self.people()
        self.site.clock.jump((await self.site.session(self.planned.id)).starts_at)
        await self.do(CLOCK, OpenDoors())
        for person in (self.planned.host.id, *people):
            await self.do(person, Arrive())
        await self.do(self.planned.host.id, ChooseClient(people[0]))
        await self.do(self.planned.host.id, Start())
        await self.do(people[0], Write(EntryId("note"), Kind.NOTE, SUBJECT))
        self.site.clock.advance(minutes=30)
        await self.do(self.planned.host.id, End())
        for number, person in enumerate((*people, self.planned.host.id)[:stars]):
            marks = {"helped": "5", "frame": str(number % 2 + 4)}
            await self.do(person, Write(EntryId(f"stars-{number}"), Kind.RATING, "", marks))

    async def close(self) -> None:
        """Let the ten minutes pass and the trace policy take effect."""
        self.site.clock.advance(timedelta(minutes=10))
        await self.do(CLOCK, Close())
        have = self.site.parts
        await close_session(self.planned.id, have.rooms, have.log, have.directory, have.clock)
