"""Every page in both languages: well formed, guarded by its headers, its sentences translated, its fields all used."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from babel.messages.extract import extract
from fastapi import Request
from jinja2 import meta, nodes
from jinja2.ext import babel_extract
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

import app.web
from app.gateways.i18n import Catalogues
from app.web.errors import BugCatcher
from app.web.rendering import TEMPLATES, Assets, environment
from app.web.security import CSP
from tests.log_lines import logging_started
from tests.web.site import Planned, Site, check_page

GIVEN = {
    "frame",
    "asset",
    "preload",
    "icon",
    "_",
    "ngettext",
    "gettext",
    "dict",
    "range",
    "namespace",
    "url_for",
}
WEB = Path(app.web.__file__).parent


def pages() -> list[Any]:
    """List every page: a dataclass with a template."""
    found = {}
    for module in iter_modules(app.web.__path__):
        for thing in vars(import_module(f"app.web.{module.name}")).values():
            if isinstance(thing, type) and is_dataclass(thing) and hasattr(thing, "template"):
                found[thing.__qualname__] = thing
    return sorted(found.values(), key=lambda page: page.__qualname__)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.__name__)
def test_a_page_has_exactly_the_fields_its_template_prints(page: Any) -> None:
    made = environment(Catalogues(), "en", TEMPLATES, Assets())
    used: set[str] = set()
    made_here: set[str] = set()
    waiting = [page.template]
    while waiting:
        name = waiting.pop()
        source = made.loader.get_source(made, name)[0]  # type: ignore[union-attr]
        tree = made.parse(source)
        used |= meta.find_undeclared_variables(tree)
        made_here |= {macro.name for macro in tree.find_all(nodes.Macro)}
        for imported in tree.find_all(nodes.FromImport):
            made_here |= {each if isinstance(each, str) else each[1] for each in imported.names}
        waiting += [
            each
            for each in meta.find_referenced_templates(tree)
            if each and each.startswith(("layout", "partials/_layout"))
        ]
    assert used - made_here - GIVEN == {field.name for field in fields(page)}


def sentences() -> Iterator[tuple[str, str]]:
    """List what pages and letters say, with the file it is in."""
    for path in sorted(TEMPLATES.rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            with path.open("rb") as file:
                for _line, _name, said, _comments in babel_extract(
                    file, ("_", "ngettext"), [], {"trim_blocks": "true"}
                ):
                    for each in (said,) if isinstance(said, str) else said or ():
                        if each:
                            yield path.name, each
    for path in sorted(WEB.glob("*.py")):
        with path.open("rb") as file:
            for _line, said, _comments, _context in extract("python", file, keywords={"_": None}):
                assert isinstance(said, str)
                yield path.name, said


@pytest.mark.parametrize("language", [each for each in Catalogues().languages if each != "en"])
def test_every_sentence_of_a_page_is_there_in_every_language(language: str) -> None:
    catalogues = Catalogues()
    missing = {(where, said) for where, said in sentences() if catalogues.missing(language, [said])}
    assert not missing


ANYONE = ("/", "/sign-in", "/sign-in/unknown", "/j/unknown", "/nothing", "/outbox", "/protocols")
HOSTS = (
    "/desk",
    "/me",
    "/prepare",
    "/sessions/{sid}",
    "/sessions/{sid}/cancel",
    "/groups/{gid}",
    "/console/{sid}",
)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_page_is_well_formed_and_guarded(site: Site, planned: Planned, lang: str) -> None:
    await site.send_letters()
    askers = {
        "anyone": (site.visitor(lang), (*ANYONE, planned.links["Karim Haddad"])),
        "host": (await site.desk_of(planned.host, lang), (*HOSTS, f"/prepare?group={planned.group}")),
        "seat": (await site.seated(planned.links["Nadia Benali"], lang), ("/door/{sid}",)),
    }
    for browser, paths in askers.values():
        for path in paths:
            answer = await browser.get(path.replace("{sid}", planned.id).replace("{gid}", planned.group))
            assert answer.status_code in (200, 404), path
            assert answer.headers["content-security-policy"] == CSP, path
            assert answer.headers["cache-control"] == "no-store", path
            assert answer.headers["referrer-policy"] == "no-referrer", path
            assert f'<html lang="{lang}"' in answer.text, path
            check_page(answer.text)
        await browser.aclose()


async def test_the_language_is_the_cookies_then_the_browsers_then_the_persons(
    site: Site, planned: Planned
) -> None:
    link = planned.links["Nadia Benali"]
    async with site.visitor("") as silent, site.visitor("de, en;q=0.5") as english:
        assert 'lang="fr"' in (await silent.get(link)).text
        assert 'lang="en"' in (await english.get(link)).text
        back = await english.post("/language", data={"lang": "fr", "back": link})
        assert back.url.path == link
        assert 'lang="fr"' in back.text


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\n/evil"]
)
async def test_changing_the_language_never_leads_to_another_site(site: Site, back: str) -> None:
    async with site.visitor() as browser:
        answer = await browser.post("/language", data={"lang": "fr", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_bug_is_a_page_with_an_id_and_keeps_its_words_out_of_sight(
    site: Site, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    @site.app.get("/bug")
    async def bug(request: Request) -> None:
        name, token = "Chloé Martin", request.cookies["ronde"]
        raise RuntimeError(f"a secret of {name}, {token}")

    with logging_started(as_json=as_json):
        async with site.visitor("fr", {"ronde": "t0ken"}) as browser:
            answer = await browser.get("/bug")
        logged = capsys.readouterr().err
    assert "page failed" in logged
    assert "RuntimeError" in logged
    assert "tests.web.test_pages:" in logged, "it says where"
    for hidden in ("Chlo", "Martin", "t0ken", "secret", "locals", "Request"):
        assert hidden not in logged, f"{hidden} is in the log"
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert "Référence" in answer.text
    assert answer.headers["content-security-policy"] == CSP


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://127.0.0.1:8000"}, True),
        ({"Origin": "http://127.0.0.1:9000"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://evil.example:8000", "Host": "evil.example:8000"}, False),
        ({}, False),
    ],
)
async def test_only_our_own_pages_may_change_anything(
    site: Site, headers: dict[str, str], passes: bool
) -> None:
    async with site.visitor() as browser:
        browser.headers.pop("Sec-Fetch-Site")
        answer = await browser.post("/language", data={"lang": "fr"}, headers=headers, follow_redirects=False)
    assert (answer.status_code == 303) is passes
    if not passes:
        assert answer.status_code == 403
        check_page(answer.text)


async def test_who_goes_away_while_sending_a_form_is_no_bug_of_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def left(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ClientDisconnect

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    async def tell(_message: Message) -> None:
        pytest.fail("nobody is there to answer")

    with logging_started(as_json=True):
        await BugCatcher(left)({"type": "http"}, nothing, tell)
    assert "failed" not in capsys.readouterr().err
