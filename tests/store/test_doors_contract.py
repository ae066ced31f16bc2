"""What every directory promises about the ways in."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.ids import PersonId
from app.usecases.records import (
    Challenge,
    Invitation,
    JoinToken,
    Passkey,
    Sending,
    SignInToken,
    TokenHash,
    WebSession,
)
from tests.fakes import NOON
from tests.store.conftest import AnyStore
from tests.store.test_directory_contract import ANNA, BEN, FAY, ROOM, settle

HOUR = timedelta(hours=1)
LINK = JoinToken(TokenHash("link"), ROOM.id, ANNA.person, NOON, NOON + HOUR)
SIGN_IN = SignInToken(TokenHash("sign-in"), FAY.id, NOON, NOON + HOUR)
KEY = Passkey(b"\x00credential", FAY.id, b"\x00public", 7, "Telephone", NOON)


def browser(name: str, person: PersonId = ANNA.person) -> WebSession:
    return WebSession(TokenHash(name), person, ROOM.id, NOON, NOON + HOUR)


async def test_an_invitation_tells_how_far_it_is(store: AnyStore) -> None:
    await settle(store)
    ben = Invitation(ROOM.id, BEN.person, Sending.DRAFT, NOON)
    anna = Invitation(ROOM.id, ANNA.person, Sending.QUEUED, NOON)
    await store.directory.save_invitations((ben, anna))
    failed = replace(anna, status=Sending.FAILED, problem="refused", changed_at=NOON + HOUR)
    await store.directory.save_invitations((failed,))
    assert await store.directory.invitations_of(ROOM.id) == (failed, ben)


async def test_a_link_lets_browsers_in_and_notes_its_first_use(store: AnyStore) -> None:
    await settle(store)
    await store.directory.save_invitations((Invitation(ROOM.id, ANNA.person, Sending.SENT, NOON),))
    await store.directory.issue_join((LINK,))
    assert await store.directory.find_join(LINK.hash) == LINK
    used = replace(LINK, used_at=NOON)
    assert await store.directory.use_join(LINK.hash, browser("one"), NOON) == used
    assert await store.directory.use_join(LINK.hash, browser("two"), NOON + HOUR / 2) == used
    assert await store.directory.find_web_session(TokenHash("one"), NOON) == browser("one")
    assert [each.status for each in await store.directory.invitations_of(ROOM.id)] == [Sending.OPENED]


async def test_an_unknown_expired_or_revoked_link_lets_nobody_in(store: AnyStore) -> None:
    await settle(store)
    await store.directory.issue_join((LINK,))
    assert await store.directory.use_join(TokenHash("other"), browser("one"), NOON) is None
    assert await store.directory.use_join(LINK.hash, browser("one"), LINK.expires_at) is None
    await store.directory.revoke_join(ROOM.id, ANNA.person, NOON)
    assert await store.directory.use_join(LINK.hash, browser("one"), NOON) is None
    assert await store.directory.find_web_session(TokenHash("one"), NOON) is None
    assert await store.directory.find_join(LINK.hash) == replace(LINK, revoked_at=NOON)
    assert await store.directory.revoked_since(NOON) == (replace(LINK, revoked_at=NOON),)
    assert await store.directory.revoked_since(NOON + timedelta(seconds=1)) == ()


async def test_a_new_link_revokes_the_old_one_and_puts_its_browsers_out(store: AnyStore) -> None:
    await settle(store)
    bens = replace(LINK, hash=TokenHash("ben"), person=BEN.person)
    await store.directory.issue_join((LINK, bens))
    await store.directory.use_join(LINK.hash, browser("anna's"), NOON)
    await store.directory.use_join(bens.hash, browser("ben's", BEN.person), NOON)
    fresh = replace(LINK, hash=TokenHash("fresh"), created_at=NOON + HOUR / 2)
    await store.directory.issue_join((fresh,))
    assert await store.directory.find_web_session(TokenHash("anna's"), NOON) is None
    assert await store.directory.find_web_session(TokenHash("ben's"), NOON) is not None
    assert await store.directory.use_join(LINK.hash, browser("late"), NOON + HOUR / 2) is None
    assert await store.directory.joins_of(ROOM.id) == (fresh, replace(bens, used_at=NOON))


async def test_links_of_a_session_that_moves_hold_longer_and_revoked_ones_do_not(store: AnyStore) -> None:
    await settle(store)
    bens = replace(LINK, hash=TokenHash("ben"), person=BEN.person)
    await store.directory.issue_join((LINK, bens))
    await store.directory.use_join(LINK.hash, browser("anna's"), NOON)
    await store.directory.revoke_join(ROOM.id, BEN.person, NOON)
    later = LINK.expires_at + 48 * HOUR
    await store.directory.prolong_joins(ROOM.id, later)
    moved = replace(LINK, used_at=NOON, expires_at=later)
    assert await store.directory.find_join(LINK.hash) == moved
    assert await store.directory.find_join(bens.hash) == replace(bens, revoked_at=NOON)
    assert await store.directory.find_web_session(TokenHash("anna's"), LINK.expires_at) is not None


async def test_who_is_no_longer_expected_is_not_on_the_list(store: AnyStore) -> None:
    await settle(store)
    expected = tuple(Invitation(ROOM.id, each.person, Sending.SENT, NOON) for each in (ANNA, BEN))
    await store.directory.save_invitations(expected)
    for _ in range(2):
        await store.directory.withdraw_invitation(ROOM.id, ANNA.person)
    assert await store.directory.invitations_of(ROOM.id) == (expected[1],)


async def test_a_sign_in_link_works_once_and_looking_does_not_use_it(store: AnyStore) -> None:
    await settle(store)
    await store.directory.add_sign_in(SIGN_IN)
    for _ in range(2):
        assert await store.directory.find_sign_in(SIGN_IN.hash, NOON) == SIGN_IN
    takes = await asyncio.gather(*(store.directory.take_sign_in(SIGN_IN.hash, NOON) for _ in range(5)))
    assert sorted(str(take) for take in takes) == ["None"] * 4 + [FAY.id]
    assert await store.directory.find_sign_in(SIGN_IN.hash, NOON) is None


async def test_an_expired_sign_in_link_works_for_nobody(store: AnyStore) -> None:
    await settle(store)
    await store.directory.add_sign_in(SIGN_IN)
    assert await store.directory.find_sign_in(SIGN_IN.hash, SIGN_IN.expires_at) is None
    assert await store.directory.take_sign_in(SIGN_IN.hash, SIGN_IN.expires_at) is None


async def test_a_browser_is_let_in_until_it_expires_or_is_put_out(store: AnyStore) -> None:
    desk = WebSession(TokenHash("desk"), FAY.id, None, NOON, NOON + HOUR)
    phone = replace(desk, hash=TokenHash("phone"))
    await store.directory.add_web_session(desk)
    await store.directory.add_web_session(phone)
    await store.directory.add_web_session(browser("seat"))
    assert await store.directory.find_web_session(desk.hash, NOON) == desk
    assert await store.directory.find_web_session(desk.hash, desk.expires_at) is None
    await store.directory.end_web_session(desk.hash, NOON)
    assert await store.directory.find_web_session(desk.hash, NOON) is None
    assert await store.directory.find_web_session(phone.hash, NOON) == phone
    assert await store.directory.find_web_session(TokenHash("seat"), NOON) == browser("seat")
    await store.directory.end_web_session(TokenHash("seat"), NOON)
    assert await store.directory.find_web_session(TokenHash("seat"), NOON) is None


async def test_every_node_hears_which_facilitators_browsers_ended(store: AnyStore) -> None:
    desk = WebSession(TokenHash("desk"), FAY.id, None, NOON, NOON + HOUR)
    phone = replace(desk, hash=TokenHash("phone"), expires_at=NOON + 2 * HOUR)
    for each in (desk, phone, browser("seat")):
        await store.directory.add_web_session(each)
    soon = NOON + HOUR / 2
    assert await store.directory.signed_out_since(NOON, soon) == ()
    await store.directory.end_web_session(phone.hash, soon)
    assert await store.directory.signed_out_since(NOON, soon) == (phone.hash,)
    await store.directory.end_web_session(phone.hash, soon + HOUR)
    assert await store.directory.signed_out_since(soon, NOON + HOUR) == (desk.hash,), "whose hour is over"


async def test_a_challenge_serves_once(store: AnyStore) -> None:
    challenge = Challenge(TokenHash("browser"), b"\x00\xff", None, NOON + HOUR)
    await store.directory.put_challenge(replace(challenge, value=b"older"))
    await store.directory.put_challenge(challenge)
    assert await store.directory.take_challenge(challenge.hash, NOON) == challenge
    assert await store.directory.take_challenge(challenge.hash, NOON) is None
    await store.directory.put_challenge(challenge)
    assert await store.directory.take_challenge(challenge.hash, challenge.expires_at) is None


async def test_a_passkey_is_found_counted_and_removed_by_its_owner_only(store: AnyStore) -> None:
    await settle(store)
    await store.directory.add_passkey(KEY)
    with pytest.raises(ValueError, match="repeats a key"):
        await store.directory.add_passkey(KEY)
    assert await store.directory.find_passkey(KEY.credential) == KEY
    await store.directory.use_passkey(KEY.credential, 8, NOON + HOUR)
    used = replace(KEY, sign_count=8, used_at=NOON + HOUR)
    assert await store.directory.passkeys_of(FAY.id) == (used,)
    await store.directory.remove_passkey(KEY.credential, PersonId("other"))
    assert await store.directory.find_passkey(KEY.credential) == used
    await store.directory.remove_passkey(KEY.credential, FAY.id)
    assert await store.directory.find_passkey(KEY.credential) is None


async def test_what_ended_is_forgotten_and_what_still_holds_stays(store: AnyStore) -> None:
    await settle(store)
    await store.directory.issue_join((LINK,))
    await store.directory.add_sign_in(SIGN_IN)
    await store.directory.add_web_session(browser("one"))
    await store.directory.forget_expired(NOON)
    assert await store.directory.find_join(LINK.hash) == LINK
    assert await store.directory.find_sign_in(SIGN_IN.hash, NOON) == SIGN_IN
    await store.directory.forget_expired(NOON + HOUR)
    assert await store.directory.find_join(LINK.hash) is None
    assert await store.directory.find_sign_in(SIGN_IN.hash, NOON) is None
    assert await store.directory.find_web_session(TokenHash("one"), NOON) is None
