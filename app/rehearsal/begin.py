"""Plans rehearsals on this server, and plays the seats that no visitor takes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from app.engine.commands import AddPerson
from app.engine.events import Trace
from app.engine.ids import SERVER, CommandId, GroupId, PersonId, SessionId
from app.engine.ladder import Bridge
from app.engine.protocol import Protocol, Role
from app.rehearsal.browser import Browser, Ledger, Lost
from app.rehearsal.story import Character, Temper, tell
from app.rehearsal.tempo import Tempo, read_speed
from app.rehearsal.troupe import Place, Stage, play
from app.usecases.links import hash_of, join_secret
from app.usecases.pasted_people import Named
from app.usecases.plan_session import Plan, Planner, plan_session, timeline
from app.usecases.ports import Protocols
from app.usecases.records import Facilitator, Group, PlannedSession, WebSession
from app.usecases.rehearse import SEATS, BadWish, Begun, NoRoom, RehearsalSeat, Wish

SOON = timedelta(seconds=1)
MOST_AT_ONCE = 8
"""Rehearsals whose people this server plays at the same time."""

MOST_AN_HOUR = 600
"""Rehearsals that are planned in an hour: anybody may ask for one."""

RELAY = 3
"""Which place of the story stands in for the facilitator; in a small group it is the last one."""

LONGEST = timedelta(hours=4)

log = structlog.get_logger(part="rehearsal")


class StagedRehearsals:
    """The rehearsals of this server; `base` is where simulated people reach it, `origin` what it is called."""

    def __init__(self, planner: Planner, protocols: Protocols, base: str, origin: str) -> None:
        self._planner = planner
        self._protocols = protocols
        self._base = base
        self._origin = origin
        self._waiting: asyncio.Queue[tuple[Begun, Stage]] = asyncio.Queue()
        self._running = 0
        self._hour: list[float] = []

    async def run(self) -> None:
        """Play what was begun, for ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self._play(*await self._waiting.get()))

    async def begin(self, wish: Wish) -> Begun:
        """Plan a rehearsal and let its people come. Raises BadWish and NoRoom."""
        protocol = await self._protocols.find(wish.protocol_id)
        if protocol is None or wish.seat not in SEATS:
            raise BadWish
        try:
            tempo = read_speed(wish.speed)
        except ValueError:
            raise BadWish from None
        self._make_room(wish)
        host, secret = await self._host(wish)
        stage = await self._stage(wish, host, protocol, tempo)
        seats = tuple(RehearsalSeat(each.person, each.character.name, each.token) for each in stage.places)
        watches = wish.seat == "none" and wish.played_here
        visitor = await self._observer(stage) if watches else _visitor(stage, wish.seat)
        phases = tuple(slot.key for slot in timeline(protocol, {}))
        begun = Begun(stage.session, host, seats, visitor, phases, secret)
        if wish.played_here:
            self._running += 1
            self._waiting.put_nowait((begun, stage))
        return begun

    def _make_room(self, wish: Wish) -> None:
        now = asyncio.get_running_loop().time()
        self._hour = [at for at in self._hour if now - at < 3600]
        if len(self._hour) >= MOST_AN_HOUR or (wish.played_here and self._running >= MOST_AT_ONCE):
            raise NoRoom
        self._hour.append(now)

    async def _host(self, wish: Wish) -> tuple[Facilitator, str | None]:
        """Let the visitor conduct, or make a facilitator for the rehearsal and let their browser in."""
        if wish.host is not None and wish.seat == "facilitator":
            named = wish.host.name or tell(wish.lang).facilitator  # who has just signed in has no name yet
            return replace(wish.host, name=named), None
        outside, now = self._planner, self._planner.clock.now()
        person, secret = PersonId(outside.ids.new()), outside.ids.secret()
        host = Facilitator(person, tell(wish.lang).facilitator, "", wish.lang, wish.zone, now)
        await outside.directory.save_facilitator(host)
        await outside.directory.add_web_session(WebSession(hash_of(secret), person, None, now, now + LONGEST))
        return host, secret

    async def _stage(self, wish: Wish, host: Facilitator, protocol: Protocol, tempo: Tempo) -> Stage:
        outside, story, now = self._planner, tell(wish.lang), self._planner.clock.now()
        least, most = protocol.people
        cast = story.people[: max(least, min(wish.people - 1, most))]
        trace = Trace.CLIENT_AND_LEARNINGS
        group = Group(
            GroupId(outside.ids.new()), host.id, story.group, wish.lang, wish.zone, trace, now, rehearsal=True
        )
        first = Named(cast[0].name, "", 1)
        plan = Plan(
            group=group,
            people=tuple(Named(each.name, "", line) for line, each in enumerate(cast, start=1)),
            starts_at=now + SOON,
            zone=wish.zone,
            protocol=protocol,
            minutes={slot.key: tempo.real(slot.planned) for slot in timeline(protocol, {})},
            trace=trace,
            client=first.key if wish.seat == "client" else None,
            reserve=None,
            language=wish.lang,
            bridge=Bridge(story.bridge.phone, story.bridge.code),
            relay=cast[min(RELAY, len(cast) - 1)].name.casefold(),
        )
        planned = await plan_session(plan, host, SessionId(outside.ids.new()), outside)
        return Stage(planned.id, host.id, await self._places(planned, cast), story, tempo)

    async def _places(self, planned: PlannedSession, cast: tuple[Character, ...]) -> tuple[Place, ...]:
        """Pair the characters with their seats and links, and tell what the expert knows."""
        outside = self._planner
        joins = {each.person: each for each in await outside.directory.joins_of(planned.id)}
        members = await outside.directory.members_of(planned.group)
        for member, character in zip(members, cast, strict=True):
            if character.tag:
                tagged = AddPerson(member.person, member.name, tags=(character.tag,))
                await outside.rooms.do(planned.id, SERVER, tagged, CommandId(f"tag-{member.person}"))
        return tuple(
            Place(
                member.person,
                character,
                join_secret(outside.links, planned.id, member.person, joins[member.person].created_at),
            )
            for member, character in zip(members, cast, strict=True)
        )

    async def _observer(self, stage: Stage) -> PersonId:
        """Give a visitor who takes no seat of the story a chair from which one watches."""
        person = PersonId(self._planner.ids.new())
        chair = AddPerson(person, stage.story.observer, Role.OBSERVER)
        await self._planner.rooms.do(stage.session, SERVER, chair, CommandId(f"watch-{person}"))
        return person

    async def _play(self, begun: Begun, stage: Stage) -> None:
        """Play the seats nobody took; whatever happens, the server and the other rehearsals go on."""
        host = Browser(self._base, self._origin, begun.host.lang)
        if begun.secret is not None:
            host.cookies["__Host-ronde" if self._origin.startswith("https:") else "ronde"] = begun.secret
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                await play(stage, host, Ledger(), taken=begun.visitor)
        except* (Lost, TimeoutError, OSError) as problems:
            log.warning("rehearsal stopped", session=begun.session, count=len(problems.exceptions))
        except* Exception:
            log.exception("rehearsal broke", session=begun.session)
        finally:
            self._running -= 1


def _visitor(stage: Stage, seat: str) -> PersonId | None:
    """Say whose seat the visitor takes: the facilitator's, the first manager's (planned as client), or another's."""
    match seat:
        case "facilitator":
            return stage.host
        case "client":
            return stage.places[0].person
        case "consultant":
            ordinary = (each for each in stage.places[1:] if each.character.temper is Temper.ORDINARY)
            return next(ordinary, stage.places[-1]).person
        case _:
            return None
