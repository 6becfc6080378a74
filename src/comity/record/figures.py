"""Figures that must add up: what the tables of cases, measures and people held of a day, stated in the record itself.

They are counted from those tables, never from events. Whoever recounts the entries of the day finds the same, unless an
act was left out of the record. What is sealed as a whole isn't counted, there or here.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from comity.cases.models import Request
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.people.models import Approval, Key

from .models import Leaf, Waiting
from .places import REALMS

KIND = "figures.stated"
BACK = 7  # days that are stated later, if the gateway was off
Counted = Callable[[str, datetime, datetime], int]

TABLES: Mapping[str, Counted] = {
    "request.received": lambda realm, start, end: Request.objects.filter(
        realm=realm, received_at__gte=start, received_at__lt=end
    ).count(),
    "approval.given": lambda realm, start, end: Approval.objects.filter(
        act__realm=realm, at__gte=start, at__lt=end
    ).count(),
    "measure.acted": lambda realm, start, end: Measure.objects.filter(
        case__realm=realm, acted_at__gte=start, acted_at__lt=end
    ).count(),
    "key.added": lambda realm, start, end: Key.objects.filter(
        person__realm=realm, enrolled_at__gte=start, enrolled_at__lt=end
    ).count(),
}


def keep_time(now: datetime) -> None:
    """State each day that is over, once all that happened on it is in the record (`now`: UTC)."""
    today = now.astimezone(UTC).date()
    for realm in REALMS:
        for back in range(BACK, 0, -1):
            day = today - timedelta(days=back)
            if not done(_once(realm, day)):
                state(realm, day)


def _once(realm: str, day: date) -> str:
    return f"{KIND}:{realm}:{day}"


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


@transaction.atomic
def state(realm: str, day: date) -> bool:
    """State a day; returns whether it was. Not before the log is open, nor while something of that day has no number
    yet."""
    end = _bounds(day)[1]
    if not Leaf.objects.filter(realm=realm).exists() or Waiting.objects.filter(realm=realm, at__lt=end).exists():
        return False
    if not Event.objects.filter(realm=realm, at__lt=end).exists():
        return False
    public = {"date": day.isoformat(), "counts": counts(realm, day)}
    return record(KIND, realm=realm, by="gateway", once=_once(realm, day), public=public).new


def counts(realm: str, day: date) -> dict[str, int]:
    """What the tables held of a day, without what is sealed as a whole."""
    start, end = _bounds(day)
    found: dict[str, int] = {}
    for kind, count in TABLES.items():
        events = Event.objects.filter(realm=realm, kind=kind, at__gte=start, at__lt=end)
        whole = Leaf.objects.filter(event__in=events.values("id"), whole=True).count()
        found[kind] = count(realm, start, end) - whole
    return found
