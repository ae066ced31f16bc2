"""The whole road over real sockets: a command, the commit, everybody's screen."""

import json
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from app.engine.ids import PersonId
from app.main import Parts
from app.realtime.sections import encode
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Browser, Table

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


async def fresh_view(table: Table, person: Any) -> dict[str, Any]:
    """Show what a page opened just now would see."""
    view: dict[str, Any] = msgspec.json.decode(encode(await table.parts.rooms.view(table.session, person)))
    return view


async def everybody(stack: AsyncExitStack, table: Table) -> dict[Any, Browser]:
    return {person: await stack.enter_async_context(table.browser(person)) for person in table.people}


async def test_a_late_joiner_sees_what_everybody_sees_after_every_command(
    table: Table, clock: FakeClock
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        aude, bruno, chloe = at[FACILITATOR], at[BRUNO], at[CHLOE]
        script: tuple[tuple[Browser, str, dict[str, Any]], ...] = (
            (bruno, "propose-subject", {"entry": "s1", "title": "Mon équipe s’essouffle"}),
            (chloe, "signal-interest", {"entry": "s1"}),
            (aude, "choose-client", {"person": BRUNO, "subject": "s1", "reserve": CHLOE}),
            (aude, "start", {}),
            (chloe, "write", {"entry": "n1", "kind": "note", "text": "Pour moi seule"}),
            (aude, "extend", {"seconds": 120}),
            (aude, "pause", {"reason": ""}),
            (aude, "resume", {}),
            (aude, "give-floor", {"person": CHLOE}),
            (aude, "undo", {}),
        )
        for who, command, fields in script:
            clock.advance(seconds=7)
            answer = await who.do(command, **fields)
            assert answer["t"] == "ack", (command, answer)
            for person, browser in at.items():
                await browser.reaches(answer["seq"])
                assert browser.view == await fresh_view(table, person), (command, person)
        async with AsyncExitStack() as late:
            for person in table.people:
                newcomer = await late.enter_async_context(table.browser(person, take=True))
                assert newcomer.view == await fresh_view(table, person)


async def test_nobody_gets_what_is_somebody_elses(table: Table) -> None:
    async with table.browser(CHLOE) as chloe, table.browser(DRISS) as driss:
        answer = await chloe.do("write", entry="n1", kind="note", text="à moi")
        await driss.reaches(answer["seq"])
        assert chloe.view["entries"]["n1"]["text"] == "à moi"
        assert driss.view["entries"] == {}
        assert driss.view["conduct"] is None


async def test_a_command_sent_twice_gets_its_first_answer_and_happens_once(table: Table) -> None:
    async with table.browser(CHLOE) as chloe:
        first = await chloe.do("write", id="same", entry="n1", kind="note", text="une fois")
        await chloe.do("write", entry="n2", kind="note", text="entre-temps")
        again = await chloe.do("write", id="same", entry="n1", kind="note", text="une fois")
        assert first == again
        assert (
            chloe.view["entries"]["n1"]["written_at"]
            == (await fresh_view(table, CHLOE))["entries"]["n1"]["written_at"]
        )


async def test_a_refusal_says_its_sentence_in_the_readers_language_and_changes_nothing(table: Table) -> None:
    async with table.browser(CHLOE) as chloe:
        before = chloe.seq
        answer = await chloe.do("start")
        assert (answer["t"], answer["code"], answer["retry"]) == ("refused", "not-your-role", False)
        assert answer["say"] != answer["code"]
        assert chloe.seq == before
        assert (await table.parts.rooms.session(table.session)).seq == before


async def test_a_page_that_missed_nothing_is_told_only_that(table: Table) -> None:
    async with table.browser(CHLOE, tab="c") as chloe:
        seq = chloe.seq
        async with table.browser(CHLOE, tab="c", since=seq) as again:
            assert again.welcome is not None
            assert (again.welcome["view"], again.welcome["words"], again.seq) == (None, None, seq)
        before_a_restore = table.browser(CHLOE, tab="c", since=seq)
        before_a_restore.epoch = "another start of the server"
        async with before_a_restore as other:
            assert other.view == await fresh_view(table, CHLOE), (
                "the same seq of another history says nothing"
            )
        async with table.browser(CHLOE, tab="c", since=seq - 1) as behind:
            assert behind.view == await fresh_view(table, CHLOE)
            assert behind.words is not None
            assert behind.words["protocol"]["id"] == "codev-75"


async def test_a_reload_does_not_flicker_and_a_lost_socket_is_away_after_the_grace(
    table: Table, clock: FakeClock, parts: Parts
) -> None:
    def presence(browser: Browser) -> str:
        return str(next(seat["presence"] for seat in browser.view["seats"] if seat["id"] == CHLOE))

    async with table.browser(DRISS) as driss:
        async with table.browser(CHLOE, tab="c"):
            await driss.until(lambda: presence(driss) == "here")
        async with table.browser(CHLOE, tab="c"):
            clock.advance(seconds=10)
            await parts.ticker.tick()
            assert presence(driss) == "here"
        clock.advance(seconds=3)
        await parts.ticker.tick()
        assert presence(driss) == "here"
        await driss.until(lambda: parts.hub.find(table.session, CHLOE) is None)
        clock.advance(seconds=30)
        await parts.ticker.tick()
        await driss.until(lambda: presence(driss) == "away")


async def test_words_arrive_in_the_language_asked_for(table: Table) -> None:
    async with table.browser(CHLOE) as chloe:
        assert chloe.words is not None
        phases = chloe.words["phases"]
        assert {slot["phase"] for slot in chloe.view["plan"]} <= set(phases)
        assert all(phase["guidance"]["client"] for phase in phases.values())


async def to_consultation(aude: Browser, bruno: Browser) -> None:
    """Lead the group to the phase in which ideas are written, with Bruno as client and a contract."""
    script: tuple[tuple[Browser, str, dict[str, Any]], ...] = (
        (aude, "choose-client", {"person": BRUNO}),
        (aude, "start", {}),
        *((aude, "next", {"from_key": key}) for key in ("opening", "subject", "expose", "clarification")),
        (bruno, "write", {"entry": "request", "kind": "contract", "text": "Aidez-moi à choisir."}),
        (bruno, "accept-contract", {"entry": "request"}),
        (aude, "accept-contract", {"entry": "request"}),
        (aude, "next", {"from_key": "contract"}),
    )
    for who, command, fields in script:
        answer = await who.do(command, **fields)
        assert answer["t"] == "ack", answer


async def test_which_ideas_the_client_keeps_is_in_nobody_elses_frames(table: Table) -> None:
    """Not even in the facilitator's: others only learn that the log went on."""
    frames: dict[PersonId, list[str]] = {}
    async with (
        table.browser(FACILITATOR) as aude, table.browser(BRUNO) as bruno,
        table.browser(CHLOE) as chloe, table.browser(DRISS) as driss,
    ):  # fmt: skip
        everybody = (aude, bruno, chloe, driss)
        await to_consultation(aude, bruno)
        seq = 0
        for number in (1, 2):
            written = await chloe.do("write", entry=f"i{number}", kind="idea", text=f"Idée {number}")
            assert written["t"] == "ack", written
            seq = written["seq"]
        for browser in everybody:
            await browser.reaches(seq)
            browser.raw.clear()
        for entry, keep in (("i1", True), ("i1", False), ("i2", True)):
            answer = await bruno.do("keep-idea", entry=entry, keep=keep)
            assert answer["t"] == "ack", answer
            seq = answer["seq"]
        for browser in everybody:
            await browser.reaches(seq)
            frames[browser.person] = browser.raw
        assert '"kept":true' in "".join(frames[BRUNO])
        for person in (FACILITATOR, CHLOE, DRISS):
            for frame in map(json.loads, frames[person]):
                assert set(frame["set"]) <= {"clock", "conduct"}, frame
            assert '"kept":true' not in "".join(frames[person])
        async with table.browser(FACILITATOR, take=True) as again:
            assert not any(entry["kept"] for entry in again.view["entries"].values())
