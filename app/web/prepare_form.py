"""What a facilitator typed to prepare or change a session, kept word for word, and what can be made of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from app.engine.events import Trace
from app.engine.ids import SessionId
from app.engine.ladder import Microphones
from app.engine.protocol import Role
from app.usecases.pasted_people import LONGEST_TEXT
from app.web import times

LONGEST_GROUP = 80
AT_THE_OPENING = "-"
"""The wish that nobody is client before the session."""
NOBODY = "-"
"""The wish that nobody stands in for the facilitator."""


OFFERED = "duties"
"""The step that takes the duties as rotation offers them."""
OF_DUTY = (Role.TIMEKEEPER, Role.SCRIBE, Role.OBSERVER, Role.CO_FACILITATOR)
"""What people may be besides consultants, one each."""
LONGEST_PHASE = timedelta(hours=10)
MINUTE = timedelta(minutes=1)


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
    minutes: Mapping[str, timedelta]
    trace: Trace
    language: str
    client: str  # "" as proposed, AT_THE_OPENING, or the key of a person
    phone: str = ""
    code: str = ""
    link: str = ""
    relay: str = ""  # "" as proposed, NOBODY, or the key of a person
    reserve: str = ""  # "" as proposed, NOBODY, or the key of a person
    duties: Mapping[Role, str] = field(default_factory=dict)  # key of the person
    microphones: Microphones = Microphones.PEOPLE
    screen_share: bool = False
    leaving: frozenset[str] = frozenset()  # keys of those who lose their seat


def read_wish(form: FormData, draft: SessionId) -> Wish:
    """Read what was posted; out of range becomes the nearest, unknown becomes the default."""
    minutes = {
        name.removeprefix("minutes-"): length
        for name, value in form.items()
        if name.startswith("minutes-") and isinstance(value, str) and (length := as_length(value)) is not None
    }
    phase, _, change = _text(form, "step", 80).rpartition(":")
    if phase in minutes and change in ("1", "-1"):
        minutes[phase] += int(change) * MINUTE
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
        reserve=_text(form, "reserve", 400),
        duties={role: key for role in OF_DUTY if (key := _text(form, f"duty-{role.value}", 400))},
        microphones=Microphones.VOICE_RULE
        if _text(form, "microphones", 20) == Microphones.VOICE_RULE
        else Microphones.PEOPLE,
        screen_share=_text(form, "screen_share", 5) == "on",
        leaving=frozenset(each for each in form.getlist("leaving") if isinstance(each, str)),
    )


def as_length(text: str) -> timedelta | None:
    """Read minutes as the form posts them: "8", or "4.5" for what a protocol says in half minutes."""
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text, re.ASCII):
        return None
    return min(float(text) * MINUTE, LONGEST_PHASE)


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
