"""Decides on which rung of the continuity ladder the group and each person are: quick down, slow up, never back and forth.

Pure: a `Watch` is folded from reports and probes, `judge` reads it. Rules and figures: architecture.md §5 and video.md "Deciding".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from app.engine.ids import PersonId
from app.engine.replacing import replace


class Rung(StrEnum):
    """One way of being together, best first."""

    SFU = "sfu"  # sound and picture through LiveKit
    SFU_AUDIO = "sfu-audio"  # LiveKit, cameras off
    MESH = "mesh"  # sound from browser to browser
    BRIDGE = "bridge"  # the group's telephone number or meeting link
    TEXT = "text"  # guided written turns
    ALONE = "alone"  # our server is out of reach: the cached plan goes on


LADDER = tuple(Rung)

WITH_LIVEKIT = frozenset({Rung.SFU, Rung.SFU_AUDIO})
"""Rungs on which sound goes through the media server."""

WITHOUT_SOUND = frozenset({Rung.BRIDGE, Rung.TEXT})
"""Rungs whose silence in the room says nothing about the video; where one may be put who cannot say it."""


def lower(one: Rung, other: Rung) -> Rung:
    """Give the lower of two rungs."""
    return max(one, other, key=LADDER.index)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every figure of the policy, in one place."""

    stale: timedelta = timedelta(seconds=15)  # a report older than this says nothing any more
    silent: timedelta = timedelta(seconds=8)  # how long somebody must be without sound to count
    lost: timedelta = timedelta(seconds=15)  # after this no way of their own reaches a person: the card
    probes: int = 3  # failures in a row of our own question to LiveKit
    quorum_least: int = 2
    quorum_share: float = 0.4
    healthy: timedelta = timedelta(seconds=30)  # LiveKit must answer this long before going up
    dwell: timedelta = timedelta(seconds=90)  # shortest stay on a lower rung
    automatic_ups: int = 2  # after so many offers taken only the facilitator takes the group up


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Report:
    """What one browser says of its own media."""

    person: PersonId
    rung: Rung  # the way it uses or tries
    flowing: bool  # bytes arrived in the last three seconds


@dataclass(frozen=True, slots=True)
class Said:
    """The last report of one person, and since when they have been without sound."""

    rung: Rung
    at: datetime
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a group's media; dies with the session, is never stored."""

    rung: Rung
    since: datetime
    said: Mapping[PersonId, Said] = field(default_factory=dict)
    failures: int = 0
    healthy_since: datetime | None = None
    ups: int = 0  # offers taken


@dataclass(frozen=True, slots=True)
class Verdict:
    """What should happen now: stay, go down at once, or offer the facilitator to go up."""

    rung: Rung
    offer: Rung | None = None
    why: str = ""


def heard(watch: Watch, report: Report, now: datetime) -> Watch:
    """Take in what a browser says of its media."""
    before = watch.said.get(report.person)
    silent = None
    if not report.flowing:
        silent = before.silent_since if before and before.silent_since and before.rung == report.rung else now
    return replace(watch, said={**watch.said, report.person: Said(report.rung, now, silent)})


def left(watch: Watch, person: PersonId) -> Watch:
    """Forget a person whose socket is gone: their silence says nothing about the video."""
    return replace(watch, said={who: said for who, said in watch.said.items() if who != person})


def probed(watch: Watch, answered: bool, now: datetime) -> Watch:
    """Take in whether LiveKit answered our own question."""
    if answered:
        return replace(watch, failures=0, healthy_since=watch.healthy_since or now)
    return replace(watch, failures=watch.failures + 1, healthy_since=None)


def moved(watch: Watch, rung: Rung, now: datetime, *, by_offer: bool = False) -> Watch:
    """Note that the group now is on this rung; everybody's silence starts afresh, and only offers taken count as rises."""
    ups = watch.ups + by_offer
    return Watch(rung, now, failures=watch.failures, healthy_since=watch.healthy_since, ups=ups)


def without_sound(watch: Watch, now: datetime, limits: Thresholds = THRESHOLDS) -> frozenset[PersonId]:
    """Name those who are on the group's rung and have heard nothing for long enough."""
    return frozenset(
        person
        for person, said in watch.said.items()
        if said.silent_since is not None
        and now - said.at <= limits.stale
        and now - said.silent_since >= limits.silent
        and LADDER.index(said.rung) <= LADDER.index(watch.rung)
    )


def own_rung(watch: Watch, person: PersonId, now: datetime, limits: Thresholds = THRESHOLDS) -> Rung | None:
    """Say on which rung of their own one person is; None is with the group, or unknown."""
    said = watch.said.get(person)
    if said is None or now - said.at > limits.stale:
        return None
    if said.silent_since is not None and now - said.silent_since >= limits.lost:
        return Rung.TEXT
    return said.rung if LADDER.index(said.rung) > LADDER.index(watch.rung) else None


def quorum(present: frozenset[PersonId], limits: Thresholds = THRESHOLDS) -> float:
    """Say of how many people something must hold to hold of their group."""
    return max(limits.quorum_least, limits.quorum_share * len(present))


def is_group_cut(
    watch: Watch,
    present: frozenset[PersonId],
    pillars: frozenset[PersonId],
    now: datetime,
    limits: Thresholds = THRESHOLDS,
) -> bool:
    """Tell whether enough people hear nothing of LiveKit: a pillar (facilitator, speaker), or a quorum.

    Complexity is linear in the number of people. One office's firewall is never a quorum on its own, because `judge`
    also wants our own probe to fail.
    """
    silent = without_sound(watch, now, limits) & present
    return bool(silent & pillars) or len(silent) >= quorum(present, limits)


def is_mostly_silent(
    watch: Watch, present: frozenset[PersonId], now: datetime, limits: Thresholds = THRESHOLDS
) -> bool:
    """Tell whether more than half of those who listen hear nothing: as long as half are heard, they go on speaking."""
    return len(without_sound(watch, now, limits) & present) * 2 > len(present)


def is_left_by_all(
    watch: Watch, present: frozenset[PersonId], now: datetime, limits: Thresholds = THRESHOLDS
) -> bool:
    """Tell whether nobody hears through the media server any more: each is silent, or has found direct links by themselves.

    A page that has found them is silent no longer. When all were quicker than this policy, nothing else tells it.
    """
    fresh = {
        person: said
        for person, said in watch.said.items()
        if person in present and now - said.at <= limits.stale
    }
    silent = without_sound(watch, now, limits)
    return len(fresh) >= quorum(present, limits) and all(
        person in silent or said.rung not in WITH_LIVEKIT for person, said in fresh.items()
    )


def judge(
    watch: Watch,
    present: frozenset[PersonId],
    pillars: frozenset[PersonId],
    now: datetime,
    *,
    livekit: bool = True,
    forced: bool = False,
    at_boundary: bool = False,
    limits: Thresholds = THRESHOLDS,
) -> Verdict:
    """Decide the group's rung; `at_boundary` is true when a phase has just begun or the clock stands still.

    What the facilitator chose (`forced`) is kept while it can carry anybody: LiveKit is left when it answers nothing and nobody
    hears through it. Any other choice stays: whoever is silent on direct links is in writing already, one by one.
    """
    if watch.rung in WITH_LIVEKIT:
        cut = is_left_by_all(watch, present, now, limits) or (
            not forced and is_group_cut(watch, present, pillars, now, limits)
        )
        is_gone = cut and watch.failures >= limits.probes
        return Verdict(Rung.MESH, why="video-unreachable") if is_gone else Verdict(watch.rung)
    if forced or watch.rung is Rung.ALONE:
        return Verdict(watch.rung)
    if watch.rung is Rung.MESH and is_mostly_silent(watch, present, now, limits):
        return Verdict(Rung.TEXT, why="no-direct-links")
    return Verdict(watch.rung, rise(watch, now, livekit=livekit, limits=limits) if at_boundary else None)


def rise(
    watch: Watch, now: datetime, *, livekit: bool = True, limits: Thresholds = THRESHOLDS
) -> Rung | None:
    """Name the rung the group may be offered, once it has been on its own for long enough.

    That is LiveKit when it has been well for a while; where there is none, direct links are tried again after writing.
    """
    if watch.ups >= limits.automatic_ups or now - watch.since < limits.dwell:
        return None
    if not livekit:
        return Rung.MESH if watch.rung is Rung.TEXT else None
    is_well = watch.healthy_since is not None and now - watch.healthy_since >= limits.healthy
    return Rung.SFU if is_well else None
