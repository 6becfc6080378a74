"""What people do in the story of growth, each by the command of its page, in the demo's own words.

The world is made from a seed, its days reckoned one after the other. It is put so that its alarm rings today: what
comes after today is in it, too, so that anybody can see whether the alarm was right.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from comity import clock
from comity.balance import making
from comity.figures.models import Made
from comity.risk import commands as risk
from comity.risk import desk_made, headroom, leveling, measured, reckoning, rules, staffing, turning
from comity.risk.drills import commands as drills
from comity.risk.drills.models import Drill
from comity.risk.models import Alarm, Level, Reckoned
from comity.world.growing import LINES, Growing, growing

from ..veltria.relation import person

REALM, HEAD = "demo", "head-ee"
SEED, BEGIN, END, DAYS = 25, 10**6, 10**9, 1095
FLAT = 5 * 10**7  # users of the world that doesn't grow, and never misses
EARLIER = 120  # days before the alarm, when nothing is wrong yet
LATER = 60  # days at most by which the world is put on until the alarm rings
FLOOD, RISK = "order-flood", "illegal-content"
WHY_REAL = "Users grow as they have for two years, in every country; nothing of it is a campaign."
WHY_RAISED = "In sixty days more will come than six people can decide. Drills sooner, more people on call."


@dataclass(frozen=True)
class Past:
    """What a world comes to, looked at from its end: the day (from 0) on which headroom would first have rung, and on
    which the first order is late, by the model of the desk. None: never."""

    rings: int | None
    misses: int | None


def world(seed: int, begin: int = BEGIN, end: int = END, last: date = date(2030, 1, 1)) -> Growing:
    """A world of three years."""
    return growing(seed, begin, end, DAYS, last)


def counts_of(made: Growing) -> dict[str, np.ndarray]:
    """What comes each day by instrument."""
    return {
        line.instrument: np.sum([days for (_, name), days in made.series.items() if name == line.instrument], axis=0)
        for line in LINES
    }


@lru_cache(8)
def past(seed: int, begin: int = BEGIN, end: int = END) -> Past:
    """Play a world through: when headroom rings, day by day, and when the first order is late."""
    counts, until = counts_of(world(seed, begin, end)), clock.now().date()
    usual = {name: float(days[-365:].mean()) for name, days in counts.items()}
    desk, people = measured.desk(REALM, until, usual), staffing.rota(usual_people())
    load = staffing.handed_over(desk.load)
    limit = load.hours * staffing.capacity(desk.load, people)
    hours = sum(counts[kind.name] * kind.mean_to(load.cap) for kind in load.kinds)
    return Past(headroom.first_ring(np.asarray(hours, float), limit), _first_late(counts, load, people, seed))


def _first_late(counts: dict[str, np.ndarray], load: staffing.Load, people: tuple[int, ...], seed: int) -> int | None:
    """The day on which the first order is late: every order of the world in one run, so that no backlog is lost.

    Each is handed over before its hour is gone, as no number of people mends an order that takes longer than that: what
    is late is late because too much came.
    """
    days = np.stack([counts[kind.name] for kind in load.kinds], axis=1)
    return staffing.first_late(staffing.happened(load.kinds, days, staffing.CAP, seed), people)


# -- played -----------------------------------------------------------------------------------------------------------


def yesterday() -> date:
    """The last whole day (UTC)."""
    return clock.now().date() - timedelta(days=1)


def grow(seed: int = SEED) -> Alarm:
    """Make the world, look at it while all is well, then today: it rings. Raises LookupError where it doesn't."""
    if not Made.objects.filter(world="year").exists():
        making.make()
    _usual_again()
    rings = past(seed).rings
    if rings is None:
        raise LookupError("the made world never rings")
    for more in range(0, LATER, 7):
        until = yesterday() + timedelta(days=DAYS - 1 - rings - more)
        risk.make(seed, BEGIN, END, DAYS, until)
        risk.look(REALM, yesterday() - timedelta(days=EARLIER))
        turning.look(REALM)
        risk.look(REALM, yesterday())
        if found := alarm():
            turning.look(REALM)
            return found
    raise LookupError(f"no alarm within {LATER} days of the day on which one was reckoned")


def usual_people() -> int:
    """How many people the made-up desk has, around the clock."""
    return int(rules.data()["demo"]["people"])


def _usual_again() -> None:
    """What was played before is over: a raised level ends, the desk is as small as it was, whoever is on duty in
    another story."""
    desk_made.take_on(person(HEAD), usual_people(), SEED)
    leveling.end_in_demo()


def alarm() -> Alarm | None:
    """The alarm that people won't suffice."""
    return Alarm.objects.filter(realm=REALM, kind="headroom", name="people").order_by("-raised_at").first()


def first_day() -> date:
    """Day 0 of the world that was made."""
    return Made.objects.filter(world="growth", name="users").order_by("day").values_list("day", flat=True)[0]


def first_miss(seed: int = SEED) -> date | None:
    """When the first order would have been late, had nobody done anything."""
    found = past(seed).misses
    return None if found is None else first_day() + timedelta(days=found)


def judge(id: str) -> Alarm:
    """The head says that it is real."""
    return risk.judge(person(HEAD), id, "real", WHY_REAL)


def raise_level() -> Level:
    """The head raises the level of management, by one hand."""
    return leveling.raise_level(person(HEAD), REALM, "raised", WHY_RAISED)


def needed() -> dict[str, Any]:
    """How many people it takes now, and with a thousand million users, by the model of the desk."""
    counts = counts_of(world(SEED))
    then = {name: float(days[-56:].mean()) for name, days in counts.items()}
    now = staffing.people_needed(measured.desk(REALM, yesterday()).load)
    later = staffing.people_needed(measured.desk(REALM, yesterday(), then).load)
    return {"now": now.there, "then": later.there, "by_people": later.by_people}


def take_on() -> int:
    """As many people as it takes are taken on, in the made-up desk of the demo; what was reckoned is reckoned anew.

    Raises LookupError where no number of people is an answer."""
    people = needed()["then"]
    if people is None:
        raise LookupError("by the model of the desk no number of people is enough")
    desk_made.take_on(person(HEAD), people, SEED)
    risk.look(REALM, yesterday())
    turning.look(REALM)
    return int(people)


def drill() -> Drill:
    """The head begins the flood, with the people that there are now."""
    return drills.begin(person(HEAD), REALM, FLOOD, seed=SEED, desk=max(on_duty()))


def on_duty() -> tuple[int, ...]:
    """How many people are there in each hour of a week."""
    return measured.there(REALM, yesterday())[0]


def last_drill() -> Drill | None:
    """The last flood of the demo."""
    return Drill.objects.filter(realm=REALM, name=FLOOD).order_by("-planned_at").first()


def forecast() -> dict[str, Any]:
    """What comes a day with the most users for which a band is known: a thousand million, or fewer."""
    row = Reckoned.objects.filter(realm=REALM, what="growth").first()
    users = int(row.doc.get("users", 0)) if row else 0
    told = reckoning.growth(REALM, yesterday(), sorted({END, users * 2, round(users * 1.5)}, reverse=True))
    known = [one for one in told.get("targets", ()) if one["rows"] and one["rows"][0]["known"]]
    shown = known[0] if known else (told.get("targets") or [{"users": None, "rows": [{}]}])[-1]
    names = ("low", "middle", "high", "proportional", "naive", "cover")
    return {**{name: shown["rows"][0].get(name) for name in names}, "users": shown["users"]}
