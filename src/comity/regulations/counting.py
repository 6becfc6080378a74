"""How a deadline was counted, step by step, each step with its source: what the case page shows under the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from comity.cel.values import TWO, clock

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


class Counted(NamedTuple):
    """A deadline applied: what started it, its length, its end (None: none yet), and what bears on it. Instants are
    UTC."""

    deadline: Deadline
    pack: Pack
    place: Place
    start: Start
    at: datetime
    local: datetime  # the same instant in the zone where days are counted
    length: int
    period: Period | None
    longer: Sequence[Longer]
    stopped: Sequence[StoppedBy]
    open: Sequence[Said]
    latest: datetime | None
    waits: Sequence[Wait]
    notes: Sequence[Said]

    @property
    def capped(self) -> bool:
        """Whether the end is the moment that the instrument itself names."""
        return self.period is not None and self.latest is not None and self.latest <= self.period.due_target


def steps(counted: Counted) -> list[str]:
    """The derivation in sentences, in the addressee's local time, each followed by its source."""
    start = counted.start
    event = EVENTS.get(start.starts, "It began")
    began = f"{event} on {_when(counted.at, counted.local)}. {start.told}"
    if counted.waits:
        return [began, *(wait.told for wait in counted.waits)]
    told = [began]
    for bears in (counted.longer, counted.open or counted.stopped):
        told += [said.told for said in bears]
    if not counted.open:
        told += _ran(counted)
    for note in counted.notes:
        told.append(note.told)
    if counted.period is not None:
        told.append(counted.deadline.nothing_stops)
    return told


def _ran(counted: Counted) -> Iterable[str]:
    latest, period = counted.deadline.at_latest, counted.period
    if period is None:
        return ["The clock stands still."]
    if latest is not None and counted.capped:
        return [f"{latest.told} It is due on {when(period.due_legal, counted.place)}."]
    return _hours(counted, period) if counted.deadline.unit in legal_time.EXACT else _days(counted, period)


def when(at: datetime, place: Place) -> str:
    """A UTC instant in local time and UTC: Tuesday 24 November 2026 at 13:07:32 CET (12:07:32 UTC)."""
    return _when(at, at.astimezone(place.zone))


def _when(at: datetime, local: datetime) -> str:
    return (
        f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year} at "
        f"{TWO[local.hour]}:{TWO[local.minute]}:{TWO[local.second]} {local.tzname()} "
        f"({TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]} UTC)"
    )


def day(at: date) -> str:
    """A day: Tuesday 24 November 2026."""
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


@lru_cache(maxsize=256)
def length_of(length: int, unit: str) -> str:
    """A length in words: 1 hour, 5 working days."""
    words = unit.replace("-", " ")
    return f"{length} {words if length != 1 else words.rstrip('s')}"


def _length(counted: Counted) -> str:
    return length_of(counted.length, counted.deadline.unit)


def _hours(counted: Counted, period: Period) -> list[str]:
    zone, length, law = counted.place.zone, _length(counted), counted.deadline.counts_by
    start, target = counted.local, period.due_target.astimezone(zone)
    left = "what was left of them" if counted.stopped else f"{length} later exactly"
    same = start.date() == target.date()
    at = f"{clock(target)} {target.tzname()}" if same else _when(period.due_target, target)
    ours = f"Our target is {left}: {at}. {counted.pack.named}"
    if law != ACT or counted.deadline.unit != "hours":
        unit = counted.deadline.unit
        return [ours, f"By law it ends at the same moment: the {unit} count from the moment itself. {law}"]
    by_law = (
        f"By law the hour of the event does not count, so {TWO[start.hour]}:00 to {TWO[start.hour + 1]}:00 is left "
        f"out; the period of {length} ends with its last hour, on {when(period.due_legal, counted.place)}. "
        f"{ACT}, Art. 3(1) and 3(2)(a)"
    )
    return [ours, by_law, _every_day_counts()]


@cache
def _every_day_counts() -> str:
    data = legal_time.tz_version()
    return f"Holidays, Sundays and Saturdays count in a period of hours. Time-zone data {data}. {ACT}, Art. 3(3)"


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
    target = when(period.due_target, counted.place)
    yield f"Our target is the end of the last working day in the period: {target}. {counted.pack.named}"


def _calendar(last: date, place: Place) -> str:
    if not place.covers(last):
        return (
            f"The holidays of {place.country or 'that State'} in {last.year} are not in our calendar; weekends counted."
        )
    return (
        f"Holidays of {place.country}, calendar {place.calendar}, not yet compared with the notified list; "
        f"time-zone data {legal_time.tz_version()}."
    )
