"""What stands for a time: its end is put off once its order is prolonged, and its case ends with the last of it."""

from django.db import transaction

from comity.cases import deciding, prolonging
from comity.cases.models import Case
from comity.cases.rules import ENDS, LIFE
from comity.ledger.models import Event

from . import commands, rules
from .models import Measure


def put_off(event: Event) -> None:
    """The order was prolonged: what stands under it ends later, or, where production was requested, not by itself."""
    case = Case.objects.get(id=event.case)
    until = prolonging.end_of(case)
    with transaction.atomic():
        Case.objects.select_for_update().get(id=case.id)
        if until is not None:
            commands.prolong(case, until, event)
            return
        Measure.objects.filter(case=case, kind=rules.PRESERVE, lifted_at=None).update(ends_at=None)
        commands.keep_standing(case, case.request.until)


def over(event: Event) -> None:
    """A measure's time was over: with the last of them the case ends, and the clock that ended it is met."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=event.case)
        if (case.state, "end") not in LIFE or not commands.all_undone(case.id):
            return
        case.deadlines.filter(name__in=ENDS, met_at=None).update(met_at=event.at)
        deciding.move(case.id, "end")
