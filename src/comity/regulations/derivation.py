"""How a deadline was counted, step by step, each step with its source: what the case page shows under the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from . import legal_time
from .legal_time import ACT, Period, Place
from .packs import Deadline, Longer, Pack, Said, Start, StoppedBy, Wait

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
EVENTS = {
    "receipt": "It was received",
    "clarification": "The clarification was received",
    "grounds-ceased": "The grounds had ceased",
    "complaint": "The complaint was received",
    "request": "Scrutiny was asked for",
    "copy": "The copy was received",
}


@dataclass(frozen=True)
class Counted:
    """A deadline applied: what started it, its length, its end (None: none yet), and what bears on it."""

    deadline: Deadline
    pack: Pack
    place: Place
    start: Start
    at: datetime
    length: int
    period: Period | None
    longer: tuple[Longer, ...]
    stopped: tuple[StoppedBy, ...]
    open: tuple[Said, ...]
    latest: datetime | None
    waits: tuple[Wait, ...]
    notes: tuple[Said, ...]

    @property
    def capped(self) -> bool:
        """Whether the instrument's own moment is the end."""
        return self.period is not None and self.latest is not None and self.latest <= self.period.due_target


def steps(counted: Counted) -> list[str]:
    """The derivation in sentences, in the addressee's local time; the source stands at the end of each."""
    start = counted.start
    event = EVENTS.get(start.starts, "It began")
    began = f"{event} on {when(counted.at, counted.place)}. {start.says['en']} {start.cite}"
    if counted.waits:
        return [began, *map(_told, counted.waits)]
    return [began, *_ran(counted), *map(_told, counted.notes), *_what_stops(counted)]


def _told(said: Said | Wait | Longer | StoppedBy) -> str:
    return f"{said.says['en']} {said.cite}"


def _ran(counted: Counted) -> Iterator[str]:
    yield from map(_told, counted.longer)
    if counted.open:
        yield from map(_told, counted.open)
        return
    yield from map(_told, counted.stopped)
    if counted.period is None:
        yield "The clock stands still."
    elif counted.capped and counted.deadline.at_latest is not None:
        latest = counted.deadline.at_latest
        yield f"{latest.says['en']} {latest.cite} It is due on {when(counted.period.due_legal, counted.place)}."
    elif counted.deadline.unit == "hours":
        yield from _hours(counted, counted.period)
    else:
        yield from _days(counted, counted.period)


def when(at: datetime, place: Place) -> str:
    """An instant in local time and UTC: Tuesday 24 November 2026 at 13:07:32 CET (12:07:32 UTC)."""
    return _when(at, place.zone)


@lru_cache(maxsize=16)  # the same few instants come back within one finding
def _when(at: datetime, zone: ZoneInfo) -> str:
    utc = at.astimezone(UTC)
    return f"{day(at.astimezone(zone))} at {_local(at, zone)} ({utc.hour:02d}:{utc.minute:02d}:{utc.second:02d} UTC)"


def day(at: date) -> str:
    """A day: Tuesday 24 November 2026."""
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def _clock(at: datetime, place: Place) -> str:
    return _local(at, place.zone)


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}:{local.second:02d} {local.tzname()}"


def length_of(length: int, unit: str) -> str:
    """A length in words: 1 hour, 5 working days."""
    words = unit.replace("-", " ")
    return f"{length} {words if length != 1 else words.rstrip('s')}"


def _length(counted: Counted) -> str:
    return length_of(counted.length, counted.deadline.unit)


def _target(counted: Counted, period: Period) -> str:
    rule = f"Pack {counted.pack.id}, version {counted.pack.version}"
    place, at = counted.place, period.due_target
    if counted.deadline.unit == "hours":
        same = place.day_of(counted.at) == place.day_of(at)
        left = "what was left of them" if counted.stopped else f"{_length(counted)} later exactly"
        return f"Our target is {left}: {_clock(at, place) if same else when(at, place)}. {rule}"
    return f"Our target is the end of the last working day in the period: {when(at, place)}. {rule}"


def _hours(counted: Counted, period: Period) -> Iterator[str]:
    yield _target(counted, period)
    if counted.deadline.counts_by != ACT:
        yield f"By law it ends at the same moment: the hours count from the moment itself. {counted.deadline.counts_by}"
        return
    local = counted.at.astimezone(counted.place.zone)
    left_out = f"{local.hour:02d}:00 to {local.hour + 1:02d}:00"
    yield (
        f"By law the hour of the event does not count, so {left_out} is left out; the period of {_length(counted)} "
        f"ends with its last hour, on {when(period.due_legal, counted.place)}. {ACT}, Art. 3(1) and 3(2)(a)"
    )
    yield (
        f"Holidays, Sundays and Saturdays count in a period of hours. Time-zone data {legal_time.tz_version()}. "
        f"{ACT}, Art. 3(3)"
    )


def _days(counted: Counted, period: Period) -> Iterator[str]:
    assert period.last_day is not None
    law = counted.deadline.counts_by
    source = f"{ACT}, Art. 3(1) and 3(2)" if law == ACT else law
    last = day(period.last_day)
    if counted.stopped:
        yield f"With the days on which it stood still left out, {_length(counted)} end with {last}. {source}"
    else:
        yield f"The day of the event does not count; {_length(counted)} end with {last}. {source}"
    if period.extended_to is not None:
        yield (
            f"By law it goes on to the end of {day(period.extended_to)}, since a period ends on a working day and "
            f"holds two of them. {ACT}, Art. 3(4) and 3(5)"
        )
    elif law != ACT and counted.deadline.unit == "days":
        yield f"It ends with that day, whether or not it is a working day. {law}"
    yield _calendar(period.last_day, counted.place)
    yield _target(counted, period)


def _calendar(last: date, place: Place) -> str:
    if not place.covers(last):
        return (
            f"The holidays of {place.country or 'that State'} in {last.year} are not in our calendar; weekends counted."
        )
    return (
        f"Holidays of {place.country}, calendar {place.calendar}, not yet compared with the notified list; "
        f"time-zone data {legal_time.tz_version()}."
    )


def _what_stops(counted: Counted) -> Iterator[str]:
    if counted.period is not None:
        stops: list[Wait | StoppedBy] = [*counted.deadline.waits, *counted.deadline.stops]
        yield " ".join(["Nothing stops this clock now.", *map(_told, stops)])
