"""One year of a platform and its orders, from a seed. Pure: the same seed gives the same year on every machine."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

DAYS = 365
TROUBLE = 75  # days before the last, from which on one country's orders are worse
ORDERS = 1.6  # valid-looking orders a day from each thousand million users and country, before its weight
INSTRUMENT = "eu-tco-removal-order"
HOTLINE = "own-hotline"
WEIGHTS: Mapping[str, float] = {"FR": 9.0, "DE": 6.0, "ES": 3.0, "XV": 9.0}
REVERSED, TROUBLED = 0.006, 0.2  # of acts on complaint: usually, and where the order is silent


class Count(NamedTuple):
    """How many of one name on one day."""

    day: date
    name: str
    country: str
    instrument: str
    n: int


class Group(NamedTuple):
    """Judged parts of one day that came out alike: which checks failed, what was done, and what was reversed."""

    day: date
    country: str
    instrument: str
    fails: tuple[str, ...]
    outcome: str
    n: int
    acted: int
    reversed: int


@dataclass
class Year:
    """What was made: counts of cases, of the platform, and judged parts."""

    counts: list[Count] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


def year(seed: int, users: int, last: date, check: str = "redress", country: str = "XV") -> Year:
    """A year that ends with the day `last`, of a platform that ends with so many users. `check`: the check that the
    orders of `country` fail from `TROUBLE` days before its end on."""
    chance, made = Random(seed), Year()  # noqa: S311  # a world, no secret
    for back in range(DAYS - 1, -1, -1):
        day = last - timedelta(days=back)
        grown = users * math.exp(-0.35 * back / DAYS)
        _platform(made, chance, day, grown)
        for code, weight in WEIGHTS.items():
            rate = ORDERS * weight * max(grown, 1) / 10**9 * (0.55 if day.weekday() > 4 else 1.1)
            _orders(made, chance, day, code, rate, check if code == country and back < TROUBLE else "")
        _calls(made, chance, day, grown)
    return made


def _platform(made: Year, chance: Random, day: date, grown: float) -> None:
    users = max(1, round(grown))
    active = round(users * (0.31 + 0.02 * chance.random()))
    for name, n in (("users", users), ("active", active), ("messages", active * 38), ("reports", active // 4000)):
        made.counts.append(Count(day, name, "", "", n))


def drawn(chance: Random, mean: float) -> int:
    """A Poisson number; for a large mean, its normal neighbour."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, n, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        n, product = n + 1, product * chance.random()
    return n


def of(chance: Random, n: int, share: float) -> int:
    """How many of n."""
    if n * share > 60 and n * (1 - share) > 60:
        return min(n, max(0, round(chance.gauss(n * share, math.sqrt(n * share * (1 - share))))))
    return sum(chance.random() < share for _ in range(n))


def _orders(made: Year, chance: Random, day: date, country: str, rate: float, trouble: str) -> None:
    total = drawn(chance, rate)
    silent = of(chance, total, 0.7 if trouble else 0.0)
    faulty = of(chance, total - silent, 0.08)
    good = total - silent - faulty
    counts: dict[str, int] = {"requests": total}
    for fails, outcome, n, bad in _parts(trouble, silent, faulty, good):
        acted = of(chance, n, 0.985) if outcome == "valid" else 0
        back = of(chance, acted, bad)
        if n:
            made.groups.append(Group(day, country, INSTRUMENT, fails, outcome, n, acted, back))
        _add(counts, {"valid": n if outcome == "valid" else 0, "valid-done": acted, "acts": acted, "reversed": back})
        _add(counts, {"refused": n - (n if outcome == "valid" else 0)})
    _told(counts, chance)
    _timely(counts, chance, total)
    made.counts += [Count(day, name, country, INSTRUMENT, n) for name, n in counts.items() if n]


def _parts(trouble: str, silent: int, faulty: int, good: int) -> Iterator[tuple[tuple[str, ...], str, int, float]]:
    yield ((trouble,) if trouble else ()), "valid", silent, TROUBLED
    yield ("reasons",), "valid", faulty // 2, 3 * REVERSED
    yield ("issuer-competent",), "not-competent", faulty - faulty // 2, 0.0
    yield (), "valid", good, REVERSED


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, n in more.items():
        counts[name] = counts.get(name, 0) + n


def _told(counts: dict[str, int], chance: Random) -> None:
    acts = counts.get("acts", 0)
    to_tell = of(chance, acts, 0.93)
    told = of(chance, to_tell, 0.99)
    plaints = counts.get("reversed", 0) + of(chance, acts, 0.02)
    looked = of(chance, counts["requests"], 0.7)
    _add(
        counts,
        {
            "seen": of(chance, acts, 0.992),
            "narrow": of(chance, acts, 0.985),
            "to-tell": to_tell,
            "told": told,
            "told-day": of(chance, told, 0.97),
            "held": (held := of(chance, acts, 0.07)),
            "held-beyond": of(chance, held, 0.02),
            "complaints": plaints,
            "grievances": plaints,
            "heard-in-time": of(chance, plaints, 0.95),
            "looked": looked,
            "looked-without": of(chance, looked, 0.06),
        },
    )


def _timely(counts: dict[str, int], chance: Random, total: int) -> None:
    kept = of(chance, total, 0.991)
    _add(
        counts,
        {
            "hour-due": total,
            "hour-kept": kept,
            "legal-due": total,
            "legal-kept": kept,
            "in-time": kept,
            "late": total - kept,
        },
    )


def _calls(made: Year, chance: Random, day: date, grown: float) -> None:
    n = drawn(chance, grown / 10**9 * 2.0)
    counts = {"requests": n, "emergencies": n, "calls": n, "calls-kept": of(chance, n, 0.985)}
    made.counts += [Count(day, name, "DE", HOTLINE, k) for name, k in counts.items() if k]
