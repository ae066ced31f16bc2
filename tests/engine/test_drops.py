"""What a drop does to the clock follows role and phase; somebody stands in for a facilitator (method.md §7)."""

from dataclasses import replace

import pytest

from app.engine.commands import Arrive, ChooseClient, Command, Leave, Next, Pause, Resume, StartRound
from app.engine.due import due
from app.engine.errors import Code, Refusal
from app.engine.ids import CLOCK, PersonId
from app.engine.ladder_commands import GiveBack, GuideYourselves, TakeClock, TakeTitle
from app.engine.projections import project
from tests.builders import BRUNO, CHLOE, DRISS, ELENA, FACILITATOR, Play, a_plan, a_troika


def a_play(*, self_guided: bool = False) -> Play:
    """Begin a session whose relay is Chloé."""
    return Play(replace(a_plan(self_guided=self_guided), relay=CHLOE)).start()


def let_the_clock(play: Play, command: type[Command], within: float) -> None:
    """Move on to the clock's next deadline and let it act."""
    planned = due(play.session)
    assert planned is not None
    instant, what, _ = planned
    assert type(what) is command
    assert (instant - play.now).total_seconds() <= within
    play.now = max(instant, play.now)
    play.do(what, CLOCK)


def refused(play: Play, command: Command, by: PersonId) -> Code:
    """Give a command that must be refused, and say why it was."""
    with pytest.raises(Refusal) as refusal:
        play.do(command, by)
    return refusal.value.code


@pytest.mark.parametrize("key", ["presentation", "contract", "sorting", "plan"])
def test_a_client_who_drops_where_nothing_goes_on_without_them_stops_the_clock(key: str) -> None:
    play = a_play().to(key)
    play.do(Leave(), BRUNO)
    let_the_clock(play, Pause, within=8)
    clock = project(play.session, CHLOE, play.now).clock
    assert (clock.state, clock.reason) == ("paused", "client-away")


@pytest.mark.parametrize("key", ["opening", "clarification", "consultation", "learnings"])
def test_elsewhere_a_client_who_drops_stops_nothing(key: str) -> None:
    play = a_play().to(key)
    play.do(Leave(), BRUNO)
    planned = due(play.session)
    assert planned is not None
    assert not isinstance(planned[1], Pause)


@pytest.mark.parametrize("key", ["presentation", "contract", "consultation", "plan"])
def test_a_consultant_who_drops_never_stops_anything(key: str) -> None:
    play = a_play().to(key)
    play.do(Leave(), DRISS)
    planned = due(play.session)
    assert planned is not None
    assert not isinstance(planned[1], Pause)


def test_a_client_who_is_back_in_time_stops_nothing() -> None:
    play = a_play().to("presentation")
    play.do(Leave(), BRUNO)
    play.wait(seconds=3).do(Arrive(), BRUNO)
    with pytest.raises(Refusal):
        play.do(Pause("client-away"), CLOCK)


def test_the_facilitator_resumes_and_the_clock_is_not_stopped_again() -> None:
    play = a_play().to("presentation")
    play.do(Leave(), BRUNO)
    let_the_clock(play, Pause, within=8)
    play.wait(seconds=20).do(Resume())
    planned = due(play.session)
    assert planned is not None
    assert not isinstance(planned[1], Pause), "the facilitator chose to go on without the client"


def test_a_phase_of_the_clients_that_begins_without_them_waits() -> None:
    play = a_play().to("clarification")
    play.do(Leave(), BRUNO)
    play.next()
    let_the_clock(play, Pause, within=8)
    assert play.session.clock.reason == "client-away"


def test_without_a_facilitator_the_clock_goes_on_when_the_client_is_back() -> None:
    play = a_play(self_guided=True).to("presentation")
    play.do(Leave(), BRUNO)
    let_the_clock(play, Pause, within=8)
    play.wait(seconds=30).do(Arrive(), BRUNO)
    assert play.session.clock.running_since == play.now


def test_in_the_last_phase_of_a_block_the_reserve_takes_the_place_of_the_client_who_is_away() -> None:
    protocol = a_troika()
    play = Play(a_plan(protocol, clients=(BRUNO, CHLOE, DRISS)), protocol).start().to("harvest")
    play.do(ChooseClient(CHLOE, turn=2, reserve=ELENA))
    play.do(Leave(), BRUNO)
    let_the_clock(play, Pause, within=8)
    view = project(play.session, FACILITATOR, play.now)
    assert view.conduct is not None
    assert (view.session.turn, view.conduct.cast_turn) == (1, 2), "without its number the next block is meant"
    play.do(ChooseClient(ELENA, turn=view.session.turn))
    assert play.session.clients == (ELENA, CHLOE, DRISS)
    play.do(Resume())
    planned = due(play.session)
    assert planned is not None
    assert not isinstance(planned[1], Pause), "the new client is here"


def test_in_a_round_the_turn_of_whoever_drops_moves_to_the_end() -> None:
    play = a_play().to("consultation")
    play.do(StartRound())
    assert play.session.floor.holder == CHLOE
    play.do(Leave(), CHLOE)
    assert (play.session.floor.holder, play.session.floor.round) == (DRISS, (ELENA, CHLOE))


def test_the_relay_takes_the_clock_after_fifteen_seconds_and_the_title_after_a_minute() -> None:
    play = a_play()
    assert refused(play, TakeClock(), CHLOE) is Code.NOT_THE_RELAY
    play.do(Leave(), FACILITATOR)
    assert refused(play, TakeClock(), DRISS) is Code.NOT_THE_RELAY
    assert refused(play.wait(seconds=14), TakeClock(), CHLOE) is Code.TOO_EARLY
    play.wait(seconds=1).do(TakeClock(), CHLOE)
    may = project(play.session, CHLOE, play.now).me.may
    assert {"next", "pause", "extend"} <= set(may)
    assert "end" not in may
    assert refused(play, TakeTitle(), CHLOE) is Code.TOO_EARLY
    play.wait(seconds=45).do(TakeTitle(), CHLOE)
    view = project(play.session, CHLOE, play.now)
    assert {"end", "choose-client", "reveal"} <= set(view.me.may)
    assert (view.session.stand_in, view.session.stand_in_title) == (CHLOE, True)
    assert view.conduct is not None
    play.do(Next("opening"), CHLOE)


def test_a_facilitator_who_is_back_gets_the_title_by_consent() -> None:
    play = a_play()
    play.do(Leave(), FACILITATOR)
    play.wait(seconds=60).do(TakeTitle(), CHLOE)
    play.do(Arrive(), FACILITATOR)
    assert refused(play, GiveBack(), FACILITATOR) is Code.NOT_THE_RELAY
    play.do(GiveBack(), CHLOE)
    assert play.session.stand_in is None
    assert "next" not in project(play.session, CHLOE, play.now).me.may


def test_a_facilitator_takes_back_what_a_relay_left_behind() -> None:
    play = a_play()
    play.do(Leave(), FACILITATOR)
    play.wait(seconds=20).do(TakeClock(), CHLOE)
    play.do(Arrive(), FACILITATOR)
    play.do(Leave(), CHLOE)
    play.do(GiveBack(), FACILITATOR)
    assert play.session.stand_in is None


def test_a_relay_who_is_the_client_keeps_the_time_and_does_not_conduct() -> None:
    play = Play(replace(a_plan(), relay=BRUNO)).start()
    play.do(Leave(), FACILITATOR)
    play.wait(seconds=61)
    assert refused(play, TakeTitle(), BRUNO) is Code.NOT_THE_RELAY
    play.do(TakeClock(), BRUNO)


def test_when_nobody_is_left_to_conduct_the_group_goes_on_by_itself() -> None:
    play = Play().start()
    play.do(Leave(), FACILITATOR)
    let_the_clock(play, GuideYourselves, within=60)
    assert project(play.session, DRISS, play.now).session.self_guided
    assert "next" in project(play.session, DRISS, play.now).me.may
    play.do(Arrive(), FACILITATOR)
    play.do(TakeTitle(), FACILITATOR)
    assert not play.session.self_guided
    assert "next" not in project(play.session, DRISS, play.now).me.may


def test_a_group_left_alone_late_in_a_phase_has_a_minute_before_it_moves_on() -> None:
    play = Play().start().wait(minutes=20)
    play.do(Leave(), FACILITATOR)
    let_the_clock(play, GuideYourselves, within=60)
    planned = due(play.session)
    assert planned is not None
    assert (planned[0] - play.now).total_seconds() == 60


def test_a_relay_who_is_here_has_two_minutes_before_the_group_goes_on_alone() -> None:
    play = a_play()
    play.do(Leave(), FACILITATOR)
    planned = due(play.session)
    assert planned is not None
    assert isinstance(planned[1], GuideYourselves)
    assert (planned[0] - play.now).total_seconds() == 120
    play.wait(seconds=20).do(TakeClock(), CHLOE)
    planned = due(play.session)
    assert planned is None or not isinstance(planned[1], GuideYourselves)
    assert refused(play, TakeClock(), CHLOE) is Code.NOT_THE_RELAY
