"""What other rooms and everyone are told of claims: the page of one, and the public register in bands."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncQuarter

from comity import clock
from comity.cases.models import Request
from comity.figures import rules as figures

from . import rules
from .models import Claim

SHOWN = 4  # quarters in public


def of_request(request: Request) -> Claim | None:
    """The claim of a request, or the one to which that is joined; None where it has none."""
    found = Claim.objects.filter(request=request).select_related("joined_to").first()
    return (found.joined_to or found) if found else None


def url(claim: Claim) -> str:
    """Where it is sorted."""
    return f"/console/claims/{claim.id}"


def bands(realm: str, country: str) -> tuple[tuple[date, str], ...]:
    """The public register of a country: the latest quarters, the latest first, each by its first day with its band.

    Counted is pressure, or what nobody has said to be none yet; no name, no post, and no process: a number of one would
    tell of one. A quarter stands once it is over and corrected; in the demo the one that runs stands too. One query.
    """
    starts = _quarters(realm)
    found = Claim.objects.filter(
        realm=realm, country=country, joined_to=None, received_at__gte=figures.midnight(starts[-1])
    )
    found = found.exclude(pressure="none").annotate(quarter=TruncQuarter("received_at"))
    counts: Mapping[date, int] = {
        at.date(): n for at, n in found.values("quarter").annotate(n=Count("id")).values_list("quarter", "n")
    }
    return tuple((start, rules.band(counts.get(start, 0))) for start in starts)


def _quarters(realm: str) -> list[date]:
    """The quarters that everyone is told of, the latest first."""
    today = clock.now().date()
    start, found = figures.quarter(today), list[date]()
    while len(found) < SHOWN:
        if realm == "demo" or figures.published_from(start) <= today:
            found.append(start)
        start = figures.quarter(start - date.resolution)
    return found
