"""What stands for a time: its end is put off once its order is prolonged, and its case ends with the last of it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from comity.cases import deciding, prolonging
from comity.cases.models import Case, Deadline
from comity.cases.rules import ENDS, LIFE
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

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
    whose platform is down. Its sealed copies have the same end.

    Once its order is prolonged the clock of its case says so at once, and the step that puts the measure's end off may
    be late: what that clock gives more time isn't ended, and is put off here, before its copies are forgotten.
    """
    held = Brake.objects.filter(released_at=None).values("realm")
    clocks_on = Deadline.objects.filter(case=OuterRef("case"), name__in=ENDS, met_at=None).exclude(due_legal__lte=now)
    over = Measure.objects.filter(lifted_at=None, ends_at__lte=now)
    _put_off_late(over.filter(Exists(clocks_on)))
    due = over.filter(~Exists(clocks_on)).exclude(case__realm__in=held).select_related("case")
    silent: set[str] = set()  # whose measures wait without being asked for, and let the others pass
    for measure in due.order_by(F("tried_at").asc(nulls_first=True), "ends_at")[:ENDED_AT_ONCE]:
        _end(measure, now, silent)


NEAR_AT_ONCE = 100


def tell_near(now: datetime) -> None:
    """Tell the desk once that what is kept ends soon (UTC): at our target, which is before the end by law, somebody
    looks whether its authority has prolonged it."""
    told = Event.objects.filter(kind="end.near", case=OuterRef("case"), at__gte=OuterRef("due_target"))
    standing = Measure.objects.filter(case=OuterRef("case"), lifted_at=None)
    ends = Deadline.objects.filter(name__in=ENDS, met_at=None, due_target__lte=now, due_legal__gt=now)
    for row in ends.filter(Exists(standing), ~Exists(told)).select_related("case")[:NEAR_AT_ONCE]:
        with transaction.atomic():
            record(
                "end.near",
                realm=row.case.realm,
                by=GATEWAY,
                case=row.case_id,
                once=f"end-near:{row.id}:{row.due_target}",
            )


def _put_off_late(measures: QuerySet[Measure]) -> None:
    for case in set(measures.values_list("case_id", flat=True)[:ENDED_AT_ONCE]):
        event = Event.objects.filter(kind="order.prolonged", case=case).order_by("-id").first()
        if event is not None:
            put_off(event)


def _end(measure: Measure, now: datetime, silent: set[str]) -> None:
    try:
        undoing.lift_all(measure, measure.case.realm, silent)
    except PlatformDown:
        Measure.objects.filter(id=measure.id).update(tried_at=now)
        return
    except (PlatformRefused, vault.Gone):
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
        deciding.end(case)
