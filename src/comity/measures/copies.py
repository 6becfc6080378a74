"""Sealed copies of what a case is about: taken, kept until their end, let go."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case
from comity.cases.rules import in_public, to_keep_meanwhile
from comity.outbox import letters
from comity.platforms import many
from comity.platforms.port import PlatformRefused, Resolved
from comity.vault import commands as vault

from . import rules, targets
from .models import Measure, Preserved

PRESERVED_AT_MOST = 200


PRESERVED_BY_SENDER_AT_MOST = 1000


def keep(case: Case, copies: Iterable[tuple[str, bytes]], until: datetime) -> None:
    """Keep each copy of a case under seal, by its address, at least until then. The first copy of a thing stays; the
    record of what has no address has an empty one."""
    for url, copy in copies:
        if not copy:
            continue
        key, kept = vault.keyed_hash(url), {"at": clock.now(), "until": until}
        found = Preserved.objects.filter(case=case, target=key).first()
        if found is None:
            Preserved.objects.create(case=case, target=key, doc=vault.put(copy, until), **kept)
        elif found.until < until:
            extend(case, until, target=key)


@transaction.atomic
def keep_first(case: Case, made: Sequence[tuple[str, bytes]]) -> None:
    """Keep a copy of each thing before it is done what nothing takes back. Raises PlatformRefused "no-copy" where there
    is none: then nothing is done."""
    if not made or not all(copy for _, copy in made):
        raise PlatformRefused("no-copy", "Of something that would be gone for good there is no copy: nothing is done.")
    keep(case, made, kept_until(case, clock.now()))


def extend(case: Case, until: datetime, **only: bytes) -> None:
    """Keep the copies of a case until then (UTC). Raises vault.Gone for one whose time is over."""
    for copy in Preserved.objects.filter(case=case, **only):
        vault.extend(copy.doc, until)
        Preserved.objects.filter(id=copy.id).update(until=until)


def keep_standing(case: Case, until: datetime) -> None:
    """Keep the copies of a case's preservation that has no end of its own for as long as it stands (UTC)."""
    if Measure.objects.filter(case=case, kind=rules.PRESERVE, lifted_at=None, ends_at=None).exists():
        with suppress(vault.Gone):
            extend(case, until)


def put_off(measure: Measure, until: datetime) -> None:
    """Put off the instant (UTC) at which what a measure rests on is looked at again."""
    Measure.objects.filter(id=measure.id).update(until=until)


def let_go(case: Case) -> None:
    """What was kept for a preservation alone is kept no longer."""
    now = clock.now()
    for copy in Preserved.objects.filter(case=case, until__gt=now):
        vault.end(copy.doc, now)
        Preserved.objects.filter(id=copy.id).update(until=now)


def narrow(case: Case, urls: Sequence[str], categories: Sequence[str]) -> None:
    """What a narrower order no longer names is kept no longer: the copies of these addresses, and in the record of what
    has no address these categories of data."""
    now = clock.now()
    for key in (vault.keyed_hash(url) for url in urls):
        for copy in Preserved.objects.filter(case=case, target=key, until__gt=now):
            vault.end(copy.doc, now)
            Preserved.objects.filter(id=copy.id).update(until=now)
    for copy in Preserved.objects.filter(case=case, target=vault.keyed_hash(""), until__gt=now):
        kept = vault.get_json(copy.doc)
        left = [row for row in kept.get("data") or () if row.get("category") not in categories]
        doc = vault.put(json.dumps(kept | {"data": left}, ensure_ascii=False).encode(), copy.until)
        vault.end(copy.doc, now)
        Preserved.objects.filter(id=copy.id).update(doc=doc)


def kept_until(case: Case, removed_at: datetime) -> datetime:
    """How long the regulation has what was removed kept (its duty `preserve`), counted from a removal at that instant;
    where it gives no time, as long as the request itself."""
    finding = deciding.finding_with(case, {"removed_at": letters.rfc3339(removed_at)})
    until = next((duty.get("until") for duty in finding["duties"] if duty["id"] == "preserve"), None)
    return datetime.fromisoformat(until) if until else case.request.until


def keep_on(case: Case, removed_at: datetime) -> None:
    """The time of keeping runs from the removal: what was preserved before is kept until its end."""
    extend(case, kept_until(case, removed_at))


def capped(case: Case) -> bool:
    """Whether as much is kept for its sender, within a day, as is kept for anyone."""
    since = clock.now() - timedelta(days=1)
    recent = Preserved.objects.filter(case__authority=case.authority, at__gt=since).count()
    return recent >= PRESERVED_BY_SENDER_AT_MOST


def fresh(case: Case, facts: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """Copies, by address, of what an order names in public and no copy is kept of yet. Raises PlatformDown."""
    new = [u for u in in_public(facts) if not Preserved.objects.filter(case=case, target=vault.keyed_hash(u)).exists()]
    some = new[:PRESERVED_AT_MOST]
    copies = zip(some, snapshots(some, targets.resolved(some, case.realm), case.realm), strict=True)
    return [(url, copy) for url, copy in copies if copy]


MEANWHILE = "meanwhile"  # not the address of the record that is made once it is carried out: that one may name more


def meanwhile(finding: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """The record of what a preservation names that waits for its authority's word."""
    keep = to_keep_meanwhile(finding, facts)
    return [(MEANWHILE, json.dumps(keep, ensure_ascii=False).encode())] if keep.get("data") else []


def snapshots(urls: Sequence[str], there: Sequence[Resolved], realm: str) -> list[bytes]:
    """Content and state of what stands at each address; empty where its author has taken it away."""
    copies = [b""] * len(urls)
    for platform, at in targets.by_platform(urls, realm):
        found = [n for n in at if there[n].found]
        for n, copy in zip(found, many.snapshots(platform, [there[n].ref for n in found]), strict=True):
            copies[n] = copy if isinstance(copy, bytes) else b""
            targets.unless_unknown(copy)
    return copies
