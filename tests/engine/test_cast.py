"""Seats, presence, roles and the client."""

from datetime import timedelta

from app.engine.commands import (
    AddPerson,
    Arrive,
    AssignRole,
    ChangePlan,
    ChooseClient,
    DeclineClient,
    Leave,
    Next,
    OpenDoors,
    ProposeSubject,
    RemovePerson,
    SignalInterest,
    Start,
    Undo,
)
from app.engine.decide_plan import check_planned
from app.engine.errors import Code
from app.engine.events import ClientChosen, Invited, PersonAdded, PlanChanged, RoleAssigned, Trace
from app.engine.evolve import evolve
from app.engine.ids import CLOCK, SERVER, EntryId, PersonId
from app.engine.projections import project
from app.engine.protocol import Role
from tests.builders import (
    BRUNO,
    CHLOE,
    DRISS,
    ELENA,
    FACILITATOR,
    START,
    Play,
    a_plan,
    a_protocol,
    a_session,
    a_troika,
    people,
)
from tests.engine.refusing import refused


def presence(play: Play, person: PersonId) -> str:
    view = project(play.session, FACILITATOR, play.now)
    return next(seat.presence for seat in view.seats if seat.id == person)


def test_nobody_enters_before_the_doors_open() -> None:
    play = Play()
    with refused(Code.DOORS_CLOSED):
        play.do(Arrive(), BRUNO)
    play.do(OpenDoors())
    assert play.do(Arrive(), BRUNO)
    assert play.do(Arrive(), BRUNO) == ()


def test_who_comes_second_to_open_the_doors_finds_them_open() -> None:
    play = Play()
    play.do(OpenDoors())
    assert play.do(OpenDoors(), CLOCK) == ()
    assert play.do(OpenDoors(), FACILITATOR) == ()
    with refused(Code.NOT_YOUR_ROLE):
        play.do(OpenDoors(), BRUNO)


def test_a_stranger_is_refused() -> None:
    with refused(Code.NOT_AT_THIS_TABLE):
        Play().open().do(Arrive(), PersonId("mallory"))


def test_presence_tells_expected_late_here_away_and_gone_apart() -> None:
    play = Play()
    play.do(OpenDoors())
    play.do(Arrive(), BRUNO)
    assert (presence(play, BRUNO), presence(play, CHLOE)) == ("here", "expected")
    play.do(Start())
    assert presence(play, CHLOE) == "late"
    play.do(Leave(), BRUNO)
    assert presence(play, BRUNO) == "away"
    assert play.do(Leave(), BRUNO) == ()
    play.do(Leave(gone=True), BRUNO)
    assert presence(play, BRUNO) == "gone"
    assert play.do(Leave(), BRUNO) == ()
    play.do(Arrive(), BRUNO)
    assert presence(play, BRUNO) == "here"


def test_the_plan_can_change_until_the_start() -> None:
    play = Play()
    play.do(
        ChangePlan(
            title="Cercle Rhône",
            starts_at=START + timedelta(days=7),
            minutes={"opening": timedelta(minutes=6)},
        )
    )
    assert (play.session.title, play.session.starts_at) == ("Cercle Rhône", START + timedelta(days=7))
    assert play.session.clock.promised_end == START + timedelta(days=7, minutes=73)
    assert play.do(ChangePlan(title="Cercle Rhône")) == ()
    with refused(Code.OUT_OF_RANGE):
        play.do(ChangePlan(minutes={"opening": timedelta(minutes=99)}))
    with refused(Code.BAD_PLAN):
        play.do(ChangePlan(minutes={"siesta": timedelta(minutes=9)}))
    with refused(Code.BAD_PLAN):
        play.do(ChangePlan(starts_at=START.replace(tzinfo=None)))
    play.start()
    with refused(Code.ALREADY_STARTED):
        play.do(ChangePlan(title="Trop tard"))


def test_client_reserve_language_and_trace_change_with_the_plan() -> None:
    play = Play(a_plan(clients=(BRUNO,), reserve=CHLOE))
    play.do(ProposeSubject(EntryId("s"), "Une équipe"), CHLOE)
    play.do(ChooseClient(CHLOE, EntryId("s"), BRUNO))
    play.do(ChangePlan(language="en", trace=Trace.NONE))
    kept = play.session
    assert (kept.clients, kept.subjects, kept.reserve) == ((CHLOE,), (EntryId("s"),), BRUNO)
    assert (kept.language, kept.trace) == ("en", Trace.NONE)
    play.do(ChangePlan(clients=(BRUNO,)))
    assert (play.session.clients, play.session.subjects) == ((BRUNO,), (None,))
    assert play.session.reserve is None, "nobody is client and in reserve"
    assert play.do(ChangePlan(clients=(BRUNO,))) == ()
    play.do(ChangePlan(clients=(), reserve=DRISS))
    opened = play.session
    assert (opened.clients, opened.reserve) == ((None,), DRISS)
    play.do(ChangePlan(reserve=PersonId("")))
    assert play.session.reserve is None
    for clients, code in (
        ((FACILITATOR,), Code.CONDUCTOR_NOT_CLIENT),
        ((PersonId("mallory"),), Code.UNKNOWN_PERSON),
        ((BRUNO, CHLOE), Code.NO_SUCH_TURN),
    ):
        with refused(code):
            play.do(ChangePlan(clients=clients))
    play.do(DeclineClient(), DRISS)
    with refused(Code.PERSON_DECLINED):
        play.do(ChangePlan(clients=(DRISS,)))
    with refused(Code.UNKNOWN_PERSON):
        play.do(ChangePlan(reserve=PersonId("mallory")))


def test_a_plan_stored_before_these_fields_existed_changes_none_of_them() -> None:
    session = a_session(a_plan(clients=(BRUNO,), reserve=CHLOE))
    old = PlanChanged(session.title, session.starts_at, session.zone, session.rounds, session.minutes)
    changed = evolve(session, old, START)
    assert (changed.clients, changed.reserve) == (session.clients, session.reserve)
    assert (changed.language, changed.trace) == (session.language, session.trace)


def test_seats_are_added_renamed_and_taken_away() -> None:
    play = Play().start()
    assert play.do(AddPerson(PersonId("zoé"), " Zoé  Roy "), SERVER) == (
        PersonAdded(PersonId("zoé"), "Zoé Roy", Role.CONSULTANT, ()),
    )
    assert play.do(AddPerson(PersonId("zoé"), "Zoé Roy")) == ()
    play.do(AddPerson(PersonId("zoé"), "Zoé Roy", tags=("RH",)))
    assert play.session.people[-1].tags == ("RH",)
    play.do(RemovePerson(PersonId("zoé")))
    assert play.do(RemovePerson(PersonId("zoé"))) == ()
    with refused(Code.LAST_FACILITATOR):
        play.do(RemovePerson(FACILITATOR))
    with refused(Code.BAD_PLAN):
        play.do(AddPerson(PersonId("nobody"), "\n"))
    for number in range(11):
        play.do(AddPerson(PersonId(f"p{number}"), f"P {number}"))
    with refused(Code.TABLE_FULL):
        play.do(AddPerson(PersonId("p11"), "P 11"))


def test_a_removed_client_leaves_the_place_free() -> None:
    play = Play().start()
    play.do(RemovePerson(BRUNO))
    assert play.session.clients == (None,)
    assert play.session.subjects == (None,)
    play.to("subject")
    with refused(Code.CLIENT_NOT_CHOSEN):
        play.do(Next("subject"))


def test_there_is_one_timekeeper_and_always_a_facilitator() -> None:
    play = Play().open()
    play.do(AssignRole(CHLOE, Role.TIMEKEEPER))
    assert play.do(AssignRole(DRISS, Role.TIMEKEEPER)) == (
        RoleAssigned(CHLOE, Role.CONSULTANT),
        RoleAssigned(DRISS, Role.TIMEKEEPER),
    )
    with refused(Code.LAST_FACILITATOR):
        play.do(AssignRole(FACILITATOR, Role.CONSULTANT))
    with refused(Code.CHOOSE_CLIENT_INSTEAD):
        play.do(AssignRole(DRISS, Role.CLIENT))
    play.do(AssignRole(ELENA, Role.CO_FACILITATOR))
    play.do(AssignRole(FACILITATOR, Role.CONSULTANT), ELENA)
    assert play.do(Start(), ELENA)


def test_the_client_is_chosen_with_their_own_subject_or_none() -> None:
    play = Play().open()
    play.do(ProposeSubject(EntryId("s1"), "Déléguer", expects="des idées"), BRUNO)
    with refused(Code.NOT_THEIR_SUBJECT):
        play.do(ChooseClient(CHLOE, EntryId("s1")))
    with refused(Code.CONDUCTOR_NOT_CLIENT):
        play.do(ChooseClient(FACILITATOR))
    with refused(Code.UNKNOWN_ENTRY):
        play.do(ChooseClient(BRUNO, EntryId("s2")))
    with refused(Code.NOT_YOUR_ROLE):
        play.do(ChooseClient(BRUNO), BRUNO)
    assert play.do(ChooseClient(BRUNO, EntryId("s1"), CHLOE)) == (
        ClientChosen(BRUNO, 1, EntryId("s1"), CHLOE),
    )
    assert play.do(ChooseClient(BRUNO, EntryId("s1"))) == ()
    assert project(play.session, BRUNO, play.now).me.role == "client"


def test_who_declines_is_not_made_client_against_their_will() -> None:
    play = Play().open()
    play.do(DeclineClient(), BRUNO)
    assert play.do(DeclineClient(), BRUNO) == ()
    with refused(Code.PERSON_DECLINED):
        play.do(ChooseClient(BRUNO))
    play.do(DeclineClient(False), BRUNO)
    assert play.do(ChooseClient(BRUNO))


def test_interest_is_counted_and_only_ones_own_is_named() -> None:
    play = Play().open()
    play.do(ProposeSubject(EntryId("s1"), "Déléguer"), BRUNO)
    play.do(SignalInterest(EntryId("s1")), CHLOE)
    assert play.do(SignalInterest(EntryId("s1")), CHLOE) == ()
    play.do(SignalInterest(EntryId("s1")), DRISS)
    play.do(SignalInterest(EntryId("s1"), on=False), DRISS)
    view = project(play.session, CHLOE, play.now)
    assert view.entries["s1"].interest == 1
    assert view.me.interests == ("s1",)
    with refused(Code.UNKNOWN_ENTRY):
        play.do(SignalInterest(EntryId("s9")), CHLOE)


def test_in_troika_each_block_has_its_own_client() -> None:
    protocol = a_troika()
    play = Play(a_plan(protocol), protocol).open()
    play.now = START
    play.do(ChooseClient(BRUNO))
    play.do(Start())
    play.to("advice")
    assert [seat.stage for seat in project(play.session, CHLOE, play.now).seats][:2] == ["on", "off"]
    play.to("harvest")
    with refused(Code.CLIENT_NOT_CHOSEN):
        play.do(Next("harvest"))
    assert play.do(ChooseClient(CHLOE)) == (ClientChosen(CHLOE, 2, None, None),)
    assert play.session.client == BRUNO
    play.next()
    assert play.session.slot is not None
    assert play.session.slot.key == "question.2"
    assert play.session.client == CHLOE
    play.do(ChooseClient(DRISS, turn=3))
    play.to("closing")
    assert play.session.clients == (BRUNO, CHLOE, DRISS)
    view = project(play.session, DRISS, play.now)
    assert (view.request.person, view.me.role, view.session.turn) == (None, "consultant", 0)
    with refused(Code.NO_SUCH_TURN):
        play.do(ChooseClient(ELENA, turn=4))
    play.do(Undo())
    assert play.session.client == DRISS


def test_a_plan_that_cannot_be_held_is_refused() -> None:
    protocol = a_protocol()
    check_planned(a_plan(protocol), protocol)
    with refused(Code.LAST_FACILITATOR):
        check_planned(a_plan(protocol, seats=people()[1:]), protocol)
    with refused(Code.BAD_PLAN):
        check_planned(a_plan(protocol, seats=(*people(), people()[1])), protocol)
    with refused(Code.UNKNOWN_PERSON):
        check_planned(a_plan(protocol, clients=(PersonId("zoé"),)), protocol)
    with refused(Code.CHOOSE_CLIENT_INSTEAD):
        check_planned(a_plan(protocol, seats=(*people(), Invited(PersonId("z"), "Z", Role.CLIENT))), protocol)
    with refused(Code.OUT_OF_RANGE):
        check_planned(a_plan(protocol, rounds=0), protocol)
