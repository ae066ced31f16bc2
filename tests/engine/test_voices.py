"""Hands, the floor and the round of all."""

from app.engine.commands import (
    AssignRole,
    ChooseClient,
    GiveFloor,
    Leave,
    LowerHand,
    PassFloor,
    ProposeSubject,
    RaiseHand,
    RemovePerson,
    SayReady,
    Start,
    StartRound,
)
from app.engine.errors import Code
from app.engine.events import FloorPassed, HandRaised
from app.engine.floor import experts, occurs
from app.engine.ids import EntryId, PersonId
from app.engine.projections import project
from app.engine.protocol import Role
from app.engine.state import Floor
from tests.builders import BRUNO, CHLOE, DRISS, ELENA, FACILITATOR, START, Play, a_plan, people
from tests.engine.refusing import refused


def floor(play: Play) -> Floor:
    return play.session.floor


def test_hands_keep_their_order_and_one_person_has_one_hand() -> None:
    play = Play().start()
    for person in (DRISS, CHLOE, BRUNO):
        assert play.do(RaiseHand(), person) == (HandRaised(person),)
    assert play.do(RaiseHand(), CHLOE) == ()
    assert floor(play).hands == (DRISS, CHLOE, BRUNO)
    assert [seat.hand for seat in project(play.session, ELENA, play.now).seats] == [0, 3, 2, 1, 0]
    play.do(LowerHand(), CHLOE)
    assert play.do(LowerHand(), CHLOE) == ()
    with refused(Code.NOT_YOURS):
        play.do(LowerHand(DRISS), CHLOE)
    play.do(LowerHand(DRISS))
    assert floor(play).hands == (BRUNO,)


def test_giving_the_floor_takes_the_hand_down_and_thanks_the_speaker_before() -> None:
    play = Play().start()
    play.do(RaiseHand(), CHLOE)
    play.do(GiveFloor(CHLOE))
    assert floor(play).holder == CHLOE
    assert floor(play).hands == ()
    assert play.do(GiveFloor(CHLOE)) == ()
    assert play.do(RaiseHand(), CHLOE) == ()
    play.do(GiveFloor(None))
    assert floor(play).holder is None
    with refused(Code.UNKNOWN_PERSON):
        play.do(GiveFloor(PersonId("zoé")))
    with refused(Code.NOT_YOUR_ROLE):
        play.do(GiveFloor(CHLOE), CHLOE)


def test_a_round_goes_clockwise_from_the_client_who_comes_last() -> None:
    play = Play().start()
    play.do(StartRound())
    assert play.do(StartRound()) == ()
    spoken = [floor(play).holder]
    while floor(play).round:
        play.do(PassFloor(), floor(play).holder)  # type: ignore[arg-type]
        spoken.append(floor(play).holder)
    assert spoken == [CHLOE, DRISS, ELENA, BRUNO]
    with refused(Code.NOT_YOUR_TURN):
        play.do(PassFloor(), CHLOE)
    assert play.do(PassFloor()) == (FloorPassed(None, ()),)
    assert play.do(PassFloor()) == ()


def test_two_clicks_pass_the_floor_once() -> None:
    play = Play().start()
    play.do(StartRound())
    assert play.do(PassFloor(CHLOE))
    assert play.do(PassFloor(CHLOE)) == ()
    assert floor(play).holder == DRISS


def test_who_dropped_speaks_last_and_who_is_removed_leaves_the_round() -> None:
    play = Play().start()
    play.do(StartRound())
    play.do(Leave(), DRISS)
    play.do(PassFloor(), CHLOE)
    assert (floor(play).holder, floor(play).round) == (ELENA, (BRUNO, DRISS))
    play.do(RemovePerson(BRUNO))
    assert floor(play).round == (DRISS,)


def test_in_the_consultation_a_round_is_for_the_consultants() -> None:
    play = Play().start().to("consultation")
    play.do(StartRound())
    assert (floor(play).holder, *floor(play).round) == (CHLOE, DRISS, ELENA)


def test_an_expert_on_the_subject_speaks_last_and_the_facilitator_is_told_why() -> None:
    seats = people(4, {CHLOE: ("équipe",), DRISS: ("finance",)})
    play = Play(a_plan(seats=seats)).start()
    play.do(StartRound())
    assert (floor(play).holder, *floor(play).round) == (DRISS, ELENA, BRUNO, CHLOE)
    conduct = project(play.session, FACILITATOR, play.now).conduct
    assert conduct is not None
    assert conduct.experts == {CHLOE: "équipe"}
    assert project(play.session, CHLOE, play.now).conduct is None


def test_a_tag_is_found_as_whole_words_whatever_case_and_accents() -> None:
    assert occurs("Équipe", "reprendre une EQUIPE")
    assert occurs("contrôle de gestion", "le Controle de  gestion, enfin")
    assert not occurs("RH", "marché du vin")
    assert not occurs("contrôle de gestion", "gestion de contrôle")
    assert not occurs("", "marché")
    assert not occurs("--", "marché")


def test_the_client_is_never_the_expert_of_their_own_subject() -> None:
    play = Play(a_plan(seats=people(4, {BRUNO: ("équipe",)}))).start()
    assert experts(play.session) == {}


def test_a_phase_begins_with_no_hands_no_speaker_and_nobody_ready() -> None:
    play = Play().start()
    play.do(StartRound())
    play.do(RaiseHand(), BRUNO)
    play.do(SayReady(), DRISS)
    assert play.do(SayReady(), DRISS) == ()
    play.next()
    assert floor(play).holder is None
    assert not floor(play).hands
    assert not floor(play).round
    assert not play.session.ready


def test_nobody_raises_a_hand_while_the_client_presents_or_the_client_while_listening() -> None:
    play = Play().start().to("presentation")
    with refused(Code.NOT_IN_THIS_PHASE):
        play.do(RaiseHand(), CHLOE)
    play.to("consultation")
    assert play.do(RaiseHand(), CHLOE)
    with refused(Code.NOT_IN_THIS_PHASE):
        play.do(RaiseHand(), BRUNO)


def test_the_facilitator_sees_who_has_not_been_heard_in_this_phase() -> None:
    play = Play().start()
    play.do(StartRound())
    play.do(PassFloor(), CHLOE)
    conduct = project(play.session, FACILITATOR, play.now).conduct
    assert conduct is not None
    assert conduct.unheard == (BRUNO, ELENA)


def test_an_observer_speaks_in_rounds_of_all_only() -> None:
    play = Play().open()
    play.do(AssignRole(ELENA, Role.OBSERVER))
    play.do(ProposeSubject(EntryId("s-bruno"), "Déléguer"), BRUNO)
    with refused(Code.NOT_YOUR_ROLE):
        play.do(ProposeSubject(EntryId("s-elena"), "Déléguer"), ELENA)
    play.do(ChooseClient(BRUNO))
    play.now = START
    play.do(Start())
    play.do(StartRound())
    assert ELENA in floor(play).round
    play.to("consultation")
    play.do(StartRound())
    assert ELENA not in floor(play).round
