"""Where there is no LiveKit: who hears nothing goes alone, only a silent majority takes all into writing, and the way back is offered."""

from contextlib import AsyncExitStack

from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table
from tests.realtime.test_continuity import everybody, seconds_pass, state

BRUNO, CHLOE, DRISS, ELENA = CONSULTANTS


async def test_two_without_a_path_write_and_the_three_who_hear_each_other_speak_on(
    table: Table, clock: FakeClock
) -> None:
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        await seconds_pass(table, clock, at, 24, "mesh", {CHLOE, DRISS})
        ladder = state(table).ladder
        assert (ladder.rung, dict(ladder.moved)) == ("mesh", {CHLOE: "text", DRISS: "text"})
        await at[BRUNO].until(lambda: set(at[BRUNO].view["ladder"]["silent"]) == {CHLOE, DRISS})

        await seconds_pass(table, clock, at, 12, "mesh", {CHLOE, DRISS, ELENA})
        assert (state(table).ladder.rung, state(table).ladder.why) == ("text", "no-direct-links")


async def test_direct_links_are_offered_again_twice_and_by_choice_they_stay(
    table: Table, clock: FakeClock
) -> None:
    everyone = set(table.people)
    async with AsyncExitStack() as stack:
        at = await everybody(stack, table)
        host = at[FACILITATOR]
        assert (await host.do("pause", reason=""))["t"] == "ack"
        for offered in ("mesh", "mesh", None):
            await seconds_pass(table, clock, at, 14, "mesh", everyone)
            assert state(table).ladder.rung == "text"
            clock.advance(seconds=90)
            await table.parts.continuity.tick()
            assert state(table).ladder.offer == offered
            if offered:
                assert (await host.do("force-rung", rung="mesh"))["t"] == "ack"
                assert (state(table).ladder.rung, state(table).ladder.why) == ("mesh", "offer-accepted")

        assert (await host.do("force-rung", rung="mesh"))["t"] == "ack"
        await seconds_pass(table, clock, at, 24, "mesh", everyone)
        ladder = state(table).ladder
        assert (ladder.rung, ladder.forced, set(ladder.moved.values())) == ("mesh", True, {"text"})
