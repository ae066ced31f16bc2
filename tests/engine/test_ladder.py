"""Rungs of the group and of one person, the report of drops, and where to meet when nothing else works."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.commands import AcceptContract, Arrive, ChangePlan, Command, Leave, RemovePerson, Write
from app.engine.continuity import Rung
from app.engine.decide_plan import check_planned
from app.engine.drops import waits_for_client_at
from app.engine.errors import Code, Refusal
from app.engine.ids import SERVER, EntryId, PersonId
from app.engine.instants import as_ms
from app.engine.ladder import LIVEKIT, NO_LIVEKIT, Bridge, Fault, Microphones
from app.engine.ladder_commands import (
    AllowScreen,
    AskToPhone,
    Drill,
    ForceRung,
    MoveGroup,
    MovePerson,
    OfferRise,
    PlacePerson,
    TakeRung,
)
from app.engine.projections import project, project_personal, project_shared
from app.engine.protocol import Kind, Role
from app.engine.view import BrokenView, ConductView, DropView, Live, View
from tests.builders import BRUNO, CHLOE, DRISS, FACILITATOR, START, Play, a_plan, a_protocol

PHONE = Bridge("+33 1 23 45 67 89", "4711#", "https://meet.example/atlas")


def a_play() -> Play:
    """Begin a session with a number to call, on the hour."""
    return Play(replace(a_plan(), bridge=PHONE, relay=CHLOE)).start()


def seen(play: Play, by: PersonId = FACILITATOR) -> View:
    """Show what somebody sees now."""
    return project(play.session, by, play.now)


def conduct(play: Play) -> ConductView:
    """Show the facilitator's section now."""
    found = seen(play).conduct
    assert found is not None
    return found


def refused(play: Play, command: Command, by: PersonId = FACILITATOR) -> Code:
    """Give a command that must be refused, and say why it was."""
    with pytest.raises(Refusal) as refusal:
        play.do(command, by)
    return refusal.value.code


def test_a_session_begins_with_livekit_and_on_direct_links_where_there_is_none() -> None:
    play = Play().open()
    assert (seen(play).ladder.rung, seen(play).media.livekit) == ("sfu", True)
    play.do(MoveGroup(Rung.MESH, NO_LIVEKIT), SERVER)
    assert (seen(play).ladder.rung, seen(play).media.livekit) == ("mesh", False)
    assert play.do(MoveGroup(Rung.MESH, NO_LIVEKIT), SERVER) == ()
    assert refused(play, ForceRung(Rung.SFU)) is Code.NO_VIDEO_SERVER
    play.do(MoveGroup(Rung.SFU, LIVEKIT), SERVER)
    assert seen(play).media.livekit


def test_no_change_of_rung_ever_stops_the_clock() -> None:
    play = a_play()
    running = play.session.clock
    for rung in (Rung.SFU_AUDIO, Rung.MESH, Rung.BRIDGE, Rung.TEXT, Rung.SFU):
        play.do(MoveGroup(rung, "video-unreachable"), SERVER)
        assert play.session.clock is running


def test_the_facilitator_takes_an_offer_and_forces_a_rung() -> None:
    play = a_play()
    play.do(MoveGroup(Rung.MESH, "video-unreachable"), SERVER)
    assert play.do(OfferRise(Rung.TEXT), SERVER) == ()
    play.do(OfferRise(Rung.SFU), SERVER)
    assert conduct(play).offer == "sfu"
    play.do(ForceRung(Rung.SFU))
    assert (conduct(play).offer, seen(play).ladder.forced) == (None, False)
    assert play.do(ForceRung(Rung.SFU)) == (), "two clicks accept once"
    play.do(ForceRung(Rung.TEXT))
    assert (seen(play).ladder.rung, seen(play).ladder.why, seen(play).ladder.forced) == (
        "text",
        "facilitator",
        True,
    )
    assert refused(play, ForceRung(Rung.MESH), CHLOE) is Code.NOT_YOUR_ROLE


def test_only_the_server_moves_the_group_by_itself() -> None:
    play = a_play()
    assert refused(play, MoveGroup(Rung.TEXT)) is Code.NOT_YOUR_ROLE
    assert refused(play, MovePerson(CHLOE, Rung.TEXT)) is Code.NOT_YOUR_ROLE


def test_a_person_on_a_rung_of_their_own_is_seen_there_and_the_others_stay() -> None:
    play = a_play()
    play.do(MovePerson(CHLOE, Rung.MESH), SERVER)
    rungs = {seat.id: seat.rung for seat in seen(play, DRISS).seats}
    assert rungs == {seat.id: "mesh" if seat.id == CHLOE else "sfu" for seat in seen(play).seats}
    play.do(MovePerson(CHLOE, Rung.TEXT), SERVER)
    assert seen(play, DRISS).ladder.silent == (CHLOE,)
    play.do(MovePerson(CHLOE, None), SERVER)
    assert {seat.rung for seat in seen(play).seats} == {"sfu"}


def test_whoever_is_asked_to_phone_chooses_for_themselves() -> None:
    play = a_play()
    play.do(AskToPhone(CHLOE))
    assert seen(play, CHLOE).me.asked_to_phone
    play.do(TakeRung(Rung.BRIDGE), CHLOE)
    assert (seen(play, CHLOE).me.asked_to_phone, seen(play, CHLOE).me.rung) == (False, "bridge")
    play.do(MoveGroup(Rung.MESH, "video-unreachable"), SERVER)
    assert seen(play, CHLOE).me.rung == "bridge", "what one chose for oneself stays"
    play.do(TakeRung(None), CHLOE)
    assert seen(play, CHLOE).me.rung is None
    assert refused(play, TakeRung(Rung.ALONE), CHLOE) is Code.NOT_THIS_RUNG


def test_who_asked_somebody_to_phone_sees_it_and_takes_it_back_and_nothing_else_changes() -> None:
    play = a_play()
    play.do(TakeRung(Rung.TEXT), CHLOE)
    for person in (CHLOE, DRISS):
        play.do(AskToPhone(person))
    assert conduct(play).asked == (CHLOE, DRISS)
    play.do(PlacePerson(CHLOE, None))
    assert (seen(play, CHLOE).me.asked_to_phone, seen(play, CHLOE).me.rung) == (False, "text")
    play.do(TakeRung(None), DRISS)
    assert conduct(play).asked == (), "“not now” answers as well"
    play.do(PlacePerson(CHLOE, None))
    assert seen(play, CHLOE).me.rung is None
    assert play.do(PlacePerson(CHLOE, None)) == ()
    play.do(TakeRung(Rung.BRIDGE), CHLOE)
    assert play.do(AskToPhone(CHLOE)) == (), "who is on the telephone is not asked to phone"


def test_who_takes_the_telephone_is_seen_there_although_the_server_hears_nothing_of_them() -> None:
    play = a_play()
    play.do(MovePerson(CHLOE, Rung.TEXT), SERVER)
    play.do(TakeRung(Rung.BRIDGE), CHLOE)
    play.do(MovePerson(CHLOE, None), SERVER)
    play.do(MovePerson(CHLOE, Rung.TEXT), SERVER)
    assert next(seat.rung for seat in seen(play, DRISS).seats if seat.id == CHLOE) == "bridge"
    assert seen(play, DRISS).ladder.silent == (), "nobody links to who hangs on the telephone"
    drops = [(each.what, each.until is None) for each in play.session.ladder.drops]
    assert drops == [("text", False), ("bridge", True)], "measuring again begins no new drop"
    play.do(TakeRung(None), CHLOE)
    assert next(seat.rung for seat in seen(play, DRISS).seats if seat.id == CHLOE) == "text"


def test_without_a_number_nobody_is_sent_to_the_telephone() -> None:
    play = Play().start()
    assert refused(play, AskToPhone(CHLOE)) is Code.NO_BRIDGE
    assert refused(play, TakeRung(Rung.BRIDGE), CHLOE) is Code.NO_BRIDGE
    assert refused(play, ForceRung(Rung.BRIDGE)) is Code.NO_BRIDGE


def test_the_drop_report_says_who_when_and_what_and_only_to_the_facilitator() -> None:
    play = a_play().wait(minutes=1)
    play.do(Leave(), DRISS)
    play.wait(seconds=30).do(Arrive(), DRISS)
    play.wait(seconds=30).do(MoveGroup(Rung.MESH, "video-unreachable"), SERVER)
    play.wait(seconds=90).do(MoveGroup(Rung.SFU, "x"), SERVER)
    play.do(TakeRung(Rung.BRIDGE), CHLOE)
    minute = as_ms(START + timedelta(minutes=1))
    assert conduct(play).drops == (
        DropView(DRISS, "opening", minute, minute + 30_000, "away"),
        DropView(None, "opening", minute + 60_000, minute + 150_000, "mesh"),
        DropView(CHLOE, "opening", minute + 150_000, None, "bridge"),
    )
    assert seen(play, CHLOE).conduct is None
    play.do(RemovePerson(DRISS))
    assert [drop.person for drop in conduct(play).drops] == [None, CHLOE]


def test_a_way_the_facilitator_chose_is_no_drop_and_ends_the_one_before() -> None:
    play = a_play().wait(minutes=1)
    play.do(ForceRung(Rung.BRIDGE))
    assert conduct(play).drops == ()
    play.do(ForceRung(Rung.SFU))
    play.do(MoveGroup(Rung.MESH, "video-unreachable"), SERVER)
    play.wait(seconds=30).do(ForceRung(Rung.TEXT))
    play.wait(seconds=30).do(ForceRung(Rung.MESH))
    play.wait(seconds=30).do(MoveGroup(Rung.TEXT, "no-direct-links"), SERVER)
    minute = as_ms(START + timedelta(minutes=1))
    assert conduct(play).drops == (
        DropView(None, "opening", minute, minute + 30_000, "mesh"),
        DropView(None, "opening", minute + 90_000, None, "text"),
    )


def test_before_the_start_nothing_counts_as_a_drop() -> None:
    play = Play().open()
    play.do(Leave(), DRISS)
    play.do(MoveGroup(Rung.MESH, "x"), SERVER)
    assert conduct(play).drops == ()


def test_the_card_names_where_to_meet_the_relay_and_the_facilitator() -> None:
    play = Play()
    play.do(ChangePlan(bridge=PHONE, relay=CHLOE, microphones=Microphones.VOICE_RULE, screen_share=True))
    card = seen(play, DRISS).bridge
    assert (card.phone, card.code, card.link) == (PHONE.phone, PHONE.code, PHONE.link)
    assert (card.relay, card.facilitator) == (CHLOE, FACILITATOR)
    assert (seen(play).media.microphones, seen(play).media.share) == ("voice-rule", True)
    play.do(ChangePlan(relay=PersonId("")))
    assert seen(play).bridge.relay is None
    assert seen(play).bridge.phone == PHONE.phone, "what is not named stays"


def test_a_bridge_that_leads_nowhere_and_a_relay_who_conducts_are_refused() -> None:
    play = Play()
    assert refused(play, ChangePlan(bridge=Bridge(link="javascript:alert(1)"))) is Code.BAD_PLAN
    assert refused(play, ChangePlan(bridge=Bridge(phone="1" * 501))) is Code.BAD_PLAN
    assert refused(play, ChangePlan(relay=FACILITATOR)) is Code.BAD_PLAN
    assert refused(play, ChangePlan(relay=PersonId("mallory"))) is Code.UNKNOWN_PERSON
    with pytest.raises(Refusal):
        check_planned(replace(a_plan(), relay=PersonId("mallory")), a_protocol())


def test_screens_are_shared_only_when_allowed() -> None:
    play = a_play()
    assert not seen(play).media.share
    play.do(AllowScreen())
    assert seen(play, CHLOE).media.share
    assert refused(play, AllowScreen(), CHLOE) is Code.NOT_YOUR_ROLE


def test_the_voice_rule_names_who_may_speak_in_each_phase() -> None:
    play = a_play().to("presentation")
    assert seen(play).media.speakers == (FACILITATOR, BRUNO)
    play.to("clarification")
    assert set(seen(play).media.speakers) == {each.id for each in play.session.people}, (
        "nobody has the floor yet"
    )
    play.to("consultation")
    assert BRUNO not in seen(play).media.speakers, "the client listens"
    play.next()
    assert seen(play).media.speakers == (FACILITATOR,)
    assert {person.role for person in play.session.people} >= {Role.FACILITATOR}


def test_only_a_rehearsal_is_drilled_and_only_people_of_the_table_are_struck() -> None:
    real = a_play()
    assert refused(real, Drill(Fault.VIDEO)) is Code.NOT_A_REHEARSAL
    assert "drill" not in seen(real).me.may
    play = Play(replace(a_plan(), rehearsal=True)).start()
    assert "drill" in seen(play, CHLOE).me.may
    play.do(Drill(Fault.VIDEO, CHLOE), CHLOE)
    play.do(Drill(Fault.AWAY, BRUNO))
    assert seen(play).ladder.broken == (BrokenView("video", None), BrokenView("away", "bruno"))
    assert play.do(Drill(Fault.AWAY, BRUNO)) == ()
    assert refused(play, Drill(Fault.NETWORK)) is Code.UNKNOWN_PERSON
    assert refused(play, Drill(Fault.AWAY, PersonId("nobody"))) is Code.UNKNOWN_PERSON
    play.do(Drill(Fault.VIDEO, on=False))
    assert seen(play).ladder.broken == (BrokenView("away", "bruno"),)
    play.do(RemovePerson(BRUNO))
    assert seen(play).ladder.broken == ()


def test_whoever_conducts_says_who_is_on_the_telephone_and_nobody_else_may() -> None:
    play = a_play()
    play.do(Leave(), DRISS)
    play.do(PlacePerson(DRISS, Rung.BRIDGE))
    assert {seat.id: seat.rung for seat in seen(play).seats}[DRISS] == "bridge"
    assert refused(play, PlacePerson(DRISS, Rung.SFU)) is Code.NOT_THIS_RUNG
    assert refused(play, PlacePerson(PersonId("nobody"), None)) is Code.UNKNOWN_PERSON
    assert refused(play, PlacePerson(DRISS, None), CHLOE) is Code.NOT_YOUR_ROLE
    play.do(Arrive(), DRISS)
    assert seen(play, DRISS).me.rung == "bridge"
    play.do(PlacePerson(DRISS, None))
    assert seen(play, DRISS).me.rung is None


def test_a_client_on_the_telephone_alone_is_not_waited_for_and_says_yes_through_the_facilitator() -> None:
    play = Play(replace(a_plan(), bridge=PHONE, relay=CHLOE)).start().to("contract")
    play.do(Leave(), BRUNO)
    assert waits_for_client_at(play.session) is not None
    play.do(PlacePerson(BRUNO, Rung.BRIDGE))
    assert waits_for_client_at(play.session) is None
    play.do(Write(EntryId("request"), Kind.CONTRACT, "Aidez-moi à dire non."))
    assert refused(play, AcceptContract(EntryId("request"), for_client=True), CHLOE) is Code.NOT_YOUR_ROLE
    play.do(AcceptContract(EntryId("request")))
    play.do(AcceptContract(EntryId("request"), for_client=True))
    request = seen(play).request
    assert (request.client, request.consultants) == (True, True)


def test_nobody_says_yes_for_a_client_who_is_here() -> None:
    play = Play(replace(a_plan(), bridge=PHONE)).start().to("contract")
    play.do(Write(EntryId("request"), Kind.CONTRACT, "Aidez-moi à dire non."), BRUNO)
    play.do(PlacePerson(BRUNO, Rung.BRIDGE))
    assert refused(play, AcceptContract(EntryId("request"), for_client=True)) is Code.NOT_YOUR_ROLE


def test_the_quality_of_a_line_is_shown_to_whoever_conducts_and_only_while_somebody_is_here() -> None:
    play = a_play()
    live = Live(quality={CHLOE: "poor", DRISS: "lost"})
    play.do(Leave(), DRISS)
    shared = project_shared(play.session, play.now, live=live)
    assert project_personal(play.session, shared, CHLOE).conduct is None
    conducted = project_personal(play.session, shared, FACILITATOR).conduct
    assert conducted is not None
    assert conducted.quality == {CHLOE: "poor"}
    assert conduct(play).quality == {}
