"""The ladder goes down quickly, up slowly, and never back and forth."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.engine.continuity import (
    LADDER,
    THRESHOLDS,
    Report,
    Rung,
    Watch,
    heard,
    judge,
    left,
    moved,
    probed,
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


def test_after_two_rises_nothing_is_offered_any_more() -> None:
    watch = Watch(Rung.SFU, NOON)
    for start in (0, 1000):
        watch = moved(watch, Rung.MESH, after(start))
        watch = moved(watch, Rung.SFU, after(start + 500))
    watch = probed(moved(watch, Rung.MESH, after(2000)), True, after(2000))
    assert judge(watch, EVERYONE, PILLARS, after(2200), at_boundary=True).offer is None


steps = st.lists(
    st.tuples(
        st.integers(0, 20),  # seconds that pass
        st.sampled_from(("heard", "probed", "left", "boundary")),
        st.sampled_from(TABLE),
        st.booleans(),
        st.sampled_from(LADDER),
    ),
    max_size=300,
)


@given(steps)
def test_no_sequence_of_reports_makes_the_group_flap(
    story: list[tuple[int, str, PersonId, bool, Rung]],
) -> None:
    """Whatever browsers report, the group falls at most once per rung between two rises, and rises twice at most."""
    watch, now, falls, rises = Watch(Rung.SFU, NOON), NOON, 0, 0
    for wait, what, person, good, rung in story:
        now += timedelta(seconds=wait)
        if what == "heard":
            watch = heard(watch, Report(person, rung, flowing=good), now)
        elif what == "probed":
            watch = probed(watch, good, now)
        elif what == "left":
            watch = left(watch, person)
        verdict = judge(watch, EVERYONE, PILLARS, now, at_boundary=what == "boundary")
        if verdict.rung is not watch.rung:
            assert LADDER.index(verdict.rung) > LADDER.index(watch.rung), "the policy never rises by itself"
            watch, falls = moved(watch, verdict.rung, now), falls + 1
        elif verdict.offer is not None:
            assert now - watch.since >= THRESHOLDS.dwell
            watch, rises = moved(watch, verdict.offer, now), rises + 1
    assert rises <= THRESHOLDS.automatic_ups
    assert falls <= 2 * (rises + 1)
