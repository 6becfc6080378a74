"""What a drill leaves behind: its offices take their orders back when it is over, in realm drill alone."""

from collections.abc import Collection
from functools import partial

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts.models import Alert
from comity.decisions import commands as decisions
from comity.ledger.commands import record
from comity.ledger.steps import GATEWAY

from . import clocks, deciding, rules
from .models import Case, Request, RequestDeadline

REALM = "drill"


def take_back(requests: Collection[str]) -> int:
    """Take back the orders of these requests that nobody has decided, and settle their alerts; how many. What isn't of
    realm drill is left alone, whoever asks."""
    open_ = Case.objects.filter(realm=REALM, open=True, request__in=requests).order_by("id")
    n = sum(_taken_back(id) for id in open_.values_list("id", flat=True))
    things = [*Case.objects.filter(realm=REALM, request__in=requests).values_list("id", flat=True), *requests, ""]
    for alert in Alert.objects.filter(realm=REALM, thing__in=things, seen_at=None):
        alerts.settle(REALM, alert.kind, alert.thing)
    with transaction.atomic():
        ours = Request.objects.filter(realm=REALM, id__in=requests)
        RequestDeadline.objects.filter(request__in=ours, met_at=None).update(met_at=clock.now())
        ours.filter(lane__in=("triage", "counsel")).update(lane="answered")
        ours.exclude(due=None, top=0).update(due=None, top=0)
    return n


@transaction.atomic
def _taken_back(id: str) -> bool:
    case = deciding.locked(id)
    if "withdraw" not in rules.acts_in(case.state):
        return False
    decisions.void(deciding.CASE, case, "withdraw")
    clocks.stop(case, clock.now(), "ended")
    case.refresh_from_db()
    case.open = clocks.is_open(case)
    case.save(update_fields=["open"])
    tell = partial(record, realm=case.realm, by=GATEWAY, case=case.id, request=case.request_id)
    tell("order.withdrawn", public={"how": "drill"})
    return True
