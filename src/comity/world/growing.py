"""A platform that grows, or doesn't, and the orders that come with it, day by day, from a seed. Pure.

Each country and instrument follows users by an elasticity of its own, drifts a little, and has its weekdays and good
and bad days. The one-hour orders are few and the others many, as the desk has them.
"""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from .year import Count, drawn

WEEKDAYS = (1.15, 1.15, 1.15, 1.15, 1.1, 0.7, 0.6)
DRIFT = 0.008  # of the logarithm, a day
BILLION = 1_000_000_000


class Line(NamedTuple):
    """What comes under one instrument a day with a thousand million users, of all countries; and in how many hours each
    is due."""

    instrument: str
    a_day: float
    due: float


LINES = (
    Line("eu-tco-removal-order", 240.0, 1.0),
    Line("own-hotline", 24.0, 1.0),
    Line("eu-dsa-order-act", 700.0, 24.0),
    Line("eu-dsa-order-inform", 260.0, 72.0),
    Line("eu-eevidence-production", 420.0, 240.0),
    Line("own-access-demand", 120.0, 120.0),
)
SHARES = {"FR": 0.24, "DE": 0.22, "ES": 0.13, "IT": 0.13, "PL": 0.1, "NL": 0.08, "BE": 0.06, "EE": 0.04}


@dataclass
class Growing:
    """What was made: users of each day from `start` on, and counts by country and instrument, as long."""

    start: date
    users: list[int] = field(default_factory=list)
    series: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many days."""
        return len(self.users)

    def counts(self) -> list[Count]:
        """The same as rows of daily counts (`figures.reporting.keep_made`)."""
        made = [Count(self._day(n), "users", "", "", users) for n, users in enumerate(self.users)]
        for (country, instrument), days in self.series.items():
            made += [Count(self._day(n), "requests", country, instrument, k) for n, k in enumerate(days) if k]
        return made

    def _day(self, n: int) -> date:
        return self.start + timedelta(days=n)


def growing(seed: int, begin: int, end: int, days: int, last: date) -> Growing:
    """So many days that end with `last`, in which users go from `begin` to `end` (the same: they don't grow).

    Raises ValueError where that can't be.
    """
    if not (begin > 0 and end > 0 and 0 < days <= 20_000):
        raise ValueError("users are at least one, and days at least one and at most 20,000")
    chance = Random(seed)  # noqa: S311  # a world, no secret
    start, rate = last - timedelta(days=days - 1), math.log(end / begin) / max(1, days - 1)
    made = Growing(start, [max(1, round(begin * math.exp(rate * n))) for n in range(days)])
    for line in LINES:
        for country, share in SHARES.items():
            made.series[country, line.instrument] = _line(chance, made, line.a_day * share)
    return made


def _line(chance: Random, made: Growing, at_billion: float) -> list[int]:
    elasticity, k = chance.gauss(1.0, 0.06), math.exp(chance.uniform(math.log(8), math.log(60)))
    level, days = chance.gauss(0.0, 0.15), []
    for n, users in enumerate(made.users):
        level += chance.gauss(-0.002 * level, DRIFT)
        weekday = WEEKDAYS[(made.start.weekday() + n) % 7]
        mean = at_billion * (users / BILLION) ** elasticity * math.exp(level) * weekday
        days.append(drawn(chance, mean * chance.gammavariate(k, 1 / k)))
    return days
