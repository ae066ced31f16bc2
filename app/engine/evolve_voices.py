"""What facts about voices change on the floor."""

from datetime import datetime
from typing import assert_never

from app.engine.events import FloorGiven, FloorPassed, HandLowered, HandRaised, RoundStarted
from app.engine.ids import PersonId
from app.engine.replacing import replace
from app.engine.state import Floor


def change_floor(
    floor: Floor, event: HandRaised | HandLowered | FloorGiven | FloorPassed | RoundStarted, at: datetime
) -> Floor:
    """Take in a fact about voices."""
    match event:
        case HandRaised(person):
            return replace(floor, hands=(*floor.hands, person))
        case HandLowered(person):
            return replace(floor, hands=tuple(each for each in floor.hands if each != person))
        case FloorGiven(person):
            return _speaks(floor, person, tuple(each for each in floor.round if each != person), at)
        case FloorPassed(to, rest):
            return _speaks(floor, to, rest, at)
        case RoundStarted(order):
            return _speaks(floor, order[0], order[1:], at)
        case _:
            assert_never(event)


def _speaks(floor: Floor, person: PersonId | None, rest: tuple[PersonId, ...], at: datetime) -> Floor:
    if person is None:
        return replace(floor, holder=None, since=None, round=rest)
    hands = tuple(each for each in floor.hands if each != person)
    return Floor(person, at, hands, rest, floor.heard | {person})


def without(floor: Floor, person: PersonId) -> Floor:
    """Free the floor of a person who left."""
    return Floor(
        None if floor.holder == person else floor.holder,
        None if floor.holder == person else floor.since,
        tuple(each for each in floor.hands if each != person),
        tuple(each for each in floor.round if each != person),
        floor.heard,
    )
