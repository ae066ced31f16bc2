"""Who speaks after whom: seats in order, those who know the subject by profession last."""

import unicodedata
from functools import lru_cache

from app.engine.ids import EntryId, PersonId
from app.engine.protocol import CONDUCT, Role, Voice
from app.engine.state import Person, Presence, Session

WITH_CLIENT = frozenset({Voice.ROUND, Voice.FREE})


def round_order(session: Session) -> tuple[PersonId, ...]:
    """Order a round of those who are here: from the client's left on, experts last (method.md §5.7)."""
    slot = session.slot
    everybody = slot is None or slot.phase.voice in WITH_CLIENT
    seats = _from_the_left_of(session.people, session.client)
    speak = [
        each.id for each in seats if each.presence is Presence.HERE and _takes_part(session, each, everybody)
    ]
    known = experts(session)
    return (*(each for each in speak if each not in known), *(each for each in speak if each in known))


def experts(session: Session) -> dict[PersonId, str]:
    """Find whose expert tag occurs in the words of the running subject, with that tag."""
    turn = session.turn
    subject = session.subjects[turn - 1] if turn else None
    if subject is None:
        return {}
    words = _subject_words(session, subject)
    found: dict[PersonId, str] = {}
    for person in session.people:
        if person.id == session.client or person.role in CONDUCT:
            continue
        tag = next((tag for tag in person.tags if occurs(tag, words)), None)
        if tag is not None:
            found[person.id] = tag
    return found


@lru_cache(maxsize=2048)
def occurs(tag: str, text: str) -> bool:
    """Whether the words of a tag stand in a text, whatever their case and accents."""
    sought, words = _words(tag), _words(text)
    return bool(sought) and any(
        words[start : start + len(sought)] == sought for start in range(len(words) - len(sought) + 1)
    )


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())


def _subject_words(session: Session, subject: EntryId) -> str:
    entry = session.entries.get(subject)
    return "" if entry is None else f"{entry.text} {entry.fields.get('expects', '')}"


def _takes_part(session: Session, person: Person, everybody: bool) -> bool:
    role = session.role_of(person)
    if role in CONDUCT:
        return False
    return everybody or role not in (Role.CLIENT, Role.OBSERVER)


def _from_the_left_of(people: tuple[Person, ...], first: PersonId | None) -> tuple[Person, ...]:
    index = next((index for index, each in enumerate(people) if each.id == first), None)
    return people if index is None else (*people[index + 1 :], *people[: index + 1])
