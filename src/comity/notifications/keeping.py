"""As long as a measure stands, what is needed to look at it, to answer a complaint and to lift it stays readable.

Everything else ends `keep_days` after its receipt. A withholding has no end of its own: an order that names none stands
until it is lifted, and who is withheld may ask why for as long. So shortly before the end of a case whose measure
stands, its records are sealed again for another `keep_days`. Once it is lifted they end at that date, like all others.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings

from comity.cases import keeping
from comity.cases.models import Case
from comity.inquiries import commands as inquiries
from comity.measures import copies
from comity.measures.models import Measure
from comity.vault import commands as vault

from .models import Complaint, Notification

AHEAD = 10  # a tenth of the time before the end: what a gateway that was down for weeks still finds in time
AT_ONCE = 20


def keep_standing(now: datetime) -> None:
    """Keep the records of the cases whose measure stands and whose end is near (UTC): some at each tick, and at once
    all whose end has passed, for what is over is about to be forgotten.

    A case is looked at twice: first its end is put off and all its records with it; then what was being sealed for the
    end before. Killed half-way, it goes on where it was.
    """
    days = timedelta(days=settings.COMITY.keep_days)
    soon = now + days / AHEAD
    standing = Measure.objects.filter(lifted_at=None, until__lte=soon).select_related("case__request").order_by("until")
    while near := list(standing[:AT_ONCE]):
        for measure in near:
            _put_off(measure, now + days, soon)
        if near[-1].until > now:
            return


def _put_off(measure: Measure, end: datetime, soon: datetime) -> None:
    set_before = measure.case.request.until > soon
    end = measure.case.request.until if set_before else end
    keeping.put_off(measure.case, end)
    for ref in references(measure.case):
        with suppress(vault.Gone):
            vault.extend(ref, end)
    copies.keep_standing(measure.case, end)
    if set_before:
        copies.put_off(measure, end)


def references(case: Case) -> Iterator[str]:
    """Where the vault has the records of a case: what its pages show, what undoes its measures, what was told and
    complained of."""
    yield from keeping.references(case)
    for measure in Measure.objects.filter(case=case):
        yield from filter(None, (measure.targets, measure.prior))
    yield from Notification.objects.filter(case=case).values_list("doc", flat=True)
    yield from inquiries.references(case)
    for complaint in Complaint.objects.filter(notification__case=case):
        yield from filter(None, (complaint.doc, complaint.answer, complaint.copy))
