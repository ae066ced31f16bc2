"""The nine protocols that ship keep to method.md §3, in both languages, and to what the round table can show."""

from datetime import timedelta

import pytest

from app.engine.protocol import Guard, Kind, Phase, Protocol, Role, Sight, Stage
from app.gateways.protocol_check import check_protocol
from app.gateways.protocol_content import as_json, from_json, hash_of
from app.gateways.protocol_files import FIRST, SHIPPED, check_file
from app.gateways.protocol_schema import schema_text
from app.usecases.review_protocol import length

MINUTES = {
    "codev-75": [8, 5, 5, 15, 5, 20, 3, 5, 9],
    "codev-classic": [20, 10, 10, 25, 10, 35, 10, 15, 15],
    "codev-express": [5, 5, 15, 5, 15, 7, 8],
    "codev-flash": [3, 4, 10, 4, 12, 6, 6],
    "kollegiale-beratung": [5, 5, 15, 10, 5, 10, 10, 5],
    "intervisie-incident": [5, 10, 5, 15, 10, 10, 10],
    "troika": [2, 2, 4.5, 1.5],
    "wise-crowds": [2, 3, 8, 2],
    "action-learning": [4, 4, 20, 8, 12, 5, 7],
}
TOTALS = {"codev-75": 75, "codev-classic": 150, "codev-express": 60, "codev-flash": 45, "kollegiale-beratung": 65,
          "intervisie-incident": 65, "troika": 30, "wise-crowds": 30, "action-learning": 60}  # fmt: skip
PATHS = {path.stem: path for path in SHIPPED.glob("*.yaml")}


def _protocol(name: str) -> Protocol:
    protocol = check_file(PATHS[name]).protocol
    assert protocol is not None
    return protocol


def _phase(protocol: Protocol, name: str) -> Phase:
    return next(phase for phase in protocol.phases() if phase.id == name)


def test_the_nine_formats_ship_and_the_default_comes_first() -> None:
    assert set(PATHS) == set(MINUTES)
    assert FIRST[0] == "codev-75"


@pytest.mark.parametrize("name", MINUTES)
def test_a_shipped_protocol_has_no_fault_and_only_known_remarks(name: str) -> None:
    remarks = [problem.code for problem in check_file(PATHS[name]).problems]
    # Three hours in one room end with a break before the synthesis, as practitioners do it.
    assert remarks == (["no-break"] if name == "codev-classic" else [])


@pytest.mark.parametrize("name", MINUTES)
def test_a_shipped_protocol_has_the_minutes_of_the_method(name: str) -> None:
    protocol = _protocol(name)
    assert protocol.id == name
    usual = [phase.minutes.default / timedelta(minutes=1) for phase in protocol.phases()]
    assert usual == MINUTES[name]
    assert length(protocol) == timedelta(minutes=TOTALS[name])


@pytest.mark.parametrize("name", MINUTES)
def test_everyone_at_the_table_is_told_their_part_in_every_phase(name: str) -> None:
    for phase in _protocol(name).phases():
        assert set(phase.guidance) == set(Role), phase.id


@pytest.mark.parametrize("name", MINUTES)
def test_learnings_are_protected_and_can_only_grow(name: str) -> None:
    protected = [phase for phase in _protocol(name).phases() if phase.protected]
    assert protected
    for phase in protected:
        assert phase.minutes.least == phase.minutes.default
        assert any(capture.kind is Kind.LEARNING for capture in phase.captures)


@pytest.mark.parametrize("name", MINUTES)
def test_plans_learnings_and_ratings_are_for_their_author_and_ideas_never_for_all(name: str) -> None:
    private = {Kind.ACTION, Kind.LEARNING, Kind.RATING}
    for phase in _protocol(name).phases():
        for capture in phase.captures:
            assert capture.sight is Sight.AUTHOR or capture.kind not in private
            assert capture.sight in (Sight.CLIENT, Sight.REVEALED) or capture.kind is not Kind.IDEA


@pytest.mark.parametrize("name", MINUTES)
def test_a_content_survives_its_trip_through_json_with_its_hash(name: str) -> None:
    protocol = _protocol(name)
    again = from_json(as_json(protocol))
    assert again == protocol
    assert hash_of(as_json(again)) == protocol.content_hash


def test_eight_people_may_sit_down_to_any_of_them() -> None:
    assert all(_protocol(name).people[0] <= 4 and _protocol(name).people[1] >= 8 for name in PATHS)


def test_the_consultation_waits_for_the_contract_in_the_codev_family() -> None:
    for name in ("codev-75", "codev-classic", "codev-express", "codev-flash"):
        consultation = _phase(_protocol(name), "consultation")
        assert Guard.CONTRACT_ACCEPTED in consultation.guards
        assert consultation.stage is Stage.LISTENING


def test_the_client_leaves_the_stage_where_the_method_says_so() -> None:
    off = {name: [p.id for p in _protocol(name).phases() if p.stage is Stage.OFF] for name in PATHS}
    assert {name: phases for name, phases in off.items() if phases} == {
        "kollegiale-beratung": ["hypotheses", "solutions"],
        "intervisie-incident": ["analysis"],
        "troika": ["advice"],
        "wise-crowds": ["advice"],
    }


def test_silence_and_speech_are_one_step_of_synthesis() -> None:
    protocol = _protocol("codev-75")
    assert _phase(protocol, "synthesis-silence").step == _phase(protocol, "synthesis").step == "synthesis"


def test_troika_and_wise_crowds_repeat_for_each_client() -> None:
    assert [
        (_protocol(name).rounds, _protocol(name).blocks[0].per_client) for name in ("troika", "wise-crowds")
    ] == [
        (3, True),
        (2, True),
    ]


def test_the_flash_says_what_it_is_not() -> None:
    label = _protocol("codev-flash").label
    assert label is not None
    assert "AFCODEV" in label["fr"]
    assert "AFCODEV" in label["en"]


def test_the_committed_schema_is_fresh() -> None:
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_example_of_the_readme_can_be_played() -> None:
    blocks = (SHIPPED / "README.md").read_text(encoding="utf-8").split("```yaml\n")
    example = check_protocol(blocks[1].partition("```")[0].encode())
    assert example.protocol is not None
    assert {problem.code for problem in example.problems} == {"no-protected", "no-plan"}
