"""What the platform took and nobody could see, because it is closed to people wherever the measure reaches: looked at
again each day, until a look tells. A platform that opens again shows then whether it did what it said."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from comity.alerts import commands as alerts
from comity.ledger.commands import record
from comity.ledger.steps import GATEWAY
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

from . import looking, rules
from .models import Measure

EACH = timedelta(days=1)
AT_ONCE = 10


def look_again(now: datetime) -> None:
    """Look at some of the measures that nobody could see (UTC), those that wait longest first."""
    waiting = Measure.objects.filter(Q(tried_at=None) | Q(tried_at__lte=now - EACH), state=rules.UNSEEN)
    for measure in waiting.select_related("case").order_by(F("tried_at").asc(nulls_first=True))[:AT_ONCE]:
        Measure.objects.filter(id=measure.id).update(tried_at=now)
        try:
            _look(measure, now)
        except PlatformDown:
            return
        except (PlatformRefused, vault.Gone):
            continue


def _look(measure: Measure, now: datetime) -> None:
    rows = looking.look(measure, lifted=False)
    if looking.blind(rows) or any(seen == "unknown" for *_, seen in rows):
        return
    right = looking.as_wanted(measure, rows)
    with transaction.atomic():
        fresh = Measure.objects.select_for_update().get(id=measure.id)
        if fresh.state != rules.UNSEEN:
            return
        looking.saw(measure, "after", rows)
        if right:
            Measure.objects.filter(id=measure.id).update(state="effective", seen_at=now)
            alerts.settle(measure.case.realm, "measure.failed", measure.case_id)
        _tell(measure, rows, effective=right)


def _tell(measure: Measure, rows: list[looking.Row], *, effective: bool) -> None:
    seen = {"kind": measure.kind, "effective": True, **looking.summary(rows)}
    record(
        "effect.observed" if effective else "measure.failed",
        realm=measure.case.realm,
        by=GATEWAY,
        case=measure.case_id,
        once=f"seen-at-last:{measure.id}" if effective else f"seen-at-last:{measure.id}:not",
        public=seen if effective else {"kind": measure.kind, "why": "not-effective"},
        sealed={"measure": str(measure.id)},
    )
