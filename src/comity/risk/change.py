"""The first alarm: a series has changed. Pure.

Each night every series with enough counts is asked: is today's count likelier of its own usual level, or of nearly
twice as much? The logarithm of that ratio, of negative binomials whose spread was learnt from the series itself, adds
up (`figures.cusum`). Below `LEAST` a day half of all doublings would be missed: there is no chart alarm then, and
`why_not` says so; what is rare and grave is a case, not a chart. Measured: `make bench ONLY=risk`.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.figures.cusum import Array, Sum

RATIO = 1.8  # what it is told from: between half as much again and twice
LIMIT = 6.9  # sets how rarely a quiet series rings
CLIP = 3.0  # one day alone never rings
LEAST = 5.0  # a day; a series that had so many is watched until it falls under four fifths of it
LEARN = 56  # days before the first it could ring on
LEVEL, SPREAD, WEEKDAY = 1 / 56, 1 / 200, 1 / 52  # how fast each is learnt, of one
TREND = LEVEL**2 / 4  # so that steady growth is usual after a while, and doesn't swing
MOST_AT_ONCE = 4.0  # times the usual, that one alarm makes usual
STEEPEST = 0.02  # of the logarithm, a day
FAR = 4.0  # times the usual: what is farther teaches the spread no more
WIDEST, NARROWEST = 2.0, 0.002  # of 1/k, the spread beyond Poisson's


class Ring(NamedTuple):
    """One alarm. `since` and `at`: columns of days; `seen` and `expected`: counts between them; `sure`: the sum, as the
    logarithm of odds."""

    series: int
    since: int
    at: int
    seen: float
    expected: float
    sure: float


class Usual:
    """What is usual for so many series: level, trend, weekdays, spread. Learnt from the first days, then day by day."""

    def __init__(self, learnt: Array) -> None:
        days, series = learnt.shape
        self.level, self.trend = _mean(learnt, axis=0), np.full(series, _common_slope(learnt))
        self.weekday = np.ones((7, series))
        for n in range(7):
            self.weekday[n] = _shrunk(learnt[n::7], self.level)
        self.weekday /= np.maximum(self.weekday.mean(axis=0), 1e-9)
        grown = np.exp(self.trend * (np.arange(days)[:, None] - days / 2))
        usual = self.level * self.weekday[np.arange(days) % 7] * grown
        self.spread = np.clip(
            _mean((learnt - usual) ** 2 - usual, axis=0) / np.maximum(_mean(usual**2, axis=0), 1e-9), NARROWEST, WIDEST
        )
        self.level = self.level * np.exp(self.trend * days / 2)  # at the end, not in the middle

    def expected(self, day: int) -> Array:
        """What is usual on a day, of each."""
        return np.asarray(np.maximum(self.level * self.weekday[day % 7], 1e-9))

    def step(self, day: int, x: Array) -> Array:
        """How much likelier today's count is of `RATIO` times the usual: x·ln R − (x+k)·ln((k+Rμ)/(k+μ))."""
        mean, k = self.expected(day), 1 / self.spread
        step = x * math.log(RATIO) - (x + k) * np.log((k + RATIO * mean) / (k + mean))
        return np.asarray(np.where(np.isnan(x), 0.0, np.clip(step, -CLIP, CLIP)))

    def learn(self, day: int, x: Array) -> None:
        """Take a day in. What stands out far is taken in as twice the usual: one flood moves no level for long."""
        mean, known = self.expected(day), ~np.isnan(x)
        near = np.where(known, np.minimum(x, 2 * mean + 3), mean)
        far = np.where(known, np.minimum(x, FAR * mean + 6), mean)
        over = ((far - mean) ** 2 - mean) / np.maximum(mean, 0.5) ** 2
        self.spread = np.where(
            known, np.clip(self.spread + SPREAD * (over - self.spread), NARROWEST, WIDEST), self.spread
        )
        factor = self.weekday[day % 7]
        self.weekday[day % 7] = np.where(
            known & (self.level > 0), factor + WEEKDAY * (near / np.maximum(self.level, 0.5) - factor), factor
        )
        off = np.where(known, near / np.maximum(mean, 1.0) - 1, 0.0)
        self.trend = np.clip(self.trend + TREND * off, -STEEPEST, STEEPEST)
        self.level = self.level * np.exp(self.trend) + LEVEL * (near / np.maximum(factor, 0.1) - self.level)

    def take(self, which: NDArray[np.bool_], times: Array) -> None:
        """What has rung is told: the new level is the usual one, so that it doesn't ring again each week."""
        self.level = np.where(which, self.level * np.clip(times, 1.0, MOST_AT_ONCE), self.level)


def _mean(values: Array, axis: int) -> Array:
    """The mean of what is known; nothing where nothing is."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / np.maximum(known.sum(axis=axis), 1))


def _common_slope(days: Array) -> float:
    """How fast most series grew, as a logarithm a day: half of them faster, half slower."""
    half = len(days) // 2
    before, after = _mean(days[:half], axis=0), _mean(days[half:], axis=0)
    some = (before > 0) & (after > 0)
    return float(np.median(np.log(after[some] / before[some]))) / half if some.any() else 0.0


def _shrunk(days: Array, level: Array) -> Array:
    """A weekday's factor, drawn towards one as far as its counts are few."""
    known = (~np.isnan(days)).sum(axis=0)
    return np.asarray((np.where(np.isnan(days), 0, days).sum(axis=0) + 20) / (level * known + 20))


def alarms(counts: Array, limits: Array | float = LIMIT) -> list[Ring]:
    """Every alarm in `counts` (days × series; NaN is not known), in the order of days.

    `limits`: of each series; one judged noise has a higher one. After an alarm a series begins again, at its new level.
    Raises ValueError where a count is negative.
    """
    if counts.size and np.nanmin(counts, initial=0.0) < 0:
        raise ValueError("a count is at least 0")
    days, series = counts.shape
    if days <= LEARN:
        return []
    usual, sums, found = Usual(counts[:LEARN]), Sum(series), []
    seen, expected, enough = np.zeros(series), np.zeros(series), np.zeros(series, dtype=bool)
    for day in range(LEARN, days):
        x = counts[day]
        fresh = sums.total <= 0
        seen[fresh], expected[fresh] = 0.0, 0.0
        mean = usual.expected(day)
        sums.add(day, usual.step(day, x))
        seen += np.nan_to_num(x)
        expected += np.where(np.isnan(x), 0.0, mean)
        enough = usual.level >= np.where(enough, 0.8 * LEAST, LEAST)
        over = sums.over(limits) & enough
        for n in np.flatnonzero(over):
            found.append(Ring(int(n), int(sums.since[n]), day, seen[n], expected[n], float(sums.total[n])))
        usual.learn(day, x)
        usual.take(over, seen / np.maximum(expected, 1.0))
        sums.forget(sums.over(limits))
    return found


def why_not(counts: Array) -> str:
    """Why a series (days) has no chart alarm: `short`, `few` or `unknown`; empty where it has."""
    late = counts[-LEARN:]
    if len(counts) <= LEARN or np.isnan(counts[:-1]).all():
        return "short"
    if np.isnan(late).mean() > 0.5:
        return "unknown"
    return "few" if np.nanmean(late) < LEAST else ""
