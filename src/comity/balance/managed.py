"""On which days we managed at a raised level (`risk/`), as counts: a day of ours, not a person's, and of no country."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db.models import Min, Q

from comity.figures.models import Counted, Made
from comity.risk.managing import Level

from . import indicators

RAISED, DAYS = NAMES = indicators.OF_DAYS
DAY = timedelta(days=1)


def daily(realm: str, since: date, until: date) -> dict[date, Counter[str]]:
    """Each day (UTC) from `since` to `until`, both included, since anything was counted: whether at any time of it the
    level was a raised one."""
    first = _first(realm)
    days = [since + n * DAY for n in range((until - since).days + 1)] if first else []
    raised = set(_raised(realm, since, until))
    return {day: Counter({RAISED: int(day in raised), DAYS: 1}) for day in days if first and day >= first}


def _first(realm: str) -> date | None:
    """The first day of which anything is known."""
    found = [Counted.objects.aggregate(first=Min("day"))["first"]]
    if realm == "demo":
        found.append(Made.objects.filter(world="year").aggregate(first=Min("day"))["first"])
    return min((day for day in found if day), default=None)


def _raised(realm: str, since: date, until: date) -> Iterator[date]:
    begin = datetime.combine(since, datetime.min.time(), UTC)
    lasts = Q(ended_at__gte=begin) | Q(ended_at=None, ends_at__gte=begin)
    for row in Level.objects.filter(lasts, realm=realm, since__lt=begin + (until - since + DAY)):
        day, over = row.since.astimezone(UTC).date(), (row.ended_at or row.ends_at).astimezone(UTC).date()
        while day <= over:
            yield day
            day += DAY
