"""The one gauge of voices: for the group, in memory, and silent while it would mean nothing."""

from app.engine.protocol import Voice
from app.realtime.equity import ENOUGH, balance
from tests.builders import BRUNO, CHLOE, DRISS, FACILITATOR, Play

HERE = frozenset({BRUNO, CHLOE, DRISS, FACILITATOR})


def among_several() -> Play:
    """Lead a session to a phase in which several consultants speak."""
    play = Play().start().to("clarification")
    assert play.session.slot is not None
    assert play.session.slot.phase.voice in (Voice.QUESTIONS, Voice.IN_TURN)
    return play


def test_even_shares_are_one_and_a_single_voice_is_nought_whoever_leads_or_is_the_client() -> None:
    session = among_several().session
    client = session.client
    consultants = [each for each in (BRUNO, CHLOE, DRISS) if each != client]
    assert len(consultants) >= 2
    even = dict.fromkeys(consultants, ENOUGH) | {FACILITATOR: 20 * ENOUGH}
    assert balance(session, even, HERE) == 1.0
    assert balance(session, {consultants[0]: ENOUGH}, HERE) == 0.0
    uneven = balance(session, {consultants[0]: 9 * ENOUGH, consultants[1]: ENOUGH}, HERE)
    assert uneven is not None
    assert 0.0 < uneven < 1.0


def test_nothing_is_said_before_a_minute_of_voices_or_about_one_person_or_where_only_one_speaks() -> None:
    play = among_several()
    consultants = [each for each in (BRUNO, CHLOE, DRISS) if each != play.session.client]
    spoken = dict.fromkeys(consultants, ENOUGH)
    assert balance(play.session, {consultants[0]: ENOUGH - 1}, HERE) is None
    assert balance(play.session, spoken, frozenset({consultants[0], FACILITATOR})) is None
    assert balance(Play().open().session, spoken, HERE) is None
