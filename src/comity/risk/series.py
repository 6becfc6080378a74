"""Daily counts made fit for a model: what can't be a count is left out, and said. Pure.

A gap is either none (`absent=0`, of cases: no row is no case) or not known (NaN, of what a platform reports).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from comity.figures.cusum import Array

UNKNOWN = float("nan")
LONGEST = 3_660  # days that a model looks back


@dataclass(frozen=True)
class Series:
    """One series of daily counts from `start` on, the last day included. `notes`: what was left out, and why."""

    start: date
    counts: Array
    notes: tuple[str, ...] = ()


def clean(rows: Iterable[tuple[date, float]], until: date, absent: float = 0.0) -> Series:
    """A series that ends with the day `until`, from rows in any order.

    What is negative, no whole number, later than `until`, or told twice and differently is not believed: that day is
    unknown. Rows told twice alike count once. No row at all: one unknown day.
    """
    told: dict[date, float] = {}
    notes = []
    for day, n in rows:
        if day > until:
            notes.append(f"{day}: later than {until}")
        elif not 0 <= n < np.inf or n != np.floor(n):
            notes.append(f"{day}: {n:g} is no count")
            told[day] = UNKNOWN
        elif day in told and told[day] != n:
            notes.append(f"{day}: told twice, as {told[day]:g} and as {n:g}")
            told[day] = UNKNOWN
        else:
            told[day] = n
    start = max(min(told, default=until), until - timedelta(days=LONGEST - 1))
    days = (until - start).days + 1
    counts = np.full(days, absent if told else UNKNOWN)
    for day, n in told.items():
        if day >= start:
            counts[(day - start).days] = n
    return Series(start, counts, tuple(notes))


def together(many: Iterable[Series], until: date) -> Array:
    """Series that end on the same day as one matrix, days × series; what is before a series began is unknown."""
    counts = [one.counts for one in many]
    longest = max((len(one) for one in counts), default=0)
    made = np.full((longest, len(counts)), UNKNOWN)
    for n, one in enumerate(counts):
        made[longest - len(one) :, n] = one
    return made
