"""Who may read what was written."""

from app.engine.ids import PersonId
from app.engine.protocol import Sight
from app.engine.state import Entry, Person, Session


def is_open(entry: Entry) -> bool:
    """Whether everybody at the table reads it."""
    return entry.sight is Sight.ALL or (entry.sight is Sight.REVEALED and entry.revealed)


def client_of(session: Session, entry: Entry) -> PersonId | None:
    """Name the client in whose block it was written."""
    return session.clients[entry.turn - 1] if entry.turn else None


def may_read(session: Session, person: Person, entry: Entry) -> bool:
    """Whether a person sees it at all."""
    if entry.author == person.id or is_open(entry):
        return True
    return entry.sight is Sight.CLIENT and client_of(session, entry) == person.id
