"""Logs as the server does, for a test that reads the lines."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.gateways.log import choose_lines, start_logging


@contextmanager
def logging_started(*, as_json: bool = True) -> Iterator[None]:
    """Log as the server does, and as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # else they would be closed
    start_logging(as_json=as_json)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        choose_lines(as_json=False)
