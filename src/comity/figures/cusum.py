"""The cumulative sum that watches: a bound's share (`balance/`), and the counts of many series (`risk/`). Pure.

Page (1954): evidence adds up and never falls below nothing, so a good year buys no bad month; it rises with evidence
alone, so it doesn't flap.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Days = NDArray[np.int64]
NEVER = -1


class Sum:
    """So many sums, each with the day since which it has risen."""

    def __init__(self, series: int) -> None:
        self.total: Array = np.zeros(series)
        self.since: Days = np.zeros(series, dtype=np.int64)

    def add(self, day: int, steps: Array) -> None:
        """Add one day's evidence to each."""
        self.since[self.total <= 0] = day
        self.total = np.maximum(0.0, self.total + steps)

    def over(self, limits: Array | float) -> NDArray[np.bool_]:
        """Which are at their limit."""
        return self.total >= limits

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Begin again with nothing, for these."""
        self.total[which] = 0.0


class Watched(NamedTuple):
    """For each series, on which day its sum first reached its limit, and since when it had risen; `NEVER` where not."""

    since: Days
    at: Days


def watched(steps: Array, limit: float) -> Watched:
    """Where the sums of `steps` (days × series) first reach a limit."""
    days, series = steps.shape
    sums, since, at = Sum(series), np.full(series, NEVER), np.full(series, NEVER)
    for day in range(days):
        sums.add(day, steps[day])
        new = sums.over(limit) & (at == NEVER)
        since[new], at[new] = sums.since[new], day
        if (at != NEVER).all():
            break
    return Watched(since, at)
