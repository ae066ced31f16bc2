"""Plays one rehearsal from the door to the last star: every simulated person comes in by the socket, like everyone."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from app.engine.ids import PersonId, SessionId
from app.rehearsal.breaks import Absences
from app.rehearsal.browser import Browser, Ledger, Lost, View
from app.rehearsal.conductor import Conductor
from app.rehearsal.drops import Director, Drop, Fell, Outage
from app.rehearsal.managers import Manager
from app.rehearsal.seat import Seat
from app.rehearsal.story import Character, Dealer, Story, Temper
from app.rehearsal.tempo import Tempo

ABSENT = 600.0
"""Real seconds after which a rehearsal ends whose visitor is gone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a rehearsal, and the secret of its personal link."""

    person: PersonId
    character: Character
    token: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A rehearsal that is planned and waits for its people."""

    session: SessionId
    host: PersonId
    places: tuple[Place, ...]
    story: Story
    tempo: Tempo


@dataclass(slots=True)
class Played:
    """What was seen of a rehearsal."""

    first: View = field(default_factory=dict)  # the facilitator's view as the session began
    last: View = field(default_factory=dict)  # and as it ended
    browsers: dict[PersonId, Browser] = field(default_factory=dict)
    fell: tuple[Fell, ...] = ()  # the drops that were played


async def enter(browser: Browser, session: SessionId, token: str) -> None:
    """Follow a personal link and accept the charter, as people do; raises Lost."""
    taken = await browser.post(f"/j/{token}", {})
    if taken.status != 303:
        raise Lost(f"The link to a seat was answered with {taken.status}.")
    accepted = await browser.post(f"/door/{session}", {"charter": "on"})
    if accepted.status != 303:
        raise Lost(f"The door was answered with {accepted.status}.")


async def play(
    stage: Stage,
    host: Browser,
    ledger: Ledger,
    told: Callable[[View], None] = lambda view: None,
    taken: PersonId | None = None,
    drops: tuple[Drop, ...] = (),
    outage: Outage | None = None,
) -> Played:
    """Play a rehearsal to its end, with its drops; the seat `taken` belongs to a visitor and nobody plays it."""
    played = Played(browsers={stage.host: host})
    begun = asyncio.Event()
    managers: list[Manager] = []
    seats: list[Seat] = []
    dealer = Dealer()
    absences = Absences(seats)
    director = Director(drops, seats, outage)

    def settled(key: str) -> bool:
        present = [each for each in managers if each.seat.seated.is_set() and not each.seat.over.is_set()]
        return all(each.settled == key for each in present)

    def note(view: View) -> None:
        played.first = played.first or {**view}
        played.last = {**view}
        told(view)

    async with asyncio.TaskGroup() as sockets:
        try:
            async with asyncio.TaskGroup() as people:
                for number, place in enumerate(stage.places):
                    if place.person == taken:
                        continue
                    browser = Browser(host.base, host.origin, host.lang)
                    played.browsers[place.person] = browser
                    seats.append(Seat(browser, stage.session, ledger))
                    manager = _manager(stage, number, seats[-1], dealer, absences)
                    managers.append(manager)
                    come_in = partial(enter, browser, stage.session, place.token)
                    people.create_task(manager.play(sockets, come_in, begun))
                if taken != stage.host:
                    seats.append(Seat(host, stage.session, ledger))
                    conductor = Conductor(
                        seats[-1], stage.tempo, _punctual(stage, taken), settled, absences, director.holds
                    )
                    people.create_task(director.play())
                    people.create_task(conductor.play(sockets, begun, note))
                else:
                    people.create_task(_begin_with(managers, begun))
                if taken is not None:
                    people.create_task(_stay_while_visited(managers, taken))
        except* _VisitorLeft:
            pass
        finally:
            for seat in seats:
                await seat.leave()
    played.fell = director.fell
    return played


class _VisitorLeft(Exception):
    """Nobody is left to rehearse with."""


def _manager(stage: Stage, number: int, seat: Seat, dealer: Dealer, absences: Absences) -> Manager:
    place = stage.places[number]
    chance = random.Random(f"{stage.session}{number}")
    return Manager(seat, place.character, number, stage.story, dealer, stage.tempo, chance, absences)


def _punctual(stage: Stage, taken: PersonId | None) -> frozenset[PersonId]:
    """List whom the start waits for: everybody but the late one and the visitor."""
    return frozenset(
        place.person
        for place in stage.places
        if place.character.temper is not Temper.LATE and place.person != taken
    )


async def _begin_with(managers: list[Manager], begun: asyncio.Event) -> None:
    """When a visitor conducts: the late one comes once the session runs."""
    while not begun.is_set():
        await asyncio.sleep(0.2)
        views = [each.seat.view for each in managers if each.seat.view]
        if any(
            view["session"]["status"] != "open" and view["session"]["status"] != "planned" for view in views
        ):
            begun.set()


async def _stay_while_visited(managers: list[Manager], visitor: PersonId) -> None:
    """Leave when the visitor has been away for long; raises _VisitorLeft."""
    away_since = asyncio.get_running_loop().time()
    while not all(each.afterwards.is_set() for each in managers):
        await asyncio.sleep(1)
        now = asyncio.get_running_loop().time()
        views = [each.seat.view for each in managers if each.seat.view]
        seats = views[0]["seats"] if views else ()
        if any(seat["id"] == visitor and seat["presence"] == "here" for seat in seats):
            away_since = now
        if now - away_since > ABSENT:
            raise _VisitorLeft
