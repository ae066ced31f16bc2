"""Opens everything the program keeps, at one address."""

from collections.abc import Callable
from dataclasses import dataclass

from app.store.database import Database, open_database
from app.store.directory import StoredDirectory
from app.store.documents import StoredDocuments
from app.store.event_log import StoredLog
from app.store.job_queue import StoredJobs
from app.usecases.ports import Cipher


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


def open_store(url: str, cipher: Cipher, new_id: Callable[[], str]) -> Store:
    """Open a migrated database; nothing is connected yet. Raises ValueError for an address of another kind."""
    database = open_database(url)
    return Store(
        database,
        StoredLog(database, cipher, new_id),
        StoredDirectory(database),
        StoredDocuments(database, cipher),
        StoredJobs(database, new_id),
    )
