"""Invitations, links, browsers and passkeys, in the database: secrets only as their hashes."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.engine.ids import PersonId, SessionId
from app.store.rows import Shelf, fetch_one, upsert, values
from app.store.tables import challenges, invitations, join_tokens, passkeys, sign_in_tokens, web_sessions
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


class StoredDoors(Shelf):
    """Invitations, links, browsers and passkeys."""

    async def save_invitations(self, expected: tuple[Invitation, ...]) -> None:
        """Add invitations or change them by session and person, all or nothing."""
        await self._database.write(
            lambda link: upsert(link, invitations, [values(each) for each in expected])
        )

    async def invitations_of(self, session: SessionId) -> tuple[Invitation, ...]:
        """List a session's invitations by person id."""
        table = invitations.c
        return await self._many(Invitation, invitations, table.session == session, order=table.person)

    async def withdraw_invitation(self, session: SessionId, person: PersonId) -> None:
        """Forget that somebody was expected."""
        table = invitations.c
        gone = delete(invitations).where(table.session == session, table.person == person)
        await self._database.write(lambda link: link.execute(gone))

    async def issue_join(self, tokens: tuple[JoinToken, ...]) -> None:
        """Give each a link; earlier links to the same seats are revoked and their browsers put out."""

        def issue(link: Connection) -> None:
            for token in tokens:
                _revoke(link, token.session, token.person, token.created_at)
                link.execute(insert(join_tokens).values(values(token)))

        await self._database.write(issue)

    async def find_join(self, token: TokenHash) -> JoinToken | None:
        """Find a link, even revoked or expired."""
        return await self._one(JoinToken, join_tokens, join_tokens.c.hash == token)

    async def joins_of(self, session: SessionId) -> tuple[JoinToken, ...]:
        """List the newest link of each seat by person id."""
        table = join_tokens.c
        order = (table.person, table.created_at, table.revoked_at.is_(None))
        every = await self._many(JoinToken, join_tokens, table.session == session, order=order)
        return tuple({token.person: token for token in every}.values())

    async def use_join(self, token: TokenHash, web: WebSession, now: datetime) -> JoinToken | None:
        """Let a browser in by a link that opens, note its first use and the invitation as opened; else None."""

        def use(link: Connection) -> JoinToken | None:
            table = join_tokens.c
            valid = (table.hash == token, table.revoked_at.is_(None), table.expires_at > now)
            link.execute(update(join_tokens).where(*valid, table.used_at.is_(None)).values(used_at=now))
            found = fetch_one(link, JoinToken, join_tokens, *valid)
            if found is None:
                return None
            link.execute(insert(web_sessions).values(values(web)))
            mine = (invitations.c.session == found.session, invitations.c.person == found.person)
            opened = update(invitations).where(*mine, invitations.c.status != Sending.OPENED)
            link.execute(opened.values(status=Sending.OPENED, changed_at=now))
            return found

        return await self._database.write(use)

    async def prolong_joins(self, session: SessionId, until: datetime) -> None:
        """Let the links to a session that are not revoked, and the browsers they let in, hold until an instant."""
        links, browsers = join_tokens.c, web_sessions.c

        def prolong(link: Connection) -> None:
            held = update(join_tokens).where(links.session == session, links.revoked_at.is_(None))
            link.execute(held.values(expires_at=until))
            link.execute(update(web_sessions).where(browsers.session == session).values(expires_at=until))

        await self._database.write(prolong)

    async def revoke_join(self, session: SessionId, person: PersonId, now: datetime) -> None:
        """Revoke the links to a seat and put its browsers out."""
        await self._database.write(lambda link: _revoke(link, session, person, now))

    async def revoked_since(self, instant: datetime) -> tuple[JoinToken, ...]:
        """List the links revoked at an instant or later, by any node."""
        order = (join_tokens.c.revoked_at, join_tokens.c.hash)
        return await self._many(JoinToken, join_tokens, join_tokens.c.revoked_at >= instant, order=order)

    async def add_sign_in(self, token: SignInToken) -> None:
        """Remember a one-time sign-in link."""
        await self._database.write(lambda link: link.execute(insert(sign_in_tokens).values(values(token))))

    async def find_sign_in(self, token: TokenHash, now: datetime) -> SignInToken | None:
        """Find a sign-in link that still works, without using it."""
        table = sign_in_tokens.c
        return await self._one(SignInToken, sign_in_tokens, table.hash == token, table.expires_at > now)

    async def take_sign_in(self, token: TokenHash, now: datetime) -> PersonId | None:
        """Use a sign-in link up: of any number of callers one gets the facilitator, the others None."""
        table = sign_in_tokens.c
        gone = (
            delete(sign_in_tokens).where(table.hash == token).returning(table.facilitator, table.expires_at)
        )
        found = await self._database.write(lambda link: link.execute(gone).one_or_none())
        return PersonId(found.facilitator) if found is not None and found.expires_at > now else None

    async def add_web_session(self, web: WebSession) -> None:
        """Let a browser in."""
        await self._database.write(lambda link: link.execute(insert(web_sessions).values(values(web))))

    async def find_web_session(self, token: TokenHash, now: datetime) -> WebSession | None:
        """Find a browser that is still let in."""
        table = web_sessions.c
        return await self._one(WebSession, web_sessions, table.hash == token, table.expires_at > now)

    async def end_web_session(self, token: TokenHash, now: datetime) -> None:
        """Put a browser out; a facilitator's stays as expired for a while, for other nodes to see."""
        table = web_sessions.c

        def end(link: Connection) -> None:
            link.execute(delete(web_sessions).where(table.hash == token, table.session.is_not(None)))
            held = (table.hash == token, table.expires_at > now)
            link.execute(update(web_sessions).where(*held).values(expires_at=now))

        await self._database.write(end)

    async def signed_out_since(self, instant: datetime, now: datetime) -> tuple[TokenHash, ...]:
        """List the facilitators' browsers that were put out, or whose time ended, after an instant and until now."""
        table = web_sessions.c
        asked = select(table.hash).where(
            table.session.is_(None), table.expires_at > instant, table.expires_at <= now
        )
        rows = await self._database.read(lambda link: link.execute(asked).scalars().all())
        return tuple(TokenHash(each) for each in rows)

    async def put_challenge(self, challenge: Challenge) -> None:
        """Remember what a browser must sign."""
        await self._database.write(lambda link: upsert(link, challenges, [values(challenge)]))

    async def take_challenge(self, token: TokenHash, now: datetime) -> Challenge | None:
        """Use a challenge up."""
        table = challenges.c
        gone = delete(challenges).where(table.hash == token)
        gone_row = gone.returning(table.hash, table.value, table.facilitator, table.expires_at)
        found = await self._database.write(lambda link: link.execute(gone_row).one_or_none())
        return Challenge(*found) if found is not None and found.expires_at > now else None

    async def add_passkey(self, passkey: Passkey) -> None:
        """Add a passkey; raises ValueError when its credential is known."""
        await self._database.write(lambda link: link.execute(insert(passkeys).values(values(passkey))))

    async def find_passkey(self, credential: bytes) -> Passkey | None:
        """Find a passkey by its credential."""
        return await self._one(Passkey, passkeys, passkeys.c.credential == credential)

    async def passkeys_of(self, facilitator: PersonId) -> tuple[Passkey, ...]:
        """List a facilitator's passkeys, oldest first."""
        order = (passkeys.c.created_at, passkeys.c.credential)
        return await self._many(Passkey, passkeys, passkeys.c.facilitator == facilitator, order=order)

    async def use_passkey(self, credential: bytes, sign_count: int, now: datetime) -> None:
        """Note a passkey's use and its new counter."""
        used = update(passkeys).where(passkeys.c.credential == credential)
        await self._database.write(lambda link: link.execute(used.values(sign_count=sign_count, used_at=now)))

    async def remove_passkey(self, credential: bytes, facilitator: PersonId) -> None:
        """Forget a facilitator's own passkey."""
        table = passkeys.c
        gone = delete(passkeys).where(table.credential == credential, table.facilitator == facilitator)
        await self._database.write(lambda link: link.execute(gone))

    async def forget_expired(self, now: datetime) -> None:
        """Forget links, browsers and challenges that ended, so that nothing piles up."""

        def forget(link: Connection) -> None:
            for table in (join_tokens, sign_in_tokens, web_sessions, challenges):
                link.execute(delete(table).where(table.c.expires_at <= now))

        await self._database.write(forget)


def _revoke(link: Connection, session: SessionId, person: PersonId, now: datetime) -> None:
    links = join_tokens.c
    seat = (links.session == session, links.person == person)
    link.execute(update(join_tokens).where(*seat, links.revoked_at.is_(None)).values(revoked_at=now))
    browsers = web_sessions.c
    link.execute(delete(web_sessions).where(browsers.session == session, browsers.person == person))
