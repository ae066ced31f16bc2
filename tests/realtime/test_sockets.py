"""What a socket may and may not do, and that it never harms another one."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from app.engine.commands import RemovePerson
from app.engine.ids import CommandId, PersonId
from app.main import Parts
from app.realtime import hub as hub_module
from app.realtime.messages import BadCommand, BadMessage, CloseCode, Do, read_command, read_frame
from app.realtime.pace import Pace, TooManyFrames
from tests.patience import until
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, is_erased

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


async def test_a_page_of_another_site_gets_no_socket(table: Table) -> None:
    browser = table.browser(CHLOE)
    for origin in (Origin("https://elsewhere.example"), Origin("null"), None):
        with pytest.raises(InvalidStatus) as refused:
            await connect(table.url, additional_headers=browser.headers, origin=origin, proxy=None)
        assert refused.value.response.status_code == 403


async def test_without_a_seat_the_socket_says_why_and_closes(table: Table, parts: Parts) -> None:
    other = await a_table(parts, "other")
    stranger = other.browser(CHLOE)
    stranger.table = Table(parts, table.session, origin=table.origin)
    for url, headers, code in (
        (table.url, {}, CloseCode.NOT_SIGNED_IN),
        (table.url, other.browser(CHLOE).headers, CloseCode.NOT_SIGNED_IN),
        (table.url.replace("/table", "/nowhere"), {}, CloseCode.UNKNOWN_SESSION),
    ):
        async with connect(
            url, additional_headers=headers, origin=Origin(table.origin), proxy=None
        ) as socket:
            bye = json.loads(await socket.recv())
            assert (bye["t"], bye["code"]) == ("bye", code)
            assert bye["say"] != bye["why"]
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == code


async def test_a_second_tab_is_told_and_takes_over_when_asked(table: Table) -> None:
    async with table.browser(CHLOE, tab="first") as first:
        async with table.browser(CHLOE, tab="second") as second:
            assert await second.gone() == CloseCode.OPEN_ELSEWHERE
            assert second.bye is not None
            assert second.bye["why"] == "open-elsewhere"
        assert (await first.do("write", entry="n", kind="note", text="encore là"))["t"] == "ack"
        async with table.browser(CHLOE, tab="second", take=True) as second:
            assert await first.gone() == CloseCode.OPEN_ELSEWHERE
            assert (await second.do("write", entry="n", kind="note", text="ici"))["t"] == "ack"


async def test_who_loses_the_link_loses_the_socket_and_the_others_do_not(table: Table, parts: Parts) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        await parts.directory.revoke_join(table.session, CHLOE, parts.clock.now())
        assert await chloe.gone() == CloseCode.LINK_REVOKED
        assert (await driss.do("write", entry="n", kind="note", text="toujours"))["t"] == "ack"


async def test_signing_out_in_another_tab_closes_the_console_and_nothing_else(
    table: Table, parts: Parts
) -> None:
    async with await table.desk() as console, table.browser(CHLOE) as chloe:
        async with httpx2.AsyncClient(base_url=table.origin, headers={"Origin": table.origin}) as tab:
            left = await tab.post("/sign-out", headers=console.headers)
        assert left.status_code == 303
        assert await console.gone() == CloseCode.SIGNED_OUT
        assert console.bye is not None
        assert "déconnecté·e" in console.bye["say"]
        assert (await chloe.do("write", entry="n", kind="note", text="toujours"))["t"] == "ack"
        async with await table.desk() as again:
            assert (await again.do("start"))["t"] == "ack", "whoever signs in again conducts"


async def test_who_is_put_out_before_saying_hello_gets_no_seat(table: Table, parts: Parts) -> None:
    headers = table.browser(CHLOE).headers
    async with connect(
        table.url, additional_headers=headers, origin=Origin(table.origin), proxy=None
    ) as slow:
        await parts.directory.revoke_join(table.session, CHLOE, parts.clock.now())
        await slow.send(json.dumps({"t": "hello", "tab": "slow"}))
        assert json.loads(await slow.recv())["code"] == CloseCode.NOT_SIGNED_IN


UNREADABLE = (
    "",
    "{",
    "[]",
    '"do"',
    "null",
    '{"t":"nothing"}',
    '{"t":"do"}',
    '{"t":"do","id":"","type":"start"}',
    '{"t":"do","id":"' + "x" * 65 + '","type":"start"}',
    '{"t":"ping","t0":"soon"}',
    '{"t":"hello","tab":"again"}',
    "[" * 30_000,
    '{"t":' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "}",
    b"\x00\x01",
    "x" * (65 * 1024),
)


async def test_a_frame_nobody_of_ours_sends_closes_its_own_socket_only(table: Table) -> None:
    async with table.browser(DRISS) as driss:
        for frame in UNREADABLE:
            async with table.browser(CHLOE, take=True) as chloe:
                await chloe.socket.send(frame)
                assert await chloe.gone() in (CloseCode.BAD_MESSAGE, 1009), frame[:30]
            answer = await driss.do("write", entry="n", kind="note", text="tranquille")
            assert answer["t"] == "ack", (frame[:30], answer)


@given(JSON)
@settings(max_examples=200)
def test_no_frame_can_break_the_reader(frame: object) -> None:
    text = json.dumps(frame)
    try:
        read = read_frame(text)
    except BadMessage:
        return
    if isinstance(read, Do):
        with pytest.raises(BadCommand):
            read_command(read, text)


@given(
    st.sampled_from(["start", "write", "order-actions", "give-floor", "erase", "leave", "close"]),
    JSON,
    JSON,
    JSON,
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_fields_of_any_kind_make_a_command_or_a_refusal(
    kind: str, entry: object, text: object, extra: object
) -> None:
    frame = json.dumps(
        {"t": "do", "id": "1", "type": kind, "entry": entry, "text": text, "kind": extra, "entries": extra}
    )
    read = read_frame(frame)
    assert isinstance(read, Do)
    try:
        read_command(read, frame)
    except BadCommand:
        return


UNKNOWN: tuple[tuple[dict[str, Any], str], ...] = (
    ({"type": "close"}, "unknown-command"),
    ({"type": "arrive"}, "unknown-command"),
    ({"type": "dance"}, "unknown-command"),
    ({"type": "write"}, "malformed-command"),
    ({"type": "write", "entry": "e", "kind": "poem"}, "malformed-command"),
    ({"type": "erase", "entry": "e" * 65}, "malformed-command"),
    ({"type": "extend", "seconds": True}, "malformed-command"),
)


async def test_an_unknown_command_is_refused_by_name_and_the_socket_stays(table: Table) -> None:
    async with table.browser(CHLOE) as chloe:
        for fields, code in UNKNOWN:
            answer = await chloe.do(**fields)
            assert (answer["t"], answer["code"]) == ("refused", code)
            assert answer["say"] != code
        await chloe.send({"t": "ping", "t0": 12.5})
        await chloe.until(lambda: "pong" in chloe.answers)
        assert chloe.answers["pong"]["t0"] == 12.5


def test_a_flood_is_read_slowly_then_refused() -> None:
    pace = Pace(rate=20, burst=60, patience=5)
    assert [pace.owed(0.0) for _ in range(60)] == [0.0] * 60
    assert pace.owed(0.0) > 0
    with pytest.raises(TooManyFrames):
        list(map(pace.owed, [0.0] * 1000))
    patient = Pace(rate=20, burst=60, patience=5)
    assert not any(patient.owed(second / 20) for second in range(2000))


async def test_a_flooding_socket_is_closed_and_harms_nobody(table: Table, parts: Parts) -> None:
    quick = Pace(rate=1, burst=5, patience=0.5)
    object.__setattr__(parts.doorway, "pace", lambda: quick)
    async with table.browser(CHLOE) as chloe:
        object.__setattr__(parts.doorway, "pace", Pace)
        async with table.browser(DRISS) as driss:
            for number in range(20):
                await chloe.send({"t": "ping", "t0": number})
            assert await chloe.gone() == CloseCode.TOO_MANY_FRAMES
            assert (await driss.do("write", entry="n", kind="note", text="calme"))["t"] == "ack"


async def test_who_is_removed_from_the_table_is_told_so(table: Table, parts: Parts) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        await parts.rooms.do(table.session, FACILITATOR, RemovePerson(CHLOE), CommandId("remove"))
        assert await chloe.gone() == CloseCode.REMOVED
        await driss.until(lambda: CHLOE not in {seat["id"] for seat in driss.view["seats"]})
        async with table.browser(CHLOE) as again:
            assert await again.gone() == CloseCode.NOT_YOUR_SESSION


async def test_a_silent_socket_is_closed_and_a_delay_of_ours_is_forgiven(table: Table, parts: Parts) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        sockets = [parts.hub.find(table.session, person) for person in (CHLOE, DRISS)]
        at = asyncio.get_running_loop().time()
        parts.hub.forgive(hub_module.SILENCE)
        parts.hub.sweep(at + hub_module.SILENCE + 1)
        assert [socket is not None and socket.ending for socket in sockets] == [False, False]
        parts.hub.sweep(at + 3 * hub_module.SILENCE)
        assert await chloe.gone() == await driss.gone() == CloseCode.TOO_SLOW


async def test_a_socket_that_reads_nothing_is_cut_and_comes_back_exact(table: Table, parts: Parts) -> None:
    async with table.browser(DRISS) as driss, table.browser(CHLOE, tab="c") as chloe:
        chloe.socket.transport.pause_reading()
        socket = parts.hub.find(table.session, CHLOE)
        assert socket is not None
        while socket.wire.backlog() == 0:
            socket.wire.write(b"\x81\x7e\x80\x00" + b" " * 32768)  # what a very busy room would send
        at = asyncio.get_running_loop().time()
        parts.hub.sweep(at)
        parts.hub.sweep(at + 1)
        assert (await driss.do("write", entry="n", kind="note", text="pas encore"))["t"] == "ack"
        assert parts.hub.find(table.session, CHLOE) is socket
        assert not socket.ending
        parts.hub.sweep(at + 1 + hub_module.SEND_TIMEOUT)
        assert (await driss.do("write", entry="n", kind="note", text="sans attendre"))["t"] == "ack"
        chloe.socket.transport.abort()
        async with table.browser(CHLOE, tab="c", since=1) as again:
            assert again.seq == driss.seq


async def test_a_closed_session_says_goodbye_to_everybody(table: Table, parts: Parts) -> None:
    from tests.fakes import FakeClock

    clock = parts.clock
    assert isinstance(clock, FakeClock)
    async with table.browser(PersonId("aude")) as aude, table.browser(CHLOE) as chloe:
        assert (await aude.do("choose-client", person=BRUNO))["t"] == "ack"
        assert (await aude.do("start"))["t"] == "ack"
        assert (await aude.do("end"))["t"] == "ack"
        clock.advance(timedelta(minutes=11))
        await parts.ticker.tick()
        assert await chloe.gone() == CloseCode.SESSION_CLOSED
        assert await aude.gone() == CloseCode.SESSION_CLOSED
    await until(lambda: is_erased(table), "what was said is not erased")
    async with connect(
        table.url, additional_headers=table.browser(CHLOE).headers, origin=Origin(table.origin), proxy=None
    ) as socket:
        await socket.send('{"t":"hello","tab":"late"}')
        assert json.loads(await socket.recv())["code"] == CloseCode.SESSION_CLOSED
