"""What the counts say: an indicator in a period, by weeks, and by quarters as everyone is told. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from comity.figures import read
from comity.figures import rules as telling
from comity.figures.models import Count, Made, Quarter, Reported
from comity.figures.names import REPORTED
from comity.library import in_force

from . import indicators, managed
from .indicators import MEAN, Indicator, Value

WEEKS = 52
WEEK = timedelta(days=7)
Daily = dict[date, Counter[str]]


@dataclass(frozen=True)
class Cell:
    """One day of a country, an instrument and its version: what counts against an indicator, of how many."""

    day: date
    country: str
    instrument: str
    version: str
    bad: int
    of: int


def daily(realm: str, names: Iterable[str], since: date, until: date, country: str = "") -> Daily:
    """The counts of each day from `since` to `until`, both included; a day without a row is in it only by others."""
    found: Daily = {}
    names = list(names)
    for rows in _sources(realm, names, since, until, country):
        for day, name, n in rows.values("day", "name").annotate(all=Sum("n")).values_list("day", "name", "all"):
            found.setdefault(day, Counter())[name] += int(n)
    if not country and set(managed.NAMES) & set(names):
        for day, counts in managed.daily(realm, since, until).items():
            found.setdefault(day, Counter()).update(counts)
    return found


def _sources(realm: str, names: list[str], since: date, until: date, country: str) -> list[QuerySet[Any]]:
    """The tables that a realm's figures come from: made ones are the demo's alone."""
    given: dict[str, Any] = {"name__in": names, "day__gte": since, "day__lte": until}
    if country:
        given["country"] = country
    found: list[QuerySet[Any]] = [Count.objects.filter(realm=realm, **given)]
    if told := [name for name in names if name in REPORTED]:
        whole = {} if country else {"country": ""}
        found.append(Reported.objects.filter(realm=realm, doubt="", **given | whole | {"name__in": told}))
    if realm == "demo":
        found.append(Made.objects.filter(world="year", **given))
    return found


def value(one: Indicator, days: Daily, since: date, until: date) -> Value | None:
    """An indicator over days, both included; None: not known."""
    inside = [counts for day, counts in days.items() if since <= day <= until]
    if unreported(one, inside):
        return None
    good, of = (_over(name, inside) for name in one.names)
    return indicators.value(good, of)


def unreported(one: Indicator, days: Iterable[Mapping[str, int]]) -> bool:
    """Whether something that a platform alone can report was not reported at all: then it isn't none, but not known."""
    found = {name for counts in days for name in counts}
    return any(name in REPORTED and name not in found for name in one.names)


def _over(name: str, days: Sequence[Mapping[str, int]]) -> int:
    known = [counts[name] for counts in days if name in counts]
    return (sum(known) // len(known) if known else 0) if name in MEAN else sum(known)


def now(realm: str, country: str, today: date) -> dict[str, Value | None]:
    """Every indicator over its own period, ending with yesterday, in as many queries as there are tables."""
    all_of = indicators.all_of()
    names = {name for one in all_of.values() for name in one.names}
    until = today - timedelta(days=1)
    longest = max(one.period for one in all_of.values())
    days = daily(realm, names, today - timedelta(days=longest), until, country)
    return {id: value(one, days, today - timedelta(days=one.period), until) for id, one in all_of.items()}


def weekly(one: Indicator, realm: str, country: str, today: date) -> list[tuple[date, Value | None]]:
    """The last year by weeks that end with yesterday: each week's first day, and its value."""
    start = today - WEEKS * WEEK
    days = daily(realm, one.names, start, today - timedelta(days=1), country)
    weeks = [start + WEEK * n for n in range(WEEKS)]
    return [(week, value(one, days, week, week + WEEK - timedelta(days=1))) for week in weeks]


def against(one: Indicator, realm: str, country: str, since: date, until: date) -> list[tuple[int, int]]:
    """Day by day: how many count against an indicator, of how many. A day without a count has none of none; what
    can't be (more bad than all) is left out rather than believed."""
    days = daily(realm, one.names, since, until, country)
    made = []
    for n in range((until - since).days + 1):
        counts = days.get(since + timedelta(days=n), Counter())
        good, of = counts[one.good], counts[one.of]
        made.append((one.bad(good, of), of) if 0 <= good <= of else (0, 0))
    return made


def cells(one: Indicator, realm: str, country: str, since: date, until: date) -> list[Cell]:
    """The same apart by country, instrument, and the version in force on the day, for finding what stands out."""
    found: dict[tuple[date, str, str], Counter[str]] = {}
    for rows in _sources(realm, list(one.names), since, until, country):
        if "instrument" not in {field.name for field in rows.model._meta.get_fields()}:
            continue
        summed = rows.values("day", "country", "instrument", "name").annotate(all=Sum("n"))
        for row in summed:
            found.setdefault((row["day"], row["country"], row["instrument"]), Counter())[row["name"]] += row["all"]
    versions = Versions(realm)
    return [
        Cell(day, place, name, versions.on(name, day), one.bad(counts[one.good], counts[one.of]), counts[one.of])
        for (day, place, name), counts in found.items()
        if 0 <= counts[one.good] <= counts[one.of]
    ]


class Versions:
    """Which version of each regulation an order of a day was judged by: the one in force as the day ended."""

    def __init__(self, realm: str) -> None:
        self._library = in_force.library(realm)
        self._known: dict[tuple[str, date], str] = {}

    def on(self, instrument: str, day: date) -> str:
        """Its name; empty where none was."""
        key = (instrument, day)
        if key not in self._known:
            try:
                at = in_force.midnight(day + timedelta(days=1)) - timedelta(seconds=1)
                self._known[key] = self._library.in_force(instrument, at).version
            except LookupError:
                self._known[key] = ""
        return self._known[key]


@dataclass(frozen=True)
class Change:
    """A version that came in force: when, of which regulation."""

    day: date
    regulation: str
    version: str


def changes(realm: str, since: date, until: date) -> list[Change]:
    """The versions that came in force in a time, oldest first: what is marked on the curves."""
    standing = in_force.library(realm).standings
    found = [Change(one.start.date(), one.pack.id, one.pack.version) for one in standings_in(standing, since, until)]
    return sorted(found, key=lambda one: (one.day, one.regulation, one.version))


def standings_in(standings: Iterable[Any], since: date, until: date) -> list[Any]:
    """Those that began in a time."""
    return [one for one in standings if since <= one.start.date() <= until]


# -- for everyone -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What everyone is told of an indicator in a quarter. `of` None: under 10, or not `known`. `value` None: its parts
    would betray few; then `few` says which side is small (`bad` or `good`)."""

    of: int | None
    value: Value | None = None
    few: str = ""
    known: bool = True


def told(one: Indicator, counts: Mapping[str, int]) -> Told:
    """An indicator as the public is told it: nothing under 10, on neither side of the share."""
    if unreported(one, [counts]):
        return Told(None, known=False)
    good, of = counts.get(one.good, 0), counts.get(one.of, 0)
    if one.of_days:
        return Told(of or None, indicators.value(good, of), known=of > 0)
    if of <= 0 or good > of or telling.in_public(of) is None:
        return Told(None)
    bad = one.bad(good, of)
    if telling.in_public(bad) is None or telling.in_public(of - bad) is None:
        return Told(of, few="bad" if telling.in_public(bad) is None else "good")
    return Told(of, indicators.value(good, of))


def quarters(realm: str, country: str, today: date) -> list[tuple[date, Counter[str]]]:
    """The quarters that everyone sees, oldest first, with their counts. In the demo those of the made year stand here
    at once; everywhere else a quarter stands here once it is fixed."""
    if realm == "demo":
        return _of_demo(country, today)
    starts = read.fixed(read.YEAR)
    found = {start: Counter[str]() for start in sorted(starts)}
    rows = Quarter.objects.filter(realm=realm, quarter__in=starts, public__gt=0)
    rows = rows.filter(country=country) if country else rows
    apart: dict[tuple[date, str], Counter[str]] = {}
    for quarter, place, name, n in rows.values_list("quarter", "country", "name").annotate(all=Sum("public")):
        apart.setdefault((quarter, place), Counter())[name] += n
    for (quarter, _), counts in apart.items():
        found[quarter] += counts if country else _tellable(counts)
    _add_days(realm, country, found)
    return list(found.items())


def _tellable(counts: Counter[str]) -> Counter[str]:
    """What of one country enters the sum of all: nothing that its own page hides, which the sum would else betray."""
    kept: Counter[str] = Counter()
    for one in indicators.all_of().values():
        if told(one, counts).value is not None:
            for name in one.names:
                kept[name] = counts[name]
    return kept


def _add_days(realm: str, country: str, found: Mapping[date, Counter[str]]) -> None:
    """What is told day by day, and isn't fixed with a quarter: what platforms report, and days of ours."""
    for start, counts in found.items():
        end = telling.next_quarter(start) - timedelta(days=1)
        days = daily(realm, (*REPORTED, *managed.NAMES), start, end, country)
        for name in {name for inside in days.values() for name in inside}:
            counts[name] = _over(name, list(days.values()))


def _of_demo(country: str, today: date) -> list[tuple[date, Counter[str]]]:
    names = {name for one in indicators.all_of().values() for name in one.names}
    start = telling.quarter(telling.quarter(today).replace(year=today.year - 1))
    days, made = daily("demo", names, start, today, country), []
    while start <= today:
        end = telling.next_quarter(start)
        inside = [counts for day, counts in days.items() if start <= day < end]
        known = {name for counts in inside for name in counts}
        made.append((start, Counter({name: _over(name, inside) for name in known})))
        start = end
    return made
