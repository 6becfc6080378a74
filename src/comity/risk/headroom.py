"""The second alarm: what the load will be in 60 days, against what people and machines can do. Pure.

A chart can't warn of steady growth, for what is usual grows with it; headroom alone does. The load of sixteen weeks is
carried on by its slope, with the slope's own doubt on top, and rings when that is more than what the desk holds
(`staffing.capacity`), long before the first order is late.
"""

import math
from typing import NamedTuple

import numpy as np

from comity.figures.cusum import Array

WEEKS, LEAST, AHEAD = 16, 8, 60  # weeks looked back at most and at least, days looked ahead
DOUBT = 1.645  # standard errors
WEEK = 7
SURE = 3.0  # standard errors by which a slope of 16 weeks must rise before it is carried on: chance rises, too


class Headroom(NamedTuple):
    """`now`: the load of the last week; `then`: what it is carried on to; `high`: the same with its doubt; `limit`:
    what can be done, in the same unit; `slope`: of the logarithm, a day; `days`: in how many days the limit is reached
    at that slope, None if never; `rings`."""

    now: float
    then: float
    high: float
    limit: float
    slope: float
    days: float | None
    rings: bool


def headroom(load: Array, limit: float, ahead: int = AHEAD) -> Headroom:
    """A load by days (NaN is not known), against a limit a day. Raises ValueError where one is negative.

    What doesn't surely rise, or isn't known for eight weeks, is carried on as it is.
    """
    if not limit >= 0 or np.nanmin(load, initial=0.0) < 0:
        raise ValueError("a load and its limit are at least 0")
    by_week = weekly(load)
    if not len(by_week) or by_week[-1] <= 0:
        return Headroom(0.0, 0.0, 0.0, limit, 0.0, None, False)
    now = float(by_week[-1])
    level, slope, doubt = _slope(by_week, ahead)
    then = level * math.exp(slope * ahead)
    high = then * math.exp(doubt)
    days = math.log(limit / level) / slope if slope > 0 and 0 < level < limit else 0.0 if level >= limit else None
    return Headroom(now, then, high, limit, slope, days, high > limit)


def weekly(load: Array) -> Array:
    """The mean a day of each of the last whole weeks in which anything is known."""
    whole = min(len(load) // WEEK, WEEKS)
    if not whole:
        return np.zeros(0)
    days = load[len(load) - whole * WEEK :].reshape(whole, WEEK)
    known = ~np.isnan(days)
    mean = np.where(known, days, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(mean[known.any(axis=1)])


def _slope(by_week: Array, ahead: int) -> tuple[float, float, float]:
    """Level at the end, slope a day (0 where it doesn't surely rise), and by how much the logarithm `ahead` days on may
    be too low."""
    if len(by_week) < LEAST or (by_week <= 0).any():
        return float(by_week.mean()), 0.0, 0.0
    x, y = np.arange(1 - len(by_week), 1) * float(WEEK), np.log(by_week)
    middle, across = x.mean(), float(((x - x.mean()) ** 2).sum())
    slope = float(((x - middle) * (y - y.mean())).sum() / across)
    level = float(y.mean() - slope * middle)
    off = float(((y - level - slope * x) ** 2).sum() / (len(x) - 2))
    if slope <= SURE * WEEKS / len(x) * math.sqrt(off / across):
        return float(by_week.mean()), 0.0, 0.0
    return math.exp(level), slope, DOUBT * math.sqrt(off * (1 / len(x) + (ahead - middle) ** 2 / across))


def first_ring(load: Array, limit: float, ahead: int = AHEAD) -> int | None:
    """The first day (column) after which it would have rung, looking only at the days until then; None: never."""
    for day in range(WEEK, len(load) + 1):
        if headroom(load[max(0, day - WEEKS * WEEK) : day], limit, ahead).rings:
            return day - 1
    return None
