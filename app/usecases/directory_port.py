"""What the directory answers: who exists, which sessions are planned, and by which ways people come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from app.engine.ids import GroupId, PersonId, SessionId
from app.usecases.records import (
    Attendance,
    CastTurn,
    Challenge,
    Facilitator,
    Group,
    Invitation,
    JoinToken,
    Member,
    Passkey,
    PlannedSession,
    SignInToken,
    Status,
    TokenHash,
    WebSession,
)


class People(Protocol):
    """Facilitators, groups and their members."""

    async def save_facilitator(self, facilitator: Facilitator) -> None:
        """Add a facilitator or change one by id; raises ValueError when the e-mail is another's."""

    async def find_facilitator(self, person: PersonId) -> Facilitator | None:
        """Find a facilitator."""

    async def find_facilitator_by_email(self, email: str) -> Facilitator | None:
        """Find a facilitator by e-mail, without regard to case."""

    async def has_facilitators(self) -> bool:
        """Tell whether anybody with an e-mail can sign in yet: the first start prints a link."""

    async def save_group(self, group: Group) -> None:
        """Add a group or change it by id."""

    async def find_group(self, group: GroupId) -> Group | None:
        """Find a group."""

    async def groups_of(self, owner: PersonId) -> tuple[Group, ...]:
        """List a facilitator's groups, newest first."""

    async def save_members(self, members: tuple[Member, ...]) -> None:
        """Add members or change them by person id, all or nothing."""

    async def find_member(self, person: PersonId) -> Member | None:
        """Find a member."""

    async def members_of(self, group: GroupId) -> tuple[Member, ...]:
        """List everyone who is or was in a group, in the order of seats."""

    async def erase_person(self, person: PersonId) -> None:
        """Forget a member: name, e-mail, tags, links, browsers and documents; a nameless id stays in past casts."""

    async def rehearsals_before(self, instant: datetime) -> tuple[Group, ...]:
        """List the groups made for rehearsals before an instant, oldest first."""

    async def erase_groups(self, groups: tuple[GroupId, ...]) -> None:
        """Forget groups with members, sessions, casts, attendance and documents; logs must be erased before.

        Their owners are forgotten too when they were visitors, whom nothing but these groups needs.
        """


class Sessions(Protocol):
    """Planned sessions, their casts and their evidence."""

    async def save_session(self, session: PlannedSession) -> None:
        """Add a session or change it by id."""

    async def find_session(self, session: SessionId) -> PlannedSession | None:
        """Find a session."""

    async def sessions_of(self, group: GroupId) -> tuple[PlannedSession, ...]:
        """List a group's sessions by number."""

    async def sessions_by(self, facilitator: PersonId) -> tuple[PlannedSession, ...]:
        """List a facilitator's sessions, rehearsals too, by starting time."""

    async def sessions_near(self, until: datetime) -> Mapping[SessionId, Status]:
        """Tell how far each session is that is not over, and has begun or begins until an instant: the clock watches these."""

    async def set_status(self, session: SessionId, status: Status, at: datetime) -> None:
        """Note how far a session is, unless it is over already; `at` becomes `closed_at` when it closes."""

    async def record_cast(self, session: SessionId, turns: tuple[CastTurn, ...]) -> None:
        """Note who held which role, in place of what was noted before for this session."""

    async def casts_of(self, group: GroupId) -> tuple[CastTurn, ...]:
        """List who held which role in a group, oldest first."""

    async def find_attendance(self, session: SessionId) -> Attendance | None:
        """Find the evidence of a closed session."""

    async def keep_protocol(self, content_hash: str, source: str) -> None:
        """Keep the text of a protocol file under its hash, once."""

    async def find_protocol(self, content_hash: str) -> str | None:
        """Find the text of a protocol file by its hash."""


class Doors(Protocol):
    """Invitations, links, browsers and passkeys."""

    async def save_invitations(self, invitations: tuple[Invitation, ...]) -> None:
        """Add invitations or change them by session and person, all or nothing."""

    async def invitations_of(self, session: SessionId) -> tuple[Invitation, ...]:
        """List a session's invitations by person id."""

    async def withdraw_invitation(self, session: SessionId, person: PersonId) -> None:
        """Forget that somebody was expected; saying it twice is harmless."""

    async def issue_join(self, tokens: tuple[JoinToken, ...]) -> None:
        """Give each a link; earlier links to the same seats are revoked and their browsers put out."""

    async def find_join(self, token: TokenHash) -> JoinToken | None:
        """Find a link, even revoked or expired."""

    async def joins_of(self, session: SessionId) -> tuple[JoinToken, ...]:
        """List the newest link of each seat by person id."""

    async def use_join(self, token: TokenHash, web: WebSession, now: datetime) -> JoinToken | None:
        """Let a browser in by a link that opens, note its first use and the invitation as opened; else None."""

    async def prolong_joins(self, session: SessionId, until: datetime) -> None:
        """Let the links to a session that are not revoked, and the browsers they let in, hold until an instant."""

    async def revoke_join(self, session: SessionId, person: PersonId, now: datetime) -> None:
        """Revoke the links to a seat and put its browsers out."""

    async def revoked_since(self, instant: datetime) -> tuple[JoinToken, ...]:
        """List the links revoked at an instant or later, by any node."""

    async def add_sign_in(self, token: SignInToken) -> None:
        """Remember a one-time sign-in link."""

    async def find_sign_in(self, token: TokenHash, now: datetime) -> SignInToken | None:
        """Find a sign-in link that still works, without using it."""

    async def take_sign_in(self, token: TokenHash, now: datetime) -> PersonId | None:
        """Use a sign-in link up: of any number of callers one gets the facilitator, the others None."""

    async def add_web_session(self, web: WebSession) -> None:
        """Let a browser in."""

    async def find_web_session(self, token: TokenHash, now: datetime) -> WebSession | None:
        """Find a browser that is still let in."""

    async def end_web_session(self, token: TokenHash, now: datetime) -> None:
        """Put a browser out."""

    async def signed_out_since(self, instant: datetime, now: datetime) -> tuple[TokenHash, ...]:
        """List the facilitators' browsers that were put out, or whose time ended, after an instant and until now, on any node."""

    async def put_challenge(self, challenge: Challenge) -> None:
        """Remember what a browser must sign."""

    async def take_challenge(self, token: TokenHash, now: datetime) -> Challenge | None:
        """Use a challenge up."""

    async def add_passkey(self, passkey: Passkey) -> None:
        """Add a passkey; raises ValueError when its credential is known."""

    async def find_passkey(self, credential: bytes) -> Passkey | None:
        """Find a passkey by its credential."""

    async def passkeys_of(self, facilitator: PersonId) -> tuple[Passkey, ...]:
        """List a facilitator's passkeys, oldest first."""

    async def use_passkey(self, credential: bytes, sign_count: int, now: datetime) -> None:
        """Note a passkey's use and its new counter."""

    async def remove_passkey(self, credential: bytes, facilitator: PersonId) -> None:
        """Forget a facilitator's own passkey."""

    async def forget_expired(self, now: datetime) -> None:
        """Forget links, browsers and challenges that ended, so that nothing piles up."""


class Directory(People, Sessions, Doors, Protocol):
    """Everything but what is said in sessions."""
