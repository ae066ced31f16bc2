"""Personal links: looking uses nothing up, a press takes the seat, and nothing tells a wrong link from an old one."""

import logging
from datetime import timedelta

import pytest
from starlette.requests import Request

from app.engine.commands import End, Next, OpenDoors, Start
from app.engine.ids import CommandId
from app.usecases.links import hash_of
from app.usecases.records import Sending
from app.web.attempts import network_of
from tests.web.site import Planned, Site, check_page


async def test_a_link_scanner_uses_nothing_up(site: Site, planned: Planned) -> None:
    link = planned.links["Nadia Benali"]
    async with site.visitor() as scanner:
        for _ in range(30):
            assert (await scanner.get(link)).status_code == 200
            await scanner.head(link)
    join = await site.parts.directory.find_join(hash_of(link.removeprefix("/j/")))
    assert join is not None
    assert join.used_at is None
    assert {each.status for each in await site.parts.directory.invitations_of(planned.id)} == {Sending.DRAFT}
    browser = await site.seated(link)
    assert browser.cookies


async def test_a_link_shows_its_holders_name_and_nobody_elses(site: Site, planned: Planned) -> None:
    async with site.visitor() as browser:
        page = (await browser.get(planned.links["Nadia Benali"])).text
    assert "Nadia" in page
    assert not any(name in page for name in ("Karim", "Thomas", "Awa", "Luc", "Hélène"))


async def test_the_link_becomes_a_cookie_and_the_address_bar_forgets_it(site: Site, planned: Planned) -> None:
    async with site.visitor() as browser:
        answer = await browser.post(planned.links["Nadia Benali"], follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == f"/door/{planned.id}"
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert planned.links["Nadia Benali"].removeprefix("/j/") not in cookie
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_unknown_revoked_and_expired_links_have_one_answer(site: Site, planned: Planned) -> None:
    async with await site.desk_of(planned.host) as desk:
        person = (await site.parts.directory.members_of(planned.group))[0].person
        await desk.post(f"/sessions/{planned.id}/revoke", data={"person": person})
    async with site.visitor() as browser:
        answers = [await browser.get(link) for link in ("/j/unknown", planned.links["Nadia Benali"])]
        answers += [await browser.post(link) for link in ("/j/unknown", planned.links["Nadia Benali"])]
        site.clock.advance(timedelta(days=90))
        answers.append(await browser.get(planned.links["Karim Haddad"]))
    bodies = {answer.text.replace(answer.url.path, "…") for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(bodies) == 1


async def test_a_new_link_ends_the_old_one_and_its_browsers(site: Site, planned: Planned) -> None:
    browser = await site.seated(planned.links["Nadia Benali"])
    person = (await site.parts.directory.members_of(planned.group))[0].person
    site.clock.advance(minutes=1)
    async with await site.desk_of(planned.host) as desk:
        page = (await desk.post(f"/sessions/{planned.id}/reissue", data={"person": person})).text
    assert planned.links["Nadia Benali"] not in page
    assert planned.links["Karim Haddad"] in page
    assert (await browser.get(f"/door/{planned.id}")).status_code == 404
    await browser.aclose()


async def test_ten_wrong_links_stop_a_network_and_no_other(site: Site, planned: Planned) -> None:
    async with site.visitor() as browser:
        codes = [(await browser.get(f"/j/wrong-{n}")).status_code for n in range(11)]
        assert codes == [404] * 10 + [429]
        stopped = await browser.get(planned.links["Nadia Benali"])
        assert stopped.status_code == 429
        assert "Wait ten minutes" in stopped.text
        seated = await browser.get("/")
        assert seated.status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("testclient", "testclient", True),
    ],
)
def test_a_network_is_an_address_or_one_household(one: str, other: str, same: bool) -> None:
    networks = {network_of(Request({"type": "http", "client": (host, 1)})) for host in (one, other)}
    assert (len(networks) == 1) is same


async def test_logs_hold_no_link(site: Site, planned: Planned, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = planned.links["Nadia Benali"].removeprefix("/j/")
    async with site.visitor() as browser:
        await browser.get("/j/a-wrong-link")
        await browser.get(f"/sign-in/{token}")
        await browser.post(planned.links["Nadia Benali"])
    said = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    assert not any(token in line or "a-wrong-link" in line for line in said)


async def test_the_door_says_when_it_opens_and_opens_fifteen_minutes_early(
    site: Site, planned: Planned
) -> None:
    async with await site.seated(planned.links["Nadia Benali"]) as browser:
        early = await browser.get(f"/door/{planned.id}")
        assert "The room opens at 11:45" in early.text
        assert "checked" not in early.text
        stay = await browser.post(f"/door/{planned.id}", data={"charter": "on"})
        assert stay.url.path == f"/door/{planned.id}"
        site.clock.advance(hours=23, minutes=45)
        opened = (await browser.get(f"/door/{planned.id}")).text
        assert "In 15 minutes. The room is open." in opened.replace("\n", "")
        unticked = await browser.post(f"/door/{planned.id}")
        assert unticked.status_code == 422
        assert "Tick the charter" in unticked.text
        assert (await browser.get(f"/room/{planned.id}")).url.path == f"/door/{planned.id}"
        entered = await browser.post(f"/door/{planned.id}", data={"charter": "on"})
        assert entered.url.path == f"/room/{planned.id}"


async def test_a_late_comer_reads_where_the_group_is_and_an_ended_session_leads_to_what_remains(
    site: Site, planned: Planned
) -> None:
    host = planned.host.id
    async with await site.seated(planned.links["Nadia Benali"]) as browser:
        site.clock.advance(hours=24)
        await site.parts.rooms.do(planned.id, host, OpenDoors(), CommandId("1"))
        await site.parts.rooms.do(planned.id, host, Start(), CommandId("2"))
        assert "The session has begun: Opening" in (await browser.get(f"/door/{planned.id}")).text
        await site.parts.rooms.do(planned.id, host, Next("opening"), CommandId("3"))
        assert "The session has begun: Choice of subject" in (await browser.get(f"/door/{planned.id}")).text
        await site.parts.rooms.do(planned.id, host, End(), CommandId("4"))
        assert "The session is over" in (await browser.get(f"/door/{planned.id}")).text


async def test_a_cancelled_session_says_so_at_its_link_and_its_door(site: Site, planned: Planned) -> None:
    browser = await site.seated(planned.links["Nadia Benali"])
    async with await site.desk_of(planned.host) as desk:
        asked = await desk.get(f"/sessions/{planned.id}/cancel")
        assert "Cancel Cercle Meuse, session 1?" in asked.text
        await desk.post(f"/sessions/{planned.id}/cancel")
    async with site.visitor() as other:
        assert "cancelled" in (await other.get(planned.links["Karim Haddad"])).text
    page = (await browser.get(f"/door/{planned.id}")).text
    check_page(page)
    assert "this session is cancelled" in page
    await browser.aclose()


async def test_the_calendar_of_the_door_has_the_persons_own_link(site: Site, planned: Planned) -> None:
    async with await site.seated(planned.links["Nadia Benali"]) as browser:
        entry = await browser.get(f"/door/{planned.id}/session.ics")
    unfolded = entry.text.replace("\r\n ", "")
    assert planned.links["Nadia Benali"] in unfolded
    assert "DTSTART:20261124T120000Z" in unfolded
    assert "Karim" not in unfolded


async def test_the_qr_code_is_a_picture_of_a_link_that_opens(site: Site, planned: Planned) -> None:
    person = (await site.parts.directory.members_of(planned.group))[0].person
    async with await site.desk_of(planned.host) as desk:
        code = await desk.get(f"/sessions/{planned.id}/qr/{person}.svg")
        none = await desk.get(f"/sessions/{planned.id}/qr/nobody.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    assert code.content.startswith(b"<?xml")
    assert none.status_code == 404
