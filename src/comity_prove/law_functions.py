"""What is certain about the functions of law, and their value at one point: legal time as the solver knows it.

`legal_time` counts with calendars and time zones, which no solver should have to. The solver gets bounds that hold in
every place and, where a witness needs more, the end as counted in one place for the instants of one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import z3

from comity.regulations.legal_time import EXACT, Place

from .symbols import DAY, micros

HOUR = 3_600_000_000
FUNCTIONS = {"endOfHours": "hours", "endOfDays": "days", "endOfWeeks": "weeks"}
REST = 16 * DAY  # longer than any run of holidays, Sundays and Saturdays in a calendar (a test counts them)
MINUTE = HOUR // 60
LEAST = {
    "minutes": MINUTE,
    "hours": HOUR,
    "days": DAY,
    "working-days": DAY,
    "weeks": 7 * DAY,
    "months": 28 * DAY,
    "years": 365 * DAY,
}
MOST = {**LEAST, "working-days": REST, "months": 31 * DAY, "years": 366 * DAY}


def bounds(unit: str, start: z3.ArithRef, count: z3.ArithRef, given: z3.BoolRef, end: z3.ArithRef) -> z3.BoolRef:
    """Where the end of `count` units after `start` lies, in any place and under any law. Microseconds since 1970."""
    low, high = (0, 0) if unit == "minutes" else (0, HOUR) if unit == "hours" else (-HOUR, DAY + HOUR + REST)
    inside = z3.And(end >= start + count * LEAST[unit] + low, end <= start + count * MOST[unit] + high)
    return z3.And(given == z3.And(count > 0, count < 1000), z3.Implies(given, inside))


def same_span(unit: str, start: Any, number: z3.ArithRef, place: Place) -> Iterator[z3.BoolRef]:
    """The instants near `start` from which the same end is counted: those of its local day; for exact units, only
    itself."""
    if unit in EXACT:
        yield number == micros(start)
        return
    day = place.day_of(start)
    yield number >= micros(place.end_of(day - timedelta(days=1)))
    yield number < micros(place.end_of(day))
