"""A model of the desk: orders come, people take what stands first, and some are late. Pure; hours everywhere.

What stands first is the queue's own order (`cases.fair`). Handling times come from events, all people's together and
never one's; a rota says how many are there in each hour of a week. `people_needed` asks more than that nobody was late
in the time looked at: work that piles up unseen is late later. Where the desk is one that Erlang's formula knows, the
two agree (`tests/risk`, `make bench ONLY=risk`).
"""

import math
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from comity.cases.fair import gap, place
from comity.figures.cusum import Array

HOURS = 168  # of a week, from Monday 00:00 UTC
KEPT = 0.999  # of one-hour orders
FULL = 0.95  # of the people's hours, at most
WEEKS = 4  # that one run looks at, after one that fills the desk
MOST = 20_000  # people, beyond which the answer is that people are no answer
MOST_ORDERS = 2_000_000  # in one run
AT_ONCE = 60_000  # orders of a run, as `people_needed` and `capacity` choose it
SEED = 25
WEEKDAYS = (1.15, 1.15, 1.15, 1.15, 1.1, 0.7, 0.6)
DAY = tuple(0.35 + 0.65 * (1 + math.cos((h - 13) / 24 * 2 * math.pi)) for h in range(24))  # more by day than by night


@dataclass(frozen=True)
class Kind:
    """A kind of order: how many come a day, in how many hours each is due, and how long each keeps one person: a
    median and the spread of its logarithm, or `times` as they were measured."""

    name: str
    a_day: float
    due: float
    median: float
    spread: float = 0.6
    times: tuple[float, ...] = ()

    @property
    def urgent(self) -> bool:
        """Whether it is a one-hour order."""
        return self.due <= 1.0

    @property
    def mean(self) -> float:
        """How long one keeps one person, on average."""
        return float(np.mean(self.times)) if self.times else self.median * math.exp(self.spread**2 / 2)

    def longest(self, part: float | None) -> float | None:
        """After how many hours one is handed over, where a one-hour order is after a part of its time; None: never."""
        return part * self.due if part is not None and self.urgent else None

    def mean_to(self, part: float | None) -> float:
        """The same, where it is handed over."""
        cap = self.longest(part)
        if cap is None:
            return self.mean
        if self.times:
            return float(np.minimum(self.times, cap).mean())
        if self.spread <= 0:
            return min(self.median, cap)
        at = math.log(cap / self.median) / self.spread
        return self.mean * _below(at - self.spread) + cap * (1 - _below(at))

    def draw(self, chance: np.random.Generator, n: int) -> Array:
        """Handling times of n orders."""
        if self.times:
            return chance.choice(np.array(self.times), n)
        return np.asarray(self.median * np.exp(chance.normal(0, self.spread, n)))

    def too_long(self) -> float:
        """The share whose handling alone is longer than the time it has."""
        if self.times:
            return float(np.mean(np.array(self.times) > self.due))
        if self.spread <= 0:
            return float(self.median > self.due)
        return 1 - _below(math.log(self.due / self.median) / self.spread)


def _below(z: float) -> float:
    """The share of a normal number below z standard deviations."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


@dataclass(frozen=True)
class Load:
    """What comes: its kinds; `cap`: the part of its time after which a one-hour order is handed over to a second
    person, who finishes it, if there is such a rule; `flood`: how many one-hour orders of one sender come within a day,
    on the day in the middle."""

    kinds: tuple[Kind, ...]
    cap: float | None = None
    flood: int = 0

    def times(self, factor: float) -> "Load":
        """The same, so many times as much."""
        return replace(self, kinds=tuple(replace(kind, a_day=kind.a_day * factor) for kind in self.kinds))

    @property
    def hours(self) -> float:
        """Person-hours a day."""
        return sum(kind.a_day * kind.mean_to(self.cap) for kind in self.kinds)


class Outcome(NamedTuple):
    """What came of a run. `kept`: by kind; `urgent`: of all one-hour orders; `others`: of all others; `use`: of the
    people's hours; `grows`: whether work piles up; `waiting`: hours of work that waited in the end; `first_late`: in
    days; `p50` and `p99`: hours to the end of an order."""

    kept: Mapping[str, float]
    urgent: float
    others: float
    use: float
    grows: bool
    waiting: float
    first_late: float | None
    p50: float
    p99: float
    orders: int

    @property
    def holds(self) -> bool:
        """Whether a desk may be staffed like this."""
        return self.urgent >= KEPT and self.others >= 1.0 and self.use < FULL and not self.grows


class Orders(NamedTuple):
    """Orders of a run, by the hour in which they come: when due, how long each takes, its kind, and its sender, where
    one sends many (else −1)."""

    at: Array
    due: Array
    takes: Array
    kind: np.ndarray
    sender: np.ndarray


def rota(people: int) -> tuple[int, ...]:
    """So many people around the clock."""
    return (people,) * HOURS


def shaped(shape: Sequence[float], people: int) -> tuple[int, ...]:
    """A rota of that shape with `people` at its fullest hour, and nowhere fewer than the shape asks for."""
    most = max(shape, default=0)
    return tuple(math.ceil(people * one / most) for one in shape) if most > 0 else (0,) * HOURS


def verified(people: Sequence[int]) -> tuple[int, ...]:
    """A rota as it is asked for: how many are there in each of the hours of a week. Raises ValueError."""
    if len(people) != HOURS or any(not isinstance(one, int) or one < 0 for one in people):
        raise ValueError(f"a rota says for each of {HOURS} hours how many people are there, at least 0")
    return tuple(people)


def arriving(load: Load, days: int, seed: int) -> Orders:
    """Orders of so many days, from a seed: more by day than by night, fewer at the end of a week.

    Raises ValueError for more than `MOST_ORDERS`, and where a kind is no kind.
    """
    for kind in load.kinds:
        if not (kind.a_day >= 0 and kind.due > 0 and kind.median > 0 and math.isfinite(kind.a_day)):
            raise ValueError(f"{kind.name}: at least 0 a day, due in more than 0 hours, handled in more than 0")
    if sum(kind.a_day for kind in load.kinds) * days > MOST_ORDERS:
        raise ValueError(f"at most {MOST_ORDERS} orders in one run")
    chance, parts = np.random.default_rng(seed), []
    for n, kind in enumerate(load.kinds):
        at = _when(chance, kind.a_day, days)
        takes = _handed(kind, kind.draw(chance, len(at)), load.cap)
        parts.append((at, at + kind.due, takes, np.full(len(at), n), np.full(len(at), -1)))
    if load.flood:
        at = days // 2 * 24 + np.sort(chance.uniform(9, 33, load.flood))
        urgent = min(load.kinds, key=lambda kind: kind.due)
        takes = _handed(urgent, urgent.draw(chance, load.flood), load.cap)
        parts.append((at, at + urgent.due, takes, np.full(load.flood, len(load.kinds)), np.zeros(load.flood, int)))
    at, due, takes, kind_of, sender = (np.concatenate(one) for one in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return Orders(at[order], due[order], takes[order], kind_of[order], sender[order])


def _handed(kind: Kind, takes: Array, part: float | None) -> Array:
    cap = kind.longest(part)
    return takes if cap is None else np.minimum(takes, cap)


def happened(kinds: Sequence[Kind], counts: np.ndarray, cap: float | None, seed: int) -> Orders:
    """Orders as so many came (days × kinds), each at some time of its day: what really happened, to be run against a
    rota of then."""
    chance, parts = np.random.default_rng(seed), []
    share = np.cumsum(np.array(DAY) / np.sum(DAY))
    for n, kind in enumerate(kinds):
        days = np.repeat(np.arange(len(counts)), counts[:, n])
        hour = np.searchsorted(share, chance.uniform(0, 1, len(days)))
        at = np.sort(days * 24 + np.minimum(hour, 23) + chance.uniform(0, 1, len(days)))
        takes = _handed(kind, kind.draw(chance, len(at)), cap)
        parts.append((at, at + kind.due, takes, np.full(len(at), n), np.full(len(at), -1)))
    at, due, takes, kind_of, sender = (np.concatenate(one) for one in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return Orders(at[order], due[order], takes[order], kind_of[order], sender[order])


def first_late(orders: Orders, people: Sequence[int]) -> int | None:
    """The first day (from 0) on which an order came that was late; None: none was."""
    late = orders.at[run(orders, verified(people)) > orders.due + 1e-9]
    return int(late.min() // 24) if len(late) else None


def _when(chance: np.random.Generator, a_day: float, days: int) -> Array:
    """When they come: a Poisson number in each hour, somewhere in it."""
    hours = np.arange(days * 24)
    weekday = np.array(WEEKDAYS) / np.mean(WEEKDAYS)
    rate = a_day / 24 * weekday[hours // 24 % 7] * (np.array(DAY) / np.mean(DAY))[hours % 24]
    n = chance.poisson(rate)
    return np.sort(np.repeat(hours, n) + chance.uniform(0, 1, int(n.sum())))


def run(orders: Orders, people: Sequence[int], apart: float = 0.0) -> Array:
    """When each order is done, in hours; infinite where nobody ever comes. `apart`: how far apart the orders of one
    sender stand in the queue (`cases.fair.gap`).

    Who begins an order ends it, past the end of a shift if need be.
    """
    most = max(people, default=0)
    done = np.full(len(orders.at), np.inf)
    if most == 0:
        return done
    always = min(people) == most
    comes = [] if always else _comes(people, most)
    free: list[tuple[float, int]] = [(0.0 if always else float(comes[n][0]), n) for n in range(most)]
    heapify(free)
    key = _keys(orders, apart)
    at, takes = orders.at.tolist(), orders.takes.tolist()
    waiting: list[tuple[float, int]] = []
    nth, count = 0, len(at)
    while nth < count or waiting:
        now, who = heappop(free)
        if not waiting and at[nth] > now:
            now = at[nth]
        if not always and (there := _there(now, comes[who])) > now:
            heappush(free, (there, who))
            continue
        while nth < count and at[nth] <= now:
            heappush(waiting, (key[nth], nth))
            nth += 1
        one = heappop(waiting)[1]
        done[one] = now = now + takes[one]
        heappush(free, (now, who))
    return done


def _comes(people: Sequence[int], most: int) -> list[list[int]]:
    """For each person and hour of a week, in how many hours somebody in that place is there (0: now)."""
    made = []
    for n in range(most):
        row, ahead = [0] * HOURS, 2 * HOURS
        for hour in range(2 * HOURS - 1, -1, -1):
            ahead = 0 if people[hour % HOURS] > n else ahead + 1
            row[hour % HOURS] = ahead
        made.append(row)
    return made


def _there(now: float, comes: Sequence[int]) -> float:
    ahead = comes[int(now) % HOURS]
    return now if ahead == 0 else math.floor(now) + ahead


def _keys(orders: Orders, apart: float) -> list[float]:
    """Where each stands in the queue."""
    key: list[float] = orders.due.tolist()
    if apart > 0:
        taken: dict[int, list[float]] = {}
        for n in np.flatnonzero(orders.sender >= 0):
            mine = taken.setdefault(int(orders.sender[n]), [])
            key[n] = place(key[n], mine[bisect_left(mine, key[n] - apart) :], apart)
            insort(mine, key[n])
    return key


def looked_at(load: Load, people: Sequence[int], weeks: int = WEEKS, seed: int = SEED, fair: bool = True) -> Outcome:
    """What comes of a load with a rota. `fair`: whether the queue holds one sender to its share.

    Raises ValueError for what is no load or no rota. A load above what the people can do ends, and says that it grows.
    """
    people = verified(people)
    days = 7 * weeks
    orders = arriving(load, days, seed)
    there = sum(people) / HOURS
    mean = float(orders.takes.mean()) if len(orders.takes) else 0.0
    if there * 24 * days * 3 < orders.takes.sum():  # three times too much: no need to wait for its end
        return _hopeless(load, orders, there, days)
    done = run(orders, people, gap(mean, there) if fair and load.flood else 0.0)
    return _outcome(load, orders, done, there, days)


def _hopeless(load: Load, orders: Orders, there: float, days: int) -> Outcome:
    use = float(orders.takes.sum()) / (there * 24 * days) if there else math.inf
    none = {kind.name: 0.0 for kind in load.kinds}
    left = float(orders.takes.sum()) - there * 24 * days
    return Outcome(none, 0.0, 0.0, use, True, left, 0.0, math.inf, math.inf, len(orders.at))


def _outcome(load: Load, orders: Orders, done: Array, there: float, days: int) -> Outcome:
    counted = orders.kind < len(load.kinds)
    late = done > orders.due + 1e-9
    urgent = counted & (orders.due - orders.at <= 1.0 + 1e-9)
    took = done[counted] - orders.at[counted]
    first = orders.at[late & counted]
    return Outcome(
        {kind.name: _share(~late[orders.kind == n]) for n, kind in enumerate(load.kinds)},
        _share(~late[urgent]),
        _share(~late[counted & ~urgent]),
        float(orders.takes.sum()) / (there * 24 * days) if there else math.inf,
        _grows(orders, done, days),
        _backlog(orders, done, 24.0 * days),
        float(first.min()) / 24 if len(first) else None,
        float(np.median(took)) if len(took) else 0.0,
        float(np.quantile(took, 0.99, method="higher")) if len(took) else 0.0,
        len(orders.at),
    )


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 1.0


def _backlog(orders: Orders, done: Array, at: float) -> float:
    """Hours of work that had come and were not done at an hour."""
    return float(orders.takes[(orders.at <= at) & (done > at)].sum())


def _grows(orders: Orders, done: Array, days: int) -> bool:
    """Whether more waits in the last weeks than in those before, by more than a day's chance: looked at once a day, so
    that nights and weekends don't count as growth."""
    daily = np.array([_backlog(orders, done, 24.0 * day) for day in range(1, days + 1)])
    weeks = daily.reshape(-1, 7).mean(axis=1) if days % 7 == 0 else daily
    a_day = orders.takes.sum() / days
    return len(weeks) > 1 and bool((np.diff(weeks) > 0).all() and weeks[-1] > weeks[0] + 0.5 * a_day)


# -- what is asked of it ----------------------------------------------------------------------------------------------


class Needed(NamedTuple):
    """How many people it takes: `there` at the fullest hour, `staff` with nights, weekends and holidays. `by_people`:
    whether people are an answer at all; else `too_long` is the share of one-hour orders whose handling alone is longer,
    and `cap` the part of its time after which one must be handed over."""

    there: int | None
    staff: int | None
    by_people: bool
    too_long: float
    cap: float | None
    outcome: Outcome | None


HOURS_A_YEAR = 1_600  # that one person is at work: 52 weeks less holidays, training, illness
CAP = 0.75  # of the time that an order has, after which it is handed over


def tail(load: Load) -> float:
    """The share of one-hour orders that no number of people would keep."""
    urgent = [kind for kind in load.kinds if kind.urgent and kind.a_day > 0]
    if load.cap is not None and load.cap < 1:
        return 0.0
    every = sum(kind.a_day for kind in urgent)
    return sum(kind.a_day * kind.too_long() for kind in urgent) / every if every else 0.0


def _weeks_of(load: Load) -> tuple[int, float]:
    """How many weeks a run looks at, of which part of the load, so that it stays small. A part needs no fewer people
    in proportion than all: many share a queue better."""
    a_week = 7 * sum(kind.a_day for kind in load.kinds)
    return max(1, min(WEEKS, int(AT_ONCE / max(a_week, 1)))), max(1.0, a_week / AT_ONCE)


def handed_over(load: Load) -> Load:
    """The same load, with the rule that an order is handed over after a part of its time, where one-hour orders could
    not be kept without."""
    return load if tail(load) <= 1 - KEPT else replace(load, cap=CAP)


def people_needed(load: Load, shape: Sequence[float] | None = None, seed: int = SEED) -> Needed:
    """How few people keep 99.9 % of one-hour orders and every other deadline, without growing work, at less than 95 %
    use. Raises ValueError for what is no load.

    Where handling alone takes too long for more than one in a thousand, people are no answer: `there` is what it would
    take with the rule that an order is handed over after `cap`.
    """
    shape = tuple(shape) if shape is not None else (1.0,) * HOURS
    if len(shape) != HOURS or max(shape) <= 0:
        raise ValueError(f"a rota says for each of {HOURS} hours how many people are there, and somebody is")
    long = tail(load)
    by_people, asked = long <= 1 - KEPT, handed_over(load)
    cap = asked.cap
    weeks, thin = _weeks_of(asked)
    found = _fewest(asked.times(1 / thin), shape, weeks, seed)
    if found is None:
        return Needed(None, None, False, long, cap, None)
    there, outcome = math.ceil(found[0] * thin), found[1]
    week = sum(shaped(shape, there))
    return Needed(there, math.ceil(week * 52 / HOURS_A_YEAR), by_people, long, cap, outcome)


def _fewest(load: Load, shape: Sequence[float], weeks: int, seed: int) -> tuple[int, Outcome] | None:
    """By halving, from what the hours alone ask for: more people are never worse for the same orders, or hardly."""
    density = sum(shape) / HOURS / max(shape)
    low = max(1, math.ceil(load.hours / 24 / FULL / density)) - 1
    high, outcome = max(1, low + 1), None
    while not (outcome := looked_at(load, shaped(shape, high), weeks, seed)).holds:
        low, high = high, max(high + 1, math.ceil(high * 1.25))
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        tried = looked_at(load, shaped(shape, middle), weeks, seed)
        low, high, outcome = (low, middle, tried) if tried.holds else (middle, high, outcome)
    return high, outcome


def capacity(load: Load, people: Sequence[int], most: float = 64.0, seed: int = SEED) -> float:
    """How many times the load a rota holds, at most `most`: what headroom is measured against. 0: nobody is there."""
    if load.hours <= 0:
        return most
    if not sum(verified(people)):
        return 0.0
    load = handed_over(load)
    high = min(most, sum(people) / HOURS * 24 * FULL / load.hours)
    weeks, _ = _weeks_of(load.times(high))
    if looked_at(load.times(high), people, weeks, seed).holds:
        return high
    low, tried = 0.0, 0.9 * high  # a large desk holds nearly all that its hours allow
    while high - low > 0.01 * high:
        low, high = (tried, high) if looked_at(load.times(tried), people, weeks, seed).holds else (low, tried)
        tried = (low + high) / 2
    return low


class Breaks(NamedTuple):
    """What gives way at how many times the load: `people`, `reading`…; `limit` is what it can do, `now` what it does,
    in `unit`."""

    name: str
    at: float
    now: float
    limit: float
    unit: str


@dataclass(frozen=True)
class Machines:
    """What machines can do, as measured (`docs/`, `make bench`): mails read a second, and how many come in the busiest
    hour for one in a usual one."""

    reading: float = 7.0
    peak: float = 6.0
    mails: float = field(default=1.5)  # for one order: repeats, replies, what is no order


def what_breaks(load: Load, people: Sequence[int], machines: Machines) -> list[Breaks]:
    """What gives way first as the load grows, the first first."""
    orders = sum(kind.a_day for kind in load.kinds)
    a_second = orders * machines.mails * machines.peak / 86_400
    times = capacity(load, people)
    there = sum(people) / HOURS * 24
    found = [
        Breaks("people", times, load.hours, there, "person-hours a day"),
        Breaks("reading", machines.reading / a_second if a_second else math.inf, a_second, machines.reading, "mails/s"),
    ]
    return sorted(found, key=lambda one: one.at)


def country_costs(load: Load, more: Sequence[Kind], shape: Sequence[float] | None = None) -> tuple[Needed, Needed]:
    """What it takes without and with a country that sends `more`."""
    return people_needed(load, shape), people_needed(replace(load, kinds=(*load.kinds, *more)), shape)


def erlang_c(a_hour: float, hours: float, people: int) -> float:
    """The mean wait in hours, where orders come by chance at one rate, are handled by an exponential time, and all are
    alike (Erlang 1917). Raises ValueError where the work is more than the people."""
    offered = a_hour * hours
    if not 0 <= offered < people:
        raise ValueError("Erlang's formula asks for more people than work")
    term, terms = 1.0, 1.0
    for n in range(1, people):
        term *= offered / n
        terms += term
    last = term * offered / people * people / (people - offered)
    return last / (terms + last) * hours / (people - offered)
