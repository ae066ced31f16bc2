"""Writes instants and spans as people of each language read them, in the zone they live in."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, get_timezone_location
from babel.localtime import LOCALTZ
from babel.numbers import format_decimal

THIN, HARD = "\u202f", "\u00a0"


def local(instant: datetime, zone: str) -> datetime:
    """Move an instant into a zone."""
    return instant.astimezone(ZoneInfo(zone))


def day(language: str, instant: datetime, zone: str) -> str:
    """Write the whole date: "jeudi 26 novembre 2026", "Thursday 26 November 2026"."""
    return format_date(local(instant, zone), "EEEE d MMMM y", locale=language)


def short_day(language: str, instant: datetime, zone: str) -> str:
    """Write the date without its year: "jeudi 26 novembre"."""
    return format_date(local(instant, zone), "EEEE d MMMM", locale=language)


def hour(language: str, instant: datetime, zone: str) -> str:
    """Write an hour inside a sentence: "14 h 15", "2:15 pm"."""
    at = local(instant, zone)
    if language == "fr":
        return f"{at.hour}{HARD}h" + (f"{HARD}{at.minute:02}" if at.minute else "")
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{HARD}{'am' if at.hour < 12 else 'pm'}"


def clock(language: str, instant: datetime, zone: str) -> str:
    """Write an hour in a column: "14:15", "2:15"."""
    at = local(instant, zone)
    return f"{at.hour if language == 'fr' else at.hour % 12 or 12}:{at.minute:02}"


def span(language: str, length: timedelta) -> str:
    """Write a length to the minute: "75 min", "2 h 30" from two hours up ("2 h 30 min" in English)."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if minutes < 120:
        return f"{minutes}{HARD}min"
    tail = f"{HARD}{rest:02}" + ("" if language == "fr" else f"{HARD}min") if rest else ""
    return f"{hours}{HARD}h{tail}"


def exact(language: str, length: timedelta) -> str:
    """Write a length with its seconds, where it has any: "5 min", "4 min 30" ("4 min 30 s" in English)."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    if not seconds:
        return span(language, length)
    return f"{minutes}{HARD}min{HARD}{seconds:02}" + ("" if language == "fr" else f"{HARD}s")


def minutes(language: str, length: timedelta) -> str:
    """Write minutes as a number: "12", "4,5" ("4.5" in English)."""
    return format_decimal(round(length / timedelta(minutes=1), 1), "0.#", locale=language)


def city(language: str, zone: str) -> str:
    """Name the city a zone is known by: "Bruxelles" for Europe/Brussels; UTC names itself."""
    if zone.startswith("Etc/") or zone == "UTC":
        return "UTC"
    return get_timezone_location(zone, locale=language, return_city=True)


def upper_first(language: str, text: str) -> str:
    """Begin a sentence with what was written for its middle: "jeudi …" → "Jeudi …"."""
    return text[:1].upper() + text[1:]


def zones() -> tuple[str, ...]:
    """List the zones people can choose: those named after a place, and UTC."""
    return _ZONES


def home_zone() -> str:
    """Name the zone of the machine, the first guess before a browser says better."""
    name = str(getattr(LOCALTZ, "key", "UTC"))
    return name if name in _ZONES else "UTC"


def _places() -> tuple[str, ...]:
    areas = (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return (*sorted(z for z in available_timezones() if z.split("/")[0] in areas and "/" in z), "UTC")


_ZONES = _places()

FILTERS: Mapping[str, Callable[..., str]] = {
    "day": day,
    "short_day": short_day,
    "hour": hour,
    "clock": clock,
    "span": span,
    "exact": exact,
    "minutes": minutes,
    "city": city,
    "upper_first": upper_first,
}
"""What templates can write; each takes the language first, which rendering binds."""
