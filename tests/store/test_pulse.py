"""Tells the next start until when somebody served, by a file or by the rows of all nodes."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.gateways.heartbeat import FilePulse
from app.store.pulse import REMEMBERED, StoredPulse
from app.usecases.ports import StoreUnavailable
from tests.fakes import NOON, FakeClock
from tests.store.opened import Store, open_at


async def test_nobody_served_before_the_first_beat(opened: Store, tmp_path: Path) -> None:
    assert await StoredPulse(opened.database, FakeClock(), "one").last() is None
    assert await FilePulse(tmp_path / "alive", FakeClock()).last() is None


async def test_the_newest_beat_of_any_node_counts(opened: Store) -> None:
    clock = FakeClock()
    one, two = (StoredPulse(opened.database, clock, name) for name in ("one", "two"))
    await two.beat()
    clock.advance(minutes=1)
    await one.beat()
    clock.advance(minutes=1)
    assert await StoredPulse(opened.database, clock, "three").last() == NOON + timedelta(minutes=1)
    await two.beat()
    assert await one.last() == clock.now()


async def test_nodes_that_stopped_long_ago_are_forgotten(opened: Store) -> None:
    clock = FakeClock()
    await StoredPulse(opened.database, clock, "one").beat()
    clock.advance(REMEMBERED + timedelta(seconds=1))
    two = StoredPulse(opened.database, clock, "two")
    assert await two.last() == NOON
    await two.beat()
    assert await two.last() == clock.now()


async def test_a_torn_file_and_a_folder_that_is_gone_stop_nobody(tmp_path: Path) -> None:
    (tmp_path / "alive").write_text("2026-11-")
    assert await FilePulse(tmp_path / "alive", FakeClock()).last() is None
    await FilePulse(tmp_path / "no folder" / "alive", FakeClock()).beat()


async def test_a_beat_cut_in_the_middle_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    pulse = FilePulse(tmp_path / "alive", clock)
    await pulse.beat()

    def half(path: Path, text: str, encoding: str) -> int:
        path.write_bytes(text.encode(encoding)[:8])
        raise OSError("killed")

    monkeypatch.setattr(Path, "write_text", half)
    clock.advance(minutes=1)
    await pulse.beat()
    assert await pulse.last() == NOON


async def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    store = open_at("postgresql://ronde@127.0.0.1:9/ronde")
    with pytest.raises(StoreUnavailable):
        await StoredPulse(store.database, FakeClock(), "one").beat()
    await store.close()
