"""What a browser puts together from the frames it was sent is what it would be shown now, and never anything else."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.errors import Refusal
from app.engine.ids import PersonId
from app.engine.projections import project, sections
from app.realtime.hub import Hub, Socket
from app.realtime.sections import encode
from app.realtime.wire import Talk
from app.usecases.records import TokenHash
from tests.builders import BRUNO, CHLOE, DRISS, Play, a_plan, a_protocol, a_troika
from tests.engine.random_walk import Walk
from tests.fakes import FakeClock


@dataclass
class Browser:
    """A browser that keeps what it was told, as app/client/core.ts does, and every single update."""

    view: dict[str, Any] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, talk: Talk) -> None:
        """Take no part in the handshake."""

    def write(self, frame: bytes) -> None:
        """Take a frame in."""
        told = json.loads(frame[2 if frame[1] < 126 else 4 :])
        match told["t"]:
            case "welcome":
                self.view = flat(told["view"])
            case "set":
                self.updates.append(told["set"])
                self.view |= told["set"]
                for gone in [name for name, value in told["set"].items() if value is None and "/" in name]:
                    del self.view[gone]
            case _:
                assert told["t"] == "bye"

    def backlog(self) -> int:
        """Read at once."""
        return 0

    def drained(self) -> int:
        """Read at once."""
        return 0

    def hang_up(self, code: int) -> None:
        """Stay; nobody is at the other end."""

    def cut(self, code: int) -> None:
        """Stay; nobody is at the other end."""


def flat(view: dict[str, Any]) -> dict[str, Any]:
    """Lay a view out path by path."""
    entries = view.pop("entries")
    return view | {f"entries/{key}": entry for key, entry in entries.items()}


def shown_now(play: Play, person: PersonId) -> dict[str, Any]:
    """Make a person's view anew, from the state alone."""
    view = sections(project(play.session, person, play.now))
    return {name: msgspec.json.decode(encode(section)) for name, section in view.items()}


@settings(max_examples=40)
@given(troika=st.booleans(), seed=st.integers(0, 2**32), length=st.integers(1, 100))
def test_every_update_leads_to_the_view_of_this_very_moment(troika: bool, seed: int, length: int) -> None:
    protocol = a_troika() if troika else a_protocol()
    play = Play(a_plan(protocol, clients=(BRUNO, CHLOE, DRISS) if troika else ()), protocol).start()
    clock = FakeClock(play.now)
    hub = Hub(clock, lambda lang, code: code)
    browsers = {person.id: Browser() for person in play.session.people}
    for person, browser in browsers.items():
        socket = Socket(person, play.session.id, person, TokenHash("cookie"), "tab", "fr", browser, 0.0)
        hub.seat(socket, play.session, None, b"null")
    walk = Walk(seed)
    for _ in range(length):
        by, command, seconds = walk.step(play.session)
        clock.jump(play.wait(seconds=seconds).now)
        try:
            events = play.do(command, by)
        except Refusal:
            events = ()
        hub.publish(play.session)
        if not events:
            hub.refresh(play.session.id)
        for seat in play.session.people:
            told = browsers.get(seat.id)
            if told is None:  # joined after the doors opened: has no browser here
                continue
            now = shown_now(play, seat.id)
            assert told.view == now, f"{seat.id} after {command} by {by}"
            for update in told.updates:
                assert all(now.get(name) == value for name, value in update.items())
            told.updates.clear()
