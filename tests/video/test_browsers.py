"""Sound and picture in real browsers: through a real LiveKit server, directly when it dies, and back when it is well again."""

import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from app.engine import continuity
from app.engine.commands import ChangePlan
from app.engine.ids import SERVER, CommandId
from app.engine.ladder import Bridge
from app.main import Parts
from devtools import livekit
from tests.e2e.test_layout import look
from tests.e2e.words import Words
from tests.patience import until
from tests.realtime.table import Browser as Host
from tests.realtime.table import a_table
from tests.video.firewall import firewall
from tests.video.table import (
    BLOCKED_FROM_ALL,
    PATIENCE,
    THREE,
    Seat,
    grows,
    hosting,
    pictures,
    seated,
    send_signal,
    sit_down,
    sound,
)

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

SOON = replace(continuity.THRESHOLDS, healthy=timedelta(seconds=2), dwell=timedelta(seconds=2))
"""The ladder's figures with no long waiting before the way up is offered."""


async def test_three_people_hear_and_see_each_other_through_the_media_server(
    three: list[Seat], parts: Parts
) -> None:
    await grows(three, sound, by=60, within=PATIENCE)
    await grows(three, pictures, by=20, within=PATIENCE)
    await until(lambda: through_the_server(parts, three), "not everybody is heard through the server")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_dead_server_is_left_for_direct_links_and_returned_to_when_the_facilitator_says_so(
    filmed: Browser,
    parts: Parts,
    media_server: livekit.Running,
    monkeypatch: pytest.MonkeyPatch,
    how: signal.Signals,
) -> None:
    monkeypatch.setitem(continuity.judge.__kwdefaults__ or {}, "limits", SOON)
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        seats, host = await sit_down(stack, filmed, table)
        await grows(seats, sound, by=60, within=PATIENCE)
        ran_since = (await parts.rooms.session(table.session)).clock.running_since
        assert ran_since is not None

        send_signal(media_server, how)
        stack.callback(revive, media_server, how)
        took = await grows(seats, sound, by=50, within=PATIENCE)
        print(f"sound is back {took:.1f} s after {how.name}")
        await until(lambda: group_is_on(host, "mesh"), "the group is not moved")
        assert (await parts.rooms.session(table.session)).clock.running_since == ran_since, (
            "the clock stopped"
        )

        revive(media_server, how)
        await until(parts.video.is_alive, "LiveKit does not answer")
        assert not (await parts.rooms.session(table.session)).ladder.offer, "no phase has just begun"
        await host.do("next", from_key=host.view["plan"][host.view["clock"]["at"]]["key"])
        await until(lambda: is_offered(host), "the way up is not offered")
        assert host.view["ladder"]["rung"] == "mesh", "nobody is moved before the facilitator says so"
        before = [(await seat.flow()).broken for seat in seats]
        await host.do("force-rung", rung="sfu")
        await until(lambda: through_the_server(parts, seats), "not everybody is back")
        await grows(seats, sound, by=60, within=PATIENCE)
        await grows(seats, pictures, by=20, within=PATIENCE)
        flows = [await seat.flow() for seat in seats]
        assert [flow.broken for flow in flows] == before, (
            "a voice was cut off before it came by the other way"
        )
        assert [flow.voices for flow in flows] == [2, 2, 2], "each voice is heard once"


def revive(server: livekit.Running, after: signal.Signals) -> None:
    """Let the media server live again, unless it does."""
    assert server.process is not None
    if after == signal.SIGSTOP:
        send_signal(server, signal.SIGCONT)
    elif server.process.poll() is not None:
        server.start(supervised=False)


async def through_the_server(parts: Parts, seats: list[Seat]) -> bool:
    """Tell whether everybody is in LiveKit's room, by two connections and no direct link, and hears each voice once."""
    flows = [await seat.flow() for seat in seats]
    return (
        all(flow.open <= 2 and flow.voices == 2 for flow in flows)
        and all([(await seat.told()).partition("-")[0] in ("", "sfu") for seat in seats])
        and await are_in_media(parts, seats)
    )


async def test_a_stay_that_ends_is_begun_again_whatever_the_reason(filmed: Browser, parts: Parts) -> None:
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        seats = [await stack.enter_async_context(seated(filmed, table, person)) for person in THREE[:2]]
        await grows(seats, sound, by=60, within=PATIENCE)
        await parts.video.expel(table.session, THREE[0])
        await grows(seats, sound, by=60, within=PATIENCE)
        await parts.video.close(table.session)
        await grows(seats, sound, by=60, within=PATIENCE)
        await until(lambda: are_in_media(parts, seats), "not both are back in LiveKit's room")


async def are_in_media(parts: Parts, seats: list[Seat]) -> bool:
    """Tell whether LiveKit itself sees these people."""
    there = await parts.video.present(seats[0].session)
    return {one.person for one in there} == {seat.person for seat in seats}


async def test_one_persons_blocked_line_moves_only_that_person_and_back_when_it_opens(
    filmed: Browser, parts: Parts, media_server: livekit.Running
) -> None:
    table = await a_table(parts)
    async with AsyncExitStack() as stack:
        wall = await stack.enter_async_context(firewall(media_server.media_ports))
        wall.closed = True
        bruno = await stack.enter_async_context(seated(filmed, table, THREE[0], script=wall.script))
        others = [await stack.enter_async_context(seated(filmed, table, person)) for person in THREE[1:]]
        await grows([bruno, *others], sound, by=60, within=PATIENCE)
        await until(lambda: has_told(bruno, "star"), "bruno is not told of his direct links")
        host = await stack.enter_async_context(hosting(table))
        await until(lambda: is_on(host, THREE[0], "mesh"), "nobody is told of it")
        assert [rung_of(host.view, person) for person in THREE[1:]] == ["sfu", "sfu"]
        assert host.view["ladder"]["rung"] == "sfu", "one office's firewall moves nobody else"
        assert [await seat.told() for seat in others] == ["", ""]

        wall.closed = False
        await until(lambda: is_on(host, THREE[0], "sfu"), "the line is open again, and he is not back")
        await until(lambda: are_in_media(parts, [bruno, *others]), "LiveKit does not see everybody")
        assert wall.passed, "his packets go through the firewall"
        await grows([bruno, *others], sound, by=60, within=PATIENCE)
        await until(lambda: has_told(bruno, ""), "bruno is told of direct links he no longer needs")

        wall.closed, wall.dropped = True, 0  # in the middle of the session
        await until(lambda: has_told(bruno, "star"), "bruno is not told of his direct links again")
        took = await grows([bruno, *others], sound, by=60, within=PATIENCE)
        print(f"{wall.dropped} packets dropped; sound is there {took:.1f} s after the note")
        assert [await seat.told() for seat in others] == ["", ""]
        assert host.view["ladder"]["rung"] == "sfu", "nobody else is moved"


async def is_offered(host: Host) -> bool:
    """Tell whether the facilitator is offered the way up."""
    return bool(host.view["conduct"]["offer"] == "sfu")


async def group_is_on(host: Host, rung: str) -> bool:
    """Tell whether the group is on a way."""
    return bool(host.view["ladder"]["rung"] == rung)


async def is_on(host: Host, person: str, rung: str) -> bool:
    """Tell whether one person is on a way."""
    return rung_of(host.view, person) == rung


def rung_of(view: dict[str, object], person: str) -> str:
    """Name the way one person is on."""
    seats = view.get("seats", [])
    assert isinstance(seats, list)
    return next(str(seat["rung"]) for seat in seats if seat["id"] == person)


async def test_where_no_way_carries_the_plan_b_card_says_where_to_call(
    filmed: Browser, parts: Parts, artefacts: Path
) -> None:
    table = await a_table(parts)
    bridge = Bridge(phone="+33 1 84 88 00 00", code="4321", link="")
    await parts.rooms.do(table.session, SERVER, ChangePlan(bridge=bridge), CommandId("bridge"))
    async with AsyncExitStack() as stack:
        seats = [
            await stack.enter_async_context(
                seated(filmed, table, person, lang=lang, script=BLOCKED_FROM_ALL, reduced_motion="reduce")
            )
            for person, lang in zip(THREE, ("en", "fr"), strict=False)
        ]
        for seat, words in zip(seats, (Words("en"), Words("fr")), strict=True):
            note = seat.page.locator("[data-told=lost]")
            await expect(note).to_contain_text(
                words("You no longer hear the others."), timeout=PATIENCE * 1000
            )
            await expect(note).to_contain_text(
                words("Call {phone}, code {code}.", phone=bridge.phone, code=bridge.code)
            )
            await expect(note.get_by_role("link", name=words("Call now"))).to_have_attribute(
                "href", "tel:+33184880000"
            )
            assert not await look(words.lang, seat.page, artefacts / "screens" / "lost")
        await seats[0].page.get_by_role("link", name="Call now").dispatch_event("click")
        async with hosting(table) as host:
            await until(lambda: is_on(host, THREE[0], "bridge"), "nobody is told of it")


async def has_told(seat: Seat, key: str) -> bool:
    """Tell whether a note is on somebody's screen."""
    told = await seat.told()
    return told.startswith(key) if key else not told
