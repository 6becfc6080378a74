"""What comes with more users: three ways of asking, side by side, and a band from what was wrong before. Pure.

*Elasticity*: how much more orders come with one per cent more users, estimated of each series (Poisson regression of
weeks on users, drawn towards one where the past says little). *In proportion*: as many for each user as in the last
month. *Last month*: as many as in the last month, whatever users do. None of them is believed by its own error: the
band is that of the errors which the same way made on this desk's own past, of all series together, where users grew as
much as is asked about. Beyond the most that users ever grew in it, nothing is known, and that is said.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from comity.figures.cusum import Array

WEEK = 7
MONTH = 4  # weeks
LEARN = 26  # weeks before the first back-test
STEP = 4  # weeks between two
PRIOR = 0.15  # how far elasticity is thought to be from one, before anything is seen
WITHIN = 0.05  # of errors, below and above the band
ENOUGH = 20  # errors without which there is no band
ALIKE = 0.35  # an error counts for a growth whose logarithm is so near, in parts of it
FEW = 30.0  # orders in a month, below which a series' errors say nothing of others


class Band(NamedTuple):
    """Between which factors of the middle nine in ten lay. `cover`: how many did of series that weren't asked (each in
    turn, in the band of the others); `errors`: from how many back-tests."""

    low: float
    high: float
    cover: float
    errors: int


class Outlook(NamedTuple):
    """A month of one series, a day, once there are `users`: each way's middle, and the band of the first and the last,
    or None: not known. `longest`: the most that users grew in a back-test, as a factor."""

    users: int
    now: float
    elasticity: float
    elastic: float
    proportional: float
    last_month: float
    band: Band | None
    naive: Band | None
    longest: float

    @property
    def known(self) -> bool:
        """Whether the past has anything to say of so many users."""
        return self.band is not None


class Past(NamedTuple):
    """Weeks of users and of series (weeks × series), the last week complete."""

    users: Array
    counts: Array


class Errors(NamedTuple):
    """Back-tests: by how much users had grown (logarithm), of which series, and what the elastic way and last month
    were off by (logarithms)."""

    grown: Array
    series: np.ndarray
    elastic: Array
    naive: Array


def weeks(users: Array, counts: Array) -> Past:
    """Days as whole weeks that end with the last day; unknown days as their week's others. Raises ValueError where
    they are not of the same days, or users are not known at all."""
    if len(users) != len(counts) or counts.ndim != 2:
        raise ValueError("users and counts are asked for of the same days")
    if np.nanmin(counts, initial=0.0) < 0:
        raise ValueError("a count is at least 0")
    whole = len(users) // WEEK
    by_week = _filled(np.where(users > 0, users, np.nan)[len(users) - whole * WEEK :].reshape(whole, WEEK))
    sums = np.where(np.isnan(counts), np.nan, counts)[len(users) - whole * WEEK :].reshape(whole, WEEK, -1)
    known = (~np.isnan(sums)).sum(axis=1)
    total = np.nansum(sums, axis=1) * WEEK / np.maximum(known, 1)
    return Past(by_week, np.where(known > 0, total, 0.0))


def _filled(days: Array) -> Array:
    """The mean of each week's known users; a week without is as the one before, or the first known."""
    known = ~np.isnan(days)
    if not known.any():
        raise ValueError("users of at least one day are asked for")
    with_any = np.asarray(known.any(axis=1))
    mean = np.where(known, days, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    where = np.maximum.accumulate(np.where(with_any, np.arange(len(days)), 0))
    return np.asarray(np.where(with_any[where], mean[where], mean[int(np.argmax(with_any))]))


def elasticities(past: Past) -> Array:
    """How much more orders come with more users, of each series, in ten rounds. One (in proportion) for a series that
    users tell nothing about, or that has no orders."""
    x = np.log(past.users) - np.log(past.users[-1])
    slope, level = np.ones(past.counts.shape[1]), np.zeros(past.counts.shape[1])
    total = past.counts.sum(axis=0)
    level = np.log(np.maximum(total, 1e-3) / np.exp(x).sum())
    for _ in range(10):
        mean = np.exp(np.clip(level + x[:, None] * slope, -30, 30))
        over = np.maximum(((past.counts - mean) ** 2 / np.maximum(mean, 1e-9)).mean(axis=0), 1.0)
        weight = mean / over
        off = (past.counts - mean) / over
        a, b, c = weight.sum(axis=0), (weight * x[:, None]).sum(axis=0), (weight * x[:, None] ** 2).sum(axis=0)
        c = c + 1 / PRIOR**2
        f, g = off.sum(axis=0), (off * x[:, None]).sum(axis=0) - (slope - 1) / PRIOR**2
        det = np.maximum(a * c - b * b, 1e-12)
        level = level + np.clip((c * f - b * g) / det, -1, 1)
        slope = np.clip(slope + np.clip((a * g - b * f) / det, -0.5, 0.5), 0.0, 2.5)
    return np.asarray(np.where(total > 0, slope, 1.0))


def _month(past: Past, end: int) -> Array:
    return np.asarray(past.counts[end - MONTH : end].mean(axis=0))


def back_tests(past: Past) -> Errors:
    """What would have been said of every later month at every fourth week, beside what came. Series with hardly any
    orders are left out: their errors are chance alone."""
    found: list[tuple[Array, np.ndarray, Array, Array]] = []
    for end in range(LEARN, len(past.users) - MONTH + 1, STEP):
        seen = Past(past.users[:end], past.counts[:end])
        slope, base = elasticities(seen), _month(seen, end)
        for later in range(end + MONTH, len(past.users) + 1, STEP):
            grown = math.log(past.users[later - MONTH : later].mean() / past.users[end - MONTH : end].mean())
            came = _month(past, later)
            use = np.flatnonzero((base * MONTH >= FEW) & (came * MONTH >= FEW))
            off = np.log(came[use] / base[use])
            found.append((np.full(len(use), grown), use, off - slope[use] * grown, off))
    if not found:
        none = np.zeros(0)
        return Errors(none, np.zeros(0, dtype=np.int64), none, none)
    return Errors(*(np.concatenate(one) for one in zip(*found, strict=True)))


def band(errors: Errors, grown: float, off: Array) -> Band | None:
    """The band for a growth (logarithm) from errors made where users grew about as much; None: not known."""
    reach = max(ALIKE * abs(grown), 0.1)
    near = np.abs(errors.grown - grown) <= reach
    if near.sum() < ENOUGH or abs(grown) > np.abs(errors.grown).max(initial=0.0) + 1e-9:
        return None
    low, high = _within(off[near])
    return Band(math.exp(low), math.exp(high), _cover(errors.series[near], off[near]), int(near.sum()))


def _within(off: Array) -> tuple[float, float]:
    """Between which errors nine in ten lie, with what few of them can't say on top (as conformal prediction has it)."""
    n = len(off)
    share = min(1.0, math.ceil((n + 1) * (1 - WITHIN)) / n)
    return float(np.quantile(off, 1 - share, method="lower")), float(np.quantile(off, share, method="higher"))


def _cover(series: np.ndarray, off: Array) -> float:
    """How many of each series' errors lie within the band of the others'."""
    inside = 0
    for one in np.unique(series):
        mine = series == one
        if mine.all():
            return math.nan
        low, high = _within(off[~mine])
        inside += int(((off[mine] >= low) & (off[mine] <= high)).sum())
    return inside / len(off)


def outlook(past: Past, users: int, tests: Errors | None = None) -> list[Outlook]:
    """Each series once there are so many users. Raises ValueError where that is no number of users, or no month is
    there to begin from."""
    if users <= 0:
        raise ValueError("users are at least one")
    if len(past.users) < MONTH:
        raise ValueError(f"at least {MONTH} whole weeks are asked for")
    tests = back_tests(past) if tests is None else tests
    now, slope, end = float(past.users[-MONTH:].mean()), elasticities(past), len(past.users)
    grown = math.log(users / now)
    elastic, naive = band(tests, grown, tests.elastic), band(tests, grown, tests.naive)
    longest = math.exp(float(np.abs(tests.grown).max(initial=0.0)))
    return [
        Outlook(
            users, base, float(e), base * math.exp(e * grown), base * users / now, base, elastic, naive, longest
        )
        for base, e in zip((_month(past, end) / WEEK).tolist(), slope.tolist(), strict=True)
    ]  # fmt: skip


class Scenario(NamedTuple):
    """What somebody says might happen, beside the band: so many times the orders, between `low` and `high`."""

    name: str
    low: float
    middle: float
    high: float


def scenario(name: str, given: Mapping[str, float]) -> Scenario:
    """A scenario from what an expert gave. Raises ValueError where its range is upside down, or no factor."""
    low, middle, high = (float(given[key]) for key in ("low", "middle", "high"))
    if not all(math.isfinite(one) and one > 0 for one in (low, middle, high)):
        raise ValueError(f"{name}: low, middle and high are factors above 0")
    if not low <= middle <= high:
        raise ValueError(f"{name}: low ≤ middle ≤ high is asked for, not {low:g}, {middle:g}, {high:g}")
    return Scenario(name, low, middle, high)
