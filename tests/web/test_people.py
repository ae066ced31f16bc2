"""Recognises people in whatever is pasted; people keep their identity from session to session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.protocol import Role
from app.usecases.manage_people import read_tags
from app.usecases.pasted_people import (
    LONGEST_NAME,
    MOST_PEOPLE,
    Trouble,
    as_line,
    clean_name,
    read_people,
)
from app.usecases.records import CastTurn
from tests.web.site import Planned, Site, filled

SHAPES = {
    "a list": "Nadia Benali nadia@example.org\nKarim Haddad karim@example.org",
    "commas": "Nadia Benali, nadia@example.org\nKarim Haddad, karim@example.org",
    "recipients of a mail": "Nadia Benali <nadia@example.org>; Karim Haddad <karim@example.org>",
    "recipients with commas": "Nadia Benali <nadia@example.org>, Karim Haddad <karim@example.org>",
    "last name first": '"Benali, Nadia" <nadia@example.org>, "Haddad, Karim" <karim@example.org>',
    "a spreadsheet": "Prénom\tNom\tCourriel\nNadia\tBenali\tnadia@example.org\nKarim\tHaddad\tkarim@example.org",
    "csv with semicolons": "Nadia Benali;nadia@example.org\r\nKarim Haddad;karim@example.org\r\n",
    "addresses first": "nadia@example.org Nadia Benali\nkarim@example.org, Karim Haddad",
    "addresses alone": "nadia.benali@example.org\nkarim_haddad@example.org",
    "bullets": "• Nadia Benali – nadia@example.org\n- Karim Haddad (karim@example.org)",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_of_list_is_understood(shape: str) -> None:
    people = read_people(SHAPES[shape]).people
    assert [each.name for each in people] == ["Nadia Benali", "Karim Haddad"]
    assert all(each.email.endswith("@example.org") for each in people)


def test_names_without_addresses_are_people_too_and_the_line_is_named() -> None:
    pasted = read_people("Nadia nadia@example.org\n\nLuc Petit, Awa Diop")
    assert [each.name for each in pasted.people] == ["Nadia", "Luc Petit", "Awa Diop"]
    assert [(each.trouble, each.line) for each in pasted.problems] == [(Trouble.NO_ADDRESS, 3)] * 2
    assert not pasted.stops


def test_a_bad_address_stops_and_its_owner_is_still_shown() -> None:
    pasted = read_people("Nadia nadia@example\nKarim karim@")
    assert [each.name for each in pasted.people] == ["Nadia", "Karim"]
    assert pasted.stops


def test_nobody_is_counted_twice() -> None:
    pasted = read_people("Nadia nadia@example.org\nNadia B. NADIA@example.org\nLuc\nluc")
    assert [each.name for each in pasted.people] == ["Nadia", "Luc"]
    assert [each.trouble for each in pasted.problems].count(Trouble.TWICE) == 2


def test_two_people_of_the_same_name_are_two_people() -> None:
    pasted = read_people("Luc Petit luc1@example.org\nLuc Petit luc2@example.org")
    assert len(pasted.people) == 2


@pytest.mark.parametrize(
    "name", ["Facilitator", "👩‍🚀 Zoé", "محمد", "山田太郎", "=cmd|'/C calc'!A0", "O’Brien-Łukasz", "a\u0301b"]
)
def test_unusual_names_are_names(name: str) -> None:
    (person,) = read_people(as_line(name, "x@example.org")).people
    assert person.name == clean_name(name)


def test_names_cannot_turn_the_line_around_or_break_it() -> None:
    assert clean_name("\u202eevil\u202c\n\x00Nadia\u2066") == "evil Nadia"


@given(st.text(max_size=300))
def test_any_text_gives_people_with_short_visible_names(text: str) -> None:
    pasted = read_people(text)
    assert len(pasted.people) <= MOST_PEOPLE
    for person in pasted.people:
        assert 0 < len(person.name) <= LONGEST_NAME
        assert person.name == clean_name(person.name)
    assert len({person.key for person in pasted.people}) == len(pasted.people)


@given(st.lists(st.sampled_from(["Nadia", "Luc P.", "Zoé"]), unique=True), st.booleans())
def test_people_written_out_are_read_back(names: list[str], with_address: bool) -> None:
    lines = [as_line(name, f"p{i}@example.org" if with_address else "") for i, name in enumerate(names)]
    assert [each.name for each in read_people("\n".join(lines)).people] == names


def test_a_hundred_kilobytes_are_read_at_once() -> None:
    assert len(read_people("Nadia nadia@example.org\n" * 5000).people) == 1
    assert len(read_people("a@b.org " * 12_000).people) == 1


def test_tags_are_few_and_each_once() -> None:
    assert read_tags(" RH, rh , Finance,, ") == ("RH", "Finance")
    assert len(read_tags(",".join(str(n) for n in range(50)))) == 8


async def test_people_keep_their_identity_from_one_session_to_the_next(site: Site, planned: Planned) -> None:
    before = {each.name: each.person for each in await site.parts.directory.members_of(planned.group)}
    async with await site.desk_of(planned.host) as desk:
        form = await filled(
            desk,
            "Karim Haddad karim@example.org\nLuc Petit luc@example.org\nAwa awa@example.org\nEve eve@example.org",
        )
        answer = await desk.post("/prepare", data={**form, "group": planned.group, "day": "2026-12-01"})
    assert answer.url.path.startswith("/sessions/")
    after = {each.name: each for each in await site.parts.directory.members_of(planned.group)}
    assert after["Karim Haddad"].person == before["Karim Haddad"]
    assert after["Luc Petit"].person == before["Luc Petit"]
    assert after["Luc Petit"].email == "luc@example.org"
    assert after["Awa"].person == before["Awa Diop"]
    assert after["Nadia Benali"].person == before["Nadia Benali"]
    assert [each.number for each in await site.parts.directory.sessions_of(planned.group)] == [1, 2]


async def test_the_fairest_client_is_proposed_and_the_reason_is_said(site: Site, planned: Planned) -> None:
    members = await site.parts.directory.members_of(planned.group)
    turns = tuple(
        CastTurn(planned.id, planned.group, each.person, Role.CLIENT, 1, site.clock.now())
        for each in members[:1]
    )
    await site.parts.directory.record_cast(planned.id, turns)
    async with await site.desk_of(planned.host) as desk:
        page = (await desk.get(f"/prepare?group={planned.group}")).text
        assert '<li class="client"><span class="dot' in page
        client = page[page.index('<li class="client">') :]
        assert client.index("Karim Haddad") < client.index("</li>")
        group = (await desk.get(f"/groups/{planned.group}")).text
        assert "client once, in session 1" in group
        assert "The next session opens with the return of Nadia Benali." in (await desk.get("/desk")).text


async def test_a_group_changes_its_people_and_forgets_no_cast(site: Site, planned: Planned) -> None:
    member = (await site.parts.directory.members_of(planned.group))[0]
    at = f"/groups/{planned.group}/members"
    async with await site.desk_of(planned.host) as desk:
        await desk.post(
            f"{at}/{member.person}",
            data={"name": "Nadia B.", "email": "n@example.org", "tags": "RH, finance"},
        )
        await desk.post(at, data={"people": "Zoé zoe@example.org"})
        page = (await desk.get(f"/groups/{planned.group}")).text
        assert "Nadia B." in page
        assert "knows about RH, finance" in page
        assert "Zoé" in page
        await desk.post(f"{at}/{member.person}/remove")
        left = (await desk.get(f"/groups/{planned.group}")).text
        assert "1 person has left" in left
        await desk.post(f"{at}/{member.person}/return")
        assert "has left" not in (await desk.get(f"/groups/{planned.group}")).text
        wrong = await desk.post(at, data={"people": "x@"})
        assert wrong.status_code == 422
        assert "Line 1" in wrong.text
        await desk.post(f"/groups/{planned.group}", data={"name": "Cercle Sambre"})
        assert "Cercle Sambre" in (await desk.get("/desk")).text
