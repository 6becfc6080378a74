"""The people of a drill: modelled, as many as are on duty, or those who were invited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from comity import clock
from comity.alerts import rota
from comity.people.models import Person
from comity.people.rules import CASEWORK, holds
from comity.risk import staffing

from . import rules
from .models import Drill

HOUR = 3600.0
MEDIAN, SPREAD = (
    11 / 60,
    0.6,
)  # hours that deciding takes where nothing was measured: a median, and its logarithm's spread
HAND_OVER = staffing.CAP * 1.0  # of its hour, after which an order is handed over to somebody who ends it


@dataclass(frozen=True)
class Work:
    """One order that waits for a person: since when, and until when."""

    at: datetime
    due: datetime


def desk_of(drill: Drill) -> int:
    """How many people a drill's desk has: as asked, else those on duty, else everyone who works on cases."""
    if drill.desk is not None:
        return drill.desk
    duty = len(rota.on_duty(drill.realm, drill.begun_at or clock.now()).everyone)
    if duty or rota.used(drill.realm):
        return duty
    return sum(holds(one, CASEWORK) for one in Person.objects.filter(realm=drill.realm, is_active=True))


def missed(work: Sequence[Work], desk: int, seed: int) -> int:
    """How many of these so many people would not decide in their time, taking what stands first in the queue: the
    desk's own model (`staffing.run`)."""
    orders = _orders(work, seed)
    if not work or desk < 1:
        return len(work)
    done = staffing.run(orders, staffing.rota(desk))
    return int((done > orders.due).sum())


def needed(work: Sequence[Work], seed: int) -> int | None:
    """How few people would miss none; None where no number does: what was put to them too late."""
    if missed(work, len(work), seed):
        return None
    low, high = 0, len(work)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if not missed(work, middle, seed) else (middle, high)
    return high


def _orders(work: Sequence[Work], seed: int) -> staffing.Orders:
    chance = np.random.default_rng(seed)
    ordered = sorted(work, key=lambda one: one.at)
    begun = ordered[0].at if ordered else clock.now()
    at, due = (np.array([(t - begun).total_seconds() / HOUR for t in times]) for times in _instants(ordered))
    takes = np.minimum(HAND_OVER, MEDIAN * np.exp(chance.normal(0, SPREAD, len(work))))
    return staffing.Orders(at, due, takes, np.zeros(len(work), int), np.full(len(work), -1))


def _instants(work: Sequence[Work]) -> tuple[list[datetime], list[datetime]]:
    return [one.at for one in work], [one.due for one in work]


def invited() -> bool:
    """Whether real people take part in the drill that runs: only then is anybody rung for it."""
    return Drill.objects.filter(live=True, people=rules.INVITED).exists()
