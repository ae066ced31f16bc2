"""The gallery: everyone reads the protocols and checks a file; facilitators add theirs, and can plan with it at once."""

import pytest

from app.gateways.protocol_files import SHIPPED
from tests.web.site import Site, check_page

FLASH = (SHIPPED / "codev-flash.yaml").read_text(encoding="utf-8")
OURS = FLASH.replace("id: codev-flash", "id: our-circle", 1).replace("fr: Flash, ", "fr: Notre cercle, ", 1)
NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))


async def test_the_gallery_lists_the_nine_on_one_scale(site: Site) -> None:
    async with site.visitor("fr") as browser:
        page = (await browser.get("/protocols")).text
    check_page(page)
    assert all(f'href="/protocols/{name}"' in page for name in NAMES)
    assert "ce n’est pas du codéveloppement au sens de l’AFCODEV" in page
    assert "2\u00a0h\u00a030" in page


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
async def test_a_protocol_can_be_read_whole_in_both_languages(site: Site, name: str, lang: str) -> None:
    protocol = await site.parts.protocols.find(name)
    assert protocol is not None
    async with site.visitor(lang) as browser:
        page = (await browser.get(f"/protocols/{name}")).text
    check_page(page)
    assert "protocol-" not in page.replace(f"/protocols/{name}", "")
    for phase in protocol.phases():
        assert f'id="{phase.id}"' in page
        assert phase.title[lang].replace("'", "&#39;") in page


async def test_an_unknown_protocol_is_not_here(site: Site) -> None:
    async with site.visitor() as browser:
        assert (await browser.get("/protocols/codev-57")).status_code == 404
        assert (await browser.get("/protocols/codev-57/file")).status_code == 404


async def test_the_file_of_a_protocol_can_be_taken(site: Site) -> None:
    async with site.visitor() as browser:
        answer = await browser.get("/protocols/codev-flash/file")
    assert answer.text == FLASH
    assert answer.headers["content-disposition"] == 'attachment; filename="codev-flash.yaml"'


async def test_a_pasted_file_is_answered_by_every_fault_with_its_line(site: Site) -> None:
    async with site.visitor("fr") as browser:
        answer = await browser.post(
            "/protocols/check", data={"text": OURS.replace("version: 1", "version: un", 1)}
        )
    check_page(answer.text)
    assert answer.status_code == 200
    assert "Un nombre entier est attendu, et non «\u00a0un\u00a0»." in answer.text
    assert "1 point à reprendre" in answer.text


async def test_a_chosen_file_is_read_in_place_of_the_empty_field(site: Site) -> None:
    async with site.visitor() as browser:
        files = {"file": ("ours.yaml", OURS.encode(), "text/yaml")}
        answer = await browser.post("/protocols/check", data={"text": ""}, files=files)
    check_page(answer.text)
    assert "This file can be used as it is." in answer.text
    assert "Add it to the gallery" not in answer.text


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a: [", b"x" * 150_000, "é".encode("latin-1")])
async def test_any_file_is_answered_with_a_sentence(site: Site, data: bytes) -> None:
    async with site.visitor() as browser:
        answer = await browser.post("/protocols/check", files={"file": ("x.yaml", data, "text/yaml")})
    check_page(answer.text)
    assert "Not yet a protocol" in answer.text


async def test_what_people_paste_is_shown_and_never_run(site: Site) -> None:
    async with site.visitor() as browser:
        hostile = "id: </textarea><script>alert(1)</script>"
        answer = await browser.post("/protocols/check", data={"text": hostile})
    check_page(answer.text)
    assert "<script>alert" not in answer.text


async def test_the_address_of_the_check_leads_to_its_form(site: Site) -> None:
    async with site.visitor() as browser:
        assert (await browser.get("/protocols/check")).url.path == "/protocols"


async def test_a_facilitator_adds_a_file_and_plans_with_it(site: Site) -> None:
    host = await site.facilitator()
    async with await site.desk_of(host) as desk:
        checked = await desk.post("/protocols/check", data={"text": OURS})
        assert "Add it to the gallery" in checked.text
        saved = await desk.post("/protocols", data={"text": OURS.replace("\n", "\r\n")})
        assert saved.url.path == "/protocols/our-circle"
        check_page(saved.text)
        assert "Your protocol is in the gallery." in saved.text
        assert 'value="our-circle" checked' in (await desk.get("/prepare?protocol=our-circle")).text
    planned = await site.plan(host, protocol="our-circle")
    assert (await site.session(planned.id)).protocol_id == "our-circle"


async def test_a_shipped_protocol_cannot_be_replaced(site: Site) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        answer = await desk.post("/protocols", data={"text": FLASH})
    check_page(answer.text)
    assert answer.status_code == 409
    assert "The id “codev-flash” belongs to another protocol." in answer.text


async def test_half_minutes_stay_as_they_are_when_a_session_is_prepared(site: Site) -> None:
    host = await site.facilitator()
    people = "Nadia Benali\nKarim Haddad\nThomas Leroy"
    planned = await site.plan(
        host, people, protocol="troika", **{"minutes-advice": "4", "minutes-harvest": "2"}
    )
    session = await site.session(planned.id)
    assert (session.ends_at - session.starts_at).total_seconds() == 30 * 60
