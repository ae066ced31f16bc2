"""Sends what no browser would to every page: the answer is a page or a refusal, never a failure."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.core.result import Ok

import app.web
from tests.web.site import ORIGIN, Planned, Site

RUINS = {"/sign-out", "/sessions/{sid}/cancel", "/rehearse"}
"""These would end or multiply what the other requests are about."""

WORDS = ("method", "url", "params", "data", "json", "content", "files")


@cache
def operations() -> dict[str, Any]:
    """Read from the program itself what each of its routes accepts."""
    bare = FastAPI()
    for module in iter_modules(app.web.__path__):
        if module.name.startswith("routes_"):
            bare.include_router(import_module(f"app.web.{module.name}").router)
    schema = openapi.from_dict(get_openapi(title="Ronde", version="1", routes=bare.routes))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {f"{each.method.upper()} {each.path}": each for each in found if each.path not in RUINS}


@st.composite
def requests(draw: st.DrawFn) -> Any:
    """Draw a request some route may get."""
    name = draw(st.sampled_from(sorted(operations())))
    return name, draw(operations()[name].as_strategy())


def test_every_page_is_tried() -> None:
    assert {"GET /", "POST /prepare", "GET /door/{sid}", "POST /sessions/{sid}/change"} <= operations().keys()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(request=requests())
async def test_no_request_makes_a_page_fail(site: Site, planned: Planned, request: Any) -> None:
    name, case = request
    ours = {"sid": planned.id, "gid": planned.group}
    case.path_parameters.update({key: value for key, value in ours.items() if key in case.path_parameters})
    words = case.as_transport_kwargs(base_url=ORIGIN)
    if isinstance(words.get("data"), str | bytes):
        words["content"] = words.pop("data")
    site.forgive()
    async with await site.desk_of(planned.host) as desk:
        try:
            made = desk.build_request(**{key: value for key, value in words.items() if key in WORDS})
        except (httpx2.InvalidURL, UnicodeEncodeError, TypeError, ValueError):
            assume(False)
        answer = await desk.send(made, follow_redirects=False)
    assert answer.status_code < 500, (name, answer.text)
