"""Reads a protocol as an experienced facilitator would, and says what may go wrong at the table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from app.engine.protocol import Kind, Phase, Protocol, Role, Voice
from app.usecases.protocol_library import Problem

LONGEST_SITTING = timedelta(minutes=90)  # method.md §6: the limit by video without a break
NEEDS_CONTRACT = timedelta(minutes=40)  # shorter turns, as in Troika, go straight to the question
LEAST_CLIENT_SHARE = 0.1
LONGEST_GUIDANCE = 90  # characters: it is drawn in the middle of the table
WORDS_A_MINUTE = 130  # read aloud, calmly
LONGEST_SPEECH = timedelta(seconds=50)
SPEAKING_ROLES = (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR)


def review(protocol: Protocol) -> tuple[Problem, ...]:
    """List the warnings; each path begins with "phases" and the 0-based place of a phase in the whole file."""
    phases = tuple(protocol.phases())
    found = [*_of_the_whole(protocol, phases)]
    for at, phase in enumerate(phases):
        found += (replace(each, path=("phases", at, *each.path)) for each in _of_one(phase))
    return tuple(replace(each, warning=True) for each in found)


def minutes(span: timedelta) -> float:
    """Write a span as minutes, whole ones without a fraction."""
    value = round(span.total_seconds() / 60, 2)
    return int(value) if value == int(value) else value


def length(protocol: Protocol) -> timedelta:
    """Add up the usual minutes, client blocks as often as the protocol says."""
    return sum(
        (
            phase.minutes.default * (protocol.rounds if block.per_client else 1)
            for block in protocol.blocks
            for phase in block.phases
        ),
        timedelta(),
    )


def _of_the_whole(protocol: Protocol, phases: tuple[Phase, ...]) -> Iterator[Problem]:
    once = sum((phase.minutes.default for phase in phases), timedelta())
    spoken = sum((_client_speaks(phase) for phase in phases), timedelta())
    if spoken < once * LEAST_CLIENT_SHARE:
        yield Problem("client-silent", {"client": minutes(spoken), "all": minutes(once)})
    if not any(phase.protected and _captures(phase, Kind.LEARNING) for phase in phases):
        yield Problem("no-protected")
    if once >= NEEDS_CONTRACT and not any(_captures(phase, Kind.CONTRACT) for phase in phases):
        yield Problem("no-contract")
    if not any(_captures(phase, Kind.ACTION) for phase in phases):
        yield Problem("no-plan")
    sitting = _longest_sitting(protocol)
    if sitting > LONGEST_SITTING:
        yield Problem("no-break", {"minutes": minutes(sitting)})


def _of_one(phase: Phase) -> Iterator[Problem]:
    for role in SPEAKING_ROLES:
        if role not in phase.guidance and not phase.is_break:
            details = {"role": f"protocol-role-{role}", "phase": phase.id}
            yield Problem("guidance-missing", details, ("guidance",))
    for role in (*SPEAKING_ROLES, Role.OBSERVER):
        longest = max(map(len, phase.guidance.get(role, {"": ""}).values()))
        if longest > LONGEST_GUIDANCE:
            yield Problem(
                "guidance-long", {"length": longest, "most": LONGEST_GUIDANCE}, ("guidance", role.value)
            )
    words = max(len(sentence.split()) for sentence in phase.say.values())
    aloud = timedelta(minutes=words / WORDS_A_MINUTE)
    if aloud > min(LONGEST_SPEECH, phase.minutes.default / 2):
        yield Problem("say-long", {"seconds": round(aloud.total_seconds())}, ("say",))


def _client_speaks(phase: Phase) -> timedelta:
    match phase.voice:
        case Voice.CLIENT:
            return phase.minutes.default
        case Voice.QUESTIONS:
            return phase.minutes.default / 2
        case _:
            return timedelta()


def _captures(phase: Phase, kind: Kind) -> bool:
    return any(capture.kind is kind for capture in phase.captures)


def _longest_sitting(protocol: Protocol) -> timedelta:
    longest = sitting = timedelta()
    for block in protocol.blocks:
        for _ in range(protocol.rounds if block.per_client else 1):
            for phase in block.phases:
                sitting = timedelta() if phase.is_break else sitting + phase.minutes.default
                longest = max(longest, sitting)
    return longest
