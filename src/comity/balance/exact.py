"""The exact interval of a share (Clopper and Pearson, 1934), and the cumulative sum that watches one. Pure.

The interval needs no table and no library: the incomplete beta function by its continued fraction (Lentz), its inverse
by halving. The sum is one line of logarithms a day.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from comity.figures.cusum import NEVER, watched

LEVEL = 0.95
HIGHER, LIMIT = 3.0, 6.0  # a bound is told from three times itself; LIMIT sets how rarely it opens for nothing
TINY = 1e-300


@lru_cache(maxsize=4096)
def interval(good: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Between which shares lies what `good` of `of` says, at a level. Raises ValueError where it can't be a share."""
    if not 0 <= good <= of or of == 0:
        raise ValueError("a share is so many of at least one")
    half = (1 - level) / 2
    low = 0.0 if good == 0 else _inverse(half, good, of - good + 1)
    high = 1.0 if good == of else _inverse(1 - half, good + 1, of - good)
    return low, high


def _inverse(p: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if beta(a, b, middle) < p else (low, middle)
    return (low + high) / 2


def beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) (NIST, Digital Library of Mathematical Functions, 8.17)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log) * _fraction(a, b, x) / a
    return 1 - math.exp(log) * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    h = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / (1 + term * d or TINY), 1 + term / c or TINY
            h *= d * c
        if abs(d * c - 1) < 1e-13:
            break
    return h


class Crossed(NamedTuple):
    """At which day a sum passed its limit, and from which on it had risen; both count from the first day watched."""

    since: int
    at: int


def crossed(days: Sequence[tuple[int, int]], budget: float) -> Crossed | None:
    """Whether days of (bad, of) crossed a budget (a share): the Bernoulli CUSUM of Reynolds and Stoumbos (1999).

    The sum itself is that of every watch here (`figures.cusum`).
    """
    if not days:
        return None
    bad_step, good_step = steps(budget)
    counts = np.array(days, dtype=float)
    evidence = counts[:, 0] * bad_step + (counts[:, 1] - counts[:, 0]) * good_step
    found = watched(evidence[:, None], LIMIT)
    return None if found.at[0] == NEVER else Crossed(int(found.since[0]), int(found.at[0]))


def steps(budget: float) -> tuple[float, float]:
    """What one bad and one good case add. Raises ValueError where there is nothing to tell apart."""
    if not 0 < budget < 1:
        raise ValueError("a budget is a share between none and all")
    worse = min(HIGHER * budget, (1 + budget) / 2)
    return math.log(worse / budget), math.log((1 - worse) / (1 - budget))


def path(days: Iterable[tuple[int, int]], budget: float) -> list[float]:
    """The sum after each day, as a chart shows it; past the limit it stays there."""
    (bad_step, good_step), total, made = steps(budget), 0.0, []
    for bad, of in days:
        total = min(LIMIT, max(0.0, total + bad * bad_step + (of - bad) * good_step))
        made.append(total)
    return made
