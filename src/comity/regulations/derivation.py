"""How a deadline was counted, step by step, each step with its source: what the case page shows under the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

from . import legal_time
from .legal_time import Period, Place
from .packs import Deadline, Pack, Start, Wait

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
EVENTS = {
    "receipt": "It was received",
    "clarification": "The clarification was received",
    "grounds-ceased": "The grounds had ceased",
    "complaint": "The complaint was received",
}


def steps(
    deadline: Deadline, start: Start, at: datetime, period: Period, place: Place, pack: Pack, waits: list[Wait]
) -> list[str]:
    """The derivation in sentences, in the addressee's local time; the source stands at the end of each."""
    began = f"{EVENTS.get(start.starts, 'It began')} on {when(at, place)}. {start.says['en']} {start.cite}"
    if waits:
        return [began, *(f"{wait.says['en']} {wait.cite}" for wait in waits)]
    counted = _hours if deadline.unit == "hours" else _days
    return [began, *counted(deadline, at, period, place, pack), _nothing_stops(deadline)]


def when(at: datetime, place: Place) -> str:
    """An instant in local time and UTC: Tuesday 24 November 2026 at 13:07:32 CET (12:07:32 UTC)."""
    local = at.astimezone(place.zone)
    return f"{day(local.date())} at {_clock(at, place)} ({at.astimezone(UTC):%H:%M:%S} UTC)"


def day(at: date) -> str:
    """A day: Tuesday 24 November 2026."""
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def _clock(at: datetime, place: Place) -> str:
    local = at.astimezone(place.zone)
    return f"{local:%H:%M:%S} {local.tzname()}"


def _length(deadline: Deadline) -> str:
    unit = deadline.unit.replace("-", " ")
    return f"{deadline.length} {unit if deadline.length != 1 else unit.rstrip('s')}"


def _target(deadline: Deadline, at: datetime, period: Period, place: Place, pack: Pack) -> str:
    rule = f"Pack {pack.id}, version {pack.version}"
    if deadline.unit == "hours":
        same = place.day_of(at) == place.day_of(period.due_target)
        text = _clock(period.due_target, place) if same else when(period.due_target, place)
        return f"Our target is {_length(deadline)} later exactly: {text}. {rule}"
    return f"Our target is the end of the last working day in the period: {when(period.due_target, place)}. {rule}"


def _hours(deadline: Deadline, at: datetime, period: Period, place: Place, pack: Pack) -> list[str]:
    local = at.astimezone(place.zone)
    left_out = f"{local:%H}:00 to {local.hour + 1:02d}:00"
    return [
        _target(deadline, at, period, place, pack),
        f"By law the hour of the event does not count, so {left_out} is left out; the period of {_length(deadline)} "
        f"ends with its last hour, on {when(period.due_legal, place)}. {legal_time.ACT}, Art. 3(1) and 3(2)(a)",
        f"Holidays, Sundays and Saturdays count in a period of hours. Time-zone data {legal_time.tz_version()}. "
        f"{legal_time.ACT}, Art. 3(3)",
    ]


def _days(deadline: Deadline, at: datetime, period: Period, place: Place, pack: Pack) -> list[str]:
    assert period.last_day is not None
    found = [
        f"The day of the event does not count; {_length(deadline)} end with {day(period.last_day)}. "
        f"{legal_time.ACT}, Art. 3(1) and 3(2)",
    ]
    if period.extended_to is not None:
        found.append(
            f"By law it goes on to the end of {day(period.extended_to)}, since a period ends on a working day and "
            f"holds two of them. {legal_time.ACT}, Art. 3(4) and 3(5)"
        )
    found.append(_calendar(period.last_day, place))
    return [*found, _target(deadline, at, period, place, pack)]


def _calendar(last: date, place: Place) -> str:
    if not place.covers(last):
        return (
            f"The holidays of {place.country or 'that State'} in {last.year} are not in our calendar; weekends counted."
        )
    return (
        f"Holidays of {place.country}, calendar {legal_time.CALENDAR}, not yet compared with the notified list; "
        f"time-zone data {legal_time.tz_version()}."
    )


def _nothing_stops(deadline: Deadline) -> str:
    return " ".join(["Nothing stops this clock now.", *(f"{wait.says['en']} {wait.cite}" for wait in deadline.waits)])
