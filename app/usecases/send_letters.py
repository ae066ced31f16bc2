"""Writes and sends the letters that jobs asked for, and notes on each invitation how that went."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from app.engine.ids import PersonId, SessionId
from app.usecases.letter import Attachment, Letter
from app.usecases.links import Links, join_secret
from app.usecases.ports import Clock, Directory, GatewayError, Mailer
from app.usecases.records import Group, JoinToken, Member, PlannedSession, Sending, Status
from app.usecases.run_session import Rooms
from app.usecases.sign_in import secret_of_job


class LetterWriter(Protocol):
    """Fills the three templates of a letter: its subject, its text, its HTML."""

    def write(self, name: str, lang: str, values: Mapping[str, object]) -> tuple[str, str, str]:
        """Write a letter in a language."""
        ...

    def say(self, lang: str, sentence: str, **values: object) -> str:
        """Say one sentence in a language."""
        ...


class CalendarEntry(Protocol):
    """Writes one calendar entry."""

    def __call__(
        self,
        *,
        uid: str,
        title: str,
        link: str,
        starts_at: datetime,
        ends_at: datetime,
        stamped_at: datetime,
        note: str = "",
        cancelled: bool = False,
    ) -> bytes:
        """Write it, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """What sending letters needs from the outside."""

    directory: Directory
    links: Links
    clock: Clock
    writer: LetterWriter
    calendar: CalendarEntry
    mailer: Mailer
    origin: str
    rooms: Rooms


async def send_invitation(session: SessionId, person: PersonId, post: Post) -> None:
    """Send a person their link, with a calendar entry; does nothing when the link or the session is no longer wanted.

    Raises GatewayError after noting on the invitation that the letter did not leave.
    """
    found = await _find(session, person, post)
    join = next((each for each in await post.directory.joins_of(session) if each.person == person), None)
    if found is None or join is None:
        return
    planned, group, member, host = found
    if planned.status is Status.CANCELLED or not join.opens(post.clock.now()):
        return
    letter = await _invitation(planned, group, member, host, join, post)
    try:
        await post.mailer.send(letter)
    except GatewayError as failed:
        await _note(post, planned, person, Sending.FAILED, "refused" if not failed.retryable else "away")
        raise
    await _note(post, planned, person, Sending.SENT)


async def _invitation(
    planned: PlannedSession, group: Group, member: Member, host: str, join: JoinToken, post: Post
) -> Letter:
    stamp = f"{planned.starts_at.timestamp():.0f}-{join.created_at.timestamp():.3f}"
    return _letter("invitation", stamp, planned, group, member, host, join, post, await _where(planned, post))


async def send_change(
    session: SessionId, person: PersonId, at: str, was: datetime, what: str, post: Post
) -> None:
    """Tell a person what is different now, with the calendar entry in place of the one before. Raises GatewayError.

    `what` names the differences: moved, length, trace, bridge. Nothing leaves when the person or the session is out.
    """
    found = await _find(session, person, post)
    if found is None or found[0].status is Status.CANCELLED:
        return
    planned, group, member, host = found
    join = next((each for each in await post.directory.joins_of(session) if each.person == person), None)
    if join is None or not join.opens(post.clock.now()):
        return
    more = {"was": was, "what": what.split(), **await _where(planned, post)}
    await post.mailer.send(_letter("changed", at, planned, group, member, host, join, post, more))


async def send_removal(session: SessionId, person: PersonId, at: str, post: Post) -> None:
    """Tell a person that no place is kept for them any more; nothing leaves if there is one again. Raises GatewayError."""
    found = await _find(session, person, post)
    expected = {each.person for each in await post.directory.invitations_of(session)}
    if found is None or person in expected:
        return
    planned, group, member, host = found
    await post.mailer.send(_letter("removed", at, planned, group, member, host, None, post))


async def send_cancellation(session: SessionId, person: PersonId, at: str, post: Post) -> None:
    """Tell a person that the session does not take place. Raises GatewayError."""
    found = await _find(session, person, post)
    if found is None:
        return
    planned, group, member, host = found
    await post.mailer.send(_letter("cancelled", at, planned, group, member, host, None, post))


async def _find(
    session: SessionId, person: PersonId, post: Post
) -> tuple[PlannedSession, Group, Member, str] | None:
    """Find everything a letter names, the host by name; None when some of it is gone or the person has no address."""
    planned = await post.directory.find_session(session)
    member = await post.directory.find_member(person)
    group = await post.directory.find_group(planned.group) if planned else None
    if planned is None or group is None or member is None or not member.email:
        return None
    host = await post.directory.find_facilitator(planned.facilitator)
    return planned, group, member, host.name if host else ""


async def _where(planned: PlannedSession, post: Post) -> Mapping[str, object]:
    """Say where this session meets when the connection breaks; the group's proposal may be another by now."""
    bridge = (await post.rooms.session(planned.id)).bridge
    return {"phone": bridge.phone, "code": bridge.code, "meeting": bridge.link}


def _letter(
    name: str,
    stamp: str,
    planned: PlannedSession,
    group: Group,
    member: Member,
    host: str,
    join: JoinToken | None,
    post: Post,
    more: Mapping[str, object] | None = None,
) -> Letter:
    """Write a letter with the person's calendar entry; without a link it takes the session out of the calendar."""
    lang = member.lang
    secret = join_secret(post.links, planned.id, member.person, join.created_at) if join else ""
    link = f"{post.origin}/j/{secret}" if join else ""
    values = {
        "name": member.name,
        "group": group.name,
        "number": planned.number,
        "host": host,
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
        "zone": planned.zone,
        "link": link,
        "trace": planned.trace,
        **(more or {}),
    }
    subject, text, html = post.writer.write(name, lang, values)
    entry = post.calendar(
        uid=f"{planned.id}-{member.person}@ronde",
        title=post.writer.say(lang, "%(group)s, session %(number)s", group=group.name, number=planned.number),
        link=link,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        stamped_at=post.clock.now(),
        cancelled=join is None,
    )
    return Letter(
        to=member.email,
        name=member.name,
        lang=lang,
        subject=subject,
        text=text,
        html=html,
        key=f"{name}-{planned.id}-{member.person}-{stamp}",
        attachments=(Attachment("ronde.ics", "text/calendar", entry),),
    )


async def _note(
    post: Post, planned: PlannedSession, person: PersonId, status: Sending, problem: str = ""
) -> None:
    """Note how a letter went, unless the person already came through their link."""
    for invitation in await post.directory.invitations_of(planned.id):
        if invitation.person == person and invitation.status is not Sending.OPENED:
            changed = replace(invitation, status=status, changed_at=post.clock.now(), problem=problem)
            await post.directory.save_invitations((changed,))


async def send_sign_in(facilitator: PersonId, stamp: str, post: Post) -> None:
    """Send a facilitator their one-time link. Raises GatewayError."""
    found = await post.directory.find_facilitator(facilitator)
    if found is None or not found.email:
        return
    link = f"{post.origin}/sign-in/{secret_of_job(post.links, facilitator, stamp)}"
    subject, text, html = post.writer.write("sign_in", found.lang, {"name": found.name, "link": link})
    await post.mailer.send(
        Letter(found.email, found.name, found.lang, subject, text, html, f"sign-in-{found.id}-{stamp}")
    )
