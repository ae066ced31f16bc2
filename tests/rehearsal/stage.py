"""Asks a served program for a rehearsal all of whose seats the test plays, at full speed."""

import json

from app.engine.ids import PersonId, SessionId
from app.main import Parts
from app.rehearsal.browser import Browser
from app.rehearsal.story import tell
from app.rehearsal.tempo import MAX, Tempo
from app.rehearsal.troupe import Place, Stage


async def a_stage(
    parts: Parts, protocol: str = "codev-75", lang: str = "fr", people: int = 8
) -> tuple[Stage, Browser]:
    """Plan a rehearsal of so many people, and give it with the facilitator's browser."""
    host = Browser(parts.settings.origin, parts.settings.origin, lang)
    form = {"protocol": protocol, "people": str(people), "speed": "max", "seat": "none", "play": "there"}
    answer = await host.post("/rehearse", form, accept="application/json")
    assert answer.status == 200, answer
    told = json.loads(answer.body)
    story = tell(lang)
    by_name = {each.name: each for each in story.people}
    places = tuple(Place(PersonId(s["person"]), by_name[s["name"]], s["token"]) for s in told["seats"])
    return Stage(SessionId(told["session"]), PersonId(told["host"]), places, story, Tempo(MAX)), host
