"""How a group is together now: its rung, each person's own rung, who stands in, and what dropped when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.engine.continuity import WITHOUT_SOUND, Rung, lower
from app.engine.ids import PersonId

NO_LIVEKIT = "no-video-server"
"""Why a group begins on direct links: this server has no LiveKit."""

LIVEKIT = "video-server"
"""Why a group moves when this server has a LiveKit after all."""

ACCEPTED = "offer-accepted"
"""Why a group moves when the facilitator takes the rung that was offered."""

MOST_DROPS = 300
"""How many drops are remembered; older ones are forgotten first."""


class Fault(StrEnum):
    """What a rehearsal may break on purpose, and mend again."""

    VIDEO = "video"  # LiveKit does not answer
    SOUND = "sound"  # direct links fail as well
    NETWORK = "network"  # one person's network lets LiveKit not through
    AWAY = "away"  # one person's whole connection


OF_ONE = frozenset({Fault.NETWORK, Fault.AWAY})
"""Faults that strike one person; the others strike the group."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault that lasts, in a rehearsal; the person is None where it strikes the group."""

    fault: Fault
    person: PersonId | None = None


class Microphones(StrEnum):
    """Who closes microphones; nobody is ever unmuted by anyone else."""

    PEOPLE = "people"  # everybody their own, always
    VOICE_RULE = "voice-rule"  # a change of phase closes those who must be silent


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where to meet when the video is gone: a number to call with its code, a meeting link; empty is none."""

    phone: str = ""
    code: str = ""
    link: str = ""

    def __bool__(self) -> bool:
        """Whether there is any other way to meet."""
        return bool(self.phone or self.link)


@dataclass(frozen=True, slots=True)
class Drop:
    """Somebody, or the group when `person` is None, was away or on a lower rung for a while; no content."""

    person: PersonId | None
    phase: str  # plan key
    since: datetime
    what: str  # "away", or the rung
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """On which rung the group and its people are."""

    rung: Rung = Rung.SFU
    since: datetime | None = None
    why: str = ""
    forced: bool = False  # the facilitator chose this rung
    offer: Rung | None = None  # a higher rung the facilitator may accept
    livekit: bool = True  # whether this server has one
    moved: Mapping[PersonId, Rung] = field(default_factory=dict)  # where the server saw them
    taken: Mapping[PersonId, Rung] = field(default_factory=dict)  # what they chose for themselves
    asked: frozenset[PersonId] = frozenset()  # asked by the facilitator to phone
    drops: tuple[Drop, ...] = ()
    broken: tuple[Broken, ...] = ()  # on purpose, in a rehearsal

    def own(self, person: PersonId) -> Rung | None:
        """Give a person's own rung, where it differs from the group's; nobody measures a telephone, so a word is enough."""
        seen, said = self.moved.get(person), self.taken.get(person)
        if said is Rung.BRIDGE or seen is None:
            return said
        return seen if said is None else lower(seen, said)

    def is_seen_silent(self, person: PersonId) -> bool:
        """Whether the server hears nothing of somebody who has not chosen to be without sound."""
        return self.moved.get(person) is Rung.TEXT and self.taken.get(person) not in WITHOUT_SOUND

    def rung_of(self, person: PersonId) -> Rung:
        """Give the rung a person is on: the lower of the group's and their own."""
        own = self.own(person)
        return self.rung if own is None else lower(self.rung, own)


@dataclass(frozen=True, slots=True)
class StandIn:
    """The relay while the facilitator is away: with the clock, or with the whole title."""

    person: PersonId
    title: bool = False
