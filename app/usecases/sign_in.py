"""Lets facilitators in: a one-time link by mail, or printed at the first start."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.engine.ids import PersonId
from app.usecases.links import (
    FIRST_SIGN_IN_LASTS,
    Links,
    hash_of,
    issue_sign_in,
    sign_in_secret,
)
from app.usecases.manage_people import first_facilitator
from app.usecases.ports import Clock, Directory, Ids, Jobs
from app.usecases.records import Facilitator, NewJob

SIGN_IN_JOB = "send-sign-in"


@dataclass(frozen=True, slots=True)
class Inviting:
    """What inviting a facilitator needs from the outside."""

    directory: Directory
    links: Links
    jobs: Jobs
    clock: Clock
    ids: Ids


async def first_link(directory: Directory, links: Links, ids: Ids, clock: Clock, zone: str) -> str | None:
    """Make the secret of the link for the very first facilitator; None when somebody can sign in already."""
    if await directory.has_facilitators():
        return None
    first = await first_facilitator(directory, ids, clock, "en", zone)
    secret, _ = await issue_sign_in(directory, links, first, clock, FIRST_SIGN_IN_LASTS)
    return secret


async def ask_for_link(directory: Directory, links: Links, jobs: Jobs, clock: Clock, email: str) -> None:
    """Send a sign-in link if a facilitator has this address; the one who asks cannot tell."""
    facilitator = await directory.find_facilitator_by_email(email)
    if facilitator is None:
        return
    _, issued_at = await issue_sign_in(directory, links, facilitator, clock)
    stamp = str(round(issued_at.timestamp() * 1000))
    job = NewJob(
        SIGN_IN_JOB, {"facilitator": facilitator.id, "issued": stamp}, f"sign-in-{facilitator.id}-{stamp}"
    )
    await jobs.enqueue((job,), clock.now())


async def invite_facilitator(host: Facilitator, name: str, email: str, outside: Inviting) -> bool:
    """Let another person facilitate and send them a link; False when the address is a facilitator's already."""
    if await outside.directory.find_facilitator_by_email(email) is not None:
        return False
    now = outside.clock.now()
    invited = Facilitator(PersonId(outside.ids.new()), name, email, host.lang, host.zone, now)
    await outside.directory.save_facilitator(invited)
    await ask_for_link(outside.directory, outside.links, outside.jobs, outside.clock, email)
    return True


def secret_of_job(links: Links, facilitator: PersonId, stamp: str) -> str:
    """Compute the secret that a queued letter is about."""
    return sign_in_secret(links, facilitator, datetime.fromtimestamp(int(stamp) / 1000, UTC))


async def find_owner(directory: Directory, secret: str, now: datetime) -> Facilitator | None:
    """Find whom a sign-in link is for, without using it."""
    token = await directory.find_sign_in(hash_of(secret), now)
    return await directory.find_facilitator(token.facilitator) if token else None
