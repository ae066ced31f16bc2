"""Adds one stored example of each new event to golden_events.json: `python -m tests.store.golden`; never changes one."""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from app.engine.events import EVENTS
from app.store import event_codec

FILE = Path(__file__).with_name("golden_events.json")


def sample(kind: Any) -> Any:
    """Make an example of a type, the same every time."""
    if isinstance(kind, NewType):
        return sample(kind.__supertype__)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: sample(hints[field.name]) for field in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    match get_origin(kind):
        case origin if origin is tuple:
            return (sample(get_args(kind)[0]),)
        case origin if origin is Mapping:
            key, value = get_args(kind)
            return {sample(key): sample(value)}
        case origin if origin in (types.UnionType, Union):
            return sample(get_args(kind)[0])
    plain: dict[Any, Any] = {
        str: "é 🌱",
        int: 3,
        bool: True,
        datetime: datetime(2026, 11, 23, 12, 0, 0, 250_000, UTC),
        timedelta: timedelta(minutes=7, milliseconds=250),
    }
    return plain[kind]


def write_missing() -> None:
    """Add what the file does not have yet."""
    golden = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
    known = {(name, version) for name, version, _ in golden}
    for name, (kind, version) in sorted(EVENTS.items()):
        if (name, version) not in known:
            golden.append([name, version, json.loads(event_codec.encode(sample(kind))[2])])
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in golden)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    write_missing()
