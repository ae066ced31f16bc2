"""Facilitators come in by a link that works once, stay for thirty days, and bring others in."""

import re
from datetime import timedelta

import pytest

from app.usecases.links import SIGN_IN_LASTS
from tests.web.site import Site


async def letter_link(site: Site, to: str) -> str:
    """Read the sign-in link of the newest letter to somebody."""
    await site.send_letters()
    text = next(letter.text for _, letter in site.parts.mailer.letters() if letter.to == to)  # type: ignore[attr-defined]
    found = re.search(r"/sign-in/[\w-]+", text)
    assert found is not None
    return found[0]


async def test_a_link_signs_in_once_and_looking_at_it_does_not_count(site: Site) -> None:
    await site.facilitator()
    async with site.visitor() as browser, site.visitor() as other:
        await browser.post("/sign-in", data={"email": "HELENE@example.org"})
        link = await letter_link(site, "helene@example.org")
        for _ in range(5):
            assert (await other.get(link)).status_code == 200
        assert (await browser.post(link)).url.path == "/desk"
        assert (await other.post(link)).status_code == 404
        await browser.post("/sign-out")
        assert (await browser.get("/desk")).url.path == "/sign-in"


async def test_a_link_ends_after_its_time(site: Site) -> None:
    await site.facilitator()
    async with site.visitor() as browser:
        await browser.post("/sign-in", data={"email": "helene@example.org"})
        link = await letter_link(site, "helene@example.org")
        site.clock.advance(SIGN_IN_LASTS + timedelta(seconds=1))
        assert (await browser.post(link)).status_code == 404


async def test_nobody_learns_whether_an_address_is_known(site: Site) -> None:
    await site.facilitator()
    async with site.visitor() as browser:
        answers = [
            (await browser.post("/sign-in", data={"email": email})).text.replace(email, "…")
            for email in ("helene@example.org", "nobody@example.org")
        ]
    assert answers[0] == answers[1]


async def test_a_network_cannot_have_letters_sent_for_ever(site: Site) -> None:
    async with site.visitor() as browser:
        codes = [
            (await browser.post("/sign-in", data={"email": f"p{n}@example.org"})).status_code
            for n in range(6)
        ]
    assert codes == [200] * 5 + [429]


async def test_a_facilitator_brings_in_another_who_sees_only_their_own(site: Site) -> None:
    planned = await site.plan(await site.facilitator())
    async with await site.desk_of(planned.host) as desk, site.visitor() as browser:
        invited = await desk.post("/me/invite", data={"name": "Paul Autre", "email": "paul@example.org"})
        assert "A link is on its way." in invited.text
        again = await desk.post("/me/invite", data={"name": "Paul Autre", "email": "paul@example.org"})
        assert "already has this address" in again.text
        page = await browser.post(await letter_link(site, "paul@example.org"))
        assert page.url.path == "/desk"
        assert "Cercle Meuse" not in page.text


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/desk", "javascript:alert(1)"])
async def test_signing_in_never_leads_to_another_site(site: Site, next: str) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        answer = await desk.get("/sign-in", params={"next": next}, follow_redirects=False)
    assert answer.headers["location"] == "/"


async def test_two_facilitators_cannot_have_one_address(site: Site) -> None:
    await site.facilitator()
    other = await site.facilitator("paul@example.org", "Paul")
    async with await site.desk_of(other) as desk:
        answer = await desk.post(
            "/me", data={"name": "Paul", "email": "helene@example.org", "lang": "fr", "zone": "UTC"}
        )
    assert answer.status_code == 422
    assert "already has this address" in answer.text


async def test_a_passkeys_answer_of_hostile_depth_is_refused_like_any_other(site: Site) -> None:
    async with site.visitor() as browser:
        answer = await browser.post("/passkeys/sign-in", content=b"[" * 30_000)
    assert (answer.status_code, answer.json()) == (400, {"ok": False})
