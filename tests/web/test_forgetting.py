"""What people ask to be forgotten is forgotten: in the pages, in the directory and in the bytes on the disk."""

from pathlib import Path

import pytest

from app.engine.commands import Arrive, OpenDoors, Start
from app.engine.ids import CLOCK, SessionId
from app.engine.protocol import Role
from app.usecases.ports import Erased
from app.usecases.records import DocumentKind
from tests.web.held import SUBJECT, Held
from tests.web.site import Planned, Site, check_page


def on_disk(folder: Path) -> bytes:
    """Read everything the program keeps."""
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


async def member_named(site: Site, planned: Planned, name: str) -> str:
    members = await site.parts.directory.members_of(planned.group)
    return next(each.person for each in members if each.name == name)


async def test_an_erased_person_is_gone_everywhere_but_from_the_turns(
    site: Site, planned: Planned, tmp_path: Path
) -> None:
    held = Held(site, planned)
    await held.hold(0)
    await held.close()
    following = await site.plan(planned.host, group=planned.group, day="2026-11-26")
    nadia = await member_named(site, planned, "Nadia Benali")
    nadias = await site.seated(following.links["Nadia Benali"])
    async with await site.desk_of(planned.host) as desk:
        asked = await desk.get(f"/groups/{planned.group}/members/{nadia}/erase")
        check_page(asked.text)
        page = (await desk.post(f"/groups/{planned.group}/members/{nadia}/erase")).text
        assert nadia not in page
        assert "Nadia Benali" not in page.replace("Nadia Benali nadia@example.org", "")  # an example
        for path in (f"/sessions/{following.id}", f"/sessions/{planned.id}/attendance", "/desk", "/prepare"):
            answer = await desk.get(path)
            assert answer.status_code == 200
            assert "Nadia" not in answer.text.replace("Nadia Benali nadia@example.org", "")
    session = await site.parts.rooms.session(following.id)
    assert nadia not in [each.id for each in session.people]
    assert nadia in [
        each.person for each in await site.parts.directory.casts_of(planned.group) if each.role is Role.CLIENT
    ]
    assert (await nadias.get(f"/door/{following.id}")).status_code == 404
    async with site.visitor() as visitor:
        assert (await visitor.get(following.links["Nadia Benali"])).status_code == 404
    await nadias.aclose()
    raw = on_disk(tmp_path)
    assert b"Karim Haddad" in raw, "the search finds what is there"
    assert b"Nadia Benali" not in raw
    assert b"nadia@example.org" not in raw


async def test_somebody_at_the_table_is_erased_after_the_session(site: Site, planned: Planned) -> None:
    held = Held(site, planned)
    nadia = (await held.people())[0]
    site.clock.jump((await site.session(planned.id)).starts_at)
    await held.do(CLOCK, OpenDoors())
    await held.do(planned.host.id, Arrive())
    await held.do(planned.host.id, Start())
    async with await site.desk_of(planned.host) as desk:
        answer = await desk.post(f"/groups/{planned.group}/members/{nadia}/erase")
        assert answer.status_code == 409
        assert "Nothing was erased" in answer.text
    assert await site.parts.directory.find_member(nadia) is not None


async def test_a_cancelled_session_keeps_nothing_of_what_was_prepared(site: Site, planned: Planned) -> None:
    async with await site.desk_of(planned.host) as desk:
        await desk.post(f"/sessions/{planned.id}/cancel")
        await site.send_letters()
        assert (await desk.get(f"/sessions/{planned.id}")).status_code == 200
    with pytest.raises(Erased):
        await site.parts.log.load(SessionId(planned.id))
    async with await site.seated(planned.links["Karim Haddad"]) as browser:
        page = await browser.get(f"/door/{planned.id}")
        check_page(page.text)
        assert "Karim, this session is cancelled" in page.text
        assert (await browser.get(f"/after/{planned.id}")).status_code < 500
        assert (await browser.get(f"/room/{planned.id}")).url.path == f"/door/{planned.id}"
    async with await site.desk_of(planned.host) as desk:
        for path in (
            "/desk",
            f"/sessions/{planned.id}",
            f"/groups/{planned.group}",
            f"/console/{planned.id}",
        ):
            assert (await desk.get(path)).status_code == 200


async def test_a_group_that_keeps_nothing_keeps_nothing(site: Site, tmp_path: Path) -> None:
    planned = await site.plan(await site.facilitator(), trace="none")
    nadias = await site.seated(planned.links["Nadia Benali"])
    held = Held(site, planned)
    await held.hold(5)
    await held.close()
    await site.send_letters()
    with pytest.raises(Erased):
        await site.parts.log.load(planned.id)
    for person in (
        planned.host.id,
        *[each.person for each in await site.parts.directory.members_of(planned.group)],
    ):
        for kind in DocumentKind:
            assert await site.parts.documents.find(planned.id, person, kind) is None
    raw = on_disk(tmp_path)
    assert b"Karim Haddad" in raw, "the search finds what is there"
    assert SUBJECT.encode() not in raw
    async with nadias as browser:
        for path in ("", "/plan.pdf", "/learnings.pdf", "/mine.md", "/mine.json"):
            assert SUBJECT not in (await browser.get(f"/after/{planned.id}{path}")).text


async def test_while_a_session_closes_its_pages_answer(site: Site, planned: Planned) -> None:
    """The log goes first and the list of sessions follows: in between nobody meets a broken page."""
    browser = await site.seated(planned.links["Karim Haddad"])
    await site.parts.log.erase(planned.id, site.clock.now())
    site.parts.rooms.forget(planned.id)
    for path in ("door", "room", "after", "console"):
        assert (await browser.get(f"/{path}/{planned.id}")).status_code < 500, path
    await browser.aclose()
