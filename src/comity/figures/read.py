"""What pages show of the figures: a few rows by an index, whatever number of cases they count."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import DateField, Sum, Value

from . import rules
from .models import Count, Counted, Quarter
from .names import NAMES

SHOWN = 5  # quarters at the desk, this one among them
YEAR = 4  # quarters of a year
REQUESTS, IN_TIME = "requests", "in-time"


@dataclass
class Column:
    """One quarter of one country: each name's number, and the requests under each instrument."""

    start: date
    names: Counter[str] = field(default_factory=Counter)
    instruments: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, instrument: str, n: int) -> None:
        """Add one count, of those that a country's page shows; the others are parts of the balance's indicators."""
        if name in NAMES and not NAMES[name].shown:
            return
        self.names[name] += n
        if name == REQUESTS:
            self.instruments[instrument] += n


def desk(realm: str, country: str, today: date) -> tuple[Column, ...]:
    """The latest quarters of a country, the latest first, as the desk sees them: until now, in one query."""
    start = rules.quarter(today)
    columns = {start: Column(start)}
    while len(columns) < SHOWN:
        start = rules.quarter(start.replace(day=1) - date.resolution)
        columns[start] = Column(start)
    sums = Quarter.objects.filter(realm=realm, country=country, quarter__gte=start, n__gt=0)
    counts = Count.objects.filter(day=today, realm=realm, country=country)
    current = counts.annotate(quarter=Value(rules.quarter(today), DateField()))
    fields = ("quarter", "name", "instrument", "n")
    for quarter, name, instrument, n in sums.values_list(*fields).union(current.values_list(*fields), all=True):
        if quarter in columns:
            columns[quarter].add(name, instrument, n)
    return tuple(columns.values())


def public(realm: str, country: str) -> tuple[Column, ...]:
    """The latest quarters that are fixed for everyone, the latest first, in two queries. What they hold is to be told
    through `rules.in_public` alone."""
    columns = {start: Column(start) for start in fixed(YEAR)}
    sums = Quarter.objects.filter(realm=realm, country=country, quarter__in=list(columns), public__gt=0)
    for quarter, name, instrument, n in sums.values_list("quarter", "name", "instrument", "public"):
        columns[quarter].add(name, instrument, n)
    return tuple(columns.values())


def fixed(most: int) -> list[date]:
    """The latest quarters that are fixed, the latest first."""
    days = Counted.objects.filter(published_at__isnull=False).order_by("-day")
    return list(days.values_list("day", flat=True)[:most])


def requests(realm: str, today: date) -> dict[str, int]:
    """How many requests came from each country in this quarter and the four before, as the desk sees them."""
    since = rules.quarter(rules.quarter(today).replace(year=today.year - 1))
    sums = Quarter.objects.filter(realm=realm, name=REQUESTS, quarter__gte=since)
    counts = Count.objects.filter(day=today, realm=realm, name=REQUESTS)
    found = Counter(dict(sums.values("country").annotate(all=Sum("n")).values_list("country", "all")))
    found.update(dict(counts.values("country").annotate(all=Sum("n")).values_list("country", "all")))
    return dict(found)


def by_instrument(realm: str) -> dict[str, dict[str, int]]:
    """How many requests the latest fixed quarters tell of, and how many were in time, by instrument: the sum of what
    is told of each country and quarter alone. A sum of all would tell what is left out."""
    told = Quarter.objects.filter(realm=realm, name__in=(REQUESTS, IN_TIME), quarter__in=fixed(YEAR))
    found: dict[str, dict[str, int]] = {}
    sums = told.filter(public__gte=rules.LEAST).values("instrument", "name").annotate(all=Sum("public"))
    for instrument, name, number in sums.values_list("instrument", "name", "all"):
        found.setdefault(instrument, {})[name] = number
    return found


def public_requests(realm: str, quarter: date) -> dict[str, int]:
    """How many requests of each country a fixed quarter tells of: the sum of those instruments that are told. A sum of
    all would tell what is left out."""
    told = Quarter.objects.filter(realm=realm, name=REQUESTS, quarter=quarter, public__gte=rules.LEAST)
    return dict(told.values("country").annotate(all=Sum("public")).values_list("country", "all"))
