"""The only writers of alerts. What an event is about, and whether a proven sender is behind it, its own room says."""

from django.db import connection, transaction
from django.db.models import Case, QuerySet, Value, When

from comity import clock
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import allow

from .models import Alert

ABOVE = ("ring.unanswered", "danger.found", "claim.found", "claim.due")
RAISE = """
insert into cases_alert (case_id, realm, kind, thing, proven, count, event, at)
select %(case)s, %(realm)s, %(kind)s, %(thing)s, %(proven)s, 1, %(event)s, %(at)s
where not exists (select from cases_alert told
                  where (told.realm, told.kind, told.thing) = (%(realm)s, %(kind)s, %(thing)s)
                    and told.event >= %(event)s)
on conflict (realm, kind, thing) where seen_at is null
do update set count = cases_alert.count + 1, event = excluded.event, at = excluded.at, proven = excluded.proven
"""


def raise_alert(event: Event, *, thing: str, proven: bool, case: str | None = None) -> None:
    """Put an event on every page of the desk, or count it towards the alert already there for this thing.

    `thing` is the number of what it is about; empty for the whole realm. `proven`: caused by a proven sender or by
    ourselves; such alerts come before those that strangers cause. `case`: where it leads. Idempotent per event.
    """
    told = {
        "case": case,
        "realm": event.realm,
        "kind": event.kind,
        "thing": thing,
        "proven": proven,
        "event": event.id,
        "at": event.at,
    }
    with connection.cursor() as cursor:
        cursor.execute(RAISE, told)


def settle(realm: str, kind: str, thing: str) -> None:
    """What an alert was about is over: it disappears by itself. Does nothing if there is none."""
    Alert.objects.filter(realm=realm, kind=kind, thing=thing, seen_at=None).update(seen_at=clock.now())


def dismiss(person: Person, alert_id: int) -> None:
    """Mark an alert as dealt with. Raises NotAllowed, Alert.DoesNotExist."""
    with transaction.atomic():
        found = Alert.objects.select_for_update().get(id=alert_id)
        allow(person, "alert.dismiss", found)
        found.seen_at = clock.now()
        found.save(update_fields=["seen_at"])


def open_in(realm: str) -> QuerySet[Alert]:
    """What nobody has dealt with yet: what is about a life, then about one of our people, whoever sent it; then proven
    senders' and our own first, the latest first."""
    above = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(ABOVE)), default=Value(len(ABOVE)))
    return Alert.objects.filter(realm=realm, seen_at=None).order_by(above, "-proven", "-at")
