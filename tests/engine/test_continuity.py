"""The ladder goes down quickly, up slowly, and never back and forth."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.continuity import (
    LADDER,
    THRESHOLDS,
    WITH_LIVEKIT,
    Report,
    Rung,
    Watch,
    heard,
    judge,
    left,
    moved,
    own_rung,
    probed,
    without_sound,
)
from app.engine.ids import PersonId

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TABLE = tuple(
    PersonId(name) for name in ("helene", "nadia", "karim", "awa", "luc", "claire", "thomas", "sophie")
)
EVERYONE = frozenset(TABLE)
PILLARS = frozenset(TABLE[:1])


def after(seconds: float) -> datetime:
    """Give an instant so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def silence(watch: Watch, people: tuple[PersonId, ...], start: int, seconds: int) -> Watch:
    """Let these people report every second that nothing arrives."""
    for second in range(start, start + seconds + 1):
        for person in people:
            watch = heard(watch, Report(person, watch.rung, flowing=False), after(second))
    return watch


def failed(watch: Watch, times: int, at: float) -> Watch:
    """Let our own question to LiveKit fail so many times."""
    for _ in range(times):
        watch = probed(watch, False, after(at))
    return watch


def test_a_dead_server_moves_the_group_to_direct_links_within_fifteen_seconds() -> None:
    watch = failed(silence(Watch(Rung.SFU, NOON), TABLE, 1, 9), 3, 10)
    assert judge(watch, EVERYONE, PILLARS, after(10)).rung is Rung.MESH


def test_pages_that_were_quicker_than_the_policy_move_the_group_all_the_same() -> None:
    watch = Watch(Rung.SFU, NOON)
    for person in TABLE:
        watch = heard(watch, Report(person, Rung.MESH, flowing=True), after(20))
    assert judge(failed(watch, 2, 20), EVERYONE, PILLARS, after(21)).rung is Rung.SFU
    assert judge(failed(watch, 3, 20), EVERYONE, PILLARS, after(21)).rung is Rung.MESH
    served = heard(watch, Report(TABLE[3], Rung.SFU_AUDIO, flowing=True), after(20))
    assert judge(failed(served, 3, 20), EVERYONE, PILLARS, after(21)).rung is Rung.SFU
    assert judge(failed(watch, 3, 20), EVERYONE, PILLARS, after(40)).rung is Rung.SFU, "nobody said it lately"


def test_one_offices_firewall_does_not_move_the_group() -> None:
    watch = silence(Watch(Rung.SFU, NOON), TABLE[2:7], 1, 60)
    watch = probed(watch, True, after(60))
    assert judge(watch, EVERYONE, PILLARS, after(61)).rung is Rung.SFU


def test_a_failing_probe_alone_does_not_move_the_group() -> None:
    watch = failed(Watch(Rung.SFU, NOON), 30, 60)
    for person in TABLE:
        watch = heard(watch, Report(person, Rung.SFU, flowing=True), after(60))
    assert judge(watch, EVERYONE, PILLARS, after(61)).rung is Rung.SFU


def test_one_consultant_without_sound_is_not_a_quorum_but_the_facilitator_is_a_pillar() -> None:
    consultant = failed(silence(Watch(Rung.SFU, NOON), TABLE[3:4], 1, 12), 3, 12)
    facilitator = failed(silence(Watch(Rung.SFU, NOON), TABLE[:1], 1, 12), 3, 12)
    assert judge(consultant, EVERYONE, PILLARS, after(13)).rung is Rung.SFU
    assert judge(facilitator, EVERYONE, PILLARS, after(13)).rung is Rung.MESH


def test_two_of_eight_are_no_quorum_and_four_are() -> None:
    assert (
        judge(
            failed(silence(Watch(Rung.SFU, NOON), TABLE[3:5], 1, 12), 3, 12), EVERYONE, PILLARS, after(13)
        ).rung
        is Rung.SFU
    )
    assert (
        judge(
            failed(silence(Watch(Rung.SFU, NOON), TABLE[3:7], 1, 12), 3, 12), EVERYONE, PILLARS, after(13)
        ).rung
        is Rung.MESH
    )


def test_people_who_left_and_old_reports_do_not_count() -> None:
    watch = failed(silence(Watch(Rung.SFU, NOON), TABLE, 1, 12), 3, 12)
    for person in TABLE[1:]:
        watch = left(watch, person)
    assert judge(left(watch, TABLE[0]), EVERYONE, PILLARS, after(13)).rung is Rung.SFU
    assert judge(watch, EVERYONE, PILLARS, after(14 + THRESHOLDS.stale.seconds)).rung is Rung.SFU


def test_when_direct_links_fail_too_the_group_goes_on_in_writing() -> None:
    watch = silence(moved(Watch(Rung.SFU, NOON), Rung.MESH, after(10)), TABLE, 11, 10)
    assert judge(watch, EVERYONE, PILLARS, after(21)).rung is Rung.TEXT


def test_up_again_is_only_offered_at_a_boundary_after_dwell_and_health() -> None:
    watch = probed(moved(Watch(Rung.SFU, NOON), Rung.MESH, after(10)), True, after(20))
    assert judge(watch, EVERYONE, PILLARS, after(60), at_boundary=True).offer is None
    assert judge(watch, EVERYONE, PILLARS, after(101)).offer is None
    verdict = judge(watch, EVERYONE, PILLARS, after(101), at_boundary=True)
    assert (verdict.rung, verdict.offer) == (Rung.MESH, Rung.SFU)


def test_after_two_offers_taken_nothing_is_offered_any_more() -> None:
    watch = Watch(Rung.SFU, NOON)
    for start in (0, 1000):
        watch = moved(watch, Rung.MESH, after(start))
        watch = moved(watch, Rung.SFU, after(start + 500), by_offer=True)
    watch = probed(moved(watch, Rung.MESH, after(2000)), True, after(2000))
    assert judge(watch, EVERYONE, PILLARS, after(2200), at_boundary=True).offer is None


def test_ways_the_facilitator_tried_by_hand_use_no_offer_up() -> None:
    watch = Watch(Rung.SFU, NOON)
    for start in (0, 10, 20):
        watch = moved(moved(watch, Rung.SFU_AUDIO, after(start)), Rung.SFU, after(start + 5))
    watch = probed(moved(watch, Rung.MESH, after(30)), True, after(40))
    assert judge(watch, EVERYONE, PILLARS, after(130), at_boundary=True).offer is Rung.SFU


# -- direct links: whoever hears nothing goes alone, as long as half of the others are heard ----------


@given(st.sets(st.sampled_from(TABLE)), st.booleans())
def test_on_direct_links_only_more_than_half_take_everybody_into_writing(
    cut: set[PersonId], livekit: bool
) -> None:
    watch = Watch(Rung.MESH, NOON)
    for second in range(1, 21):
        for person in TABLE:
            watch = heard(watch, Report(person, Rung.MESH, flowing=person not in cut), after(second))
    verdict = judge(watch, EVERYONE, PILLARS, after(21), livekit=livekit)
    assert verdict.rung is (Rung.TEXT if len(cut) > len(TABLE) / 2 else Rung.MESH)
    alone = {person for person in TABLE if own_rung(watch, person, after(21)) is Rung.TEXT}
    assert alone == cut, "whoever hears nothing writes, wherever the group is"


def test_two_at_home_without_a_path_do_not_silence_the_three_who_hear_each_other() -> None:
    watch = silence(Watch(Rung.MESH, NOON), TABLE[:2], 1, 60)
    assert judge(watch, frozenset(TABLE[:5]), PILLARS, after(61), livekit=False).rung is Rung.MESH
    assert judge(watch, frozenset(TABLE[:3]), PILLARS, after(61), livekit=False).rung is Rung.TEXT


@pytest.mark.parametrize("rung", [Rung.MESH, Rung.BRIDGE, Rung.TEXT])
def test_what_the_facilitator_chose_beside_livekit_is_never_undone(rung: Rung) -> None:
    watch = silence(probed(Watch(rung, NOON), True, after(1)), TABLE, 1, 200)
    verdict = judge(watch, EVERYONE, PILLARS, after(201), forced=True, at_boundary=True)
    assert (verdict.rung, verdict.offer) == (rung, None)


@pytest.mark.parametrize("rung", [Rung.SFU, Rung.SFU_AUDIO])
def test_livekit_by_choice_is_left_when_it_is_dead_and_carries_nobody(rung: Rung) -> None:
    all_but_one = failed(silence(Watch(rung, NOON), TABLE[1:], 1, 12), 3, 12)
    one_hears = heard(all_but_one, Report(TABLE[0], rung, flowing=True), after(13))
    assert judge(one_hears, EVERYONE, PILLARS, after(13), forced=True).rung is rung
    assert judge(one_hears, EVERYONE, PILLARS, after(13)).rung is Rung.MESH
    nobody = silence(one_hears, TABLE, 14, 8)
    assert judge(nobody, EVERYONE, PILLARS, after(22), forced=True).rung is Rung.MESH
    answers = probed(nobody, True, after(22))
    assert judge(answers, EVERYONE, PILLARS, after(22), forced=True).rung is rung


def test_without_livekit_direct_links_are_offered_again_after_writing() -> None:
    watch = moved(Watch(Rung.MESH, NOON), Rung.TEXT, after(10))

    def offer(seconds: float, **how: bool) -> Rung | None:
        asked = {"livekit": False, "at_boundary": True} | how
        return judge(watch, EVERYONE, PILLARS, after(seconds), **asked).offer  # type: ignore[arg-type]

    assert offer(99) is None, "not before the shortest stay"
    assert offer(101) is Rung.MESH
    assert offer(101, at_boundary=False) is None
    assert offer(101, forced=True) is None
    assert offer(101, livekit=True) is None, "LiveKit is what is waited for where there is one"
    for start in (200, 400):
        watch = moved(watch, Rung.MESH, after(start), by_offer=True)
        watch = moved(watch, Rung.TEXT, after(start + 100))
    assert offer(700) is None, "twice at most"


def test_on_direct_links_without_livekit_nothing_better_is_offered() -> None:
    watch = Watch(Rung.MESH, NOON)
    assert judge(watch, EVERYONE, PILLARS, after(500), livekit=False, at_boundary=True).offer is None


# -- whatever happens -------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.integers(0, 20),  # seconds that pass
        st.sampled_from(("heard", "heard", "probed", "left", "boundary", "forced", "hung up")),
        st.sampled_from(TABLE),
        st.booleans(),
        st.sampled_from(LADDER),
    ),
    max_size=300,
)


@given(steps, st.booleans())
def test_no_sequence_of_reports_and_choices_makes_the_group_flap(
    story: list[tuple[int, str, PersonId, bool, Rung]], livekit: bool
) -> None:
    """Whatever browsers report, the group falls at most once per rung between two rises, and two offers are taken at most.

    Half of the offers are taken; the facilitator forces rungs, and whoever is on the telephone listens no more.
    """
    watch, now, forced, present = Watch(Rung.SFU if livekit else Rung.MESH, NOON), NOON, False, EVERYONE
    falls = rises = choices = 0
    for wait, what, person, good, rung in story:
        now += timedelta(seconds=wait)
        if what == "heard":
            watch = heard(watch, Report(person, rung, flowing=good), now)
        elif what == "probed" and livekit:
            watch = probed(watch, good, now)
        elif what == "left":
            watch = left(watch, person)
        elif what == "hung up":
            present = present - {person} if good and len(present) > 2 else present | {person}
        elif what == "forced" and rung is not Rung.ALONE and (livekit or rung not in WITH_LIVEKIT):
            choices, forced = choices + 1, True
            watch = moved(watch, rung, now)
        verdict = judge(
            watch, present, PILLARS, now, livekit=livekit, forced=forced, at_boundary=what == "boundary"
        )
        if verdict.rung is not watch.rung:
            assert LADDER.index(verdict.rung) > LADDER.index(watch.rung), "the policy never rises by itself"
            assert not (forced and watch.rung not in WITH_LIVEKIT), "a choice was undone that could carry"
            silent = without_sound(watch, now) & present
            assert watch.rung is not Rung.MESH or len(silent) > len(present) / 2, "half heard each other"
            watch, falls, forced = moved(watch, verdict.rung, now), falls + 1, False
        elif verdict.offer is not None:
            assert not forced
            assert now - watch.since >= THRESHOLDS.dwell
            assert livekit or verdict.offer is Rung.MESH, "nobody is offered what is not there"
            if good:
                watch, rises = moved(watch, verdict.offer, now, by_offer=True), rises + 1
    assert rises <= THRESHOLDS.automatic_ups
    assert falls <= 2 * (rises + choices + 1)
