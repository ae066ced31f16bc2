"""Writes what happens as one line per event, with ids and codes and never a name, a token or a participant's text."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        "event", "part", "level", "timestamp", "exception", "code", "session", "job", "kind", "attempt", "seq", "sockets",
        "seconds", "error", "incident", "route", "method", "status", "database", "count",
    }
)  # fmt: skip
"""The only keys that reach the log: a new one is a decision."""


def only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every key that is not known to be harmless."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep of an error its class and where it happened: its message may quote what people wrote."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = " > ".join(frames[-8:])
    return event


class Through(logging.Handler):
    """Brings the lines of the libraries under the same rule: what they say in general, never the values they say it about."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the first line of the unfilled sentence, and where an error came from."""
        lines = str(record.msg).splitlines() or [""]
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger(part=record.name).log(record.levelno, lines[0], exc_info=error)


def choose_lines(*, as_json: bool) -> None:
    """Write one line per event to standard error.

    Never the default of structlog: where `rich` is installed, that shows the local variables of a traceback, and with
    them people's names and tokens.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            only_allowed,
            structlog.processors.JSONRenderer() if as_json else _for_people(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _for_people() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def start_logging(*, as_json: bool) -> None:
    """Begin to log; the access log of the web server stays off, for its URLs hold tokens."""
    choose_lines(as_json=as_json)
    logging.basicConfig(handlers=[Through()], level=logging.WARNING, force=True)
