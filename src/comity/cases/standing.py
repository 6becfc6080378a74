"""Where a proven sender's order stands in the queue, among the others that the same sender has there (`fair`)."""

from datetime import datetime

from django.db.models.functions import Greatest

from comity.alerts import rota
from comity.people.models import Person
from comity.people.rules import CASEWORK

from . import fair
from .models import Case

AT_ONCE = 5_000  # places of one sender that are looked through for a free one


def slot(case: Case) -> datetime | None:
    """Where a case stands; None where that is simply when it is due: nothing of the same sender stands there."""
    if case.due is None or case.behind or not case.authority:
        return None
    gap = fair.gap(fair.HANDLING, _people(case.realm))
    stands = Greatest("due", "slot")
    theirs = Case.objects.filter(realm=case.realm, authority=case.authority, open=True, due__isnull=False, behind=0)
    taken = theirs.exclude(id=case.id).alias(stands=stands).filter(stands__gt=case.due - gap).order_by(stands)
    found = fair.place(case.due, list(taken.values_list(stands, flat=True)[:AT_ONCE]), gap)
    return found if found > case.due else None


def _people(realm: str) -> int:
    """How many people of the desk could work on a case."""
    people = Person.objects.filter(realm=rota.staffed_as(realm), is_active=True)
    return people.filter(roles__overlap=sorted(CASEWORK)).count()
