"""The directory in memory: the ways in, on top of people and sessions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.engine.ids import PersonId, SessionId
from app.usecases.records import (
    Challenge,
    Document,
    DocumentKind,
    Invitation,
    JoinToken,
    Passkey,
    Sending,
    SignInToken,
    Tally,
    TokenHash,
    WebSession,
)
from tests.fake_people import FakePeople, drop, must


class FakeDirectory(FakePeople):
    """Invitations, links, browsers and passkeys, on top of people and sessions."""

    def __init__(
        self,
        documents: dict[tuple[SessionId, PersonId, DocumentKind], Document] | None = None,
        marks: dict[SessionId, tuple[Tally, ...]] | None = None,
    ) -> None:
        """Begin empty."""
        super().__init__({} if documents is None else documents, {} if marks is None else marks)
        self._sign_ins: dict[TokenHash, SignInToken] = {}
        self._challenges: dict[TokenHash, Challenge] = {}
        self._passkeys: dict[bytes, Passkey] = {}

    async def save_invitations(self, invitations: tuple[Invitation, ...]) -> None:
        """Add or change invitations."""
        must(all(each.session in self._sessions for each in invitations))
        self._invitations |= {(each.session, each.person): each for each in invitations}

    async def invitations_of(self, session: SessionId) -> tuple[Invitation, ...]:
        """List a session's invitations."""
        return tuple(each for key, each in sorted(self._invitations.items()) if key[0] == session)

    async def withdraw_invitation(self, session: SessionId, person: PersonId) -> None:
        """Forget an invitation."""
        self._invitations.pop((session, person), None)

    async def prolong_joins(self, session: SessionId, until: datetime) -> None:
        """Let links and browsers hold longer."""
        for key, link in self._joins.items():
            if link.session == session and link.revoked_at is None:
                self._joins[key] = replace(link, expires_at=until)
        for token, web in self._browsers.items():
            if web.session == session:
                self._browsers[token] = replace(web, expires_at=until)

    async def issue_join(self, tokens: tuple[JoinToken, ...]) -> None:
        """Give links to seats."""
        must(all(each.session in self._sessions and each.hash not in self._joins for each in tokens))
        for token in tokens:
            await self.revoke_join(token.session, token.person, token.created_at)
            self._joins[token.hash] = token

    async def find_join(self, token: TokenHash) -> JoinToken | None:
        """Find a link."""
        return self._joins.get(token)

    async def joins_of(self, session: SessionId) -> tuple[JoinToken, ...]:
        """List the newest link of each seat."""
        links = [each for each in self._joins.values() if each.session == session]
        links.sort(key=lambda each: (each.person, each.created_at, each.revoked_at is None))
        return tuple({each.person: each for each in links}.values())

    async def use_join(self, token: TokenHash, web: WebSession, now: datetime) -> JoinToken | None:
        """Let a browser in by a link."""
        found = self._joins.get(token)
        if found is None or not found.opens(now):
            return None
        await self.add_web_session(web)
        found = self._joins[token] = replace(found, used_at=found.used_at or now)
        invited = self._invitations.get((found.session, found.person))
        if invited is not None and invited.status is not Sending.OPENED:
            opened = replace(invited, status=Sending.OPENED, changed_at=now)
            self._invitations[found.session, found.person] = opened
        return found

    async def revoke_join(self, session: SessionId, person: PersonId, now: datetime) -> None:
        """Revoke the links to a seat."""
        for key, each in self._joins.items():
            if (each.session, each.person, each.revoked_at) == (session, person, None):
                self._joins[key] = replace(each, revoked_at=now)
        drop(self._browsers, session=session, person=person)

    async def revoked_since(self, instant: datetime) -> tuple[JoinToken, ...]:
        """List the links revoked lately."""
        found = [each for each in self._joins.values() if each.revoked_at and each.revoked_at >= instant]
        return tuple(sorted(found, key=lambda each: (each.revoked_at, each.hash)))

    async def add_sign_in(self, token: SignInToken) -> None:
        """Remember a sign-in link."""
        must(token.facilitator in self._facilitators and token.hash not in self._sign_ins)
        self._sign_ins[token.hash] = token

    async def find_sign_in(self, token: TokenHash, now: datetime) -> SignInToken | None:
        """Find a sign-in link that works."""
        found = self._sign_ins.get(token)
        return found if found is not None and now < found.expires_at else None

    async def take_sign_in(self, token: TokenHash, now: datetime) -> PersonId | None:
        """Use a sign-in link up."""
        found = self._sign_ins.pop(token, None)
        return found.facilitator if found is not None and now < found.expires_at else None

    async def add_web_session(self, web: WebSession) -> None:
        """Let a browser in."""
        must(web.hash not in self._browsers)
        self._browsers[web.hash] = web

    async def find_web_session(self, token: TokenHash, now: datetime) -> WebSession | None:
        """Find a browser that is let in."""
        found = self._browsers.get(token)
        return found if found is not None and now < found.expires_at else None

    async def end_web_session(self, token: TokenHash, now: datetime) -> None:
        """Put a browser out."""
        found = self._browsers.get(token)
        if found is not None and found.session is not None:
            del self._browsers[token]
        elif found is not None:
            self._browsers[token] = replace(found, expires_at=min(now, found.expires_at))

    async def signed_out_since(self, instant: datetime, now: datetime) -> tuple[TokenHash, ...]:
        """List the facilitators' browsers that ended lately."""
        ended = (each for each in self._browsers.values() if each.session is None)
        return tuple(each.hash for each in ended if instant < each.expires_at <= now)

    async def put_challenge(self, challenge: Challenge) -> None:
        """Remember a challenge."""
        self._challenges[challenge.hash] = challenge

    async def take_challenge(self, token: TokenHash, now: datetime) -> Challenge | None:
        """Use a challenge up."""
        found = self._challenges.pop(token, None)
        return found if found is not None and now < found.expires_at else None

    async def add_passkey(self, passkey: Passkey) -> None:
        """Add a passkey."""
        must(passkey.facilitator in self._facilitators and passkey.credential not in self._passkeys)
        self._passkeys[passkey.credential] = passkey

    async def find_passkey(self, credential: bytes) -> Passkey | None:
        """Find a passkey."""
        return self._passkeys.get(credential)

    async def passkeys_of(self, facilitator: PersonId) -> tuple[Passkey, ...]:
        """List a facilitator's passkeys."""
        mine = [each for each in self._passkeys.values() if each.facilitator == facilitator]
        return tuple(sorted(mine, key=lambda each: (each.created_at, each.credential)))

    async def use_passkey(self, credential: bytes, sign_count: int, now: datetime) -> None:
        """Note a passkey's use."""
        found = self._passkeys.get(credential)
        if found is not None:
            self._passkeys[credential] = replace(found, sign_count=sign_count, used_at=now)

    async def remove_passkey(self, credential: bytes, facilitator: PersonId) -> None:
        """Forget a facilitator's own passkey."""
        found = self._passkeys.get(credential)
        if found is not None and found.facilitator == facilitator:
            del self._passkeys[credential]

    async def forget_expired(self, now: datetime) -> None:
        """Forget what ended."""
        for table in (self._sign_ins, self._browsers, self._challenges, self._joins):
            ended: dict[Any, Any] = table
            for key, each in list(ended.items()):
                if each.expires_at <= now:
                    del ended[key]
