"""Draws a protocol for readers: its strip of time, and each phase with the words for every role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from babel.numbers import format_decimal

from app.engine.plan import Slot, expand, total
from app.engine.protocol import Capture, Phase, Protocol, Role, Stage, Voice
from app.web.timeline import in_language, speaks
from app.web.times import HARD, span

TICK = timedelta(minutes=30)
LONGEST_IN_MINUTES = timedelta(minutes=120)
STANDS_IN = {
    Role.CO_FACILITATOR: Role.FACILITATOR,
    Role.TIMEKEEPER: Role.CONSULTANT,
    Role.SCRIBE: Role.CONSULTANT,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One phase on the strip: an SVG box, in per cent of the common scale."""

    look: str  # c client · f consultants · a everyone · s silence or writing · b break
    x: str
    width: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the common scale of time."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A whole session on the common scale, and what it says to who cannot see it."""

    pieces: tuple[Piece, ...]
    ticks: tuple[Tick, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one role is told and may ask itself."""

    role: str  # names its sentence in the catalogue, like every code below
    guidance: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """What may be written, by whom, for whose eyes."""

    kind: str
    by: tuple[str, ...]  # empty: everybody
    sight: str


@dataclass(frozen=True, slots=True)
class PhaseText:
    """One phase, as a reader sees it."""

    id: str
    at: str  # its place in time, in hours and minutes
    look: str
    title: str
    length: str
    least: str
    most: str
    voice: str
    stage: str  # empty when the client takes part like the others
    purpose: str
    say: str
    parts: tuple[Part, ...]
    writes: tuple[Writing, ...]
    guards: tuple[str, ...]
    protected: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A protocol as the gallery lists it."""

    id: str
    title: str
    label: str
    purpose: str
    length: str
    least: int
    most: int
    subject: str
    rounds: int
    own: bool
    strip: Strip


def cards(protocols: Iterable[Protocol], own: frozenset[str], language: str) -> tuple[Card, ...]:
    """Draw several protocols on one scale, so that their lengths can be compared."""
    plans = [(each, expand(each, each.rounds, {})) for each in protocols]
    scale = _scale(total(plan) for _, plan in plans)
    return tuple(_card(protocol, plan, scale, protocol.id in own, language) for protocol, plan in plans)


def card(protocol: Protocol, own: frozenset[str], language: str) -> Card:
    """Draw one protocol over its whole width."""
    plan = expand(protocol, protocol.rounds, {})
    return _card(protocol, plan, total(plan), protocol.id in own, language)


def phases(protocol: Protocol, language: str) -> tuple[PhaseText, ...]:
    """Lay out each phase once, with its place in time counted from the beginning of its block."""
    texts, at = [], timedelta()
    odd = any(phase.minutes.default % timedelta(minutes=1) for phase in protocol.phases())
    for phase in protocol.phases():
        texts.append(_phase_text(phase, _offset(at, fine=odd), language))
        at += phase.minutes.default
    return tuple(texts)


def scale_of(listed: tuple[Card, ...]) -> tuple[Tick, ...]:
    """Give the common ticks of a list of cards."""
    return listed[0].strip.ticks if listed else ()


def in_minutes(length: timedelta, language: str) -> str:
    """Write a length with its half minutes: "4,5 min", "2 h 30"."""
    if length >= LONGEST_IN_MINUTES:
        return span(language, length)
    return f"{format_decimal(round(length / timedelta(minutes=1), 2), locale=language)}{HARD}min"


def _card(protocol: Protocol, plan: tuple[Slot, ...], scale: timedelta, own: bool, language: str) -> Card:
    return Card(
        id=protocol.id,
        title=in_language(protocol.title, language),
        label=in_language(protocol.label, language) if protocol.label else "",
        purpose=in_language(protocol.purpose, language),
        length=in_minutes(total(plan), language),
        least=protocol.people[0],
        most=protocol.people[1],
        subject=f"protocol-subject-{protocol.subject_choice}",
        rounds=protocol.rounds,
        own=own,
        strip=_strip(plan, scale, language),
    )


def _scale(lengths: Iterable[timedelta]) -> timedelta:
    longest = max(lengths, default=TICK)
    return -(-longest // TICK) * TICK


def _strip(plan: tuple[Slot, ...], scale: timedelta, language: str) -> Strip:
    ends = [timedelta()]
    for slot in plan:
        ends.append(ends[-1] + slot.planned)
    pieces = tuple(
        Piece(_look(slot.phase), _percent(start, scale), _percent(end - start, scale), slot.phase.protected)
        for slot, (start, end) in zip(plan, pairwise(ends), strict=True)
    )
    ticks = tuple(
        Tick(_percent(TICK * at, scale), _tick(TICK * at, language)) for at in range(scale // TICK + 1)
    )
    words = ", ".join(
        f"{in_language(slot.phase.title, language)} {in_minutes(slot.planned, language)}" for slot in plan
    )
    return Strip(pieces, ticks, words)


def _look(phase: Phase) -> str:
    if phase.is_break:
        return "b"
    return "s" if phase.voice in (Voice.SILENCE, Voice.WRITING, Voice.NOBODY) else speaks(phase)


def _percent(part: timedelta, whole: timedelta) -> str:
    return f"{100 * part / whole:.2f}%"


def _tick(at: timedelta, language: str) -> str:
    hours, minutes = divmod(at // timedelta(minutes=1), 60)
    if not hours:
        return f"{minutes}{HARD}min" if minutes else "0"
    return f"{hours}{HARD}h" + (f"{HARD}{minutes}" if minutes else "")


def _offset(at: timedelta, *, fine: bool) -> str:
    seconds = round(at.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}" if fine else f"{seconds // 3600}:{seconds // 60 % 60:02}"


def _phase_text(phase: Phase, at: str, language: str) -> PhaseText:
    return PhaseText(
        id=phase.id,
        at=at,
        look=_look(phase),
        title=in_language(phase.title, language),
        length=in_minutes(phase.minutes.default, language),
        least=in_minutes(phase.minutes.least, language),
        most=in_minutes(phase.minutes.most, language),
        voice=f"protocol-voice-{phase.voice}",
        stage="" if phase.stage is Stage.ON else f"protocol-stage-{phase.stage}",
        purpose=in_language(phase.purpose, language),
        say=in_language(phase.say, language),
        parts=tuple(_parts(phase, language)),
        writes=tuple(map(_writing, phase.captures)),
        guards=tuple(f"protocol-guard-{guard}" for guard in sorted(phase.guards)),
        protected=phase.protected,
    )


def _parts(phase: Phase, language: str) -> Iterable[Part]:
    """Give the words of each role, once where two roles are told the same."""
    for role in Role:
        like = STANDS_IN.get(role)
        told, asked = phase.guidance.get(role), phase.prompts.get(role, ())
        if told is None or (
            like and (phase.guidance.get(like), phase.prompts.get(like, ())) == (told, asked)
        ):
            continue
        questions = tuple(in_language(text, language) for text in asked)
        yield Part(f"protocol-role-{role}", in_language(told, language), questions)


def _writing(capture: Capture) -> Writing:
    by = () if capture.by == frozenset(Role) else tuple(f"protocol-role-{r}" for r in Role if r in capture.by)
    return Writing(f"protocol-kind-{capture.kind}", by, f"protocol-sight-{capture.sight}")
