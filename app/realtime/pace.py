"""Keeps one socket from flooding the room: it is read more slowly, and closed when it goes on."""

import asyncio


class TooManyFrames(Exception):
    """The socket sent far more than a person can."""


class Pace:
    """A bucket of frames that fills steadily; an empty one makes the reader wait, which the network tells the sender."""

    def __init__(self, rate: float = 20.0, burst: float = 60.0, patience: float = 5.0) -> None:
        """Take frames per second, how many may come at once, and how many seconds of waiting in a row are too many."""
        self._rate = rate
        self._burst = burst
        self._patience = patience
        self._left = burst
        self._at: float | None = None
        self._waited = 0.0

    async def take(self, weight: float = 1.0) -> None:
        """Take a frame from the bucket, waiting for it if need be; raises TooManyFrames."""
        wait = self.owed(asyncio.get_running_loop().time(), weight)
        if wait > 0:
            await asyncio.sleep(wait)

    def owed(self, at: float, weight: float = 1.0) -> float:
        """Take a frame at an instant (seconds of the loop's clock) and tell how long to wait for it."""
        elapsed = 0.0 if self._at is None else at - self._at
        self._at = at
        self._left = min(self._burst, self._left + elapsed * self._rate) - weight
        if self._left >= 0:
            self._waited = 0.0
            return 0.0
        wait = -self._left / self._rate
        self._waited += wait
        if self._waited > self._patience:
            raise TooManyFrames
        return wait
