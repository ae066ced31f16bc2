"""The drop report is the facilitator's, for the debrief, and goes with the session: from the pages, the evidence and the disk."""

from pathlib import Path

import pytest

from app.engine.commands import Arrive, ChooseClient, End, Leave, OpenDoors, Start
from app.engine.continuity import Rung
from app.engine.ids import CLOCK, SERVER
from app.engine.ladder_commands import MoveGroup
from app.usecases.ports import Erased
from tests.web.held import Held
from tests.web.site import Site
from tests.web.test_forgetting import on_disk

FACTS = (b"person-left", b"group-moved")
"""What a drop is called where events are kept."""


async def _broken(site: Site, trace: str) -> Held:
    """Hold a session in which the client and the video drop, up to its end."""
    held = Held(site, await site.plan(await site.facilitator(), trace=trace))
    people, host = await held.people(), held.planned.host.id
    site.clock.jump((await site.session(held.planned.id)).starts_at)
    await held.do(CLOCK, OpenDoors())
    for person in (host, *people):
        await held.do(person, Arrive())
    await held.do(host, ChooseClient(people[0]))
    await held.do(host, Start())
    await held.do(people[0], Leave())
    site.clock.advance(seconds=40)
    await held.do(people[0], Arrive())
    await held.do(SERVER, MoveGroup(Rung.TEXT, "no-direct-links"))
    site.clock.advance(minutes=5)
    await held.do(host, End())
    return held


@pytest.mark.parametrize("trace", ["none", "client", "client+learnings"])
async def test_whoever_conducts_reads_what_dropped_until_the_session_closes_and_nobody_afterwards(
    site: Site, tmp_path: Path, trace: str
) -> None:
    held = await _broken(site, trace)
    session, host = held.planned.id, held.planned.host.id
    people = await held.people()
    conducted = (await site.parts.rooms.view(session, host)).conduct
    assert conducted is not None
    assert [(drop.person, drop.what) for drop in conducted.drops] == [(people[0], "away"), (None, "text")]
    assert conducted.drops[0].to_ms is not None
    assert conducted.drops[0].to_ms - conducted.drops[0].from_ms == 40_000
    assert (await site.parts.rooms.view(session, people[1])).conduct is None
    before = on_disk(tmp_path)
    assert all(name in before for name in FACTS), "the search finds what is there"
    await held.close()
    after = on_disk(tmp_path)
    assert not any(name in after for name in FACTS)
    assert b"no-direct-links" not in after
    with pytest.raises(Erased):
        await site.parts.log.load(session)


async def test_the_evidence_of_a_session_says_nothing_of_what_dropped(site: Site) -> None:
    held = await _broken(site, "client+learnings")
    await held.close()
    async with await site.desk_of(held.planned.host) as desk:
        page = (await desk.get(f"/sessions/{held.planned.id}/attendance")).text
        table = (await desk.get(f"/sessions/{held.planned.id}/attendance.csv")).text
    for text in (page, table):
        assert "Nadia" in text, "the evidence is there"
        for word in ("dropped", "in writing", "connection lost", "coupé", "rung"):
            assert word not in text
