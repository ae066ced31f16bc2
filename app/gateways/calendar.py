"""Writes calendar entries; hours are in UTC, which every calendar reads alike (an automatic VTIMEZONE shifts Outlook)."""

import re
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vText

FIRST_ENTRY = datetime(2025, 1, 1, tzinfo=UTC)
"""Sequences count the seconds since then: every change is newer than the one before, and 32 bits last until 2093."""


def calendar_entry(
    *,
    uid: str,
    title: str,
    link: str,
    starts_at: datetime,
    ends_at: datetime,
    stamped_at: datetime,
    note: str = "",
    cancelled: bool = False,
) -> bytes:
    """Write one event (RFC 5545): people's words are escaped, so no line of theirs becomes a property."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ronde//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", _utc(stamped_at))
    event.add("dtstart", _utc(starts_at))
    event.add("dtend", _utc(ends_at))
    event.add("summary", vText(_one_line(title)))
    event.add("sequence", (stamped_at - FIRST_ENTRY) // timedelta(seconds=1))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if link:
        event.add("location", vText(link))
        event.add("url", link)
    if note:
        event.add("description", vText(note))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip()
