"""The people of a drill: modelled, as many as are on duty, or those who were invited."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from comity import clock
from comity.alerts import rota
from comity.people.models import Person
from comity.people.rules import CASEWORK, holds

from . import rules
from .models import Drill

MEDIAN, SPREAD, CAP = 11 * 60.0, 0.6, 45 * 60.0  # seconds that deciding takes: lognormal, handed over at the cap


@dataclass(frozen=True)
class Work:
    """One order that waits for a person: since when, until when, and its place beneath what is proven."""

    at: datetime
    due: datetime
    behind: int = 0


def desk_of(drill: Drill) -> int:
    """How many people a drill's desk has: as asked, else those on duty, else everyone who works on cases."""
    if drill.desk is not None:
        return drill.desk
    duty = len(rota.on_duty(drill.realm, drill.begun_at or clock.now()).everyone)
    if duty or rota.used(drill.realm):
        return duty
    return sum(holds(one, CASEWORK) for one in Person.objects.filter(realm=drill.realm, is_active=True))


def missed(work: Sequence[Work], desk: int, seed: int) -> int:
    """How many of these so many people would not decide in their time, taking what is due first, as the queue does."""
    if desk < 1:
        return len(work)
    chance = Random(seed)  # noqa: S311  # a model, no secret
    coming = sorted(work, key=lambda one: one.at)
    free, waiting, late, n = [coming[0].at.timestamp() if coming else 0.0] * desk, [], 0, 0
    heapq.heapify(free)
    while n < len(coming) or waiting:
        at = heapq.heappop(free)
        if not waiting and n < len(coming):
            at = max(at, coming[n].at.timestamp())
        while n < len(coming) and coming[n].at.timestamp() <= at:
            one = coming[n]
            heapq.heappush(waiting, (one.behind, one.due.timestamp(), n))
            n += 1
        _, due, _ = heapq.heappop(waiting)
        done = at + min(CAP, math.exp(chance.gauss(math.log(MEDIAN), SPREAD)))
        late += done > due
        heapq.heappush(free, done)
    return late


def invited() -> bool:
    """Whether real people take part in the drill that runs: only then is anybody rung for it."""
    return Drill.objects.filter(live=True, people=rules.INVITED).exists()
