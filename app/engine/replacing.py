"""Copies a frozen value with some of its fields replaced: the step every fact takes, several times."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

Read = Callable[[object], tuple[Any, ...]]
Put = Callable[[object, Any], None]

if TYPE_CHECKING:
    from dataclasses import replace as replace  # checks the names and types of the fields
else:

    def replace(value, /, **changes):
        """Do what dataclasses.replace does for a frozen, slotted class without __post_init__, in half the time."""
        read, puts, places = _parts(type(value))
        parts = list(read(value))
        for name, part in changes.items():
            parts[places[name]] = part
        copy = object.__new__(type(value))
        for put, part in zip(puts, parts, strict=True):
            put(copy, part)
        return copy


@cache
def _parts(kind: type) -> tuple[Read, tuple[Put, ...], dict[str, int]]:
    """Find how to read all fields of a class at once, how to put each, and where each stands."""
    names = [each.name for each in fields(kind)]
    assert len(names) > 1, "of a single field attrgetter gives no tuple"
    puts = tuple(kind.__dict__[name].__set__ for name in names)
    return attrgetter(*names), puts, {name: place for place, name in enumerate(names)}
