"""Instants as the wire has them: whole milliseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def as_ms(instant: datetime) -> int:
    """Count the milliseconds since 1970."""
    return (instant - EPOCH) // MILLISECOND


def span_ms(span: timedelta) -> int:
    """Count the milliseconds of a span."""
    return span // MILLISECOND
