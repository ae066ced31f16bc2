"""What a facilitator typed on the prepare page, kept word for word, and what can be made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from app.engine.events import Trace
from app.engine.ids import SessionId
from app.usecases.pasted_people import LONGEST_TEXT
from app.web import times

LONGEST_GROUP = 80
AT_THE_OPENING = "-"
"""The wish that nobody is client before the session."""
NOBODY = "-"
"""The wish that nobody stands in for the facilitator."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The form as typed; nothing is lost when something is wrong."""

    draft: SessionId  # the session this form becomes, so that sending it twice makes one session
    group: str  # "" for a new group
    group_name: str
    people: str
    day: str
    hour: str
    zone: str
    protocol: str
    minutes: Mapping[str, int]
    trace: Trace
    language: str
    client: str  # "" as proposed, AT_THE_OPENING, or the key of a person
    phone: str = ""
    code: str = ""
    link: str = ""
    relay: str = ""  # "" as proposed, NOBODY, or the key of a person


def read_wish(form: FormData, draft: SessionId) -> Wish:
    """Read what was posted; out of range becomes the nearest, unknown becomes the default."""
    minutes = {
        name.removeprefix("minutes-"): int(value)
        for name, value in form.items()
        if name.startswith("minutes-")
        and isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) < 5
    }
    phase, _, change = _text(form, "step", 80).rpartition(":")
    if phase in minutes and change in ("1", "-1"):
        minutes[phase] += int(change)
    zone = _text(form, "zone", 80)
    trace = _text(form, "trace", 40)
    return Wish(
        draft=draft,
        group=_text(form, "group", 80),
        group_name=_text(form, "group_name", 400),
        people=_text(form, "people", LONGEST_TEXT),
        day=_text(form, "day", 20),
        hour=_text(form, "hour", 20),
        zone=zone if zone in times.zones() else "UTC",
        protocol=_text(form, "protocol", 80),
        minutes=minutes,
        trace=Trace(trace) if trace in set(Trace) else Trace.CLIENT,
        language=_text(form, "language", 20),
        client=_text(form, "client", 400),
        phone=_text(form, "phone", 200),
        code=_text(form, "code", 200),
        link=_text(form, "link", 1000),
        relay=_text(form, "relay", 400),
    )


def read_instant(day: str, hour: str, zone: str) -> tuple[datetime | None, str]:
    """Read a local day and hour; gives the instant, or None and the code of what is wrong."""
    try:
        local = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        return None, "no-date"
    if local.tzinfo is not None or not 2000 <= local.year <= 2999:
        return None, "no-date"
    instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        return None, "no-such-hour"
    return instant, ""


def usual_start(now: datetime, zone: str) -> datetime:
    """Propose a week from now, on a working day, at 14:00 in the zone."""
    local = now.astimezone(ZoneInfo(zone)) + timedelta(days=7)
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local.replace(hour=14, minute=0, second=0, microsecond=0)


def _text(form: FormData, name: str, most: int) -> str:
    value = form.get(name)
    return value[:most] if isinstance(value, str) else ""
