"""What every story does before and around its session: sign in, prepare, hand out links, come to the table."""

import re
import subprocess
from pathlib import Path

from playwright.async_api import expect
from pypdf import PdfReader

from app.main import Parts
from app.usecases.sign_in import first_link
from tests.e2e.people import Cast, Person


async def sign_in(cast: Cast, parts: Parts, host: Person, email: str) -> None:
    """Follow the one-time link a new server prints, and say who one is."""
    secret = await first_link(parts.directory, parts.links, parts.ids, parts.clock, "Europe/Paris")
    await host.page.goto(f"/sign-in/{secret}")
    await cast.shot(host, "sign-in")
    await host.press("Sign in")
    await host.fill("Name", host.name)
    await host.fill("E-mail address", email)
    await host.page.locator("#lang").select_option(cast.lang)
    await cast.shot(host, "who-are-you")
    await host.press("Save")
    await host.reads("Hello %(name)s.", name=host.first)
    await cast.shot(host, "desk-empty")


async def prepare(
    cast: Cast, host: Person, people: tuple[tuple[str, ...], ...], group: str, hour: str, **chosen: str
) -> dict[str, str]:
    """Plan a session from pasted names and send the invitations; give everyone's personal link by name."""
    page = host.page
    await host.link("Prepare a session").first.click()
    await page.locator("#people").fill("\n".join(" ".join(each) for each in people))
    await page.locator("#group_name").fill(group)
    await page.locator("#language").select_option(cast.lang)
    await page.locator("#day").fill("2026-11-23")
    await page.locator("#hour").fill(hour)
    await page.locator("#zone").select_option("Europe/Paris")
    for name, value in chosen.items():
        choice = page.locator(f"input[name={name}][value='{value}']")
        if not await choice.is_visible():
            await page.locator("details.choose", has=choice).locator("summary").click()
        await choice.check()
    await expect(page.locator("[data-live=people] .seen li")).to_have_count(len(people))
    await cast.shot(host, "prepare")
    await page.get_by_role("button", name=re.compile("invitation")).click()
    await page.wait_for_url("**/sessions/*")
    await cast.shot(host, "links")
    return {
        name: await host.field("Link of %(name)s", name=name).first.input_value() for name, *_rest in people
    }


async def knock(person: Person, link: str) -> None:
    """Follow one's personal link as far as the door."""
    await person.page.goto(link)
    await person.press("Take my place")
    await person.page.wait_for_url("**/door/*")


async def come_in(person: Person) -> None:
    """Accept the charter and sit down."""
    await person.page.get_by_role("checkbox").check()
    await person.press("Come in")
    await person.page.wait_for_url("**/room/*")
    await person.page.locator("[data-person]").first.wait_for()


async def plan_of(client: Person, to: Path) -> str:
    """Download a client's plan, keep it with its picture, and give its text on one line."""
    async with client.page.expect_download() as coming:
        await client.link("My plan as PDF").click()
    await (await coming.value).save_as(to)
    return as_text(to)


def as_text(document: Path) -> str:
    """Read a printed document with two programs: what pypdf finds, once poppler has drawn its pages."""
    drawn = document.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "60", "-png", document, drawn], check=True)
    assert list(document.parent.glob(f"{drawn.name}-*.png"))
    return " ".join(" ".join(page.extract_text() for page in PdfReader(document).pages).split())
