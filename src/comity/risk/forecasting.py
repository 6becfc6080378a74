"""The next four weeks of a series, as they would go on: no cause is known to it. Pure.

Exponential smoothing with a damped trend and weekdays (Holt 1957, Winters 1960, Gardner and McKenzie 1985) on
log(1 + n), for all series at once; how fast each forgets is chosen by how well it would have foretold its own past. The
band is that of its own errors, as far ahead as the day asked for.
"""

from typing import NamedTuple

import numpy as np

from comity.figures.cusum import Array

WEEK, AHEAD = 7, 28
DAMPED = 0.97
SPEEDS = ((0.02, 0.0), (0.05, 0.002), (0.1, 0.005), (0.2, 0.01), (0.4, 0.02))  # of the level, of the trend
WEEKDAY = 0.05
LEAST = 4 * WEEK  # days without which nothing is foretold
BAND = 1.645  # standard errors: nine in ten


class Ahead(NamedTuple):
    """The days ahead × series: the middle, and between which nine in ten are expected."""

    low: Array
    middle: Array
    high: Array


class _State:
    """Level, trend and weekdays of so many series at one speed."""

    def __init__(self, first: Array) -> None:
        self.level = np.nan_to_num(np.nanmean(first, axis=0))
        self.trend = np.zeros(first.shape[1])
        self.weekday = np.stack([np.nanmean(first[n::WEEK], axis=0) for n in range(WEEK)]) - self.level
        self.weekday = np.nan_to_num(self.weekday)

    def expected(self, day: int) -> Array:
        return np.asarray(self.level + DAMPED * self.trend + self.weekday[day % WEEK])

    def learn(self, day: int, y: Array, fast: float, faster: float) -> Array:
        """Take a day in; returns how far it was off. What is unknown is as expected."""
        error = np.where(np.isnan(y), 0.0, y - self.expected(day))
        self.level = self.level + DAMPED * self.trend + fast * error
        self.trend = DAMPED * self.trend + faster * error
        self.weekday[day % WEEK] += WEEKDAY * error
        return error


def forecast(counts: Array, ahead: int = AHEAD) -> Ahead:
    """The next `ahead` days of `counts` (days × series; NaN is not known). Raises ValueError below `LEAST` days, and
    where a count is negative."""
    days, series = counts.shape
    if days < LEAST:
        raise ValueError(f"at least {LEAST} days are asked for")
    if counts.size and np.nanmin(counts, initial=0.0) < 0:
        raise ValueError("a count is at least 0")
    y = np.log1p(counts)
    tried = [_run(y, *speeds) for speeds in SPEEDS]
    best = np.argmin(np.stack([squares for _, squares in tried]), axis=0)
    made = _State(np.zeros((WEEK, series)))
    for name in ("level", "trend", "weekday"):
        every = np.stack([getattr(state, name) for state, _ in tried])
        setattr(made, name, np.take_along_axis(every, _index(best, every), axis=0)[0])
    spread = np.sqrt(np.min([squares for _, squares in tried], axis=0))
    return _ahead(made, spread, np.array(SPEEDS)[best, 0], days, ahead)


def _index(best: np.ndarray, every: Array) -> np.ndarray:
    return np.broadcast_to(best, every.shape[1:])[None]


def _run(y: Array, fast: float, faster: float) -> tuple[_State, Array]:
    """The state at the end, and the mean square of what it was off by, the recent counting more."""
    days = len(y)
    state, squares, weight = _State(y[: 4 * WEEK]), np.zeros(y.shape[1]), 0.0
    for day in range(days):
        error = state.learn(day, y[day], fast, faster)
        if day >= 2 * WEEK:
            squares, weight = 0.997 * squares + error**2, 0.997 * weight + 1
    return state, np.asarray(squares / weight)


def _ahead(state: _State, spread: Array, fast: Array, days: int, ahead: int) -> Ahead:
    middle = np.empty((ahead, len(spread)))
    wide, sums = np.empty_like(middle), 0.0
    for n in range(ahead):
        sums += DAMPED ** (n + 1)
        middle[n] = state.level + sums * state.trend + state.weekday[(days + n) % WEEK]
        wide[n] = BAND * spread * np.sqrt(1 + n * fast**2)
    return Ahead(*(np.maximum(np.expm1(line), 0.0) for line in (middle - wide, middle, middle + wide)))
