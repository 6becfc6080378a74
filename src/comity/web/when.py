"""Instants as people read them, always with their zone; and whose zone that is."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import dateformat
from django.utils.translation import get_language

from comity.language import first_of_month

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9][A-Za-z0-9_+-]{0,30}){0,2}")
_STYLES = {
    "bare": "H:i:s",
    "time": "H:i:s",
    "minute": "H:i",
    "mark": "j M, H:i",
    "full": "j M Y, H:i:s",
    "date": "j M Y",
    "day": "l j F Y",
    "letter": "j F Y, H:i",
}
_WITHOUT_ZONE = {"bare", "date", "day", "minute", "mark"}


def zone_name(local: datetime) -> str:
    """CET, EEST, UTC; zones without letters of their own as UTC-3 or UTC+5:30."""
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{offset(local)}"


def offset(local: datetime) -> str:
    """+1, -3, +5:30; empty at UTC."""
    minutes = round((local.utcoffset() or timedelta(0)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "") if minutes else ""


def said(at: datetime, zone: tzinfo, style: str = "time", now: datetime | None = None) -> str:
    """An instant in words.

    Styles: `bare` 13:07:32, `time` with its zone, `minute` 13:07, `full` with date and zone, `date`, `day` (long date),
    `mark` 24 Nov, 13:07, `line` (`bare` today, else `mark`), `letter` (long date, to the minute, with zone), `due` (the
    shortest that is unambiguous beside `now`; midnight is 24:00 of the day that ends), `until` (`due` with weekday and
    year, for people outside).
    """
    local = at.astimezone(zone)
    if style in ("due", "until"):
        return _due(local, now.astimezone(zone) if now and style == "due" else None)
    if style == "line":
        style = "bare" if now and local.date() == now.astimezone(zone).date() else "mark"
    text = _written(local, _STYLES[style])
    return text if style in _WITHOUT_ZONE else f"{text} {zone_name(local)}"


def _due(local: datetime, now: datetime | None) -> str:
    midnight = not (local.hour or local.minute or local.second)
    day = (local - timedelta(microseconds=1)).date() if midnight else local.date()
    clock = "24:00" if midnight else dateformat.format(local, "H:i:s" if now else "H:i")
    zone = zone_name(local - timedelta(microseconds=1)) if midnight else zone_name(local)
    return f"{_day(day, now)}{clock} {zone}"


def _day(day: date, now: datetime | None) -> str:
    if now is None:
        return _written(day, "l j F Y, ")
    if day == now.date():
        return ""
    return _written(day, "D j M, " if day.year == now.year else "j M Y, ")


def _written(on: date, pattern: str) -> str:
    """A day by a pattern of Django's; in French with N for M: three letters tell no juin from a juillet."""
    short = pattern if (get_language() or "en").startswith("en") else pattern.replace("M", "N")
    return first_of_month(dateformat.format(on, short))


def zone(name: str) -> ZoneInfo | None:
    """The zone with this IANA name; None if there is none (the name may come from a cookie)."""
    if not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found.setdefault(country, name)
    return found


def zone_of(country: str) -> ZoneInfo | None:
    """The zone most people of a country (ISO 3166-1 alpha-2) live in, by the first line of IANA's zone.tab."""
    name = _countries().get(country)
    return zone(name) if name else None


def today(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which the viewer's day ends."""
    local = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=1)).astimezone(UTC)
