"""Time: granted, used, running since; extend, move, take back, end."""

from datetime import datetime, timedelta

import pytest

from app.engine.commands import (
    AssignRole,
    Back,
    Close,
    Command,
    End,
    Extend,
    Next,
    OpenDoors,
    Pause,
    RaiseHand,
    Reopen,
    Replan,
    Resume,
    Start,
    Undo,
)
from app.engine.due import due
from app.engine.errors import Code
from app.engine.ids import CLOCK, CommandId
from app.engine.projections import project
from app.engine.protocol import Role
from app.engine.replan import proposals, starts
from app.engine.state import Floor, Status
from app.engine.time_events import (
    ClockPaused,
    PhaseReturned,
    PhaseStarted,
    TimeGranted,
)
from app.engine.timer import total_used, used
from tests.builders import BRUNO, CHLOE, FACILITATOR, START, Play, a_plan, a_protocol, people
from tests.engine.refusing import refused


def floor(play: Play) -> Floor:
    return play.session.floor


def deadline(play: Play) -> tuple[datetime, Command, CommandId]:
    found = due(play.session)
    assert found is not None
    return found


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_doors_open_by_the_clock_a_quarter_of_an_hour_before_the_hour() -> None:
    play = Play()
    found = due(play.session)
    assert found is not None
    instant, command, id = found
    assert (instant, command) == (START - minutes(15), OpenDoors())
    assert due(play.session) == (instant, command, id)
    play.now = instant - timedelta(seconds=1)
    with refused(Code.TOO_EARLY):
        play.do(command, CLOCK)
    play.wait(seconds=1).do(command, CLOCK)
    assert play.session.status is Status.OPEN


def test_a_phase_is_never_cut_off_but_goes_into_overtime() -> None:
    play = Play().start().wait(20)
    assert used(play.session.clock, 0, play.now) == minutes(20)
    assert play.session.slot is not None
    assert play.session.slot.key == "opening"
    assert isinstance(deadline(play)[1], End)


def test_two_clicks_on_next_advance_once() -> None:
    play = Play().start()
    assert play.do(Next("opening")) == (PhaseStarted("subject"),)
    assert play.do(Next("opening")) == ()
    assert play.do(Back("opening")) == ()


def test_back_gives_a_phase_the_time_it_had_left() -> None:
    play = Play().start().wait(3).next().wait(2)
    assert play.do(Back("subject")) == (PhaseReturned("opening"),)
    play.wait(1)
    assert used(play.session.clock, 0, play.now) == minutes(4)
    assert used(play.session.clock, 1, play.now) == minutes(2)
    play.next().wait(1)
    assert used(play.session.clock, 1, play.now) == minutes(3)


def test_before_the_first_phase_there_is_nothing_and_after_the_last_only_the_end() -> None:
    play = Play().start()
    with refused(Code.FIRST_PHASE):
        play.do(Back("opening"))
    play.to("learnings")
    with refused(Code.LAST_PHASE):
        play.do(Next("learnings"))


def test_a_pause_stops_the_clock_and_saying_it_twice_changes_nothing() -> None:
    play = Play().start().wait(2)
    assert play.do(Pause("Bruno n'entend plus")) == (ClockPaused("Bruno n'entend plus"),)
    assert play.do(Pause("encore")) == ()
    play.wait(5)
    assert used(play.session.clock, 0, play.now) == minutes(2)
    play.do(Resume())
    assert play.do(Resume()) == ()
    play.wait(1)
    assert used(play.session.clock, 0, play.now) == minutes(3)


def test_time_is_granted_and_taken_but_never_below_what_was_used() -> None:
    play = Play().start().wait(6)
    assert play.do(Extend(120)) == (TimeGranted("opening", minutes(10)),)
    assert play.do(Extend(-600)) == (TimeGranted("opening", minutes(6)),)
    assert play.do(Extend(-60)) == ()
    assert play.do(Extend(0)) == ()
    with refused(Code.OUT_OF_RANGE):
        play.do(Extend(3601))


def test_a_protected_phase_keeps_its_planned_minutes() -> None:
    play = Play().start().to("learnings")
    with refused(Code.PROTECTED_PHASE):
        play.do(Extend(-1))
    play.do(Extend(60))
    assert play.do(Extend(-60)) == (TimeGranted("learnings", minutes(9)),)


def test_an_ended_session_is_reopened_within_ten_minutes_and_stands_still() -> None:
    play = Play().start().wait(5)
    play.do(End())
    found = due(play.session)
    assert found is not None
    assert isinstance(found[1], Close)
    assert found[0] == play.now + minutes(10)
    play.wait(9).do(Reopen())
    assert play.session.status is Status.RUNNING
    assert play.session.clock.running_since is None
    play.wait(5)
    assert used(play.session.clock, 0, play.now) == minutes(5)
    play.do(End())
    play.wait(minutes=10, seconds=1)
    with refused(Code.TOO_LATE):
        play.do(Reopen())


def test_a_closed_session_refuses_everything() -> None:
    play = Play().start()
    play.do(End())
    with refused(Code.NOT_YOUR_ROLE):
        play.do(Close())
    with refused(Code.TOO_EARLY):
        play.do(Close(), CLOCK)
    play.wait(10).do(Close(), CLOCK)
    assert due(play.session) is None
    for command in (RaiseHand(), Reopen(), Undo()):
        with refused(Code.SESSION_CLOSED):
            play.do(command)
    with refused(Code.SESSION_CLOSED):
        play.do(Close(), CLOCK)


def test_an_abandoned_session_ends_by_itself_so_that_its_trace_policy_is_kept() -> None:
    play = Play().start()
    found = due(play.session)
    assert found is not None
    play.now = found[0]
    play.do(found[1], CLOCK)
    assert play.session.status is Status.ENDED


def test_a_group_without_a_facilitator_is_led_by_the_clock() -> None:
    seats = people()[1:]
    play = Play(a_plan(seats=seats, self_guided=True))
    play.open_by(BRUNO)
    play.now = START
    play.do(Start(), BRUNO)
    found = due(play.session)
    assert found is not None
    assert found[:2] == (START + minutes(8), Next("opening"))
    with refused(Code.TOO_EARLY):
        play.do(found[1], CLOCK)
    play.now = found[0]
    assert play.do(found[1], CLOCK) == (PhaseStarted("subject"),)
    assert isinstance(deadline(play)[1], End), "without a client the clock cannot go on"


def test_a_step_back_in_a_self_guided_session_is_not_undone_by_the_clock_at_once() -> None:
    play = Play(a_plan(seats=people()[1:], self_guided=True)).open_by(BRUNO)
    play.now = START
    play.do(Start(), BRUNO)
    play.now = deadline(play)[0]
    play.do(deadline(play)[1], CLOCK)
    play.do(Back("subject"), BRUNO)
    assert deadline(play)[:2] == (play.now + minutes(1), Next("opening"))


def test_an_abandoned_session_that_is_reopened_is_not_ended_again_at_once() -> None:
    play = Play().start()
    instant, command, first = deadline(play)
    play.now = instant
    play.do(command, CLOCK)
    play.wait(5).do(Reopen())
    instant, _, second = deadline(play)
    assert instant > play.now + minutes(300)
    assert first != second


# -- the drift absorber ----------------------------------------------------------------------------


def late(by: float = 6) -> Play:
    """A session in its clarification, `by` minutes late."""
    play = Play().start()
    for key, span in (("opening", 8), ("subject", 5), ("presentation", 5)):
        assert play.session.slot is not None
        assert play.session.slot.key == key
        play.wait(span).next()
    return play.wait(15 + by)


def test_a_session_on_time_has_nothing_to_catch_up() -> None:
    play = Play().start().wait(4)
    assert project(play.session, FACILITATOR, play.now).conduct.proposals == ()  # type: ignore[union-attr]
    with refused(Code.NOT_LATE):
        play.do(Replan("shave"))


def test_every_proposal_lands_where_it_says_and_leaves_the_protected_phase_alone() -> None:
    for name in ("shave", "borrow", "later"):
        play = late()
        offer = next(each for each in proposals(play.session, play.now) if each.name == name)
        assert "learnings" not in offer.granted
        play.do(Replan(name))
        assert starts(play.session, play.now)[-1] == offer.ends_at
        assert starts(play.session, play.now)[4] == offer.next_at
        assert play.session.clock.promised_end >= offer.ends_at
        assert proposals(play.session, play.now) == ()
        assert play.session.clock.timers[8].granted == minutes(9)


def test_shaving_is_even_and_respects_the_least_minutes() -> None:
    play = late()
    offer = next(each for each in proposals(play.session, play.now) if each.name == "shave")
    granted = {slot.key: slot for slot in play.session.plan}
    assert set(offer.granted) == {"contract", "consultation", "sorting", "plan"}
    for key, span in offer.granted.items():
        phase = granted[key].phase
        assert phase.minutes.least <= span < phase.minutes.default
        assert (phase.minutes.default - span) / phase.minutes.default == pytest.approx(6 / 33, abs=0.01)


def test_borrowing_takes_from_the_consultation_alone() -> None:
    offer = next(each for each in proposals(late().session, late().now) if each.name == "borrow")
    assert dict(offer.granted) == {"consultation": minutes(14)}


def test_the_running_consultation_lends_time_too() -> None:
    play = late()
    play.next().contract().next()
    offer = next(each for each in proposals(play.session, play.now) if each.name == "borrow")
    play.wait(1).do(Replan("borrow"))
    assert dict(offer.granted) == {"consultation": minutes(19)}
    assert starts(play.session, play.now)[6] == offer.next_at
    play.do(Undo())
    assert play.session.clock.timers[5].granted == minutes(20)


def test_one_way_is_never_offered_twice() -> None:
    play = late()
    play.next().contract().next().wait(20).next()
    assert [each.name for each in proposals(play.session, play.now)] == ["shave", "later"]


def test_finishing_later_announces_another_end_in_whole_minutes() -> None:
    play = late(6.5)
    play.do(Replan("later"))
    assert play.session.clock.promised_end == START + minutes(75 + 7)


def test_too_much_lateness_is_absorbed_as_far_as_possible() -> None:
    play = late(30)
    offers = {each.name: each for each in proposals(play.session, play.now)}
    assert offers["shave"].ends_at == START + minutes(75 + 30) - minutes(16.5)
    assert offers["borrow"].ends_at == START + minutes(75 + 30) - minutes(10)
    with refused(Code.NO_SUCH_PROPOSAL):
        play.do(Replan("hurry"))


def test_a_start_far_from_the_hour_moves_the_announced_end_and_a_late_one_does_not() -> None:
    play = Play().open()
    play.now = START + minutes(4)
    play.do(Start())
    assert play.session.clock.promised_end == START + minutes(75)
    far = Play().open()
    far.now = START + timedelta(days=1)
    far.do(Start())
    assert far.session.clock.promised_end == START + timedelta(days=1, minutes=75)


def test_the_timekeeper_may_pause_and_extend_but_not_move() -> None:
    play = Play().start()
    play.do(AssignRole(CHLOE, Role.TIMEKEEPER))
    assert play.do(Extend(60), CHLOE)
    assert play.do(Pause(), CHLOE)
    assert play.do(Resume(), CHLOE)
    with refused(Code.NOT_YOUR_ROLE):
        play.do(Next("opening"), CHLOE)
    with refused(Code.NOT_YOUR_ROLE):
        play.do(Extend(60), BRUNO)


def test_the_sum_of_time_used_is_the_time_that_passed() -> None:
    play = Play().start().wait(3).next().wait(4)
    play.do(Undo())
    play.wait(2).next().wait(1)
    play.do(End())
    assert total_used(play.session.clock) == minutes(10)


def test_minutes_of_the_plan_can_be_set_by_phase_within_their_limits() -> None:
    protocol = a_protocol()
    play = Play(a_plan(protocol, minutes={"consultation": minutes(30)}), protocol)
    assert play.session.plan[5].planned == minutes(30)
    assert play.session.clock.promised_end == START + minutes(85)
