"""Turns events into stored names, versions and JSON, and back, whatever version wrote them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from app.engine.events import EVENTS, Event, stored_name
from app.usecases.ports import NewerEvent, Quarantined

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _same(fields: dict[str, Any]) -> dict[str, Any]:
    """Read an older event as it is: its new fields have defaults."""
    return fields


UPCASTERS: Mapping[tuple[str, int], Upcaster] = MappingProxyType(
    {("session-planned", 1): _same, ("plan-changed", 1): _same, ("plan-changed", 2): _same}
)
"""How to read an event of an older version as the next one, by (stored name, older version)."""

RENAMED: Mapping[str, str] = MappingProxyType({})
"""Today's stored name of events that were once stored under another one."""


def _as_plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in an event")


_encoder = msgspec.json.Encoder(enc_hook=_as_plain, order="deterministic")
_decoders: Mapping[str, msgspec.json.Decoder[Event]] = {
    name: msgspec.json.Decoder(kind, strict=True) for name, (kind, _) in EVENTS.items()
}
_names: Mapping[type, tuple[str, int]] = {
    kind: (stored_name(kind), version) for kind, version in EVENTS.values()
}


def encode(event: Event) -> tuple[str, int, bytes]:
    """Give an event's stored name, its version, and its JSON."""
    name, version = _names[type(event)]
    return name, version, _encoder.encode(event)


def decode(
    name: str, version: int, payload: bytes, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> Event:
    """Read an event back, through the upcasters of the versions in between.

    Raises NewerEvent for a name or version this program does not know, and Quarantined for bytes that are not the event
    they claim to be.
    """
    name = RENAMED.get(name, name)
    known = EVENTS.get(name)
    if known is None or version > known[1]:
        raise NewerEvent(f"{name} {version}")
    try:
        if version == known[1]:
            return _decoders[name].decode(payload)
        fields = msgspec.json.decode(payload, type=dict[str, Any])
        for older in range(version, known[1]):
            fields = upcasters[name, older](fields)
        return _decoders[name].decode(msgspec.json.encode(fields))
    except msgspec.MsgspecError as broken:
        raise Quarantined(f"{name} {version} cannot be read") from broken
