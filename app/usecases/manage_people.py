"""Keeps the people of a group: who they are, who joins, who leaves, and who a facilitator is."""

from dataclasses import replace
from datetime import datetime

from app.engine.commands import RemovePerson
from app.engine.ids import SERVER, CommandId, PersonId
from app.engine.state import Status as SessionStatus
from app.usecases.pasted_people import Named
from app.usecases.ports import Clock, Directory, Ids
from app.usecases.records import Facilitator, Group, Member, Status
from app.usecases.run_session import Rooms

Names = tuple[Named, ...]

LONGEST_TAG = 40
MOST_TAGS = 8


async def settle_members(
    directory: Directory, ids: Ids, group: Group, people: Names, now: datetime
) -> tuple[Member, ...]:
    """Recognise who is already in the group, add the others, and seat everybody in the order given.

    A person is recognised by address, else by name; those who are not named stay in the group for another time.
    """
    seated, moved = recognise(await directory.members_of(group.id), ids, group, people, now)
    await directory.save_members((*seated, *moved))
    return seated


def recognise(
    known: tuple[Member, ...], ids: Ids, group: Group, people: Names, now: datetime
) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Give who is seated in the order given, newcomers included, and the members not named, seated after them."""
    by_key = {(each.email or each.name).casefold(): each for each in known}
    by_name = {each.name.casefold(): each for each in known}
    seated: list[Member] = []
    for seat, named in enumerate(people):
        member = by_key.get(named.key) or _same_name(by_name, named)
        if member is None or any(each.person == member.person for each in seated):
            member = Member(PersonId(ids.new()), group.id, named.name, named.email, group.lang, seat, now)
        seated.append(
            replace(member, name=named.name, email=named.email or member.email, seat=seat, left_at=None)
        )
    absent = [each for each in known if all(each.person != here.person for here in seated)]
    moved = tuple(replace(each, seat=len(seated) + place) for place, each in enumerate(absent))
    return tuple(seated), moved


def _same_name(by_name: dict[str, Member], named: Named) -> Member | None:
    """Find a member of the same name whose address does not contradict."""
    found = by_name.get(named.name.casefold())
    return found if found is not None and (not found.email or not named.email) else None


async def present_members(directory: Directory, group: Group) -> tuple[Member, ...]:
    """List who is in the group now, in the order of seats."""
    return tuple(each for each in await directory.members_of(group.id) if each.left_at is None)


async def change_member(
    directory: Directory, member: Member, name: str, email: str, tags: tuple[str, ...]
) -> None:
    """Correct a member's name, address and expert tags."""
    await directory.save_members((replace(member, name=name, email=email, tags=tags),))


async def remove_member(directory: Directory, member: Member, now: datetime) -> None:
    """Let a member leave the group; past sessions keep their place in the history of casts."""
    await directory.save_members((replace(member, left_at=now),))


class StillAtTheTable(Exception):
    """The person sits in a session that is going on, or that ended minutes ago: its log still names them."""


async def erase_member(directory: Directory, rooms: Rooms, member: Member) -> None:
    """Forget a member who asks for it, at every place: name, address, seats to come, links, documents.

    Raises StillAtTheTable and then changes nothing. A nameless id stays in the history of casts.
    """
    planned = [
        each.id
        for each in await directory.sessions_of(member.group)
        if each.status not in (Status.CLOSED, Status.CANCELLED)
    ]
    seated = []
    for session_id in planned:
        session = await rooms.session(session_id)
        if session.find_person(member.person) is not None:
            seated.append(session)
    if any(session.status not in (SessionStatus.PLANNED, SessionStatus.OPEN) for session in seated):
        raise StillAtTheTable
    for session in seated:
        await rooms.do(session.id, SERVER, RemovePerson(member.person), CommandId(f"erase-{member.person}"))
    await directory.erase_person(member.person)


def read_tags(text: str) -> tuple[str, ...]:
    """Read expert tags separated by commas, at most MOST_TAGS, each once."""
    found: dict[str, str] = {}
    for part in text.split(","):
        tag = " ".join(part.split())[:LONGEST_TAG]
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


async def first_facilitator(
    directory: Directory, ids: Ids, clock: Clock, lang: str, zone: str
) -> Facilitator:
    """Make the person who signs in first; they say their name and address on arrival."""
    first = Facilitator(PersonId(ids.new()), "", "", lang, zone, clock.now())
    await directory.save_facilitator(first)
    return first
