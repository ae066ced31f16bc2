"""Tells what simulated managers say and write, in each language that has a story."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
FALLBACK = "en"


class Temper(StrEnum):
    """How a manager behaves at the table."""

    ORDINARY = "ordinary"
    TALKATIVE = "talkative"  # raises a hand at once, speaks long, writes much
    SILENT = "silent"  # never raises a hand, writes only what all write
    LATE = "late"  # arrives when the others have begun
    EXPERT = "expert"  # has a tag; knows, and waits to be last


@dataclass(frozen=True, slots=True)
class Character:
    """A person of the story."""

    name: str
    temper: Temper
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a manager could bring."""

    title: str
    nature: str
    urgency: int
    expects: str


@dataclass(frozen=True, slots=True)
class Step:
    """A small step the client writes; `days` from today is when they come back to it."""

    text: str
    first_step: str
    when: str
    with_whom: str
    how_known: str
    obstacle: str
    days: int


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number that belongs to nobody: from the range its country keeps for fiction."""

    phone: str
    code: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everybody and all their lines, in one language."""

    group: str
    facilitator: str
    observer: str  # what a visitor is called who only watches
    bridge: Number
    people: tuple[Character, ...]
    subjects: tuple[Subject, ...]
    questions: tuple[str, ...]
    requests: tuple[str, ...]
    ideas: tuple[str, ...]
    actions: tuple[Step, ...]
    learnings: Mapping[str, tuple[str, ...]]  # by one of the four A
    notes: tuple[str, ...]
    arrivals: tuple[str, ...]  # what one writes where nobody hears: how one arrives
    tale: tuple[str, ...]  # the client's story, paragraph by paragraph
    answers: tuple[str, ...]  # the client's


def languages() -> tuple[str, ...]:
    """List the languages the story is told in."""
    return tuple(sorted(path.stem.removeprefix("story_") for path in FOLDER.glob("story_*.yaml")))


@cache
def tell(lang: str) -> Story:
    """Read the story in a language, or in English."""
    path = FOLDER / f"story_{lang if lang in languages() else FALLBACK}.yaml"
    return msgspec.convert(YAML(typ="safe", pure=True).load(path), Story)


class Dealer:
    """Gives out lines so that two people at a table say the same only when the story runs short."""

    def __init__(self) -> None:
        self._dealt: dict[tuple[str, ...], int] = {}

    def deal(self, lines: tuple[str, ...]) -> str:
        """Give the next of these lines."""
        number = self._dealt.get(lines, 0)
        self._dealt[lines] = number + 1
        return lines[number % len(lines)]
