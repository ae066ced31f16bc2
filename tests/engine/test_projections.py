"""What is shared is made once, and what has not changed stays the same object."""

from datetime import timedelta

import pytest

from app.engine.commands import ChooseClient, KeepIdea, RaiseHand, Reveal, Write
from app.engine.ids import EntryId, PersonId
from app.engine.instants import as_ms
from app.engine.projections import project, project_personal, project_shared, sections
from app.engine.protocol import Kind
from tests.builders import BRUNO, CHLOE, DRISS, FACILITATOR, START, Play, a_plan, a_protocol, a_troika


def test_a_stranger_has_no_view() -> None:
    play = Play()
    with pytest.raises(KeyError):
        project(play.session, PersonId("mallory"), play.now)


def test_everybody_is_shown_the_same_objects() -> None:
    play = Play().start()
    shared = project_shared(play.session, play.now)
    views = [project_personal(play.session, shared, person.id) for person in play.session.people]
    for name in ("session", "plan", "clock", "seats", "floor", "request", "ladder", "media", "bridge"):
        assert {id(getattr(view, name)) for view in views} == {id(getattr(shared, name))}


def test_a_raised_hand_leaves_entries_and_plan_the_same_objects() -> None:
    play = Play().start().to("consultation")
    play.do(Write(EntryId("i1"), Kind.IDEA, "Et si…"), CHLOE)
    play.do(Reveal())
    play.do(KeepIdea(EntryId("i1")), BRUNO)
    before = project_shared(play.session, play.now)
    play.do(RaiseHand(), DRISS)
    after = project_shared(play.session, play.now, before)
    assert after.entries is before.entries
    assert after.plan is before.plan
    assert after.seats != before.seats
    play.do(Write(EntryId("i2"), Kind.IDEA, "Et encore…"), CHLOE)
    later = project_shared(play.session, play.now, after)
    assert later.entries.of(BRUNO)["i1"] is before.entries.of(BRUNO)["i1"]
    assert later.entries.of(DRISS)["i1"] is before.entries.of(DRISS)["i1"]


def test_what_is_kept_or_meant_for_another_client_is_not_lent_from_before() -> None:
    play = Play().start().to("clarification")
    play.do(Write(EntryId("q1"), Kind.QUESTION, "Depuis quand ?"), CHLOE)
    play.to("contract").contract().next()
    play.do(Write(EntryId("i1"), Kind.IDEA, "Et si…"), CHLOE)
    play.do(Reveal())
    before = project_shared(play.session, play.now)
    play.do(KeepIdea(EntryId("i1")), BRUNO)
    kept = project_shared(play.session, play.now, before)
    assert (kept.entries.of(BRUNO)["i1"].kept, kept.entries.of(DRISS)["i1"].kept) == (True, False)
    assert set(kept.entries.of(BRUNO)) - set(kept.entries.of(DRISS)) == {"q1"}
    play.do(ChooseClient(DRISS))
    other = project_shared(play.session, play.now, kept)
    assert "q1" in other.entries.of(DRISS)
    assert "q1" not in other.entries.of(BRUNO)
    assert not other.entries.of(BRUNO)["i1"].kept
    assert not other.entries.of(DRISS)["i1"].kept, "the choice of one client is no business of the next"


def test_a_question_to_the_client_goes_to_whoever_is_client() -> None:
    play = Play().start().to("clarification")
    play.do(Write(EntryId("q1"), Kind.QUESTION, "Depuis quand ?"), CHLOE)
    before = project_shared(play.session, play.now)
    play.do(ChooseClient(DRISS))
    after = project_shared(play.session, play.now, before)
    assert ("q1" in before.entries.of(BRUNO), "q1" in before.entries.of(DRISS)) == (True, False)
    assert ("q1" in after.entries.of(BRUNO), "q1" in after.entries.of(DRISS)) == (False, True)


def test_the_plan_shows_the_hour_of_each_phase_past_and_to_come() -> None:
    play = Play()
    hours = [slot.starts_at for slot in project(play.session, BRUNO, play.now).plan]
    assert hours[:3] == [as_ms(START + timedelta(minutes=each)) for each in (0, 8, 13)]
    play.start().wait(10).next().wait(1)
    view = project(play.session, BRUNO, play.now)
    assert [slot.starts_at for slot in view.plan][:3] == [
        as_ms(START + timedelta(minutes=each)) for each in (0, 10, 15)
    ]
    assert [slot.done for slot in view.plan] == [True] + [False] * 8
    assert (view.clock.ends_at, view.clock.promised_end) == (
        as_ms(START + timedelta(minutes=77)),
        as_ms(START + timedelta(minutes=75)),
    )
    assert project(play.session, FACILITATOR, play.now).conduct.late_ms == 120_000  # type: ignore[union-attr]


def test_projected_hours_do_not_move_while_a_phase_is_within_its_time() -> None:
    play = Play().start()
    before = project(play.session, BRUNO, play.now)
    assert project(play.session, BRUNO, play.now + timedelta(minutes=7, seconds=59)) == before
    assert project(play.session, BRUNO, play.now + timedelta(minutes=9)).clock.ends_at > before.clock.ends_at


def test_two_phases_of_one_step_count_as_one_and_blocks_repeat_their_steps() -> None:
    view = project(Play().session, BRUNO, START)
    assert [slot.step for slot in view.plan] == [1, 2, 3, 4, 5, 6, 7, 7, 8]
    assert view.clock.steps == 8
    protocol = a_troika()
    troika = project(Play(a_plan(protocol), protocol).session, BRUNO, START)
    assert [slot.key for slot in troika.plan][3:6] == ["harvest", "question.2", "clarifying.2"]
    assert [slot.step for slot in troika.plan] == [1, 2, 3, 4] * 3 + [5]
    assert [slot.round for slot in troika.plan] == [1] * 4 + [2] * 4 + [3] * 4 + [0]


def test_sections_hold_every_entry_under_a_path_of_its_own() -> None:
    play = Play(protocol=a_protocol()).start()
    view = project(play.session, BRUNO, play.now)
    flat = sections(view)
    assert flat["entries/s-bruno"] is view.entries["s-bruno"]
    assert set(flat) == {
        "session", "plan", "clock", "seats", "floor", "request", "ladder", "media", "bridge", "me", "conduct",
        "entries/s-bruno",
    }  # fmt: skip


def test_commands_a_person_may_give_are_named_for_their_page() -> None:
    play = Play().start()
    assert "next" in project(play.session, FACILITATOR, play.now).me.may
    assert "next" not in project(play.session, CHLOE, play.now).me.may
    assert "keep-idea" in project(play.session, BRUNO, play.now).me.may
    assert "keep-idea" not in project(play.session, CHLOE, play.now).me.may
