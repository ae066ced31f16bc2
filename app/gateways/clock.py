"""Reads the real clock and makes ids: the only file of the program that does."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from functools import partial

_steady = (
    partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME)  # goes on while the machine sleeps
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic_ns
)


class SystemClock:
    """The wall clock read once, then carried on by a clock that nobody can set: a jump of ±2 h ends nothing early."""

    def __init__(self) -> None:
        """Anchor the wall clock to the steady one."""
        self._wall = datetime.now(UTC)
        self._start = _steady()

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""
        return self._wall + timedelta(microseconds=(_steady() - self._start) // 1_000)

    def drift(self) -> timedelta:
        """Tell how far the machine's wall clock has moved away since the start; for the operator."""
        return datetime.now(UTC) - self.now()


class RandomIds:
    """Makes ids and secrets from the system's randomness."""

    def new(self) -> str:
        """Make an id nobody can guess or meet twice: 128 random bits, safe in URLs."""
        return secrets.token_urlsafe(16)

    def secret(self) -> str:
        """Make a secret of 256 random bits, safe in URLs."""
        return secrets.token_urlsafe(32)
