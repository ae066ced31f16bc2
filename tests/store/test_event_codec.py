"""Stored events can be read for ever."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.events import EVENTS, Event
from app.engine.time_events import PhaseStarted
from app.store import event_codec
from app.usecases.ports import NewerEvent, Quarantined
from tests.store.golden import FILE

GOLDEN: list[tuple[str, int, dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(timedelta, st.timedeltas(timedelta(days=-2), timedelta(days=2)))


@pytest.mark.parametrize(("name", "version", "fields"), GOLDEN, ids=lambda value: str(value)[:24])
def test_every_event_ever_stored_still_decodes(name: str, version: int, fields: dict[str, Any]) -> None:
    event = event_codec.decode(name, version, json.dumps(fields).encode())
    kind, newest = EVENTS[event_codec.RENAMED.get(name, name)]
    assert isinstance(event, kind)
    if version == newest:
        assert json.loads(event_codec.encode(event)[2]) == fields


def test_every_event_that_can_be_stored_has_a_golden_example() -> None:
    stored = {(name, version) for name, (_, version) in EVENTS.items()}
    missing = stored - {(name, version) for name, version, _ in GOLDEN}
    assert not missing, "run `python -m tests.store.golden` and commit what it adds"


@given(st.one_of(*(st.from_type(kind) for kind, _ in EVENTS.values())))
def test_any_event_comes_back_as_it_was(event: Event) -> None:
    name, version, payload = event_codec.encode(event)
    assert event_codec.decode(name, version, payload) == event


def test_an_unknown_name_or_a_newer_version_is_said_to_be_newer() -> None:
    for name, version in (("teleported", 1), ("phase-started", 99)):
        with pytest.raises(NewerEvent):
            event_codec.decode(name, version, b"{}")


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"key":3}', b"[1]", b'{"key":"x"', b"\xff"])
def test_bytes_that_are_not_the_event_are_quarantined(payload: bytes) -> None:
    with pytest.raises(Quarantined):
        event_codec.decode("phase-started", 1, payload)


def test_an_older_version_is_read_through_each_step_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_codec, "EVENTS", {"phase-started": (PhaseStarted, 3)})
    upcasters = {
        ("phase-started", 1): lambda fields: {"phase": fields["id"]},
        ("phase-started", 2): lambda fields: {"key": fields["phase"]},
    }
    assert event_codec.decode("phase-started", 1, b'{"id":"contrat"}', upcasters) == PhaseStarted("contrat")
    assert event_codec.decode("phase-started", 2, b'{"phase":"contrat"}', upcasters) == PhaseStarted(
        "contrat"
    )
