"""Reads one protocol file whole and names every fault in it, with its line, before anything is refused."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.engine.protocol import Guard, Kind, Role
from app.gateways import protocol_model as shape
from app.gateways.protocol_content import protocol_from
from app.gateways.protocol_yaml import Source, read_yaml
from app.usecases.protocol_library import Checked, Path, Problem
from app.usecases.review_protocol import review


@lru_cache(maxsize=64)
def check_protocol(data: bytes, file: str = "") -> Checked:
    """Read a protocol file; `protocol` is None as soon as there is one fault that is not a warning.

    Reading costs about 60 ms and depends on the bytes alone, so the same bytes are read once.
    """
    source = read_yaml(data)
    problems = list(source.problems)
    protocol = None
    if source.content is not None or not source.problems:  # a lone `null` is read, and is no protocol
        try:
            parsed = shape.ProtocolFile.model_validate_json(json.dumps(source.content))
        except ValidationError as error:
            problems += (
                _explain(fault, source) for fault in error.errors(include_url=False) if not _echo(fault)
            )
        else:
            protocol = protocol_from(parsed)
            places = [path for path, _ in _located(parsed)]
            reviewed = (_placed(warning, places) for warning in review(protocol))
            doubts = (*_senseless(parsed), *_half_said(source), *reviewed)
            problems += (replace(doubt, line=source.line(doubt.path)) for doubt in doubts)
    named = {_key(each): replace(each, file=file) for each in problems}.values()
    ordered = tuple(sorted(named, key=lambda each: (each.warning, each.line, each.code)))
    return Checked(None if any(not each.warning for each in ordered) else protocol, ordered)


def _key(problem: Problem) -> tuple[object, ...]:
    return problem.code, problem.path, problem.line


# -- faults of shape -------------------------------------------------------------------------------

_ALIASES = {
    "string_type": "not-text",
    "int_type": "not-whole",
    "int_from_float": "not-whole",
    "float_type": "not-number",
    "finite_number": "not-number",
    "bool_type": "not-yes-no",
    "enum": "not-one-of",
    "literal_error": "not-one-of",
    "tuple_type": "not-list",
    "frozen_set_type": "not-list",
    "dict_type": "not-keys",
    "model_type": "not-keys",
    "model_attributes_type": "not-keys",
    "string_too_long": "too-long",
    "string_too_short": "no-words",
    "string_pattern_mismatch": "not-name",
    "too_long": "too-many",
    "too_short": "too-few",
    "greater_than_equal": "too-small",
    "less_than_equal": "too-large",
    "missing": "missing",
    "extra_forbidden": "unknown-key",
}


def _echo(fault: ErrorDetails) -> bool:
    """Tell whether a list only seems too short because its items have faults of their own."""
    return fault["type"] == "too_short" and bool(fault["input"])


def _explain(fault: ErrorDetails, source: Source) -> Problem:
    """Turn one of pydantic's findings into a sentence's code, its details and its place."""
    where = tuple(part for part in fault["loc"] if part != "[key]")
    code = _ALIASES.get(fault["type"], fault["type"])
    context = {
        key: value for key, value in fault.get("ctx", {}).items() if isinstance(value, str | int | float)
    }
    details: dict[str, str | int | float] = {}
    if "[key]" in fault["loc"] or code == "unknown-key":
        code = "unknown-key"
        details = {"key": str(where[-1]), "known": ", ".join(_known(where[:-1]))}
        if close := get_close_matches(str(where[-1]), _known(where[:-1]), 1, 0.6):
            code, details = "unknown-key-close", {"key": str(where[-1]), "close": close[0]}
    elif code == "not-keys" and where[-1:] == ("minutes",):
        code, details = "not-minutes", {"value": str(fault["input"])[:40]}
    elif code == "missing":
        details = {"key": str(where[-1])}
    elif code == "not-one-of":
        known = [
            word.strip(" '") for word in str(context.get("expected", "")).replace(" or ", ", ").split(",")
        ]
        given = str(fault["input"])[:40]
        details = {"value": given, "known": ", ".join(known)}
        if close := get_close_matches(given, known, 1, 0.6):
            code, details = "not-one-of-close", {"value": given, "close": close[0]}
    else:
        limit = next((context[key] for key in ("max_length", "min_length", "ge", "le") if key in context), "")
        details = {"limit": limit, "value": str(fault["input"])[:40]}
    return Problem(code, details, where, source.line(where))


_BELOW: dict[str, type[BaseModel]] = {
    "phases": shape.PhaseFile,
    "blocks": shape.BlockFile,
    "captures": shape.CaptureFile,
    "people": shape.PeopleFile,
    "minutes": shape.MinutesFile,
}
_TEXTS = frozenset({"title", "purpose", "basis", "label", "say"})


def _known(path: Path) -> list[str]:
    """Return the keys that may stand at this place of the file."""
    names = [part for part in path if isinstance(part, str)]
    if not names:
        model: type[BaseModel] = shape.ProtocolFile
    elif names[-1] in _TEXTS or (len(names) > 1 and names[-2] in ("guidance", "prompts")):
        return list(shape.LANGUAGES)
    elif names[-1] in ("guidance", "prompts"):
        return [role.value for role in Role]
    else:
        model = _BELOW.get(names[-1], shape.ProtocolFile)
    return [field.alias or name for name, field in model.model_fields.items()]


# -- warnings --------------------------------------------------------------------------------------


def _placed(warning: Problem, places: list[Path]) -> Problem:
    """Move a warning about the n-th phase to where that phase stands in the file."""
    match warning.path:
        case "phases", int(at), *rest:
            return replace(warning, path=(*places[at], *rest))
        case _:
            return warning


def _half_said(source: Source) -> Iterator[Problem]:
    """Say once that some sentences exist in French or in English only."""
    spoken = [path for path in source.lines if path and path[-1] in ("fr", "en")]
    lonely = [path for path in spoken if (*path[:-1], "en" if path[-1] == "fr" else "fr") not in source.lines]
    if lonely:
        yield Problem("half-said", {"count": len(lonely)}, lonely[0], warning=True)


# -- faults of sense -------------------------------------------------------------------------------


def _senseless(file: shape.ProtocolFile) -> Iterator[Problem]:
    """Yield what is well written and still cannot be played."""
    located = list(_located(file))
    counts = Counter(phase.id for _, phase in located)
    first: set[str] = set()
    for path, phase in located:
        if counts[phase.id] > 1 and phase.id in first:
            yield Problem("phase-twice", {"phase": phase.id}, (*path, "id"))
        first.add(phase.id)
        yield from _captures_twice(path, phase)
    yield from _closed_doors(located)
    steps = [phase.step or phase.id for _, phase in located]
    runs = [step for before, step in pairwise([None, *steps]) if step != before]
    for step, times in Counter(runs).items():
        if times > 1:
            yield Problem("step-split", {"step": str(step)}, located[steps.index(str(step))][0])
    repeats = any(block.repeat for block in file.blocks or ())
    if file.rounds > 1 and not repeats:
        yield Problem("rounds-alone", {"rounds": file.rounds}, ("rounds",))


def _located(file: shape.ProtocolFile) -> Iterator[tuple[Path, shape.PhaseFile]]:
    for at, phase in enumerate(file.phases or ()):
        yield ("phases", at), phase
    for row, block in enumerate(file.blocks or ()):
        for at, phase in enumerate(block.phases):
            yield ("blocks", row, "phases", at), phase


def _captures_twice(path: Path, phase: shape.PhaseFile) -> Iterator[Problem]:
    """A role that writes one kind with two readerships would not know who reads it."""
    seen: set[tuple[Kind, Role]] = set()
    for at, capture in enumerate(phase.captures):
        if any((capture.kind, role) in seen for role in capture.by):
            yield Problem("capture-twice", {"kind": capture.kind.value}, (*path, "captures", at))
        seen |= {(capture.kind, role) for role in capture.by}


def _closed_doors(located: list[tuple[Path, shape.PhaseFile]]) -> Iterator[Problem]:
    """A phase that waits for a contract nobody could write would never begin."""
    written = False
    for path, phase in located:
        if Guard.CONTRACT_ACCEPTED in phase.guards and not written:
            yield Problem("no-contract-before", {"phase": phase.id}, (*path, "guards"))
        written = written or any(capture.kind is Kind.CONTRACT for capture in phase.captures)
