"""Appends to one log as fast as it can and says each seq only once it was acknowledged; it is made to be killed.

Words: the address, and how many bytes a file may have (0: any) until a line comes in.
"""

import asyncio
import resource
import signal
import sys
from datetime import UTC, datetime

from app.engine.events import HandRaised
from app.engine.ids import CommandId, PersonId, SessionId
from app.usecases.ports import StoreUnavailable
from tests.store.opened import open_at

ROOM = SessionId("room")


async def append_for_ever(url: str, limit: int) -> None:
    """Append until killed; say `away` when the disk is full, and go on after a line comes in."""
    store = open_at(url)
    seq = len(await store.log.load(ROOM))
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    while True:
        events = (HandRaised(PersonId("p" * 999)), HandRaised(PersonId(str(seq))))
        try:
            answer = await store.log.append(ROOM, seq, CommandId(f"c{seq}"), events, datetime.now(UTC), "p")
        except StoreUnavailable as away:
            readable = len(await store.log.load(ROOM))
            print("away" if away.retryable else "lost", seq, readable, flush=True)
            sys.stdin.readline()
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            continue
        seq = answer.seq
        print("acknowledged", seq, flush=True)


if __name__ == "__main__":
    asyncio.run(append_for_ever(sys.argv[1], int(sys.argv[2])))
