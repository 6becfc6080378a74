"""What is worked out each night, as it is stored and shown: headroom's loads and limits, growth, the desk. Reads."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from comity.figures.cusum import Array

from . import growth as growing
from . import headroom, measured, rules, staffing
from .rules import ALL, Key

BILLION = 1_000_000_000
TIMES = 20.0  # the load that is asked about
DAY = 86_400


def loads(realm: str, until: date, desk: rules.Desk) -> dict[str, Array]:
    """What people and machines had to do, day by day: person-hours, and mails a second in the busiest hour."""
    kinds = desk.load.kinds
    keys = [Key("requests", ALL, kind.name) for kind in kinds]
    days = headroom.WEEKS * headroom.WEEK
    counts = measured.matrix(realm, keys, until, days) if keys else np.full((days, 0), np.nan)
    each = np.array([kind.mean_to(_cap(desk.load)) for kind in kinds])
    machines = rules.machines()
    orders = np.where(np.isnan(counts).any(axis=1), np.nan, np.nansum(counts, axis=1))
    return {
        "people": np.where(np.isnan(orders), np.nan, np.nansum(counts * each, axis=1)),
        "reading": orders * machines.mails * machines.peak / DAY,
    }


def _cap(load: staffing.Load) -> float | None:
    """The hand-over that a load needs for its one-hour orders to be kept at all."""
    return staffing.handed_over(load).cap


def limits(desk: rules.Desk) -> dict[str, float]:
    """What they can do: the most for which the desk still keeps its times, and what the reading was measured at."""
    hours = staffing.handed_over(desk.load).hours
    times = staffing.capacity(desk.load, desk.people)
    return {"people": hours * times if hours else desk.there * staffing.FULL, "reading": rules.machines().reading}


def by_week(load: Array) -> list[float]:
    """The load as its weeks, for a chart."""
    return [round(one, 3) for one in headroom.weekly(load).tolist()]


# -- growth -----------------------------------------------------------------------------------------------------------


def next_billion(users: float) -> int:
    """The next whole thousand millions above so many users."""
    return (int(users // BILLION) + 1) * BILLION


def growth(realm: str, until: date, asked: Sequence[int] = ()) -> dict[str, Any]:
    """Each workload once there are so many users as `asked`, or half as many again, twice as many and the next billion.

    `why` says what is missing: `users` or `requests` of at least half a year.
    """
    users, notes = measured.users(realm, until, measured.YEARS)
    if np.isnan(users).all():
        return {"why": "users", "notes": list(notes)}
    keys = _workloads(realm, until)
    counts = measured.matrix(realm, keys, until, measured.YEARS) if keys else np.zeros((len(users), 0))
    known = ~np.isnan(users) & (~np.isnan(counts).all(axis=1) if keys else False)
    first = int(np.argmax(known)) if known.any() else len(users)
    if len(users) - first < (growing.LEARN + growing.MONTH) * growing.WEEK:
        return {"why": "requests", "notes": list(notes)}
    past = growing.weeks(users[first:], counts[first:])
    tests = growing.back_tests(past)
    now = float(past.users[-growing.MONTH :].mean())
    targets = list(asked) or sorted({round(now * 1.5), round(now * 2), next_billion(now)})
    return {
        "users": round(now),
        "weeks": len(past.users),
        "notes": list(notes),
        "targets": [_target(past, keys, target, tests) for target in targets],
    }


def _workloads(realm: str, until: date) -> list[Key]:
    """All requests, and those of each instrument and each country, the largest first."""
    found = {
        key: n
        for key, n in measured.sizes(realm, until).items()
        if key.name == "requests" and ALL in (key.country, key.instrument) and n > 0
    }
    return sorted(found, key=lambda key: (-found[key], key))[:60]


def _target(past: growing.Past, keys: Sequence[Key], users: int, tests: growing.Errors) -> dict[str, Any]:
    rows = []
    for key, one in zip(keys, growing.outlook(past, users, tests), strict=True):
        rows.append(
            {
                "country": key.country,
                "instrument": key.instrument,
                "now": one.now,
                "elasticity": one.elasticity,
                "middle": one.elastic,
                "low": one.elastic * one.band.low if one.band else None,
                "high": one.elastic * one.band.high if one.band else None,
                "proportional": one.proportional,
                "naive": one.last_month,
                "cover": None if one.band is None or math.isnan(one.band.cover) else one.band.cover,
                "errors": one.band.errors if one.band else 0,
                "known": one.known,
                "longest": one.longest,
            }
        )
    return {"users": users, "rows": rows}


# -- the desk ---------------------------------------------------------------------------------------------------------


def staff(desk: rules.Desk, times: float = TIMES) -> dict[str, Any]:
    """How many people now and at so many times the load, what the rota there is would keep, what breaks first."""
    if desk.load.hours <= 0:
        return {"why": "requests"}
    now = staffing.people_needed(desk.load)
    then = staffing.people_needed(desk.load.times(times))
    kept = staffing.looked_at(staffing.handed_over(desk.load), desk.people)
    return {
        "hours": desk.load.hours,
        "there": desk.there,
        "people": [min(desk.people), max(desk.people)],
        "sources": dict(desk.sources),
        "kinds": [
            {"name": one.name, "a_day": one.a_day, "due": one.due, "minutes": one.mean * 60, "measured": len(one.times)}
            for one in desk.load.kinds
        ],
        "now": needed(now),
        "times": times,
        "then": needed(then),
        "curve": [(part, staffing.people_needed(desk.load.times(part)).there) for part in _curve(times)],
        "kept": outcome(kept),
        "breaks": [_finite(one._asdict()) for one in staffing.what_breaks(desk.load, desk.people, rules.machines())],
        "country": _country(desk, now),
    }


def _curve(times: float) -> list[float]:
    """Between now and the load that is asked about."""
    return sorted({1.0, *(round(times ** (n / 4), 2) for n in range(1, 5))})


def needed(found: staffing.Needed) -> dict[str, Any]:
    """What is stored of how many it takes."""
    told = found._asdict()
    return {**told, "outcome": outcome(found.outcome) if found.outcome else None}


def outcome(found: staffing.Outcome) -> dict[str, Any]:
    """What is stored of a run; what has no end is null."""
    return _finite({**found._asdict(), "kept": dict(found.kept), "holds": found.holds})


def _finite(told: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(n, float) and not math.isfinite(n) else n for key, n in told.items()}


def _country(desk: rules.Desk, now: staffing.Needed) -> dict[str, Any]:
    """What one more country costs that sends an equal part of what comes now."""
    share = float(rules.data()["country_share"])
    more = [replace(kind, name=f"new {kind.name}", a_day=kind.a_day * share) for kind in desk.load.kinds]
    _, with_it = staffing.country_costs(desk.load, more)
    hours = sum(kind.a_day * kind.mean for kind in more)
    extra = (with_it.there or 0) - (now.there or 0) if with_it.there and now.there else None
    staff = (with_it.staff or 0) - (now.staff or 0) if with_it.staff and now.staff else None
    return {"share": share, "hours": hours, "there": extra, "staff": staff}
