"""What an earlier version kept of how targets stood, content and all, is reduced to digests: some with each tick."""

import secrets
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from comity.vault import commands as vault

from . import prior
from .models import Measure

AT_ONCE = 50


def reduce(now: datetime) -> None:
    """Put digests in the place of snapshots (`now`: UTC). What the vault has forgotten needs no more."""
    for id in list(Measure.objects.filter(bare=False).values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            measure = Measure.objects.select_for_update().get(id=id)
            if measure.prior:
                with suppress(vault.Gone):
                    _reduce(measure, now)
            measure.bare = True
            measure.save(update_fields=["prior", "bare"])


def _reduce(measure: Measure, now: datetime) -> None:
    doc, before = vault.get(measure.prior), measure.prior
    if not prior.reduced(doc):
        measure.prior = vault.put(prior.of(prior.unpack(doc), secrets.token_bytes(prior.SIZE)), measure.until)
        vault.end(before, now)
