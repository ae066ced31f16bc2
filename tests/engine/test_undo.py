"""Taking back: the last change of phase, of time or the end; an outage in between takes nothing away."""

from datetime import timedelta

from app.engine.commands import (
    End,
    Extend,
    RaiseHand,
    Start,
    Undo,
)
from app.engine.errors import Code
from app.engine.ids import CLOCK
from app.engine.state import Floor, Status
from app.engine.time_events import (
    OutageCredited,
    Undone,
)
from app.engine.timer import used
from tests.builders import CHLOE, Play
from tests.engine.refusing import refused


def floor(play: Play) -> Floor:
    return play.session.floor


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_undo_of_a_wrong_next_brings_phase_hands_and_time_back() -> None:
    play = Play().start().wait(3)
    play.do(RaiseHand(), CHLOE)
    before = play.session
    play.next().wait(1)
    assert floor(play).hands == ()
    assert play.do(Undo()) == (Undone("phase-started"),)
    play.wait(1)
    assert play.session.slot == before.slot
    assert floor(play).hands == (CHLOE,)
    assert used(play.session.clock, 0, play.now) == minutes(5), "the minute in the wrong phase was spent"
    assert used(play.session.clock, 1, play.now) == minutes(0)
    with refused(Code.NOTHING_TO_UNDO):
        play.do(Undo())


def test_undo_of_an_extension_takes_the_time_back_and_only_that() -> None:
    play = Play().start().wait(1)
    play.do(Extend(300))
    play.wait(2).do(Undo())
    assert play.session.clock.timers[0].granted == minutes(8)
    assert used(play.session.clock, 0, play.now) == minutes(3)


def test_undo_of_the_end_goes_on_without_counting_the_gap() -> None:
    play = Play().start().wait(4)
    play.do(End())
    play.wait(9).do(Undo())
    play.wait(1)
    assert play.session.status is Status.RUNNING
    assert used(play.session.clock, 0, play.now) == minutes(5)


def test_undo_of_a_start_leaves_the_doors_open() -> None:
    play = Play().start().wait(1)
    play.do(Undo())
    assert play.session.status is Status.OPEN
    play.wait(1).do(Start())
    assert used(play.session.clock, 0, play.now) == minutes(0)


def test_only_the_last_change_is_undone_and_only_for_ten_minutes() -> None:
    play = Play().start().next()
    play.wait(minutes=10, seconds=1)
    with refused(Code.NOTHING_TO_UNDO):
        play.do(Undo())


def test_an_outage_is_credited_without_taking_the_last_step_from_whoever_would_undo_it() -> None:
    play = Play().start().wait(3).next()
    play.wait(12)
    assert play.do(Extend(720), CLOCK) == (OutageCredited("subject", minutes(5 + 12)),)
    play.wait(5)
    assert play.do(Undo()) == (Undone("phase-started"),), "ten minutes, and the twelve nobody had"
    opening, subject = play.session.clock.timers[:2]
    assert (opening.granted, opening.used) == (minutes(8 + 12), minutes(3 + 12 + 5)), (
        "the credit goes with the time"
    )
    assert (subject.granted, subject.used) == (minutes(5), minutes(0))
    with refused(Code.NOTHING_TO_UNDO):
        play.do(Undo())


def test_a_length_taken_back_after_an_outage_keeps_the_credit() -> None:
    play = Play().start().wait(1)
    play.do(Extend(120))
    play.wait(3).do(Extend(180), CLOCK)
    assert play.session.clock.timers[0].granted == minutes(8 + 2 + 3)
    play.do(Undo())
    assert play.session.clock.timers[0].granted == minutes(8 + 3)
