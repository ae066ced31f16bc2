"""What is said in writing when there is no sound: the voice rule, whose turn it is, and what is shown together."""

from dataclasses import replace

import pytest

from app.engine.commands import (
    Arrive,
    AssignRole,
    Command,
    Erase,
    GiveFloor,
    KeepIdea,
    Leave,
    Next,
    PassFloor,
    RaiseHand,
    Reveal,
    SayReady,
    StartRound,
    Undo,
    Write,
)
from app.engine.continuity import Rung
from app.engine.errors import Code, Refusal
from app.engine.events import EntriesRevealed, EntryWritten, FloorGiven, FloorPassed, RoundStarted
from app.engine.ids import SERVER, EntryId, PersonId
from app.engine.ladder_commands import ForceRung, MoveGroup, TakeRung, TakeTitle
from app.engine.projections import project
from app.engine.protocol import Kind, Role
from app.engine.view import EntryView
from tests.builders import BRUNO, CHLOE, DRISS, ELENA, FACILITATOR, Play, a_plan


def in_writing(key: str = "opening") -> Play:
    """Bring a group that writes to a phase."""
    play = Play().start()
    play.do(ForceRung(Rung.TEXT))
    return play.to(key)


def say(play: Play, by: PersonId, text: str, entry: str = "") -> EntryId:
    """Say something in writing; raises its Refusal."""
    name = EntryId(entry or f"said-{play.session.seq}")
    play.do(Write(name, Kind.SPEECH, text), by)
    return name


def refused(play: Play, command: Command, by: PersonId) -> Code:
    """Give a command that must be refused, and say why it was."""
    with pytest.raises(Refusal) as refusal:
        play.do(command, by)
    return refusal.value.code


def holder(play: Play) -> PersonId | None:
    """Say who has the floor now."""
    return play.session.floor.holder


def may_say(play: Play) -> set[str]:
    """Name those whose turn it is to say something, the facilitator left out."""
    people = (each.id for each in play.session.people if each.id != FACILITATOR)
    return {each for each in people if "speech" in project(play.session, each, play.now).me.writes}


def read(play: Play, by: PersonId) -> list[str]:
    """Read the words somebody sees, oldest first."""
    entries: list[EntryView] = list(project(play.session, by, play.now).entries.values())
    return [each.text for each in entries if each.kind == "speech"]


def test_with_sound_nobody_speaks_in_writing() -> None:
    play = Play().start()
    assert may_say(play) == set()
    assert refused(play, Write(EntryId("e"), Kind.SPEECH, "Bonjour"), CHLOE) is Code.NOT_IN_THIS_PHASE


def test_a_round_begins_by_itself_and_goes_on_by_itself() -> None:
    play = in_writing()
    assert holder(play) == CHLOE
    assert play.session.floor.round == (DRISS, ELENA, BRUNO)
    for person in (CHLOE, DRISS, ELENA, BRUNO):
        assert may_say(play) == {person}
        say(play, person, f"J’arrive bien. {person}")
    assert holder(play) is None
    assert may_say(play) == {CHLOE, DRISS, ELENA, BRUNO}, "the round is done; a last word is free"
    assert read(play, ELENA) == [f"J’arrive bien. {each}" for each in (CHLOE, DRISS, ELENA, BRUNO)]


def test_a_phase_that_is_a_round_begins_one_when_the_group_comes_to_it() -> None:
    play = in_writing("plan")
    events = play.do(Next("plan"))
    assert [type(each).__name__ for each in events] == ["PhaseStarted", "RoundStarted"]


def test_the_turn_of_who_drops_moves_to_the_end_of_the_round() -> None:
    play = in_writing()
    assert play.do(Leave(), CHLOE)[-1] == FloorPassed(DRISS, (ELENA, BRUNO, CHLOE))
    play.do(Arrive(), CHLOE)
    assert holder(play) == DRISS


def test_a_round_waits_for_the_last_one_who_is_away_and_goes_on_with_their_return() -> None:
    play = in_writing()
    play.do(Leave(), BRUNO)
    for person in (CHLOE, DRISS, ELENA):
        say(play, person, "Bonjour")
    assert (holder(play), play.session.floor.round) == (None, (BRUNO,))
    play.do(Arrive(), BRUNO)
    assert holder(play) == BRUNO


def test_the_client_tells_their_story_at_length_and_nobody_interrupts() -> None:
    play = in_writing("presentation")
    say(play, BRUNO, "Depuis mars, deux équipes n’en font qu’une.")
    say(play, BRUNO, "Je ne sais plus à qui je parle.")
    assert may_say(play) == {BRUNO}
    assert refused(play, Write(EntryId("x"), Kind.SPEECH, "Et si…"), CHLOE) is Code.NOT_IN_THIS_PHASE
    assert read(play, CHLOE) == read(play, BRUNO) != []


def test_one_question_at_a_time_then_the_answer_then_the_next() -> None:
    play = in_writing("clarification")
    assert may_say(play) == {BRUNO, CHLOE, DRISS, ELENA}
    say(play, CHLOE, "Depuis quand ?")
    assert may_say(play) == {BRUNO}
    play.do(RaiseHand(), ELENA)
    play.do(RaiseHand(), DRISS)
    say(play, BRUNO, "Depuis mars.")
    assert may_say(play) == {BRUNO, ELENA}, "who asked first is next; the client may add a word"
    say(play, ELENA, "Quel effet sur vous ?")
    assert play.do(PassFloor(), BRUNO) == (FloorGiven(DRISS),), "a client may leave a question unanswered"
    say(play, DRISS, "Qu’avez-vous tenté ?")
    say(play, BRUNO, "Peu de choses.")
    assert may_say(play) == {BRUNO, CHLOE, DRISS, ELENA}


def test_a_word_of_the_facilitator_is_no_question() -> None:
    play = in_writing("clarification")
    say(play, FACILITATOR, "Une question courte à la fois.")
    assert holder(play) is None


def test_ideas_are_written_at_the_same_time_and_shown_together() -> None:
    play = in_writing("consultation")
    assert may_say(play) == {CHLOE, DRISS, ELENA}
    say(play, CHLOE, "Dans mon expérience…")
    say(play, DRISS, "Et si…")
    assert read(play, BRUNO) == []
    assert read(play, CHLOE) == ["Dans mon expérience…"]
    ready = {seat.id for seat in project(play.session, BRUNO, play.now).seats if seat.ready}
    assert ready == {CHLOE, DRISS}, "everybody sees whose words are there, and nobody reads them"
    assert refused(play, Write(EntryId("2"), Kind.SPEECH, "Encore"), CHLOE) is Code.NOT_IN_THIS_PHASE
    events = play.do(Write(EntryId("last"), Kind.SPEECH, "Je me demande…"), ELENA)
    assert isinstance(events[-1], EntriesRevealed)
    assert len(read(play, BRUNO)) == 3
    assert may_say(play) == {CHLOE, DRISS, ELENA}, "the next wave begins"


def test_who_has_nothing_to_add_keeps_nobody_waiting() -> None:
    play = in_writing("consultation")
    say(play, CHLOE, "Dans mon expérience…")
    play.do(SayReady(), DRISS)
    events = play.do(SayReady(), ELENA)
    assert isinstance(events[-1], EntriesRevealed)
    assert play.do(SayReady(), ELENA) == ()
    say(play, ELENA, "Une chose encore.")
    assert ELENA not in play.session.ready


def test_a_relay_who_leads_writes_with_the_others() -> None:
    play = Play(replace(a_plan(), relay=CHLOE)).start()
    play.do(ForceRung(Rung.TEXT))
    play.to("consultation")
    play.do(Leave(), FACILITATOR)
    play.wait(minutes=2)
    play.do(TakeTitle(), CHLOE)
    for person in (CHLOE, DRISS, ELENA):
        say(play, person, f"Une idée de {person}")
    assert len(read(play, BRUNO)) == 3


def test_the_facilitator_shows_what_is_there() -> None:
    play = in_writing("consultation")
    say(play, CHLOE, "Dans mon expérience…")
    seen = project(play.session, FACILITATOR, play.now).conduct
    assert seen is not None
    assert seen.waiting == 1
    play.do(Reveal())
    assert read(play, BRUNO) == ["Dans mon expérience…"]


@pytest.mark.parametrize(
    "moves", [Next("consultation"), StartRound(), GiveFloor(CHLOE), ForceRung(Rung.MESH)], ids=repr
)
def test_words_written_together_are_never_left_hidden(
    moves: Next | StartRound | GiveFloor | ForceRung,
) -> None:
    play = in_writing("consultation")
    say(play, CHLOE, "Dans mon expérience…")
    assert isinstance(play.do(moves)[-1], EntriesRevealed)
    assert read(play, BRUNO) == ["Dans mon expérience…"]


def test_the_client_keeps_what_was_said_in_writing_where_ideas_are_offered() -> None:
    play = in_writing("clarification")
    asked = say(play, CHLOE, "Depuis quand ?")
    assert refused(play, KeepIdea(asked), BRUNO) is Code.UNKNOWN_ENTRY
    play.to("consultation")
    offered = say(play, CHLOE, "Dans mon expérience…")
    assert refused(play, KeepIdea(offered), BRUNO) is Code.UNKNOWN_ENTRY, "not before it is shown"
    play.do(Reveal())
    play.do(KeepIdea(offered), BRUNO)
    assert project(play.session, BRUNO, play.now).entries[offered].kept
    assert not project(play.session, CHLOE, play.now).entries[offered].kept


def test_in_silence_nobody_says_anything_in_writing() -> None:
    assert may_say(in_writing("sorting")) == set()


def test_what_was_read_is_not_reworded_and_what_is_hidden_may_be() -> None:
    play = in_writing("clarification")
    asked = say(play, CHLOE, "Depuis quand ?")
    assert refused(play, Write(asked, Kind.SPEECH, "Pourquoi ?"), CHLOE) is Code.ALREADY_READ
    assert refused(play, Erase(asked), CHLOE) is Code.ALREADY_READ
    assert play.do(Write(asked, Kind.SPEECH, "Depuis quand ?"), CHLOE) == (), "said twice is said once"
    play.to("consultation")
    hidden = say(play, CHLOE, "Dans mon expérience…")
    play.do(Write(hidden, Kind.SPEECH, "Chez nous…"), CHLOE)
    play.do(Reveal())
    assert read(play, BRUNO)[-1] == "Chez nous…"


def test_one_person_without_sound_writes_where_the_voice_rule_lets_them_speak() -> None:
    play = Play().start().to("presentation")
    play.do(TakeRung(Rung.TEXT), CHLOE)
    assert may_say(play) == set()
    play.next()
    assert may_say(play) == {CHLOE}
    play.do(GiveFloor(DRISS))
    assert may_say(play) == set(), "somebody speaks"
    play.do(GiveFloor(CHLOE))
    events = play.do(Write(EntryId("w"), Kind.SPEECH, "Depuis quand ?"), CHLOE)
    assert [type(each) for each in events] == [EntryWritten], "the facilitator reads it aloud, then passes on"
    assert read(play, BRUNO) == ["Depuis quand ?"]


def test_the_facilitator_writes_to_who_hears_nothing_and_only_then() -> None:
    play = Play().start().to("presentation")
    play.do(AssignRole(DRISS, Role.SCRIBE))
    for person in (FACILITATOR, DRISS):
        assert "speech" not in project(play.session, person, play.now).me.writes
    play.do(TakeRung(Rung.TEXT), CHLOE)
    for person in (FACILITATOR, DRISS):
        assert project(play.session, person, play.now).me.writes["speech"] == "all"
    say(play, FACILITATOR, "Bruno raconte la fusion.")
    assert read(play, CHLOE) == ["Bruno raconte la fusion."]


def test_the_group_that_writes_before_the_hour_says_hello() -> None:
    play = Play().open()
    play.do(MoveGroup(Rung.TEXT, "video-unreachable"), SERVER)
    say(play, CHLOE, "Bonjour à tous")
    assert read(play, DRISS) == ["Bonjour à tous"]


def test_undo_in_writing_begins_no_second_round() -> None:
    play = in_writing()
    say(play, CHLOE, "Bonjour")
    play.do(Next("opening"))
    events = play.do(Undo())
    assert not any(isinstance(each, RoundStarted) for each in events)
    assert holder(play) == DRISS
