"""Opens a real store as a node of its own, for tests."""

from dataclasses import dataclass
from uuid import uuid4

from app.gateways.cipher import InstallationCipher
from app.store.database import Database, open_database
from app.store.directory import StoredDirectory
from app.store.documents import StoredDocuments
from app.store.event_log import StoredLog
from app.store.job_queue import StoredJobs


@dataclass(frozen=True, slots=True)
class Store:
    """The log, the directory, the documents and the jobs in one database."""

    database: Database
    log: StoredLog
    directory: StoredDirectory
    documents: StoredDocuments
    jobs: StoredJobs

    async def close(self) -> None:
        """Finish what is being written, then let the database go."""
        await self.log.close()
        await self.database.close()


INSTALLATION = InstallationCipher(bytes(range(32)))


def open_at(url: str, cipher: InstallationCipher = INSTALLATION) -> Store:
    """Open a migrated database."""
    database = open_database(url)
    return Store(
        database,
        StoredLog(database, cipher, new_id),
        StoredDirectory(database),
        StoredDocuments(database, cipher),
        StoredJobs(database, new_id),
    )


def new_id() -> str:
    """Make an id."""
    return uuid4().hex
