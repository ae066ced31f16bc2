"""The fairest next cast, and why."""

import random

from app.engine.commands import AssignRole
from app.engine.events import PastCast
from app.engine.ids import PersonId
from app.engine.projections import project
from app.engine.protocol import Role
from app.engine.rotation import Candidate, propose_cast
from tests.builders import BRUNO, CHLOE, DRISS, ELENA, FACILITATOR, Play, a_plan, people

FARID = PersonId("farid")

TABLE = tuple(Candidate(each) for each in (BRUNO, CHLOE, DRISS, ELENA))


def held(number: int, client: PersonId, **others: Role) -> PastCast:
    return PastCast(number, {client: Role.CLIENT, **{PersonId(name): role for name, role in others.items()}})


def test_who_was_never_client_comes_first_and_seats_decide_between_equals() -> None:
    cast = propose_cast((held(1, BRUNO),), TABLE)
    assert (cast.client, cast.reserve) == (CHLOE, DRISS)
    assert cast.why == {"code": "seat", "person": CHLOE, "turns": 0, "number": 0}


def test_the_only_one_who_was_never_client_is_named_for_that() -> None:
    cast = propose_cast((held(1, BRUNO), held(2, CHLOE), held(3, ELENA)), TABLE)
    assert (cast.client, cast.reserve) == (DRISS, BRUNO)
    assert cast.why["code"] == "never"


def test_between_equals_the_longest_wait_wins() -> None:
    cast = propose_cast((held(1, CHLOE), held(2, BRUNO), held(3, DRISS), held(4, ELENA)), TABLE)
    assert (cast.client, cast.reserve) == (CHLOE, BRUNO)
    assert cast.why == {"code": "longest", "person": CHLOE, "turns": 1, "number": 1}


def test_fewer_turns_outweigh_a_longer_wait() -> None:
    history = (
        held(1, CHLOE),
        held(2, BRUNO),
        held(3, CHLOE),
        held(4, DRISS),
        held(5, DRISS),
        held(6, ELENA),
        held(7, ELENA),
    )
    cast = propose_cast(history, TABLE)
    assert cast.client == BRUNO
    assert cast.why == {"code": "fewest", "person": BRUNO, "turns": 1, "number": 2}


def test_absent_declined_and_without_subject_are_passed_over() -> None:
    people = (
        Candidate(BRUNO, has_subject=False),
        Candidate(CHLOE, present=False),
        Candidate(DRISS, declined=True),
        Candidate(ELENA),
    )
    cast = propose_cast((held(1, ELENA), held(2, ELENA)), people)
    assert (cast.client, cast.reserve) == (ELENA, None)
    assert propose_cast((), people[:3]).why == {"code": "nobody"}


def test_duties_go_round_too_and_to_different_people() -> None:
    history = (held(1, BRUNO, elena=Role.TIMEKEEPER),)
    cast = propose_cast(history, (*TABLE, Candidate(PersonId("farid"))), observer=True)
    named = [cast.client, cast.reserve, cast.timekeeper, cast.scribe, cast.observer]
    assert cast.timekeeper == BRUNO
    assert cast.scribe == ELENA
    assert cast.observer == "farid"
    assert len(set(named)) == 5


def test_the_same_question_has_the_same_answer_whatever_the_order_of_the_past() -> None:
    history = [held(number, random.Random(number).choice(TABLE).id) for number in range(1, 12)]
    answer = propose_cast(tuple(history), TABLE)
    for seed in range(20):
        random.Random(seed).shuffle(history)
        assert propose_cast(tuple(history), TABLE) == answer


def test_the_facilitator_sees_the_proposal_and_who_had_their_turn_is_not_proposed_again() -> None:
    play = Play(a_plan(history=(held(1, BRUNO), held(2, CHLOE), held(3, DRISS)))).open()
    conduct = project(play.session, FACILITATOR, play.now).conduct
    assert conduct is not None
    assert (conduct.cast_client, conduct.cast_reserve, conduct.cast_why["code"]) == (ELENA, BRUNO, "never")


def test_duties_go_to_those_who_had_them_least_and_say_why() -> None:
    history = (
        held(1, BRUNO, chloé=Role.TIMEKEEPER, driss=Role.SCRIBE),
        held(2, CHLOE, driss=Role.TIMEKEEPER, elena=Role.SCRIBE),
    )
    cast = propose_cast(history, (*TABLE, Candidate(FARID)), observer=True)
    assert (cast.client, cast.reserve) == (DRISS, ELENA)
    assert (cast.timekeeper, cast.duties[Role.TIMEKEEPER]) == (BRUNO, "seat")
    assert (cast.scribe, cast.duties[Role.SCRIBE]) == (CHLOE, "seat")
    assert (cast.observer, cast.duties[Role.OBSERVER]) == (FARID, "never")


def test_who_is_client_or_in_reserve_already_gets_no_duty() -> None:
    play = Play(a_plan(clients=(BRUNO,), reserve=CHLOE))
    duties = project(play.session, FACILITATOR, play.now).conduct
    assert duties is not None
    people = {each.role: each.person for each in duties.duties}
    assert set(people) == {"timekeeper", "scribe"} or set(people) == {"timekeeper"}
    assert not {BRUNO, CHLOE} & set(people.values())


def test_a_duty_somebody_has_is_proposed_no_more() -> None:
    play = Play(a_plan(seats=people(6), clients=(BRUNO,), reserve=CHLOE))
    play.do(AssignRole(DRISS, Role.SCRIBE))
    conduct = project(play.session, FACILITATOR, play.now).conduct
    assert conduct is not None
    assert [each.role for each in conduct.duties] == ["timekeeper"]
    assert conduct.duties[0].person not in (BRUNO, CHLOE, DRISS)
