"""Lays out a session as one reads it: each phase with its hour, who speaks, and a dial of the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import pi

from app.engine.plan import Slot
from app.engine.protocol import Kind, Phase, Role, Stage, Voice

RADIUS = 70
GAP = 5.0  # between two arcs, in units of the drawing

_ = str
HINTS = {
    Voice.NOBODY: _("nobody speaks"),
    Voice.CLIENT: _("client alone"),
    Voice.QUESTIONS: _("consultants, questions"),
    Voice.IN_TURN: _("consultants, one by one"),
    Voice.ROUND: _("everyone, in turn"),
    Voice.FREE: _("everyone"),
    Voice.SILENCE: _("in silence"),
    Voice.WRITING: _("everyone writes"),
}
BREAK, CONTRACT, PROTECTED = _("break"), _("client, then agreement"), _("protected")
AMONG_THEMSELVES = _("consultants, among themselves")


@dataclass(frozen=True, slots=True)
class Row:
    """One phase of the timeline."""

    phase: str
    at: datetime
    who: str  # c client · f consultants · a everyone
    title: str
    hint: str  # an English sentence, said in the reader's language by the template
    protected: bool
    length: timedelta
    typed: str  # the length as the form posts it, in minutes: "8", "4.5"
    shortest: bool
    longest: bool
    first: bool  # the first time this phase comes: where its minutes can be changed


@dataclass(frozen=True, slots=True)
class Arc:
    """One phase on the dial: an SVG stroke pattern."""

    who: str
    dash: str
    offset: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole session."""

    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]
    starts_at: datetime
    ends_at: datetime
    total: timedelta
    shares: Mapping[str, timedelta]  # by who


def lay_out(plan: Iterable[Slot], starts_at: datetime, language: str) -> Timeline:
    """Write the timeline of a plan that begins at an instant."""
    rows: list[Row] = []
    at = starts_at
    seen: set[str] = set()
    for slot in plan:
        phase = slot.phase
        rows.append(
            Row(
                phase.id,
                at,
                speaks(phase),
                in_language(phase.title, language),
                _hint(phase),
                phase.protected,
                slot.planned,
                f"{slot.planned / timedelta(minutes=1):g}",
                slot.planned <= phase.minutes.least,
                slot.planned >= phase.minutes.most,
                phase.id not in seen,
            )
        )
        seen.add(phase.id)
        at += slot.planned
    shares = {who: sum((row.length for row in rows if row.who == who), timedelta()) for who in "cfa"}
    return Timeline(tuple(rows), _arcs(rows), starts_at, at, at - starts_at, shares)


def speaks(phase: Phase) -> str:
    """Tell whose time a phase is: the client's, the consultants', or everyone's."""
    match phase.voice:
        case Voice.CLIENT:
            return "c"
        case Voice.QUESTIONS | Voice.IN_TURN:
            return "f"
        case Voice.SILENCE if _writes(phase, Kind.ACTION):
            return "c"
        case Voice.FREE if _writes(phase, Kind.CONTRACT):
            return "c"
        case Voice.FREE if phase.stage is Stage.OFF:
            return "f"
        case _:
            return "a"


def in_language(text: Mapping[str, str], language: str) -> str:
    """Choose the words of a protocol for a reader; English stands in for a missing language."""
    return text.get(language) or text["en"]


def _writes(phase: Phase, kind: Kind) -> bool:
    return any(capture.kind is kind and Role.CLIENT in capture.by for capture in phase.captures)


def _hint(phase: Phase) -> str:
    if phase.is_break:
        return BREAK
    if phase.voice is Voice.FREE and _writes(phase, Kind.CONTRACT):
        return CONTRACT
    if phase.voice is Voice.FREE and phase.stage is Stage.OFF:
        return AMONG_THEMSELVES
    return HINTS[phase.voice]


def _arcs(rows: list[Row]) -> tuple[Arc, ...]:
    around = 2 * pi * RADIUS
    whole = sum((row.length for row in rows), timedelta()) or timedelta(minutes=1)
    arcs, done = [], timedelta()
    for row in rows:
        length = around * (row.length / whole)
        drawn = max(length - GAP, 1.0)
        start = around * (done / whole) + GAP / 2
        done += row.length
        if row.who == "c":  # safran is always edged: a darker arc below a narrower one
            arcs.append(Arc("e", f"{drawn:.1f} {around - drawn:.1f}", f"{-start:.1f}"))
            inner = max(drawn - 2, 0.5)
            arcs.append(Arc("c", f"{inner:.1f} {around - inner:.1f}", f"{-start - 1:.1f}"))
        else:
            arcs.append(Arc(row.who, f"{drawn:.1f} {around - drawn:.1f}", f"{-start:.1f}"))
    return tuple(arcs)
