"""Wakes rooms whose session another node changed: it only says that there is news, the log is the truth."""

import asyncio

import structlog

from app.engine.ids import SessionId
from app.usecases.ports import EventLog, GatewayError
from app.usecases.run_session import Rooms

POLL = 2.0
"""Seconds after which a lost wake-up is repaired."""

PAUSE = 1.0
"""Seconds before listening again after the store went away."""

log = structlog.get_logger(part="bus")


class Bus:
    """Brings the facts other nodes wrote to the rooms that are warm here."""

    def __init__(self, rooms: Rooms, event_log: EventLog) -> None:
        self._rooms = rooms
        self._log = event_log

    async def run(self) -> None:
        """Listen and poll for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(), name="bus listens")
            tasks.create_task(self._poll(), name="bus polls")

    async def _listen(self) -> None:
        while True:
            try:
                async for session, seq in self._log.listen():
                    await self._wake(session, seq)
            except GatewayError as error:
                log.warning("not listening", error=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            try:
                for session, seq in (await self._log.heads(self._rooms.warm_ids())).items():
                    await self._wake(session, seq)
            except GatewayError as error:
                log.warning("not polling", error=type(error).__name__)

    async def _wake(self, session: SessionId, seq: int) -> None:
        """Let one room catch up; a room that cannot be read keeps nobody else waiting."""
        try:
            await self._rooms.catch_up(session, seq)
        except GatewayError:
            raise
        except Exception:
            log.exception("room not woken", session=session)
