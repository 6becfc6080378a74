"""What somebody undid by hand is put back, where its platform's table says so (`drift = "put-back"`): under the act
that people signed, its signatures verified again, and under a key of its own, which a lift undoes with the first."""

from django.db import transaction
from django.db.models import F

from comity.ledger.commands import record
from comity.ledger.steps import GATEWAY
from comity.people import approvals
from comity.platforms import many
from comity.platforms.guarded import Guarded
from comity.platforms.port import IRREVERSIBLE, Platform

from . import brakes, rules, targets
from .models import Measure

PUT_BACK = "put-back"
MOST = 20  # times that one measure is put back: who undoes it each day is asked, not outrun


def put_back(measure: Measure) -> bool:
    """Do again what stood and doesn't, where its platforms are to have that done; whether anything was.

    Raises PlatformDown, PlatformRefused, approvals.NotApproved.
    """
    if measure.kind in IRREVERSIBLE | {rules.PRESERVE} or measure.again >= MOST or brakes.braked(measure.case.realm):
        return False
    on = targets.targets_of(measure)
    them = [(p, at) for p, at in targets.by_platform([url for url, _ in on], measure.case.realm) if _asked(p)]
    if not them:
        return False
    approvals.approved(measure.act, case=measure.case_id, kind="execute")
    with transaction.atomic():  # the key is on record before it is used: a lift undoes what a crash left
        Measure.objects.filter(id=measure.id).update(again=F("again") + 1)
        measure.refresh_from_db(fields=["again"])
    for platform, at in them:
        _act(platform, measure, [n for n in at if n not in measure.dropped and on[n][1]], on)
    with transaction.atomic():
        sealed = {"measure": str(measure.id)}
        public = {"kind": measure.kind}
        record(
            "measure.put-back",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            once=f"put-back:{measure.id}:{measure.again}",
            public=public,
            sealed=sealed,
        )
    return True


def _asked(platform: Platform) -> bool:
    return isinstance(platform, Guarded) and platform.table.drift == PUT_BACK


def _act(platform: Platform, measure: Measure, at: list[int], on: list[tuple[str, str]]) -> None:
    deeds = [(rules.keys(measure.act, measure.kind, n, measure.again)[-1], on[n][1]) for n in at]
    for some in many.in_calls(platform, deeds):
        for answer in many.act(platform, measure.kind, measure.territory, some):
            targets.unless_unknown(answer)
