"""What is counted: for everyone in bands, half a year later, of the real realm alone; for the desk by service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet

from comity import clock
from comity.authorities import commands as register

from . import rules
from .models import Call

SHOWN = 8  # half-years


@dataclass(frozen=True)
class Half:
    """One half-year as everyone is told it. `prevented`: attacks prevented, as the services say."""

    start: date
    calls: str
    prevented: str
    helped: str
    false: str
    ordinary: str

    @property
    def name(self) -> str:
        """As the table names it."""
        return f"{self.start.year}, {1 if self.start.month == 1 else 2}/2"


def public(today: date | None = None) -> list[Half]:
    """The half-years that everyone may be told of, the latest first: bands, no total, the real realm alone."""
    today = today or clock.now().date()
    first = Call.objects.filter(realm="real").order_by("raised_at").values_list("raised_at", flat=True).first()
    found, start = list[Half](), rules.half(first.date()) if first else None
    while start is not None and rules.told(start, today):
        found.append(_half(start))
        start = rules.next_half(start)
    return list(reversed(found))[:SHOWN]


def _half(start: date) -> Half:
    counts = _counts(_within(start, rules.next_half(start)))
    return Half(start, **{name: rules.band(counts[name]) for name in COUNTED})


COUNTED = ("calls", "prevented", "helped", "false", "ordinary")


def _within(start: date, end: date) -> QuerySet[Call]:
    at, until = (datetime.combine(day, time(), UTC) for day in (start, end))
    return Call.objects.filter(realm="real", joined_to=None, raised_at__gte=at, raised_at__lt=until)


def _counts(found: QuerySet[Call]) -> Mapping[str, int]:
    return found.aggregate(
        calls=Count("pk"),
        prevented=Count("pk", filter=Q(outcome="prevented")),
        helped=Count("pk", filter=Q(outcome="helped")),
        false=Count("pk", filter=Q(outcome="false")),
        ordinary=Count("pk", filter=Q(ordinary=True)),
    )


@dataclass(frozen=True)
class OfService:
    """How often a service called, and what of it was false, ordinary, or had no order after it."""

    id: str
    name: str
    calls: int
    prevented: int
    false: int
    ordinary: int
    without_order: int


def by_service(realm: str) -> list[OfService]:
    """Of each service, for the desk: exact."""
    now = clock.now()
    owed = Q(dues__name="formal-order", dues__due_at__lte=now, ordered_at=None, acted_at__isnull=False)
    rows = (
        Call.objects.filter(realm=realm, joined_to=None, service__isnull=False)
        .values("service")
        .annotate(
            calls=Count("pk", distinct=True),
            prevented=Count("pk", distinct=True, filter=Q(outcome="prevented")),
            false=Count("pk", distinct=True, filter=Q(outcome="false")),
            ordinary=Count("pk", distinct=True, filter=Q(ordinary=True)),
            without_order=Count("pk", distinct=True, filter=owed),
        )
    )
    names = {one.id: one.name for one in register.of_realm(realm)}
    return [_of_service(row, names.get(row["service"], row["service"])) for row in rows]


def _of_service(row: Mapping[str, Any], name: str) -> OfService:
    counts = {key: row[key] for key in ("calls", "prevented", "false", "ordinary", "without_order")}
    return OfService(row["service"], name, **counts)


def prevented(realm: str) -> int:
    """How many calls of a realm the services say prevented an attack: the demo's own count."""
    return Call.objects.filter(realm=realm, joined_to=None, outcome="prevented").count()
