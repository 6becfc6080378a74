"""What must stay readable of a case as long as a measure of it stands: to look at it, and to answer for it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.vault import commands as vault

from . import deciding, document
from .models import Case, Draft, Finding, Joined, Request, Term


def requests_of(case: Case) -> QuerySet[Request]:
    """The mail that opened a case, and the replies in its thread. A copy of the same order is not needed twice."""
    joined = Joined.objects.filter(case=case).exclude(how="duplicate")
    return Request.objects.filter(id__in=joined.values("request"))


def put_off(case: Case, until: datetime) -> None:
    """Let the requests of a case, and the hashes by which they are found, end at an instant (UTC), never sooner than
    before. What is sealed for the case from now on ends then, too."""
    with transaction.atomic():
        kept = list(requests_of(case).values_list("id", flat=True))
        Request.objects.filter(id__in=kept, until__lt=until).update(until=until)
        Term.objects.filter(request__in=kept, until__lt=until).update(until=until)


def references(case: Case) -> Iterator[str]:
    """Where the vault has what the pages of a case show: mails and facts, finding, letters, acts, reasons.

    Older facts, findings and drafts, and acts that are void, are not among them: they end at their date. Nor are
    preserved copies, whose end the regulation sets.
    """
    requests = list(requests_of(case))
    for request in requests:
        yield from _of_request(request)
    with suppress(Finding.DoesNotExist):
        finding = deciding.latest(case)
        drafts = Draft.objects.filter(case=case, finding=finding.version)
        yield finding.doc
        yield from drafts.order_by("letter", "-id").distinct("letter").values_list("doc", flat=True)
    yield from Act.objects.filter(case=case.id).exclude(state="void").values_list("doc", flat=True)
    for mail in Mail.objects.filter(case=case.id, request__in=[request.id for request in requests]):
        yield from (mail.doc, mail.peek)
    for event in Event.objects.filter(case=case.id, sealed__has_any_keys=["reason", "document"]):
        yield from (event.sealed[key] for key in ("reason", "document") if key in event.sealed)


def _of_request(request: Request) -> Iterator[str]:
    yield from (request.raw, request.peek)
    with suppress(vault.Gone):
        if judged := document.of(request)["judged"]:
            yield str(judged)
    if request.facts:
        yield request.facts
