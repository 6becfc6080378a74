"""How each finding came out, kept as codes beside its sealed document: a year is counted after its facts are forgotten.

Ids of checks, outcomes and the country of the authority; no address, no name, no date of an order.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from comity.library import in_force
from comity.regulations import matching
from comity.regulations.codes import codes
from comity.regulations.facts import FactsWrong
from comity.regulations.packs import NoPack, Pack
from comity.vault import commands as vault

from .models import Finding, Judged, Request

log = structlog.get_logger()
AT_ONCE = 200  # findings of before that are filled in at one look of the clock


def keep(request: Request, row: Finding | None, facts: Mapping[str, Any], finding: Mapping[str, Any]) -> None:
    """Keep the codes of one finding, in the caller's transaction. `row` is None for what waits without a case: of it
    the last finding alone counts. Raises NoPack where the version that judged is no longer here."""
    pack = _pack(request.realm, finding)
    if row is None:
        Judged.objects.filter(request=request, finding=None).delete()
    else:
        Finding.objects.filter(id=row.id).update(counted=True)
    country = str((facts.get("authority") or {}).get("country") or "")[:2]
    listed = [
        Judged(finding=row, request=request, country=country, **one._asdict())
        for one in codes(facts, pack, dict(finding))
    ]
    Judged.objects.bulk_create(listed)


def _pack(realm: str, finding: Mapping[str, Any]) -> Pack:
    return matching.of_record(dict(finding), in_force.library(realm))


def fill(now: datetime) -> int:
    """Fill in findings made before codes were kept, some at each look of the clock (`now`, UTC); gives how many.

    Not a migration's work: it takes the vault's keys and the packs. Of what is forgotten, or was judged by a version
    that is no longer here, nothing is kept, and it isn't looked at again.
    """
    with transaction.atomic():
        waiting = Finding.objects.filter(counted=False).select_related("case__request").select_for_update(of=("self",))
        rows = list(waiting.order_by("id")[:AT_ONCE])
        for row in rows:
            _fill(row)
        Finding.objects.filter(id__in=[row.id for row in rows]).update(counted=True)
    return len(rows)


def _fill(row: Finding) -> None:
    """One finding of before. An odd one stops neither the others nor the clock: what time brings about comes after."""
    try:
        with transaction.atomic():
            kept = vault.get_json(row.doc)
            keep(row.case.request, row, kept["facts"], kept["finding"])
    except (vault.Gone, NoPack, FactsWrong):
        return
    except Exception as why:
        log.warning("a finding of before is not counted", finding=row.id, error=type(why).__name__)
