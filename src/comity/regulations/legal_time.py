"""Legal time: how a period is counted. Regulation (EEC, Euratom) No 1182/71 governs acts of the Union only.

Every other act names its own rule (`LAWS`): a US statute counts calendar days, our own regulations count exact hours
and working days. Days are days of the addressee's place (`Place`); instants are UTC. Time-zone data come only from the
`tzdata` package, never from the machine, so that a finding can be reproduced from its record. `docs/legal-time.md`
works through examples.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ACT = "Regulation (EEC, Euratom) 1182/71"
STATUTE = "18 U.S.C. § 2703(f)"
OWN = "Comity, counting rule"
LAWS = (ACT, STATUTE, OWN)
CALENDAR = "eu-2026.1"
CALENDARS = {"US": "us-2026.1"}  # States with a file of their own; all others are looked up in `CALENDAR`
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UNITS = ("minutes", "hours", "days", "working-days", "weeks", "months", "years")
EXACT = ("minutes", "hours")  # units not counted in days


class NoSuchZone(ValueError):
    """A time zone that the IANA database does not know."""


@cache
def zones() -> frozenset[str]:
    """The zone names of the IANA database in the `tzdata` package."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def is_zone(name: str) -> bool:
    """Whether the IANA database in the `tzdata` package knows this zone."""
    return name in zones()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises NoSuchZone."""
    if not is_zone(name):
        raise NoSuchZone(f"{name[:60]!r} is not a time zone of the IANA database ({tz_version()})")
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


def calendar_of(country: str) -> str:
    """The name of the calendar file that would hold a State's holidays."""
    return CALENDARS.get(country, CALENDAR)


@cache
def holidays(country: str, name: str | None = None) -> frozenset[date]:
    """The public holidays of a State (ISO 3166-1 alpha-2) in a calendar file (None: its own); empty if no file has
    them."""
    held = calendar(name or calendar_of(country))["holidays"]
    return frozenset(date.fromisoformat(day) for day in held.get(country, ()))


@dataclass(frozen=True)
class Place:
    """Where days are counted: the addressee's zone, and the State whose holidays count ("" if unknown)."""

    zone: ZoneInfo
    country: str

    @property
    def calendar(self) -> str:
        """The calendar file whose holidays count here."""
        return calendar_of(self.country)

    def covers(self, day: date) -> bool:
        """Whether the calendar has the holidays of this State for that year."""
        held = calendar(self.calendar)
        first, last = held["years"]
        return self.country in held["holidays"] and first <= day.year <= last

    def works(self, day: date) -> bool:
        """Whether the day is a working day: no holiday, Sunday or Saturday (Regulation 1182/71, Art. 2(2))."""
        return day.weekday() < 5 and day not in holidays(self.country)

    def day_of(self, at: datetime) -> date:
        """The local day on which an instant falls."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The instant (UTC) at which a local day ends, which is when the next one begins."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)


class Period(NamedTuple):
    """A counted period: its legal end and our target (both UTC), and the days it ran between (None for hours)."""

    due_legal: datetime
    due_target: datetime
    last_day: date | None = None
    extended_to: date | None = None


def end_of_hours(start: datetime, length: int, place: Place, law: str = ACT) -> Period:
    """A period in hours, which runs to the end of its last hour; the hour of the event is not counted.

    Regulation 1182/71, Art. 3(1) first paragraph and 3(2)(a); other laws count from the moment itself. The target is
    exactly that many hours after the event; holidays, Sundays and Saturdays count (Art. 3(3)).
    """
    exactly = start + HOUR * length
    if law != ACT:
        return Period(exactly, exactly)
    local = start.astimezone(place.zone)
    into = timedelta(0, 60 * local.minute + local.second, local.microsecond)
    return Period(exactly - into + HOUR, exactly)


def end_of_minutes(start: datetime, length: int) -> Period:
    """A period in minutes: exactly that long after the event, under any law. Regulation 1182/71 has no such unit."""
    exactly = start + MINUTE * length
    return Period(exactly, exactly)


def end_of_days(start: datetime, length: int, unit: str, place: Place, law: str = ACT) -> Period:
    """A period in days, working days, weeks, months or years after an event.

    The day of the event is not counted, and the period runs to the end of the last day: of the same weekday or date, or
    of the month's last day where that date doesn't exist (Regulation 1182/71, Art. 3(1) and 3(2); other laws do the
    same). Under the Regulation alone, a last day that isn't a working day moves to the next one (3(4)), and a period of
    two days or more contains two working days (3(5)). The target is the last working day on or before the unextended
    last day, so that neither paragraph is used in our own favour.
    """
    first = place.day_of(start)
    last = _LAST_DAY[unit](first, length, place)
    two = unit not in ("days", "working-days") or (unit == "days" and length >= 2)
    extended = _extended(first, last, place, holds_two=two) if law == ACT else last
    target = _last_working(last, first, place)
    return Period(place.end_of(extended), place.end_of(target), last, extended if extended != last else None)


def _extended(first: date, last: date, place: Place, *, holds_two: bool) -> date:
    """The last day as Art. 3(4) moves it, and 3(5) for a period of two days or more."""
    at = _next_working(last, place)
    return max(at, _nth_working(first, 2, place)) if holds_two else at


def end_of(start: datetime, length: int, unit: str, place: Place, law: str = ACT) -> Period:
    """The end of a period of any unit (`UNITS`) after `start` (UTC), as one of `LAWS` counts it.

    Raises OverflowError beyond the year 9999, and ValueError for a length below one: a period counted backwards is not
    extended by any law (`latest_before`).
    """
    if length < 1:
        raise ValueError("a period is at least one unit long; what counts back from an event is no such period")
    if unit == "minutes":
        return end_of_minutes(start, length)
    if unit == "hours":
        return end_of_hours(start, length, place, law)
    return end_of_days(start, length, unit, place, law)


def latest_before(event: datetime, length: int, unit: str, place: Place) -> datetime:
    """The last instant (UTC) that lies at least that long before an event.

    Regulation 1182/71, Art. 3(4), does not move a period that is counted backwards, so a Sunday stays a Sunday. The day
    of the event is not counted: what must come three days before ends with the day before the first of those three
    days.
    """
    if unit in EXACT:
        return event - timedelta(**{unit: length})
    return place.end_of(_LAST_DAY[unit](place.day_of(event), -length, place) - timedelta(days=1))


@dataclass(frozen=True)
class Stop:
    """A time during which a clock stood still. `until` None: it still does. Instants are UTC."""

    since: datetime
    until: datetime | None


def run_with_stops(
    start: datetime, length: int, unit: str, place: Place, law: str, stops: Iterable[Stop]
) -> Period | None:
    """A period that was stopped and restarted: the remainder runs from the restart. None while it is stopped.

    In hours, exactly the time that had not yet run. In days, the days that had not yet run; neither the day of the stop
    nor that of the restart is counted, as the day of an event is not. A period that ended before a stop began has
    ended.
    """
    left, at = length, start
    for stop in sorted(stops, key=lambda s: s.since):
        since = max(stop.since, at)
        if end_of(at, left, unit, place, law).due_legal <= since:
            break
        if stop.until is None:
            return None
        if stop.until <= since:
            continue
        if unit in EXACT:
            at += stop.until - since
            continue
        left -= min(_run(at, since, unit, place), left - 1)
        at = stop.until
    return end_of(at, left, unit, place, law)


def _run(start: datetime, until: datetime, unit: str, place: Place) -> int:
    """How many whole days (or working days) of a period had run when its clock stopped, without the day of the stop."""
    if unit not in ("days", "working-days"):
        raise ValueError(f"a period in {unit} cannot be stopped and restarted")
    first, last = place.day_of(start), place.day_of(until)
    between = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return sum(unit == "days" or place.works(day) for day in between)


def _next_working(day: date, place: Place) -> date:
    while not place.works(day):
        day += timedelta(days=1)
    return day


def _last_working(day: date, first: date, place: Place) -> date:
    """The last working day up to `last`, but never before `first`: a target must lie after the event that starts it."""
    at = day
    while not place.works(at) and at > first + timedelta(days=1):
        at -= timedelta(days=1)
    return at if place.works(at) else day


def _nth_working(first: date, count: int, place: Place) -> date:
    day, step = first, timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not place.works(day):
            day += step
    return day


def months_after(first: date, count: int) -> date:
    """The same date `count` months later, or the last day of a month that lacks it (Regulation 1182/71, Art.
    3(2)(c))."""
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
