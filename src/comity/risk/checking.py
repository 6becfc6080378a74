"""Whether the model of the desk was right: last month as it would have said it, beside what really happened. Reads.

The orders are those that came, each at its own minute and with its own due time; the people those of the rota of then;
how long each took is drawn from what was known before that month. What the model says of it is what it would have said.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from comity.balance.exact import interval
from comity.figures.cusum import Array

from . import measured, staffing

DAYS, LEAST = 28, 20  # looked back; orders under which there is nothing to compare
MOST = 100_000  # orders, the newest
HOUR = 3600.0


class Happened(NamedTuple):
    """One order as the rows have it: instants in UTC; `decided` None: nobody had. `worked`: hours of people."""

    instrument: str
    at: datetime
    due: datetime
    decided: datetime | None
    worked: float

    @property
    def urgent(self) -> bool:
        """Whether it was a one-hour order."""
        return self.due - self.at <= timedelta(hours=1, seconds=1)


def month(realm: str, until: date) -> dict[str, Any]:
    """The model beside the four weeks that end with a day; `why`: `few`, where hardly anything was decided by then."""
    begin = until - timedelta(days=DAYS - 1)
    came = [Happened(*row) for row in measured.decided(realm, begin, until, MOST)]
    if len(came) < LEAST:
        return {"why": "few", "n": len(came)}
    first = min(one.at for one in came).astimezone(UTC).date()
    counts = {name: float(sum(one.instrument == name for one in came)) for name in {one.instrument for one in came}}
    desk = measured.desk(realm, first - timedelta(days=1), counts)
    kinds = {kind.name: kind for kind in staffing.handed_over(desk.load).kinds}
    rows = compared(came, kinds, desk.people, staffing.handed_over(desk.load).cap)
    return {"since": first.isoformat(), "n": len(came), "people": [min(desk.people), max(desk.people)], "rows": rows}


def compared(
    came: Sequence[Happened], kinds: dict[str, staffing.Kind], people: Sequence[int], cap: float | None
) -> list[dict[str, Any]]:
    """Each figure as the model says it and as it happened; `agrees`: whether what the model says lies within what so
    many orders leave open. Pure."""
    ordered = sorted(came, key=lambda one: one.at)
    orders = _orders(ordered, kinds, cap)
    done = staffing.run(orders, staffing.verified(tuple(people)))
    told = np.isfinite(done)
    mine = np.array([(one.decided - one.at).total_seconds() / HOUR if one.decided else np.inf for one in ordered])
    urgent = np.array([one.urgent for one in ordered])
    in_time = np.array([one.decided is not None and one.decided <= one.due for one in ordered])
    kept = done <= orders.due + 1e-9
    rows = [_share(name, kept[which], in_time[which]) for name, which in (("urgent", urgent), ("others", ~urgent))]
    took = np.where(told, done - orders.at, np.inf)
    rows += [_hours(f"p{n}", _at(took, n / 100), _at(mine, n / 100)) for n in (50, 90)]
    return [*rows, _hours("worked", float(orders.takes.sum()), sum(one.worked for one in ordered))]


def _orders(ordered: Sequence[Happened], kinds: dict[str, staffing.Kind], cap: float | None) -> staffing.Orders:
    first = ordered[0].at.astimezone(UTC)
    monday = datetime.combine(first.date() - timedelta(days=first.weekday()), datetime.min.time(), UTC)
    chance, n = np.random.default_rng(staffing.SEED), len(ordered)
    at, due = (
        np.array([(getattr(one, name) - monday).total_seconds() / HOUR for one in ordered]) for name in ("at", "due")
    )
    takes = np.array([float(kinds[one.instrument].draw(chance, 1)[0]) for one in ordered])
    longest = np.array([kinds[one.instrument].longest(cap) or np.inf for one in ordered])
    return staffing.Orders(at, due, np.minimum(takes, longest), np.zeros(n, int), np.full(n, -1))


def _share(name: str, model: np.ndarray, happened: np.ndarray) -> dict[str, Any]:
    if not len(happened):
        return {"what": name, "model": None, "happened": None, "of": 0, "agrees": None}
    low, high = interval(int(happened.sum()), len(happened))
    says = float(model.mean())
    share = float(happened.mean())
    return {"what": name, "model": says, "happened": share, "of": len(happened), "low": low, "high": high,
            "agrees": low <= says <= high}  # fmt: skip


def _hours(name: str, model: float, happened: float) -> dict[str, Any]:
    known = [one if np.isfinite(one) else None for one in (model, happened)]
    return {"what": name, "model": known[0], "happened": known[1], "agrees": None}


def _at(hours: Array, share: float) -> float:
    return float(np.quantile(hours, share, method="higher"))


def with_it(told: dict[str, Any], realm: str, until: date) -> dict[str, Any]:
    """What was reckoned of the desk, with whether last month's was right."""
    return told if "why" in told else {**told, "checked": month(realm, until)}
