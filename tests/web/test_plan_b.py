"""The plan B card: kept by the group, shown at the door, printed, and only for the people of the table."""

import pytest

from app.engine.events import SessionPlanned
from app.engine.ids import SessionId
from app.engine.ladder import Bridge
from app.usecases.plan_b import as_bridge, as_kept, read_bridge
from tests.web.site import Site, check_page, filled

BRIDGE = {"phone": "02 555 01 42", "code": "4417#", "link": "meet.example.org/cercle"}


async def _plan(site: Site, **fields: str) -> tuple[SessionId, SessionPlanned]:
    host = await site.facilitator()
    async with await site.desk_of(host) as desk:
        answer = await desk.post("/prepare", data=await filled(desk, **{**BRIDGE, **fields}))
        assert answer.status_code == 200, answer.text
    sid = SessionId(answer.url.path.rpartition("/")[2])
    fact = (await site.parts.log.load(sid))[0].event
    assert isinstance(fact, SessionPlanned)
    return sid, fact


async def test_the_bridge_and_the_relay_are_planned_with_the_session(site: Site) -> None:
    _, fact = await _plan(site)
    assert fact.bridge == Bridge("02 555 01 42", "4417#", "https://meet.example.org/cercle")
    names = {each.id: each.name for each in fact.people}
    assert fact.relay is not None
    assert names[fact.relay] == "Thomas Leroy"  # the first who is neither client nor reserve


@pytest.mark.parametrize(("wish", "relay"), [("-", None), ("awa@example.org", "Awa Diop")])
async def test_the_facilitator_names_the_relay(site: Site, wish: str, relay: str | None) -> None:
    _, fact = await _plan(site, relay=wish)
    names = {each.id: each.name for each in fact.people}
    assert (names[fact.relay] if fact.relay else None) == relay


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"phone": "call me"}, "not a telephone number"),
        ({"link": "not a link"}, "begins with https://"),
        ({"link": "data://x.y/alert"}, "begins with https://"),
        ({"code": "4" * 60}, "too long"),
        ({"phone": "", "link": ""}, "A code needs"),
    ],
)
async def test_a_wrong_bridge_is_said_and_nothing_is_lost(
    site: Site, fields: dict[str, str], says: str
) -> None:
    host = await site.facilitator()
    async with await site.desk_of(host) as desk:
        answer = await desk.post("/prepare", data=await filled(desk, **{**BRIDGE, **fields}))
    assert answer.status_code == 422
    check_page(answer.text)
    assert says in answer.text
    assert "Cercle Meuse" in answer.text
    for typed in {**BRIDGE, **fields}.values():
        assert f'value="{typed}"' in answer.text


async def test_a_group_keeps_its_bridge_for_the_next_session(site: Site) -> None:
    host = await site.facilitator()
    async with await site.desk_of(host) as desk:
        await desk.post("/prepare", data=await filled(desk, **BRIDGE))
        group = (await site.parts.directory.groups_of(host.id))[0]
        assert 'value="02 555 01 42"' in (await desk.get(f"/prepare?group={group.id}")).text
        answer = await desk.post(f"/groups/{group.id}/plan-b", data={"phone": "+33 1 23", "code": ""})
        assert answer.status_code == 200
        wrong = await desk.post(f"/groups/{group.id}/plan-b", data={"phone": "nobody"})
        assert wrong.status_code == 422
        assert 'value="nobody"' in wrong.text
        check_page(wrong.text)
    found = await site.parts.directory.find_group(group.id)
    assert found is not None
    assert as_bridge(found.plan_b) == Bridge("+33 1 23")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_card_is_at_the_door_on_its_page_and_on_paper(site: Site, lang: str) -> None:
    sid, fact = await _plan(site)
    host = await site.parts.directory.find_session(sid)
    assert host is not None
    facilitator = await site.parts.directory.find_facilitator(host.facilitator)
    assert facilitator is not None
    async with await site.desk_of(facilitator) as desk:
        page = await desk.get(f"/planb/{sid}", headers={"Accept-Language": lang})
        paper = await desk.get(f"/planb/{sid}.pdf", headers={"Accept-Language": lang})
    check_page(page.text)
    for word in ("02 555 01 42", "4417#", "https://meet.example.org/cercle", "Thomas Leroy", "Hélène Roy"):
        assert word in page.text
    assert "12:00" in page.text
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF-")
    assert len(fact.people) == 6


async def test_the_door_shows_the_number_and_an_outsider_nothing(site: Site) -> None:
    sid, _ = await _plan(site)
    outsider = site.visitor()
    async with outsider:
        assert (await outsider.get(f"/planb/{sid}")).status_code == 404
        assert (await outsider.get(f"/planb/{sid}.pdf")).status_code == 404


def test_what_a_group_keeps_is_read_again_as_it_was() -> None:
    for bridge in (
        Bridge(),
        Bridge("1 2 3"),
        Bridge("", "", "https://a.b"),
        Bridge("123", "4", "https://a.b"),
    ):
        assert as_bridge(as_kept(bridge)) == bridge
        assert read_bridge(bridge.phone, bridge.code, bridge.link) == (bridge, ())
