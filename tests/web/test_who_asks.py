"""Asks every route as every kind of person: only those the route declares may."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from app.main import STATIC
from app.web.deps import Gate, Who
from tests.web.site import ORIGIN, Planned, Site

ASKERS = ("anonymous", "rehearsal visitor", "other facilitator", "elsewhere", "participant", "facilitator")
MAY = {
    Who.ANYONE: set(ASKERS),
    Who.NEWCOMER: {"other facilitator", "facilitator"},
    Who.FACILITATOR: {"other facilitator", "facilitator"},
    Who.OWNER: {"facilitator"},
    Who.HOST: {"facilitator"},
    Who.SEAT: {"participant", "facilitator"},
}
NOT_ROUTES = {"/static", "/ws/{sid}"}
"""Files for everyone, and the socket, which tests/realtime asks as everybody."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One route with one method."""

    path: str
    method: str
    who: Who


def routes(router: APIRouter) -> Iterator[Asked]:
    """List what can be asked, with who may; fail for a route that declares nothing."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            gates = [each.call for each in route.dependant.dependencies if isinstance(each.call, Gate)]
            assert len(gates) == 1, f"{route.path} must declare once who may ask"
            for method in sorted(route.methods or ()):
                yield Asked(route.path, method, gates[0].who)
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes(included)
        else:
            assert getattr(route, "path", "") in NOT_ROUTES, route


async def everybody(site: Site, planned: Planned) -> dict[str, httpx2.AsyncClient]:
    """Open a browser for each kind of person."""
    other = await site.facilitator("other@example.org", "Paul Autre")
    elsewhere = await site.plan(other)
    visitor = await site.facilitator("", "Hélène")
    return {
        "anonymous": site.visitor(),
        "rehearsal visitor": await site.desk_of(visitor),
        "other facilitator": await site.desk_of(other),
        "elsewhere": await site.seated(elsewhere.links["Nadia Benali"]),
        "participant": await site.seated(planned.links["Karim Haddad"]),
        "facilitator": await site.desk_of(planned.host),
    }


def fill(path: str, planned: Planned, person: str) -> str:
    """Put the ids of a session into the path of a route."""
    values = {"sid": planned.id, "gid": planned.group, "person": person}
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace("{", "").replace("}", "").replace(":path", "")


async def test_only_the_declared_may_ask(site: Site, planned: Planned) -> None:
    people = await everybody(site, planned)
    member = (await site.parts.directory.members_of(planned.group))[0].person
    wrong = []
    for asked in routes(site.app.router):
        destructive = asked.method == "POST" and asked.path in ("/sign-out", "/sessions/{sid}/cancel")
        for asker, browser in people.items():
            site.forgive()
            allowed = asker in MAY[asked.who]
            if allowed and (destructive or asked.path == "/rehearse"):
                continue
            answer = await browser.request(
                asked.method, fill(asked.path, planned, member), follow_redirects=False
            )
            sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            refused = sent_away or (answer.status_code == 404 and "nothing at this address" in answer.text)
            if answer.status_code >= 500 or (not allowed and not refused) or (allowed and sent_away):
                wrong.append((asker, asked, answer.status_code))
    for browser in people.values():
        await browser.aclose()
    assert not wrong, "\n".join(map(str, wrong))


async def test_what_is_foreign_and_what_does_not_exist_have_the_same_answer(
    site: Site, planned: Planned
) -> None:
    people = await everybody(site, planned)
    pages = [
        asked.path for asked in routes(site.app.router) if asked.method == "GET" and "{sid}" in asked.path
    ]
    assert len(pages) > 5
    for path in pages:
        for asker in ("anonymous", "other facilitator", "elsewhere"):
            foreign = await people[asker].get(fill(path, planned, "x"), follow_redirects=False)
            unknown = await people[asker].get(
                fill(path, planned, "x").replace(planned.id, "n" * len(planned.id)), follow_redirects=False
            )
            hide = {planned.id: "…", "n" * len(planned.id): "…"}
            texts = []
            for answer in (foreign, unknown):
                text = answer.text + answer.headers.get("location", "")
                for id, shown in hide.items():
                    text = text.replace(id, shown)
                texts.append(text)
            assert (foreign.status_code, texts[0]) == (unknown.status_code, texts[1]), (asker, path)
    for browser in people.values():
        await browser.aclose()


async def test_the_walk_sees_the_whole_program(site: Site) -> None:
    paths = {asked.path for asked in routes(site.app.router)}
    assert {"/", "/desk", "/prepare", "/door/{sid}", "/room/{sid}", "/console/{sid}", "/j/{token}"} <= paths
    assert STATIC.is_dir()


@pytest.mark.parametrize("path", ["/desk", "/prepare", "/me"])
async def test_signing_in_leads_back_to_the_page_one_wanted(site: Site, path: str) -> None:
    async with site.visitor() as browser:
        answer = await browser.get(path, follow_redirects=False)
    assert answer.headers["location"] == f"/sign-in?next={path}"
    assert ORIGIN not in answer.headers["location"]
