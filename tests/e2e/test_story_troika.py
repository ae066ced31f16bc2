"""Plays troika in real browsers: three people are client one after the other, and each leaves with a plan."""

import re

import pytest
from playwright.async_api import expect

from app.main import Parts
from tests.e2e.conftest import Stage
from tests.e2e.people import DESKTOP, LAPTOP, PHONE, Cast, Person
from tests.e2e.rites import come_in, knock, plan_of, prepare, sign_in

PEOPLE = (
    ("Inès Moreau", "ines@example.org"),
    ("Jean-Baptiste van der Meersch", "jb@example.org"),
    ("Omar Saïdi", "omar@example.org"),
)
TEXTS = {
    "fr": (
        "Par où commencer avec une équipe qui ne se parle plus ?",
        "Demander à chacun ce qu’il attend des autres.",
        "Inviter deux personnes à déjeuner",
    ),
    "en": (
        "Where do I begin with a team that no longer talks?",
        "Ask each of them what they expect from the others.",
        "Invite two people to lunch",
    ),
}


@pytest.mark.xdist_group("stories")
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_three_people_are_client_in_turn_and_each_leaves_with_a_plan(
    lang: str, stage: Stage, parts: Parts
) -> None:
    protocol = await parts.protocols.find("troika")
    assert protocol is not None
    titles = {each.id: each.title[lang].split(",")[0] for each in protocol.phases()}
    async with stage("troika", lang) as cast:
        host = await cast.enter("Hélène Roy", DESKTOP)
        await sign_in(cast, parts, host, "helene@example.org")
        links = await prepare(cast, host, PEOPLE, "Trio", "13:10", protocol="troika", trace="client")
        guests = []
        for (name, _), viewport in zip(PEOPLE, (PHONE, LAPTOP, DESKTOP), strict=True):
            guests.append(await cast.enter(name, viewport))
            await knock(guests[-1], links[name])
            await come_in(guests[-1])
        await host.link("Open the console").click()
        await cast.shot(host, "console-waiting")
        for turn, client in enumerate(guests, 1):
            await block(cast, host, client, guests, titles, turn)
        await host.page.get_by_role("main").get_by_role("button", name=host.words("End the session")).click()
        await (
            host.page.get_by_role("dialog").get_by_role("button", name=host.words("End the session")).click()
        )
        for turn, client in enumerate(guests, 1):
            await client.link("Go to my page").click()
            plan = await plan_of(client, cast.folder / f"plan-{turn}.pdf")
            assert f"{TEXTS[lang][2]} {turn}" in plan
            assert all(f"{TEXTS[lang][2]} {other}" not in plan for other in (1, 2, 3) if other != turn)
            await cast.shot(client, f"after-{turn}")


async def block(
    cast: Cast, host: Person, client: Person, guests: list[Person], titles: dict[str, str], turn: int
) -> None:
    """Play one client's ten minutes: question, clarifying, advice behind their back, harvest."""
    question, idea, action = TEXTS[cast.lang]
    others = [each for each in guests if each is not client]
    await host.press("Choose somebody else")
    await host.press("Choose {name}", name=client.name)
    if turn == 1:
        await host.press("Begin")
    else:
        await go_on(cast, host, titles["question"])
    await expect(client.page.locator("[data-person].me")).to_contain_text(cast.words("client"))
    for other in others:
        await expect(other.page.locator(".is-client")).to_have_count(1)
        await expect(other.page.locator(".is-client")).to_contain_text(client.first)
    await cast.shot(host, f"console-question-{turn}")
    await cast.later(minutes=2)
    await go_on(cast, host, titles["clarifying"])
    await others[0].open_notebook()
    await others[0].field("One short, open question").fill(question)
    await others[0].press("Ask it")
    await cast.later(minutes=2)
    await go_on(cast, host, titles["advice"])
    await expect(others[0].page.locator(".is-client")).to_contain_text(cast.words("off stage"))
    await others[0].field("One idea at a time").fill(f"{idea} {turn}")
    await others[0].press("Offer it")
    await expect(others[0].field("One idea at a time")).to_have_value("")
    await cast.shot(client, f"advice-client-{turn}")
    await cast.shot(others[1], f"advice-consultant-{turn}")
    await others[0].close_notebook()
    await cast.later(minutes=4)
    await go_on(cast, host, titles["harvest"])
    await client.open_notebook()
    await client.sees(f"{idea} {turn}")
    for other in (1, 2, 3):
        if other != turn:
            await expect(client.page.get_by_text(f"{idea} {other}")).to_have_count(0)
    await client.fill("What?", f"{action} {turn}")
    await expect(client.field("The very first move, within two days").first).to_be_visible()
    await cast.shot(client, f"harvest-client-{turn}")
    await client.close_notebook()
    await cast.later(minutes=1)


async def go_on(cast: Cast, host: Person, title: str) -> None:
    """Press the button named after the next phase, and see everyone follow."""
    await host.page.get_by_role("main").get_by_role("button", name=re.compile(f"^{re.escape(title)}")).click()
    for person in cast.people:
        await expect(person.page.get_by_role("heading", level=1)).to_contain_text(title)
