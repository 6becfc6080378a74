"""The only writers of notices and of what platforms told. An event is taken once; each act is one transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms.sources import Source
from comity.vault import commands as vault

from . import rules
from .models import Heard, Notice, Stand, Tally

REMEMBERED = timedelta(days=60)  # longer than whoever sends by Standard Webhooks tries again
REASON = 2_000  # characters


def take(source: Source, ident: str, event: Mapping[str, Any]) -> bool:
    """Take an event; False if it was taken before. Raises rules.Unfit: nothing of it is kept."""
    told, now = rules.read(event), clock.now()
    if told.url and not source.platform.owns(told.url):
        raise rules.Unfit("data.url: must be an address of the platform that tells it")
    with transaction.atomic():
        _, new = Heard.objects.get_or_create(platform=source.name, ident=ident, defaults={"at": now})
        if new:
            _count(source, told, now)
            if told.url:
                _open(source, told, now)
    return new


def _count(source: Source, told: rules.Told, now: datetime) -> None:
    of = {"platform": source.name, "day": now.astimezone(UTC).date(), "kind": told.counted_as}
    row, _ = Tally.objects.get_or_create(**of, defaults={"realm": source.realm})
    Tally.objects.filter(pk=row.pk).update(n=F("n") + 1)


def _open(source: Source, told: rules.Told, now: datetime) -> None:
    until = now + timedelta(days=settings.COMITY.keep_days)
    doc = vault.put_json({"url": told.url, "reason": told.reason}, until)
    made = Notice.objects.create(
        realm=source.realm, platform=source.name, doc=doc, received_at=now, said_at=told.said_at
    )
    record("notice.received", realm=made.realm, by=f"platform:{source.name}", case=made.id)


def close(person: Person, notice_id: str, reason: str) -> Notice:
    """Close a notice, with a reason. Raises Notice.DoesNotExist, NotAllowed, BadInput."""
    said = reason.replace("\r", "").strip()
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(id=notice_id)
        allow(person, "notice.close", notice)
        if notice.closed_at:
            raise BadInput("notice", "it was closed before")
        if not 0 < len(said) <= REASON:
            raise BadInput("reason", f"say why, in at most {REASON:,} characters")
        notice.closed_at, notice.closed_by = clock.now(), f"person:{person.id}"
        until = notice.closed_at + timedelta(days=settings.COMITY.keep_days)
        notice.reason = vault.put_json({"text": said}, until)
        notice.save(update_fields=["closed_at", "closed_by", "reason"])
        record(
            "notice.closed", realm=notice.realm, by=notice.closed_by, case=notice.id, sealed={"reason": notice.reason}
        )
    return notice


@transaction.atomic
def look(person: Person, notice: Notice) -> None:
    """Record that somebody looked at what a notice says."""
    record("notice.viewed", realm=notice.realm, by=f"person:{person.id}", case=notice.id)


def stood(source: Source, after: str, failed: str = "") -> None:
    """Remember how far a platform was asked."""
    told = {"after": after, "asked_at": clock.now(), "failed": failed[:300]}
    Stand.objects.update_or_create(platform=source.name, defaults=told)


def forget(now: datetime) -> None:
    """Forget which events were taken, once nobody sends them any more (`now`: UTC)."""
    Heard.objects.filter(at__lt=now - REMEMBERED).delete()
