"""Everything but what is said in sessions: people, planned sessions and the ways in, in the database."""

from app.store.directory_doors import StoredDoors
from app.store.directory_people import StoredPeople
from app.store.directory_sessions import StoredSessions


class StoredDirectory(StoredPeople, StoredSessions, StoredDoors):
    """The directory in a database."""
