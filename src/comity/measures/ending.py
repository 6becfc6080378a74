"""What stands for a time: its end is put off once its order is prolonged, and its case ends with the last of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from comity.cases import deciding, prolonging
from comity.cases.models import Case, Deadline
from comity.cases.rules import ENDS, LIFE
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.platforms.port import PlatformDown, PlatformRefused

from . import copies, looking, rules, undoing
from .models import Brake, Measure


@step("prolong", deciding.of)
def put_off(event: Event, case: Case, tell: Tell) -> None:
    """The order was prolonged: what stands under it ends later, or, where production was requested, not by itself."""
    until = prolonging.end_of(case)
    standing = Measure.objects.select_for_update().filter(case=case, kind=rules.PRESERVE, lifted_at=None)
    if until is None:
        standing.update(ends_at=None)
        copies.keep_standing(case, case.request.until)
        return
    for measure in standing:
        prolong(measure, until, tell)


def prolong(measure: Measure, until: datetime, tell: Tell) -> None:
    """Put off the end of a preservation and of its copies (UTC); never to an earlier one."""
    if measure.ends_at is None or measure.ends_at >= until:
        return
    Measure.objects.filter(id=measure.id).update(ends_at=until)
    copies.extend(measure.case, until)
    key, public = str(measure.id), {"kind": measure.kind}
    tell("measure.prolonged", key=key, request=None, public=public, sealed={"measure": key})


ENDED_AT_ONCE = 20


def end_due(now: datetime) -> None:
    """End by itself each measure whose time is over (UTC): some at each tick, none of a realm whose brake is set, none
    while the platform is down. Its sealed copies have the same end.

    Once its order is prolonged the clock of its case says so at once, and the step that puts the measure's end off may
    be late: what that clock gives more time isn't ended."""
    held = Brake.objects.filter(released_at=None).values("realm")
    clocks_on = Deadline.objects.filter(case=OuterRef("case"), name__in=ENDS, met_at=None).exclude(due_legal__lte=now)
    due = Measure.objects.filter(~Exists(clocks_on), lifted_at=None, ends_at__lte=now).exclude(case__realm__in=held)
    for measure in due.select_related("case").order_by("ends_at")[:ENDED_AT_ONCE]:
        try:
            undoing.lift_all(measure, measure.case.realm)
        except PlatformDown:
            return
        except PlatformRefused:
            _refused_end(measure)
        _ended(measure, now)


def _ended(measure: Measure, now: datetime) -> None:
    with transaction.atomic():
        if not Measure.objects.filter(id=measure.id, lifted_at=None).update(lifted_at=now, state="ended"):
            return
        record(
            "measure.ended",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            public={"kind": measure.kind},
            sealed={"measure": str(measure.id)},
        )


def _refused_end(measure: Measure) -> None:
    """Its time is over whatever the platform says: a person must look at what the platform still does."""
    with transaction.atomic():
        record(
            "measure.failed",
            realm=measure.case.realm,
            by=GATEWAY,
            case=measure.case_id,
            once=f"end:{measure.id}:refused",
            public={"kind": "end", "why": "refused"},
            sealed={"measure": str(measure.id)},
        )


def over(event: Event) -> None:
    """A measure's time was over: with the last of them the case ends, and the clock that ended it is met."""
    with transaction.atomic():
        case = deciding.of(event)
        if (case.state, "end") not in LIFE or not looking.all_undone(case.id):
            return
        case.deadlines.filter(name__in=ENDS, met_at=None).update(met_at=event.at)
        deciding.move(case.id, "end")
