"""Issues the links people come in by; the store knows only hashes, and a new link ends the one before."""

import hashlib
from datetime import datetime, timedelta
from typing import Protocol

from app.engine.ids import PersonId, SessionId
from app.usecases.ports import Clock, Directory
from app.usecases.records import Facilitator, JoinToken, PlannedSession, SignInToken, TokenHash

SIGN_IN_LASTS = timedelta(minutes=30)
FIRST_SIGN_IN_LASTS = timedelta(days=1)
JOIN_LASTS = timedelta(days=30)
"""After the promised end: the plan and the learnings are reached by the same link."""

_JOIN, _SIGN_IN = "join", "sign-in"


class Links(Protocol):
    """Computes the secret of a link, always the same for the same purpose and instant."""

    def secret(self, purpose: str, about: tuple[str, ...], issued_at: datetime) -> str:
        """Compute a 256-bit secret, safe in URLs."""
        ...


def hash_of(secret: str) -> TokenHash:
    """Hash a secret: all that is ever stored of it."""
    return TokenHash(hashlib.sha256(secret.encode()).hexdigest())


def join_secret(links: Links, session: SessionId, person: PersonId, issued_at: datetime) -> str:
    """Compute the secret of the link to a seat."""
    return links.secret(_JOIN, (session, person), issued_at)


async def issue_joins(
    directory: Directory, links: Links, session: PlannedSession, people: tuple[PersonId, ...], now: datetime
) -> None:
    """Give each person a link of their own; earlier links to these seats stop working."""
    issued_at = _to_the_millisecond(now)
    await directory.issue_join(
        tuple(
            JoinToken(
                hash_of(join_secret(links, session.id, person, issued_at)),
                session.id,
                person,
                issued_at,
                session.ends_at + JOIN_LASTS,
            )
            for person in people
        )
    )


async def issue_sign_in(
    directory: Directory,
    links: Links,
    facilitator: Facilitator,
    clock: Clock,
    lasts: timedelta = SIGN_IN_LASTS,
) -> tuple[str, datetime]:
    """Make a one-time sign-in link; gives its secret and the instant it was issued at."""
    issued_at = _to_the_millisecond(clock.now())
    secret = sign_in_secret(links, facilitator.id, issued_at)
    await directory.add_sign_in(SignInToken(hash_of(secret), facilitator.id, issued_at, issued_at + lasts))
    return secret, issued_at


def sign_in_secret(links: Links, facilitator: PersonId, issued_at: datetime) -> str:
    """Compute the secret of a sign-in link."""
    return links.secret(_SIGN_IN, (facilitator,), issued_at)


def _to_the_millisecond(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
