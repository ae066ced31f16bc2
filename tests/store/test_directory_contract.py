"""What every directory promises about people and sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.ids import GroupId, PersonId, SessionId
from app.engine.protocol import Role
from app.usecases.records import (
    Attendance,
    CastTurn,
    Document,
    DocumentKind,
    Facilitator,
    Group,
    HeldPhase,
    Invitation,
    JoinToken,
    Member,
    PlannedSession,
    Presence,
    Sending,
    Status,
    TokenHash,
    WebSession,
)
from tests.fakes import NOON
from tests.store.conftest import AnyStore

FAY = Facilitator(PersonId("fay"), "Fay Ozoé", "Fay@Example.org", "fr", "Europe/Paris", NOON)
GROUP = Group(
    GroupId("group"), FAY.id, "Managers 3", "fr", "Europe/Paris", "client", NOON, "+33 1 00 00 00 00"
)
ANNA = Member(PersonId("anna"), GROUP.id, "Anna", "anna@example.org", "fr", 0, NOON, ("HR", "finance"))
BEN = Member(PersonId("ben"), GROUP.id, "Ben", "", "en", 1, NOON)
ROOM = PlannedSession(
    SessionId("room"), GROUP.id, 1, FAY.id, "codev-75", "a1b2", NOON, NOON + timedelta(minutes=75), "Europe/Paris",
    "client", NOON,
)  # fmt: skip


async def settle(store: AnyStore) -> None:
    await store.directory.save_facilitator(FAY)
    await store.directory.save_group(GROUP)
    await store.directory.save_members((BEN, ANNA))
    await store.directory.save_session(ROOM)


async def test_nobody_can_sign_in_at_first_nor_when_only_visitors_came(store: AnyStore) -> None:
    assert not await store.directory.has_facilitators()
    await store.directory.save_facilitator(replace(FAY, id=PersonId("visitor"), email=""))
    await store.directory.save_facilitator(replace(FAY, id=PersonId("visitor 2"), email=""))
    assert not await store.directory.has_facilitators()
    await store.directory.save_facilitator(FAY)
    assert await store.directory.has_facilitators()


async def test_a_facilitator_is_found_by_id_and_by_email_in_any_case(store: AnyStore) -> None:
    await store.directory.save_facilitator(FAY)
    assert await store.directory.find_facilitator(FAY.id) == FAY
    assert await store.directory.find_facilitator_by_email(" fay@EXAMPLE.org ") == FAY
    assert await store.directory.find_facilitator_by_email("") is None
    assert await store.directory.find_facilitator(PersonId("nobody")) is None
    await store.directory.save_facilitator(replace(FAY, name="Fay O."))
    assert (await store.directory.find_facilitator(FAY.id) or FAY).name == "Fay O."


async def test_an_email_belongs_to_one_facilitator(store: AnyStore) -> None:
    await store.directory.save_facilitator(FAY)
    with pytest.raises(ValueError, match="repeats a key"):
        await store.directory.save_facilitator(replace(FAY, id=PersonId("other"), email="fay@example.ORG"))


async def test_a_group_keeps_its_members_in_the_order_of_seats(store: AnyStore) -> None:
    await settle(store)
    assert await store.directory.find_group(GROUP.id) == GROUP
    assert await store.directory.members_of(GROUP.id) == (ANNA, BEN)
    gone = replace(ANNA, left_at=NOON, seat=5)
    await store.directory.save_members((gone,))
    assert await store.directory.find_member(ANNA.person) == gone
    assert await store.directory.members_of(GROUP.id) == (BEN, gone)


async def test_the_newest_group_comes_first(store: AnyStore) -> None:
    await settle(store)
    newer = replace(GROUP, id=GroupId("newer"), created_at=NOON + timedelta(days=1))
    await store.directory.save_group(newer)
    assert await store.directory.groups_of(FAY.id) == (newer, GROUP)


async def test_what_points_to_nothing_is_refused_whole(store: AnyStore) -> None:
    with pytest.raises(ValueError, match="points to nothing"):
        await store.directory.save_group(GROUP)
    await settle(store)
    with pytest.raises(ValueError, match="points to nothing"):
        await store.directory.save_members((replace(BEN, name="New"), replace(ANNA, group=GroupId("none"))))
    assert await store.directory.find_member(BEN.person) == BEN


async def test_sessions_are_listed_by_group_and_by_facilitator(store: AnyStore) -> None:
    await settle(store)
    early = replace(ROOM, id=SessionId("early"), number=2, starts_at=NOON - timedelta(days=1))
    over = replace(ROOM, id=SessionId("over"), number=3, status=Status.CANCELLED)
    for each in (over, early):
        await store.directory.save_session(each)
    assert await store.directory.sessions_of(GROUP.id) == (ROOM, early, over)
    assert await store.directory.sessions_by(FAY.id) == (early, over, ROOM)


async def test_a_session_remembers_when_it_closed(store: AnyStore) -> None:
    await settle(store)
    await store.directory.set_status(ROOM.id, Status.RUNNING, NOON)
    assert await store.directory.find_session(ROOM.id) == replace(ROOM, status=Status.RUNNING)
    await store.directory.set_status(ROOM.id, Status.CLOSED, NOON)
    assert await store.directory.find_session(ROOM.id) == replace(ROOM, status=Status.CLOSED, closed_at=NOON)
    for late in (Status.RUNNING, Status.CLOSED):
        await store.directory.set_status(ROOM.id, late, NOON + timedelta(days=1))
    assert await store.directory.find_session(ROOM.id) == replace(
        ROOM, status=Status.CLOSED, closed_at=NOON
    ), "what is over stays so"


async def test_the_clock_watches_what_has_begun_and_what_begins_soon(store: AnyStore) -> None:
    await settle(store)
    soon = ROOM.starts_at
    statuses = {SessionId(status.value): status for status in Status if status is not Status.PLANNED}
    for id, status in statuses.items():
        await store.directory.save_session(
            replace(ROOM, id=id, status=status, starts_at=soon + timedelta(days=9))
        )
    begun = {id: each for id, each in statuses.items() if each not in (Status.CLOSED, Status.CANCELLED)}
    assert await store.directory.sessions_near(soon) == {ROOM.id: Status.PLANNED, **begun}
    assert await store.directory.sessions_near(soon - timedelta(seconds=1)) == begun


async def test_casts_are_a_history_and_can_be_noted_again(store: AnyStore) -> None:
    await settle(store)
    second = replace(ROOM, id=SessionId("second"), number=2)
    await store.directory.save_session(second)
    later = NOON + timedelta(days=21)
    anna = CastTurn(ROOM.id, GROUP.id, ANNA.person, Role.CLIENT, 1, NOON)
    ben = CastTurn(second.id, GROUP.id, BEN.person, Role.CLIENT, 1, later)
    scribe = CastTurn(ROOM.id, GROUP.id, ANNA.person, Role.SCRIBE, 1, NOON)
    await store.directory.record_cast(second.id, (ben,))
    await store.directory.record_cast(ROOM.id, (scribe,))
    await store.directory.record_cast(ROOM.id, (anna, scribe))
    assert await store.directory.casts_of(GROUP.id) == (anna, scribe, ben)
    assert await store.directory.casts_of(GroupId("other")) == ()


async def test_a_protocol_file_is_kept_under_its_hash(store: AnyStore) -> None:
    assert await store.directory.find_protocol("a1b2") is None
    for _ in range(2):
        await store.directory.keep_protocol("a1b2", "id: codev-75 # é")
    assert await store.directory.find_protocol("a1b2") == "id: codev-75 # é"


async def with_traces(store: AnyStore) -> None:
    """Leave every kind of trace of Anna: link, browser, invitation, document, evidence, cast."""
    await settle(store)
    await store.directory.save_invitations((Invitation(ROOM.id, ANNA.person, Sending.SENT, NOON),))
    link = JoinToken(TokenHash("link"), ROOM.id, ANNA.person, NOON, NOON + timedelta(days=1))
    await store.directory.issue_join((link,))
    browser = WebSession(TokenHash("browser"), ANNA.person, ROOM.id, NOON, NOON + timedelta(days=1))
    await store.directory.add_web_session(browser)
    await store.directory.record_cast(
        ROOM.id, (CastTurn(ROOM.id, GROUP.id, ANNA.person, Role.CLIENT, 1, NOON),)
    )
    plan = Document(ROOM.id, ANNA.person, DocumentKind.PLAN, b"{}", NOON)
    people = (
        Presence(ANNA.person, "Anna", Role.CLIENT, NOON, NOON),
        Presence(BEN.person, "Ben", Role.CONSULTANT, NOON, NOON),
    )
    held = Attendance(ROOM.id, people, (HeldPhase("contract", NOON, NOON),))
    await store.log.erase(ROOM.id, NOON, (plan,), (), held)


async def test_a_forgotten_person_leaves_a_nameless_id_in_past_casts_only(store: AnyStore) -> None:
    await with_traces(store)
    await store.directory.erase_person(ANNA.person)
    assert await store.directory.find_member(ANNA.person) is None
    assert await store.directory.find_join(TokenHash("link")) is None
    assert await store.directory.find_web_session(TokenHash("browser"), NOON) is None
    assert await store.directory.invitations_of(ROOM.id) == ()
    assert await store.documents.find(ROOM.id, ANNA.person, DocumentKind.PLAN) is None
    held = await store.directory.find_attendance(ROOM.id)
    assert held is not None
    assert [each.name for each in held.people] == ["", "Ben"]
    assert [turn.person for turn in await store.directory.casts_of(GROUP.id)] == [ANNA.person]


async def test_a_forgotten_group_leaves_nothing(store: AnyStore) -> None:
    await with_traces(store)
    await store.directory.erase_groups((GROUP.id,))
    assert await store.directory.find_group(GROUP.id) is None
    assert await store.directory.members_of(GROUP.id) == ()
    assert await store.directory.sessions_by(FAY.id) == ()
    assert await store.directory.casts_of(GROUP.id) == ()
    assert await store.directory.find_attendance(ROOM.id) is None
    assert await store.directory.find_join(TokenHash("link")) is None
    assert await store.directory.find_web_session(TokenHash("browser"), NOON) is None
    assert await store.documents.find(ROOM.id, ANNA.person, DocumentKind.PLAN) is None
    assert await store.directory.find_facilitator(FAY.id) == FAY


async def test_a_visitor_is_forgotten_with_their_last_rehearsal_and_a_facilitator_never(
    store: AnyStore,
) -> None:
    await settle(store)
    visitor = replace(FAY, id=PersonId("visitor"), email="")
    await store.directory.save_facilitator(visitor)
    browser = WebSession(TokenHash("browser"), visitor.id, None, NOON, NOON + timedelta(days=1))
    await store.directory.add_web_session(browser)
    old = replace(
        GROUP, id=GroupId("old"), owner=visitor.id, rehearsal=True, created_at=NOON - timedelta(days=3)
    )
    older = replace(old, id=GroupId("older"), created_at=NOON - timedelta(days=4))
    fays = replace(old, id=GroupId("fay's"), owner=FAY.id, created_at=NOON - timedelta(days=2))
    for group in (old, older, fays, replace(old, id=GroupId("new"), owner=FAY.id, created_at=NOON)):
        await store.directory.save_group(group)
    assert await store.directory.rehearsals_before(NOON) == (older, old, fays)
    await store.directory.erase_groups((older.id,))
    assert await store.directory.find_facilitator(visitor.id) == visitor
    await store.directory.erase_groups((old.id, fays.id, GroupId("unknown")))
    assert await store.directory.find_facilitator(visitor.id) is None
    assert await store.directory.find_web_session(browser.hash, NOON) is None
    assert await store.directory.find_facilitator(FAY.id) == FAY
    assert await store.directory.rehearsals_before(NOON) == ()
