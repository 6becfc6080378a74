"""The figures as series; and the desk as events, clocks and shifts have it. Reads only, and knows no person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet, Sum

from comity import clock
from comity.alerts import rota
from comity.alerts.models import Shift
from comity.cases import fair
from comity.cases.models import Case
from comity.cases.rules import DRIVING
from comity.figures.cusum import Array
from comity.figures.models import Made, Reported
from comity.figures.names import NAMES as NAMES_OF
from comity.library import in_force

from . import desk_made, rules, staffing
from .rules import ALL, Key
from .series import clean

NAMES = ("requests", "emergencies", "late", "refused", "measures", "complaints", "lifted", "reversed")
RECENT = 56  # days that say how much of a series there is
MONTH = 28  # days
COUNTED = 2_000  # cases of an alarm that are asked whether a figure counts them
YEARS = 3 * 366  # days that models look back
WORLD = "growth"  # of the made-up counts
BY_PEOPLE = (  # what people do on a case: the gaps between are work on it
    "case.taken",
    "content.viewed",
    "fact.corrected",
    "callback.recorded",
    "draft.edited",
    "decision.proposed",
    "decision.returned",
    "decision.approved",
)

SOURCES = """
    select name, country, instrument, day, n from figures_count
    where realm = %(realm)s and name = any(%(names)s) and day >= %(since)s and day <= %(until)s
    union all
    select name, country, instrument, day, n from figures_made
    where %(realm)s = 'demo' and world = %(world)s and name = any(%(names)s) and day >= %(since)s and day <= %(until)s
"""
SETS = """
    grouping sets ((name, country, instrument{day}), (name, instrument{day}), (name, country{day}), (name{day}))
"""
WHICH = "case grouping(country) when 1 then '*' else country end, case grouping(instrument) when 1 then '*' else instrument end"  # noqa: E501
SIZES = f"select name, {WHICH}, sum(n) from ({SOURCES}) f group by {SETS.format(day='')}"  # noqa: S608  # ours
DAILY = f"""
select name, {WHICH}, day, sum(n) from ({SOURCES}) f group by {SETS.format(day=", day")}
"""  # noqa: S608  # ours
WORKED = """
select instrument, sum(extract(epoch from least(gap, make_interval(mins => %(pause)s)))) / 3600
from (select e."case", c.instrument, e.at - lag(e.at) over (partition by e."case" order by e.id) as gap
      from ledger_event e join cases_case c on c.id = e."case"
      where e.kind = any(%(kinds)s) and e.realm = %(realm)s and e.at >= %(since)s) done
where gap is not null group by "case", instrument
"""
DUE = """
select c.instrument, percentile_disc(0.1) within group (
    order by extract(epoch from coalesce(d.due_legal, d.due_target) - d.started_at)) / 3600
from cases_deadline d join cases_case c on c.id = d.case_id
where c.realm = %(realm)s and d.name = any(%(driving)s) and coalesce(d.due_legal, d.due_target) > d.started_at
      and c.received_at >= %(since)s
group by 1
having count(distinct c.id) >= %(enough)s
"""
DECIDED = """
select c.instrument, c.received_at, due.at, decided.at, coalesce(worked.hours, 0)
from cases_case c,
    lateral (select min(coalesce(d.due_legal, d.due_target)) as at from cases_deadline d
        where d.case_id = c.id and d.name = any(%(driving)s) and d.stopped_at is null) due,
    lateral (select min(e.at) as at from ledger_event e where e."case" = c.id and e.kind = 'decision.approved') decided,
    lateral (select sum(extract(epoch from least(gap, make_interval(mins => %(pause)s)))) / 3600 as hours
        from (select e.at - lag(e.at) over (order by e.id) as gap from ledger_event e
              where e."case" = c.id and e.kind = any(%(kinds)s)) done
        where gap is not null) worked
where c.realm = %(realm)s and c.received_at >= %(since)s and c.received_at < %(until)s and due.at > c.received_at
      and (decided.at is not null or due.at <= %(now)s)
order by c.received_at desc limit %(most)s
"""


def _rows(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(given))
        return list(cursor.fetchall())


def _asked(realm: str, names: Sequence[str], since: date, until: date) -> dict[str, Any]:
    return {"realm": realm, "names": list(names), "since": since, "until": until, "world": WORLD}


def sizes(realm: str, until: date, days: int = RECENT) -> dict[Key, int]:
    """How much of each series there was in the last days, the sums over countries and instruments included."""
    since = until - timedelta(days=days - 1)
    return {
        Key(name, country, instrument): int(n)
        for name, country, instrument, n in _rows(SIZES, _asked(realm, NAMES, since, until))
    }


def matrix(realm: str, keys: Sequence[Key], until: date, days: int) -> Array:
    """Days × series, each in its column; what is before the first count of all is unknown, a later gap is none."""
    since = until - timedelta(days=days - 1)
    column = {key: n for n, key in enumerate(keys)}
    made, first = np.zeros((days, len(keys))), until
    for name, country, instrument, day, n in _rows(
        DAILY, _asked(realm, sorted({key.name for key in keys}), since, until)
    ):
        first = min(first, day)
        if (at := column.get(Key(name, country, instrument))) is not None:
            made[(day - since).days, at] += int(n)
    made[: (first - since).days] = np.nan
    return made


def one(realm: str, key: Key, until: date, days: int) -> Array:
    """The days of one series."""
    return np.asarray(matrix(realm, [key], until, days)[:, 0])


def users(realm: str, until: date, days: int) -> tuple[Array, tuple[str, ...]]:
    """Users of all platforms, day by day; NaN where none was reported, or what was reported is in doubt. And notes."""
    since = until - timedelta(days=days - 1)
    given = {"name": "users", "day__gte": since, "day__lte": until, "country": ""}
    told = Reported.objects.filter(realm=realm, doubt="", **given)
    rows = list(told.values("day").annotate(all=Sum("n")).values_list("day", "all"))
    if realm == "demo":
        rows += list(Made.objects.filter(world=WORLD, **given).values_list("day", "n"))
    found = clean(rows, until, absent=float("nan"))
    made = np.full(days, np.nan)
    made[max(0, days - len(found.counts)) :] = found.counts[-days:]
    return made, found.notes


def counting(cases: QuerySet[Case], name: str) -> QuerySet[Case]:
    """Those of some cases that a figure counts, of the newest."""
    if name == "requests":
        return cases
    sql = f"select c.id from cases_case c where c.id = any(%(ids)s) and ({NAMES_OF[name].sql}) > 0"  # noqa: S608  # ours
    ids = list(cases.order_by("-received_at", "-id").values_list("id", flat=True)[:COUNTED])
    found = _rows(sql, {"ids": ids, "driving": sorted(DRIVING), "now": clock.now()})
    return cases.filter(id__in=[row[0] for row in found])


def senders(cases: Iterable[Case]) -> list[tuple[str, int]]:
    """The authorities of some cases, by how many are theirs; by id, an empty one where none is known."""
    return Counter(case.authority for case in cases).most_common(5)


def grew(realm: str, since: date, until: date) -> list[tuple[Key, float, float]]:
    """What of the requests grew most between the first and the last four weeks of a time: a day, before and after."""
    after, before = sizes(realm, until, MONTH), sizes(realm, since + timedelta(days=MONTH - 1), MONTH)
    found = [
        (key, before.get(key, 0) / MONTH, n / MONTH)
        for key, n in after.items()
        if key.name == "requests" and (key.country == ALL) != (key.instrument == ALL)
    ]
    return sorted(found, key=lambda one: one[1] - one[2])[:10]


# -- the desk ---------------------------------------------------------------------------------------------------------


def desk(realm: str, until: date, counts: Mapping[str, float] | None = None) -> rules.Desk:
    """The desk of a realm: what comes a day by instrument (or `counts`), how long each takes, how long it has, who is
    there. The demo's is made up: its cases are played by buttons, in seconds, and some on purpose late or long."""
    if counts is None:
        counts = a_day(realm, until)
    worked, due = (handling(realm, until), dues(realm, until)) if realm != "demo" else ({}, {})
    enough, usual = rules.data()["enough"], rules.data()["handling"]
    kinds = []
    for instrument, n in sorted(counts.items()):
        times = worked.get(instrument, [])
        measured = tuple(times) if len(times) >= enough else ()
        kinds.append(
            staffing.Kind(
                instrument,
                n,
                due.get(instrument) or of_pack(instrument),
                fair.HANDLING / timedelta(hours=1),
                usual["spread"],
                measured,
            )
        )
    people, where = there(realm, until)
    sources = {"people": where, "measured": str(sum(bool(kind.times) for kind in kinds))}
    return rules.Desk(staffing.Load(tuple(kinds)), people, sources)


def a_day(realm: str, until: date) -> dict[str, float]:
    """Requests a day by instrument, of the last eight weeks."""
    return {
        key.instrument: n / RECENT
        for key, n in sizes(realm, until).items()
        if key.name == "requests" and key.country == ALL and key.instrument not in (ALL, "")
    }


def handling(realm: str, until: date) -> dict[str, list[float]]:
    """Hours that people worked on each case, all people's together: the gaps between what was done on it, of which a
    longer one than a pause counts as that. Who did it is not asked."""
    since = datetime.combine(until - timedelta(days=365), datetime.min.time(), UTC)
    given = {"kinds": list(BY_PEOPLE), "realm": realm, "since": since, "pause": rules.data()["pause"]}
    found: dict[str, list[float]] = {}
    for instrument, hours in _rows(WORKED, given):
        if hours and hours > 0:
            found.setdefault(instrument, []).append(float(hours))
    return found


def dues(realm: str, until: date) -> dict[str, float]:
    """In how many hours the orders of an instrument were due, where there were enough: a clock that one of them had,
    of which one in ten is shorter. A time between two clocks is none: 66 minutes make no one-hour order."""
    since = datetime.combine(until - timedelta(days=365), datetime.min.time(), UTC)
    enough = rules.data()["enough"]
    given = {"realm": realm, "driving": sorted(DRIVING), "since": since, "enough": enough}
    return {instrument: float(hours) for instrument, hours in _rows(DUE, given) if hours}


def decided(
    realm: str, since: date, until: date, most: int
) -> list[tuple[str, datetime, datetime, datetime | None, float]]:
    """The newest orders of some days that were decided or are over: instrument, when each came, was due and was
    decided (UTC), and the hours that people worked on it."""
    begin, end = (datetime.combine(day, datetime.min.time(), UTC) for day in (since, until + timedelta(days=1)))
    given = {"realm": realm, "driving": sorted(DRIVING), "since": begin, "until": end, "most": most,
             "kinds": list(BY_PEOPLE), "pause": rules.data()["pause"], "now": clock.now()}  # fmt: skip
    return [(name, at, due, done, float(hours)) for name, at, due, done, hours in _rows(DECIDED, given)]


HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0, "working-days": 24.0, "weeks": 168.0, "months": 720.0}


def of_pack(instrument: str) -> float:
    """The shortest of the clocks that drive an order, as the pack in force has it: hours. What rings people by itself
    (the hotline) has none of these: it isn't taken from the queue, and counts by the work that it is."""
    try:
        pack = in_force.library("real").in_force(instrument, clock.now())
    except LookupError:
        return float(rules.data()["due"])
    found = [one.length * HOURS.get(one.unit, 24.0) for one in pack.deadlines if one.id in DRIVING]
    return max(min(found, default=float(rules.data()["due"])), 1 / 60)


def there(realm: str, until: date) -> tuple[tuple[int, ...], str]:
    """How many people are there in each hour of a week, and where that is from: the shifts of four weeks from then on,
    the fewest of each hour; or `desk.yaml`."""
    begin = until + timedelta(days=1)
    monday = datetime.combine(begin - timedelta(days=begin.weekday()), datetime.min.time(), UTC)
    weeks = 4
    spans = Shift.objects.filter(
        realm=rota.staffed_as(realm),
        starts__lt=monday + timedelta(weeks=weeks),
        ends__gt=monday,
        person__is_active=True,
    ).values_list("person_id", "starts", "ends")
    if realm == "demo" and (n := desk_made.people()) is not None:
        return rules.rota_of({"people": n}), "made"
    if not spans:
        name = "demo" if realm == "demo" else "rota"
        return rules.rota_of(rules.data()[name]), "desk.yaml"
    return _by_hour(spans, monday, weeks), "shifts"


def _by_hour(spans: Iterable[tuple[Any, datetime, datetime]], monday: datetime, weeks: int) -> tuple[int, ...]:
    inside: list[set[Any]] = [set() for _ in range(weeks * staffing.HOURS)]
    for person, starts, ends in spans:
        first = max(0, -((monday - starts) // timedelta(hours=1)))
        last = min(len(inside), (ends - monday) // timedelta(hours=1))
        for hour in range(first, last):
            inside[hour].add(person)
    counts = np.array([len(people) for people in inside]).reshape(weeks, staffing.HOURS)
    covered = counts[counts.sum(axis=1) > 0]
    return tuple(int(n) for n in covered.min(axis=0)) if len(covered) else (0,) * staffing.HOURS
