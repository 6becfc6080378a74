"""Public holidays in the rota: which lie ahead, and which shifts fall on one, by the clock of the State whose they are.

This room knows no calendar: the room that has them is named in `settings.HOLIDAYS`, a function of a State (ISO 3166-1)
that gives its days.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from comity.web import when

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


def of(country: str) -> frozenset[date]:
    """The public holidays of a State, as far as they are known here; empty where they aren't."""
    found: frozenset[date] = import_string(settings.HOLIDAYS)(country)
    return found


def ahead(countries: Iterable[str], since: datetime, until: datetime) -> list[tuple[date, list[str]]]:
    """The holidays of some States between two instants, the first first, each with whose it is."""
    found: dict[date, list[str]] = {}
    for country in sorted(set(countries)):
        for day in of(country).intersection(_days(since, until, country)):
            found.setdefault(day, []).append(country)
    return sorted(found.items())


def falls_on(country: str, starts: datetime, ends: datetime) -> bool:
    """Whether a time, half-open, has a part of a public holiday in it."""
    return not of(country).isdisjoint(_days(starts, ends, country))


def without(spans: Iterable[Span], country: str) -> list[Span]:
    """Those times that begin on no public holiday of a State: a night that ends on one is worked."""
    return [span for span in spans if next(_days(*span, country)) not in of(country)]


def _days(starts: datetime, ends: datetime, country: str) -> Iterator[date]:
    zone = when.zone_of(country) or UTC
    day, last = starts.astimezone(zone).date(), (ends - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY
