"""Legal time: how a period is counted. Regulation (EEC, Euratom) No 1182/71, for acts of the Union.

Days are days of the addressee's place (`Place`); instants are UTC. Time-zone data come from the `tzdata` package alone,
never from the machine, so that a finding can be made again from its record.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

ACT = "Regulation (EEC, Euratom) 1182/71"
CALENDAR = "eu-2026.1"
UNITS = ("hours", "days", "working-days", "weeks", "months", "years")


class NoSuchZone(ValueError):
    """A time zone that the IANA database does not know."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def is_zone(name: str) -> bool:
    """Whether the IANA database of the `tzdata` package knows this zone."""
    return name in _zones()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone by its IANA name; raises `NoSuchZone`."""
    if not is_zone(name):
        raise NoSuchZone(f"{name[:60]!r} is no time zone of the IANA database ({tz_version()})")
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def tz_version() -> str:
    """The release of the IANA time-zone database in use, such as 2026c."""
    return str(importlib.import_module("tzdata").IANA_VERSION)


@cache
def calendar(name: str = CALENDAR) -> dict[str, Any]:
    """One dated calendar file: {"id", "date", "made_from", "review", "note", "years", "holidays": {country: dates}}."""
    text = resources.files(__package__).joinpath("calendars", f"{name}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def holidays(country: str, name: str = CALENDAR) -> frozenset[date]:
    """The public holidays of a State in a calendar file; none for a State that the file does not hold."""
    return frozenset(date.fromisoformat(day) for day in calendar(name)["holidays"].get(country, ()))


@dataclass(frozen=True)
class Place:
    """Where days are counted: the addressee's zone, and the State whose holidays count ('' = unknown)."""

    zone: ZoneInfo
    country: str

    def covers(self, day: date) -> bool:
        """Whether the calendar knows the holidays of this State in that year."""
        first, last = calendar()["years"]
        return self.country in calendar()["holidays"] and first <= day.year <= last

    def works(self, day: date) -> bool:
        """Whether the day is a working day: Art. 2(2), neither holiday, Sunday nor Saturday."""
        return day.weekday() < 5 and day not in holidays(self.country)

    def day_of(self, at: datetime) -> date:
        """The day on which an instant falls here."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The instant at which a day ends here, in UTC: when the next one begins."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """A counted period: its end by law, what we work to, and the days between which it ran (None in hours)."""

    due_legal: datetime
    due_target: datetime
    last_day: date | None = None
    extended_to: date | None = None


def end_of_hours(start: datetime, length: int, place: Place) -> Period:
    """A period in hours: the hour of the event is not counted, it runs to the end of the last hour.

    Regulation 1182/71, Art. 3(1) first paragraph and 3(2)(a). The target is the event plus those hours exactly.
    """
    local = start.astimezone(place.zone)
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return Period(start - into + timedelta(hours=length + 1), start + timedelta(hours=length))


def end_of_days(start: datetime, length: int, unit: str, place: Place) -> Period:
    """A period in days, working days, weeks, months or years after an event.

    Regulation 1182/71: the day of the event is not counted (Art. 3(1)); the period runs to the end of the last day, of
    the same weekday or date, or of the month's last day where that date is lacking (3(2)); a last day that is no
    working day moves to the next one (3(4)); two days or more hold two working days (3(5)). The target is the last
    working day before or on the last day, never the extended one.
    """
    first = place.day_of(start)
    last = _LAST_DAY[unit](first, length, place)
    extended = _next_working(last, place)
    if unit == "days" and length >= 2:
        extended = max(extended, _nth_working(first, 2, place))
    target = _last_working(last, first, place)
    return Period(place.end_of(extended), place.end_of(target), last, extended if extended != last else None)


def end_of(start: datetime, length: int, unit: str, place: Place) -> Period:
    """The end of a period of any unit (`UNITS`) after `start`; raises `OverflowError` beyond the year 9999."""
    if unit == "hours":
        return end_of_hours(start, length, place)
    return end_of_days(start, length, unit, place)


def _next_working(day: date, place: Place) -> date:
    while not place.works(day):
        day += timedelta(days=1)
    return day


def _last_working(day: date, first: date, place: Place) -> date:
    """Never before the day after the event: a target must lie ahead of what starts it."""
    at = day
    while not place.works(at) and at > first + timedelta(days=1):
        at -= timedelta(days=1)
    return at if place.works(at) else day


def _nth_working(first: date, count: int, place: Place) -> date:
    day = first
    for _ in range(count):
        day = _next_working(day + timedelta(days=1), place)
    return day


def months_after(first: date, count: int) -> date:
    """The same date `count` months on, or the last day of a month that lacks it (Art. 3(2)(c))."""
    month = first.month - 1 + count
    year, month = first.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(
        following - timedelta(days=1), date(year, month, min(first.day, 28)) + timedelta(days=max(first.day - 28, 0))
    )


_LAST_DAY: dict[str, Callable[[date, int, Place], date]] = {
    "days": lambda first, length, place: first + timedelta(days=length),
    "working-days": _nth_working,
    "weeks": lambda first, length, place: first + timedelta(weeks=length),
    "months": lambda first, length, place: months_after(first, length),
    "years": lambda first, length, place: months_after(first, 12 * length),
}
