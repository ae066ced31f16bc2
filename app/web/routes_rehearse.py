"""Begins a rehearsal: the visitor takes a seat without an account, simulated managers take the others."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.usecases.links import hash_of
from app.usecases.pasted_people import LONGEST_TEXT, read_people
from app.usecases.records import WebSession
from app.usecases.rehearse import BadWish, Begun, NoRoom, Wish
from app.web import times
from app.web.attempts import TooOften
from app.web.deps import Asker, NotHere, Who, parts, who
from app.web.security import KEPT, give_secret

router = APIRouter()

DEFAULT_SPEED = "5"
"""Seventy-five minutes in a quarter of an hour."""

FEWEST, MOST = 2, 16
"""At a table, with the facilitator."""


@router.post("/rehearse")
async def rehearse(
    request: Request,
    asker: Annotated[Asker, who(Who.ANYONE)],
    protocol: Annotated[str, Form(max_length=80)] = "codev-75",
    people: Annotated[str, Form(max_length=LONGEST_TEXT)] = "8",
    speed: Annotated[str, Form(max_length=10)] = DEFAULT_SPEED,
    seat: Annotated[str, Form(max_length=20)] = "facilitator",
    play: Annotated[str, Form(max_length=10)] = "here",
) -> Response:
    """Plan a rehearsal and lead the visitor to their seat; `play=there` leaves every seat to the one who asks.

    `people` is a number, with the facilitator, or the people pasted on the prepare page: then as many come.
    """
    have = parts(request)
    many = int(people) if people.isdecimal() and len(people) < 4 else len(read_people(people).people) + 1
    if people.isdecimal() and not FEWEST <= many <= MOST:
        raise NotHere
    host, played_here = asker.facilitator, play == "here"
    zone = host.zone if host else times.home_zone()
    wish = Wish(have.pages.language(request), zone, host, protocol, many, speed, seat, played_here)
    try:
        begun = await have.rehearsals.begin(wish)
    except BadWish:
        raise NotHere from None
    except NoRoom:
        raise TooOften from None
    if "application/json" in request.headers.get("accept", ""):
        response: Response = JSONResponse(_as_json(begun), headers={"Cache-Control": "no-store"})
    else:
        conducts = begun.visitor in (None, begun.host.id)
        response = RedirectResponse(f"/{'console' if conducts else 'room'}/{begun.session}", 303)
    await _let_in(request, response, begun, played_here=played_here)
    return response


async def _let_in(request: Request, response: Response, begun: Begun, *, played_here: bool) -> None:
    """Give the visitor's browser their seat; whoever plays all seats conducts."""
    have = parts(request)
    if begun.visitor in (None, begun.host.id) or not played_here:
        if begun.secret is not None:
            give_secret(request, response, "ronde", begun.secret)
        return
    assert begun.visitor is not None
    secret, now = have.ids.secret(), have.clock.now()
    await have.directory.add_web_session(
        WebSession(hash_of(secret), begun.visitor, begun.session, now, now + KEPT)
    )
    give_secret(request, response, f"seat-{begun.session}", secret)


def _as_json(begun: Begun) -> dict[str, object]:
    """Tell the one who plays the seats where they are."""
    return {
        "session": begun.session,
        "host": begun.host.id,
        "phases": list(begun.phases),
        "seats": [{"person": each.person, "name": each.name, "token": each.token} for each in begun.seats],
    }
