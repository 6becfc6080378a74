"""What the authority collects: a package that only its own key opens, made once enough custodians gave their shares.

The bytes are copied as they are; nothing is combined here, and nothing could be. What was collected, and when, is an
entry of the record, whose receipt the authority takes with it.
"""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.answers import commands as answers
from comity.answers import letters as answered
from comity.answers import pdf
from comity.cases import clocks, deciding, shadowed
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.ledger.steps import Tell, backoff, step
from comity.outbox import letters as filling
from comity.record import receipts
from comity.vault import commands as vault
from comity_seal import items, packages

from . import letters, places, recipients, rostered, rules, seals, viewer
from .commands import locked, stamp, tell
from .models import Called, Opening, Package

NAMES = ("at", "by", "case", "request")
LATE = timedelta(days=3)  # after which the desk looks why nobody has collected it


def token_of(opening: str) -> str:
    """The secret part of the address of a production: 192 bits under this gateway's key."""
    return (vault.keyed_hash(f"production:1:{opening}") + vault.keyed_hash(f"production:2:{opening}")).hex()[:48]


def hashed(token: str) -> bytes:
    """As it stands in the table."""
    return hashlib.sha256(token.encode()).digest()


def by_token(token: str) -> Opening | None:
    """The opening whose production has this address, once it is ready."""
    found = Opening.objects.filter(token=hashed(token)).select_related("case__request", "item__roster", "recipient")
    return found.first()


def url(opening: Opening) -> str:
    """Where a production is collected."""
    return f"{settings.COMITY.base_url}/production/{token_of(opening.id)}"


def given(opening: Opening) -> list[Called]:
    """The custodians whose shares nobody has found not to fit, in the order in which they gave them."""
    return list(opening.called.filter(answer="shares", bad_at=None).order_by("answered_at", "id"))


def make(event: Event) -> timedelta | None:
    """Enough custodians gave their shares: make the package; again once one of its shares was found not to fit. In how
    long to look again, while its case is in shadow."""
    opening = Opening.objects.select_related("item__roster", "case__request", "recipient").get(id=event.case)
    shares = given(opening)
    last = opening.packages.order_by("-number").first()
    if len(shares) < opening.item_k or opening.state in ("ended", "short") or not recipients.counts(opening):
        return None
    if last is not None and not opening.called.filter(bad_at__gt=last.made_at).exists():
        return None
    if shadowed.now(opening.case):
        return backoff(event)
    number = 1 if last is None else last.number + 1
    path = places.draft(opening.id)
    try:
        manifest = _write(opening, shares, number, path)
        _complete(event, number, manifest, _hash_of(path), path, len(shares))
    finally:
        path.unlink(missing_ok=True)
    return None


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(opening: Opening, shares: list[Called], number: int, path: Path) -> str:
    with places.item(opening.item_id).open("rb") as sealed:
        blob = places.whole(sealed, seals.envelopes_of(opening.item))
        item = items.read(blob, content=opening.item.content or None)
        with places.written(path) as file:
            return packages.write(
                file,
                item=item,
                blob=blob,
                opening=vault.get(opening.request),
                roster=rostered.signed(opening.item.roster),
                answers=[vault.get(one.doc) for one in shares],
                about=_about(opening, number),
                beside=_beside(opening, shares, number, dict(item.head.described)),
            )


def _about(opening: Opening, number: int) -> dict[str, Any]:
    return {
        "production": f"{opening.id}/{number}",
        "made": stamp(clock.now()),
        "zone": "UTC",
        "limits": [str(one) for one in letters.LIMITS],
        "supplements": opening.supplements_id or "",
    }


def _beside(opening: Opening, shares: list[Called], number: int, described: dict[str, Any]) -> dict[str, bytes]:
    """The cover sheet, the data dictionary, the page that opens it without a network, and two proofs: of the act, and
    of what came from the platform before anybody had a key, without which a recipient could show other bytes."""
    matter = answers.matter_of(opening.case, answers.registered(opening.case))
    wishes = letters.said(matter, vault.get_json(opening.doc)["asked"])
    them = [one.custodian.upper() for one in shares]
    sheet = letters.cover(matter, f"{opening.id}/{number}", wishes, them, opening.supplements_id or "")
    filled = filling.fill(sheet, answered.values(clock.now(), None, sheet))
    proof = _proof(opening, "opening.asked")
    made = {
        "cover.pdf": pdf.render(filled, realm=opening.realm),
        "dictionary.json": json.dumps(described, indent=1, ensure_ascii=False).encode(),
    }
    made |= {"act.tlog-proof": proof} if proof else {}
    came = _proof(opening, "item.sealed", opening.case_id, public__item=opening.item_id)
    made |= {"item.tlog-proof": came} if came else {}
    return made | {"viewer.html": viewer.page()}


def _proof(opening: Opening, kind: str, case: str = "", **of: str) -> bytes | None:
    event = Event.objects.filter(kind=kind, case=case or opening.id, **of).order_by("-id").first()
    return receipts.of_event(event, NAMES) if event else None


@step("complete", lambda event: locked(str(event.case)), part=lambda number, *rest: number)
def _complete(
    event: Event, opening: Opening, tell: Tell, number: int, manifest: str, sha256: str, path: Path, shares: int
) -> None:
    """The package takes its place, unless another share's was quicker, or it ended while this one was written."""
    if opening.state == "ended" or not recipients.counts(opening) or opening.packages.filter(number=number).exists():
        return
    size = path.stat().st_size
    path.replace(places.production(opening.id, number))
    opening.state = rules.OF_IT.after(opening.state, "complete")
    opening.complete_at = opening.complete_at or clock.now()
    opening.token = hashed(token_of(opening.id))
    opening.save(update_fields=["state", "complete_at", "token"])
    Package.objects.create(
        opening=opening,
        number=number,
        manifest=manifest,
        sha256=sha256,
        bytes=size,
        shares=shares,
        made_at=clock.now(),
    )
    public = {"opening": opening.id, "production": manifest}
    tell("opening.complete", public=public)


def again(event: Event) -> timedelta | None:
    """A share was found not to fit: where enough others are here, the package is made anew with those."""
    return make(event)


# -- the authority is told, and the case moves -------------------------------------------------------------------------


def ask_key(event: Event) -> None:
    """Ask an authority for the key that its data are sealed to, where it has given none."""
    opening = Opening.objects.select_related("case__request").get(id=event.case)
    _ask_key(event, opening, f"key:{opening.id}")


def ask_key_again(event: Event) -> None:
    """An authority counts, or counts again: where its openings wait for a key, it is asked for one anew. What it gave
    before it was suspended counts no more."""
    waiting = Opening.objects.filter(realm=event.realm, case__authority=event.told["authority"], state="waiting")
    for opening in waiting.select_related("case__request").order_by("due", "opened_at"):
        _ask_key(event, opening, f"key:{opening.id}:{event.id}")


def _ask_key(event: Event, opening: Opening, key: str) -> None:
    case = opening.case
    to = answers.registered(case) if recipients.may_give(case.authority) else ""
    if not to or recipients.of(opening.realm, case.authority) is not None:
        return
    link = f"{settings.COMITY.base_url}/production/key/{recipients.token_of(opening.realm, case.authority)}"
    letter = letters.key(answers.matter_of(case, to), link)
    answers.queue_letter(event, case.id, letter, None, key=key, kind="production-key")


def tell_ready(event: Event) -> None:
    """Tell the authority at its registered address where its production is, once for each package."""
    opening = Opening.objects.select_related("case__request").get(id=event.case)
    if to := answers.registered(opening.case):
        matter = answers.matter_of(opening.case, to)
        wishes = letters.said(matter, vault.get_json(opening.doc)["asked"])
        letter = letters.ready(matter, url(opening), wishes, supplement=opening.supplements_id is not None)
        key = f"ready:{opening.id}:{event.public['production'][:16]}"
        answers.queue_letter(event, opening.case_id, letter, None, key=key, kind="production")


def _case_of(event: Event) -> Case:
    return deciding.locked(Opening.objects.values_list("case", flat=True).get(id=event.case))


@step("produced", _case_of)
def produced(event: Event, case: Case, tell: Tell) -> None:
    """What was ordered can be collected: the order's clock is met, once all that stands of it can."""
    waiting = Opening.objects.filter(case=case).exclude(state__in=rules.OUT | {"ended"})
    if case.state != "to-produce" or waiting.exists():
        return
    clocks.handled(case, event.at)
    case = deciding.move(case.id, "produce")
    late = case.deadlines.filter(name__in=("produce", "answer"), due_target__lt=event.at)
    tell("case.answered", case=case.id, request=case.request_id, public={"met": not late.exists()})


# -- collected --------------------------------------------------------------------------------------------------------


class Over(Exception):
    """Nothing can be collected here any more; the text says why."""


def latest(opening: Opening) -> Package:
    """The package that is collected now. Raises Over."""
    found = opening.packages.order_by("-number").first()
    if found is None or opening.state not in rules.OUT or not places.production(opening.id, found.number).exists():
        raise Over("over")
    if not recipients.counts(opening):
        raise Over("recipient")
    return found


@transaction.atomic
def collect(id: str) -> Package:
    """Note that a package was collected. The same again is the same package, and no second entry. Raises Over."""
    opening = locked(id)
    package = latest(opening)
    if package.collected_at is None:
        package.collected_at = clock.now()
        package.save(update_fields=["collected_at"])
        opening.state = rules.OF_IT.after(opening.state, "collect")
        opening.collected_at = opening.collected_at or clock.now()
        opening.save(update_fields=["state", "collected_at"])
        public = {"opening": opening.id, "production": package.manifest}
        tell(opening, "production.collected", once=f"collected:{package.id}", public=public)
    return package


def receipt(opening: Opening) -> bytes | None:
    """What proves that a production was collected; None where no witness has seen it yet."""
    return _proof(opening, "production.collected")


def remind(now: datetime) -> None:
    """Say once of each production that nobody has collected for days."""
    for opening in Opening.objects.filter(state="complete", complete_at__lt=now - LATE).select_related("case__request"):
        with transaction.atomic():
            tell(opening, "production.due", once=f"due:{opening.id}", public={"opening": opening.id})
