"""Says in sentences what changed between two protocols, as a colleague would tell it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from app.engine.protocol import Capture, Phase, Protocol, Text
from app.usecases.review_protocol import length, minutes


@dataclass(frozen=True, slots=True)
class Difference:
    """One change; `sentence` and every value that begins with "protocol-" are looked up in the catalogues."""

    sentence: str
    details: Mapping[str, str | int | float] = field(default_factory=dict)


def compare(before: Protocol, after: Protocol, lang: str) -> tuple[Difference, ...]:
    """List the changes from one protocol to the other; empty when people would notice none."""
    return tuple(_differences(before, after, lang))


def _differences(before: Protocol, after: Protocol, lang: str) -> Iterator[Difference]:
    if before.title != after.title:
        yield _changed("title", _title(before.title, lang), _title(after.title, lang))
    if length(before) != length(after):
        yield _changed("length", minutes(length(before)), minutes(length(after)))
    if before.people != after.people:
        yield _changed("people", "–".join(map(str, before.people)), "–".join(map(str, after.people)))
    if before.subject_choice != after.subject_choice:
        yield _changed(
            "subject", f"protocol-subject-{before.subject_choice}", f"protocol-subject-{after.subject_choice}"
        )
    if before.rounds != after.rounds:
        yield _changed("rounds", before.rounds, after.rounds)
    if (before.purpose, before.basis, before.label) != (after.purpose, after.basis, after.label):
        yield Difference("protocol-diff-presentation")
    old, new = _phases(before), _phases(after)
    yield from (_about("gone", phase, lang) for key, (phase, _) in old.items() if key not in new)
    yield from _additions(old, new, lang)
    kept = [key for key in new if key in old]
    if [key for key in old if key in new] != kept:
        order = " → ".join(_title(new[key][0].title, lang) for key in kept)
        yield Difference("protocol-diff-order", {"order": order})
    for key in kept:
        yield from _phase_differences(old[key], new[key], lang)
    pairs = [(old[key][0], new[key][0]) for key in kept]
    yield from _rewordings(pairs, lang)


_Phases = Mapping[str, tuple[Phase, bool]]


def _phases(protocol: Protocol) -> _Phases:
    return {phase.id: (phase, block.per_client) for block in protocol.blocks for phase in block.phases}


def _additions(old: _Phases, new: _Phases, lang: str) -> Iterator[Difference]:
    previous: Phase | None = None
    for key, (phase, _) in new.items():
        if key not in old:
            length = {"minutes": minutes(phase.minutes.default)}
            if previous is None:
                yield _about("new-first", phase, lang, **length)
            else:
                yield _about("new", phase, lang, **length, previous=_title(previous.title, lang))
        previous = phase


def _phase_differences(old: tuple[Phase, bool], new: tuple[Phase, bool], lang: str) -> Iterator[Difference]:
    (before, was_repeated), (after, is_repeated) = old, new
    if before.title != after.title:
        yield _about("phase-title", before, lang, after=_title(after.title, lang))
    if was_repeated != is_repeated:
        yield _about("repeated" if is_repeated else "once", after, lang)
    if before.minutes.default != after.minutes.default:
        spans = {"before": minutes(before.minutes.default), "after": minutes(after.minutes.default)}
        yield _about("minutes", after, lang, **spans)
    elif before.minutes != after.minutes:
        limits = {"least": minutes(after.minutes.least), "most": minutes(after.minutes.most)}
        yield _about("limits", after, lang, **limits)
    if before.voice != after.voice:
        names = {"before": f"protocol-voice-{before.voice}", "after": f"protocol-voice-{after.voice}"}
        yield _about("voice", after, lang, **names)
    if before.stage != after.stage:
        yield _about("stage", after, lang, after=f"protocol-stage-{after.stage}")
    if before.protected != after.protected:
        yield _about("protected" if after.protected else "unprotected", after, lang)
    if before.is_break != after.is_break:
        yield _about("break" if after.is_break else "no-break", after, lang)
    for guard in sorted(after.guards - before.guards):
        yield _about("guard", after, lang, guard=f"protocol-guard-{guard}")
    for guard in sorted(before.guards - after.guards):
        yield _about("no-guard", after, lang, guard=f"protocol-guard-{guard}")
    yield from _capture_differences(before, after, lang)


def _capture_differences(before: Phase, after: Phase, lang: str) -> Iterator[Difference]:
    old, new = _by_kind(before), _by_kind(after)
    for kind in [*dict.fromkeys([*old, *new])]:
        name = {"kind": f"protocol-kind-{kind}"}
        match old.get(kind), new.get(kind):
            case None, _:
                yield _about("writes", after, lang, **name)
            case _, None:
                yield _about("writes-no-more", after, lang, **name)
            case was, now if was != now:
                yield _about("writes-otherwise", after, lang, **name)


def _by_kind(phase: Phase) -> dict[str, frozenset[Capture]]:
    kinds = [capture.kind.value for capture in phase.captures]
    return {kind: frozenset(each for each in phase.captures if each.kind == kind) for kind in kinds}


def _rewordings(pairs: list[tuple[Phase, Phase]], lang: str) -> Iterator[Difference]:
    """Say once for each sort of words in which phases they changed."""
    for name, words in _WORDS.items():
        titles = [_title(after.title, lang) for before, after in pairs if words(before) != words(after)]
        if titles:
            yield Difference(f"protocol-diff-{name}", {"phases": ", ".join(titles)})


_WORDS: Mapping[str, Callable[[Phase], object]] = {
    "purpose": lambda phase: phase.purpose,
    "say": lambda phase: phase.say,
    "guidance": lambda phase: phase.guidance,
    "prompts": lambda phase: phase.prompts,
}


def _about(what: str, phase: Phase, lang: str, **details: str | int | float) -> Difference:
    return Difference(f"protocol-diff-{what}", {"phase": _title(phase.title, lang), **details})


def _title(text: Text, lang: str) -> str:
    return text.get(lang, text["en"])


def _changed(what: str, before: str | int | float, after: str | int | float) -> Difference:
    return Difference(f"protocol-diff-{what}", {"before": before, "after": after})
