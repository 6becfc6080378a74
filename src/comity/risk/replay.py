"""A whole past day by day, as it would have been: when headroom would have rung, and which order was late first. Pure.

Both look only at what was known on the day. It is how the second alarm is measured (`bench/risk.py`) and shown (the
demo): an alarm that comes after the first missed hour is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from comity.figures.cusum import Array
from comity.world.growing import Growing

from . import headroom, staffing

AGAIN = 91  # days after which the limit is worked out anew, of what comes by then


class Replayed(NamedTuple):
    """The day on whose figures headroom rang first, and the day of the first order that was late; None: never."""

    alarm_at: date | None
    first_miss_at: date | None

    @property
    def before(self) -> int | None:
        """By how many days the alarm came first; None where one of both didn't."""
        if self.alarm_at is None or self.first_miss_at is None:
            return None
        return (self.first_miss_at - self.alarm_at).days


def by_instrument(made: Growing) -> dict[str, Array]:
    """The orders of each day by instrument, of all countries."""
    found: dict[str, Array] = {}
    for (_country, instrument), days in made.series.items():
        found[instrument] = found.get(instrument, np.zeros(made.days)) + np.array(days)
    return found


def replay(
    made: Growing, people: Sequence[int], kinds: Mapping[str, staffing.Kind], seed: int = 1, cap: float = staffing.CAP
) -> Replayed:
    """A made world with one rota all along. `kinds`: how each instrument is handled, whatever number comes; `cap`: the
    part of its time after which a one-hour order is handed over. Without, some are late at any load, and no alarm comes
    before them."""
    orders = by_instrument(made)
    names = sorted(orders)
    counts = np.stack([orders[name] for name in names], axis=1)
    chosen = [kinds[name] for name in names]
    ran = staffing.happened(chosen, counts.astype(np.int64), cap, seed)
    late = staffing.first_late(ran, people)
    ring = _ring(counts, chosen, people, cap)
    return Replayed(_day(made, ring), _day(made, late))


def _day(made: Growing, n: int | None) -> date | None:
    return None if n is None else made.start + timedelta(days=n)


def _ring(counts: Array, kinds: Sequence[staffing.Kind], people: Sequence[int], cap: float) -> int | None:
    """The first day after which headroom rang, against a limit that follows what comes."""
    days = headroom.WEEKS * headroom.WEEK
    limit, load = 0.0, counts @ np.array([kind.mean_to(cap) for kind in kinds])
    for day in range(headroom.WEEK, len(counts) + 1):
        if (day - headroom.WEEK) % AGAIN == 0:
            mean = counts[max(0, day - AGAIN) : day].mean(axis=0).tolist()
            desk = staffing.Load(tuple(replace(kind, a_day=n) for kind, n in zip(kinds, mean, strict=True)), cap)
            limit = desk.hours * staffing.capacity(desk, people) if desk.hours else 0.0
        if limit and headroom.headroom(load[max(0, day - days) : day], limit).rings:
            return day - 1
    return None
