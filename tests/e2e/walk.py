"""Leads one session through its states without browsers, so that pages opened on it can be looked at in each."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import BrowserContext

from app.engine.commands import (
    AcceptContract,
    Arrive,
    ChooseClient,
    Command,
    End,
    GiveFloor,
    Next,
    OpenDoors,
    Pause,
    ProposeSubject,
    RaiseHand,
    Resume,
    Start,
    Write,
)
from app.engine.errors import Refusal
from app.engine.events import Invited, SessionPlanned
from app.engine.ids import CLOCK, Actor, CommandId, EntryId, GroupId, PersonId, SessionId
from app.engine.protocol import Kind, Role
from app.main import Parts
from app.usecases.links import hash_of
from app.usecases.records import Facilitator, Group, Member, PlannedSession, WebSession
from tests.e2e.people import StoryClock

HOST = PersonId("host")
LONG_NAMES = (
    "Maximilien-Alexandre de Montmorency-Laval",
    "Nadia Benali",
    "Jean-Baptiste van der Meersch",
    "Hildegard Freifrau von und zu Wolkenstein",
    "Awa Diop",
    "Konstantinos Papadopoulos-Georgiou",
    "Anne-Charlotte Lefebvre",
    "Ólafur Guðmundsson",
    "Bartholomäus Schwarzenberger",
    "Yasmine Amrani",
)
LONG_SUBJECT = (
    "Comment annoncer à deux équipes qui se connaissent mal que leurs métiers vont être rapprochés, alors que le calendrier, "
    "les responsabilités et les moyens ne sont pas encore décidés et que les questions affluent déjà ?"
)
LONG_REQUEST = (
    "J’aimerais que vous m’aidiez à annoncer la fusion de mes deux équipes sans promettre ce que je ne peux pas tenir, "
    "avec des idées concrètes pour la première réunion, vos propres expériences, et aussi ce que vous auriez aimé entendre à leur place."
)
LONG_IDEA = (
    "Dire d’abord ce qui est décidé, ce qui ne l’est pas encore et quand on le saura, puis laisser un long temps de questions "
    "sans répondre à toutes le jour même."
)


@dataclass(frozen=True, slots=True)
class Gathering:
    """A planned session of some people with long names; the first of them becomes the client."""

    parts: Parts
    clock: StoryClock
    session: SessionId
    guests: tuple[PersonId, ...]

    @property
    def client(self) -> PersonId:
        """Give the client."""
        return self.guests[0]

    async def seat(self, context: BrowserContext, person: PersonId) -> None:
        """Give a browser somebody's seat, or the facilitator's account."""
        secret = self.parts.ids.secret()
        now = self.clock.now()
        at_table = None if person == HOST else self.session
        await self.parts.directory.add_web_session(
            WebSession(hash_of(secret), person, at_table, now, now + timedelta(days=2))
        )
        name = "ronde" if person == HOST else f"seat-{self.session}"
        origin = self.parts.settings.origin
        await context.add_cookies(
            [
                {"name": name, "value": secret, "url": origin},
                {"name": f"charter-{self.session}", "value": "accepted", "url": origin},
            ]
        )

    async def do(self, who: Actor, command: Command) -> None:
        """Give a command in somebody's place."""
        await self.parts.rooms.do(self.session, who, command, CommandId(self.parts.ids.new()))

    async def sit_down(self) -> None:
        """Open the doors, and let everybody take their place."""
        with suppress(Refusal):  # the ticker may have been faster
            await self.do(CLOCK, OpenDoors())
        for person in (HOST, *self.guests):
            await self.do(person, Arrive())

    async def go_on(self) -> str:
        """Start the next phase and give its id."""
        session = await self.parts.rooms.session(self.session)
        assert session.slot is not None
        await self.do(HOST, Next(session.slot.key))
        after = await self.parts.rooms.session(self.session)
        assert after.slot is not None
        return str(after.slot.phase.id)

    async def walk(self) -> AsyncIterator[str]:
        """Lead the session through its states, stopping in each; everybody is present."""
        yield "planned"
        self.clock.advance(minutes=6)
        await self.sit_down()
        yield "open"
        await self.do(HOST, Start())
        for rank, person in enumerate(self.guests[:2]):
            await self.do(person, ProposeSubject(EntryId(f"subject-{rank}"), LONG_SUBJECT))
        yield "opening"
        yield await self.go_on()
        await self.do(HOST, ChooseClient(self.client, EntryId("subject-0"), self.guests[1]))
        yield await self.go_on()
        yield await self.go_on()
        for person in self.guests[1:]:
            await self.do(person, RaiseHand())
        await self.do(HOST, GiveFloor(self.guests[1]))
        await self.do(self.guests[-1], Write(EntryId("question"), Kind.QUESTION, LONG_SUBJECT))
        yield "hands"
        await self.do(HOST, Pause("Une minute pour souffler"))
        yield "paused"
        await self.do(HOST, Resume())
        await self.go_on()
        await self.do(self.client, Write(EntryId("request"), Kind.CONTRACT, LONG_REQUEST))
        yield "contract"
        await self.do(self.client, AcceptContract(EntryId("request")))
        await self.do(HOST, AcceptContract(EntryId("request")))
        await self.go_on()
        for rank in range(3):
            await self.do(self.guests[1], Write(EntryId(f"idea-{rank}"), Kind.IDEA, LONG_IDEA))
        self.clock.advance(minutes=40)
        yield "late"
        yield await self.go_on()
        await self.do(self.client, Write(EntryId("step"), Kind.ACTION, LONG_IDEA, {"when": "lundi", "first_step": LONG_IDEA}))  # fmt: skip
        yield await self.go_on()
        yield await self.go_on()
        await self.do(HOST, End())
        yield "ended"


async def gather(
    parts: Parts, clock: StoryClock, people: int = 8, lang: str = "fr", kind: str = "codev-75"
) -> Gathering:
    """Plan a protocol for a number of people besides the facilitator, twenty minutes from now."""
    now = clock.now()
    protocol = await parts.protocols.find(kind)
    assert protocol is not None
    name = f"with-{people}"
    session, group = SessionId(name), GroupId(f"group-{name}")
    await parts.directory.save_facilitator(
        Facilitator(HOST, "Hélène Roy", "helene@example.org", lang, "Europe/Paris", now)
    )
    await parts.directory.save_group(
        Group(
            group,
            HOST,
            "Cercle des directrices et directeurs d’établissement",
            lang,
            "Europe/Paris",
            "client",
            now,
        )
    )
    guests = tuple(PersonId(f"guest-{rank}") for rank in range(people))
    invited = tuple(Invited(person, LONG_NAMES[rank]) for rank, person in enumerate(guests))
    await parts.directory.save_members(
        tuple(
            Member(each.id, group, each.name, f"{each.id}@example.org", lang, seat, now)
            for seat, each in enumerate(invited)
        )
    )
    starts_at = now + timedelta(minutes=20)
    planned = SessionPlanned(
        session, "Cercle des directrices et directeurs d’établissement", 3, protocol.id, protocol.content_hash, lang,
        "Europe/Paris", starts_at, (Invited(HOST, "Hélène Roy", Role.FACILITATOR), *invited), rounds=protocol.rounds,
    )  # fmt: skip
    await parts.rooms.begin(planned, CommandId(f"plan-{name}"), HOST)
    await parts.directory.save_session(
        PlannedSession(
            session, group, 3, HOST, protocol.id, protocol.content_hash, starts_at,
            starts_at + timedelta(minutes=75), "Europe/Paris", "client+learnings", now,
        )
    )  # fmt: skip
    return Gathering(parts, clock, session, guests)
