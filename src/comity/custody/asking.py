"""What custodians are asked: one file, made once, with everything that they check for themselves.

1. The act is signed; its entry, and those of the recipient's key and call-backs, must be in the record and witnessed.
2. The first k custodians are called, in turn; at half the clock, at a refusal or a bad share the others are.
3. Fewer than k who could still give: the desk is told at once. A custodian's absence is our impossibility, not theirs.
"""

import base64
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.cases import shadowed
from comity.ledger.models import Event
from comity.ledger.steps import Tell, backoff, step
from comity.people.models import Act
from comity.record import places as logs
from comity.record import receipts, signed
from comity.vault import commands as vault
from comity_seal import texts

from . import commands, rostered, rules, seals
from .commands import locked, stamp, tell
from .models import Called, Opening

SOON = timedelta(seconds=1)


def ask(event: Event) -> timedelta | None:
    """Ask the first custodians, once a witness has seen the act. In how long to look again, while none has."""
    opening = Opening.objects.select_related("item", "recipient", "case__request").get(id=event.case)
    if opening.state != "signed":
        return None
    if shadowed.now(opening.case):
        return backoff(event)
    if (made := request_of(opening, event)) is None:
        return SOON if clock.now() - event.at < timedelta(minutes=1) else backoff(event)
    _ask(event, made)
    return None


@step("ask", lambda event: locked(str(event.case)))
def _ask(event: Event, opening: Opening, tell: Tell, made: bytes) -> None:
    opening.state = rules.OF_IT.after(opening.state, "ask")
    opening.request, opening.digest = vault.put(made, opening.item.until), texts.digest(json.loads(made))
    opening.asked_at = clock.now()
    opening.save(update_fields=["state", "request", "digest", "asked_at"])
    turn = Opening.objects.filter(realm=opening.realm, asked_at__lt=opening.asked_at).count()
    names = _call(opening, rules.first_called(_able(opening), opening.item_k, turn))
    tell("opening.sent", public={"opening": opening.id}, sealed={"called": names})
    if len(names) < opening.item_k:  # revoked since it was sealed
        call_more(opening, cause="asked")


def _able(opening: Opening) -> list[str]:
    """The custodians of an item who are custodians still and have not refused, nor given what didn't fit."""
    refused = set(opening.called.filter(answer="refusal").values_list("custodian", flat=True))
    refused |= set(opening.called.exclude(bad_at=None).values_list("custodian", flat=True))
    return [name for name in rostered.standing(opening.item.roster) if name not in refused]


def _call(opening: Opening, names: Iterable[str]) -> list[str]:
    before = set(opening.called.values_list("custodian", flat=True))
    new = [name for name in names if name not in before]
    Called.objects.bulk_create(Called(opening=opening, custodian=name, at=clock.now()) for name in new)
    return new


def call_more(opening: Opening, *, every: bool = False, cause: str) -> None:
    """Call stand-ins of a locked opening: as many as are missing to k, or `every` one. Says so if too few are left."""
    able = _able(opening)
    called = set(opening.called.values_list("custodian", flat=True))
    lacking = opening.item_k - len([name for name in able if name in called])
    new = _call(opening, [name for name in able if name not in called][: None if every else max(lacking, 0)])
    if new:
        tell(
            opening,
            "custodian.called",
            once=f"called:{opening.id}:{cause}",
            public={"opening": opening.id},
            sealed={"called": new},
        )
    if len(able) < opening.item_k and opening.state == "asked":
        opening.state = rules.OF_IT.after(opening.state, "short")
        opening.save(update_fields=["state"])
        tell(opening, "opening.short", once=f"short:{opening.id}:{opening.version}", public={"opening": opening.id})


def keep_time(now: datetime) -> None:
    """Put what waited for its day, and call stand-ins where half the clock is gone."""
    for opening in Opening.objects.filter(state="waiting").select_related("case", "recipient"):
        commands.put_if_ready(opening)
    for opening in Opening.objects.filter(state="asked").select_related("item"):
        half = rules.half(opening.asked_at or now, commands.due_of(opening))
        if half is None or half <= now:
            _call_stand_ins(opening.id)


@transaction.atomic
def _call_stand_ins(id: str) -> None:
    opening = locked(id)
    if opening.state == "asked":
        call_more(opening, every=True, cause="half")


# -- the file ---------------------------------------------------------------------------------------------------------


def request_of(opening: Opening, event: Event) -> bytes | None:
    """The request as custodians get it; None while an entry that it rests on isn't witnessed. Raises vault.Gone."""
    recipient = opening.recipient
    assert recipient is not None
    logged = Event.objects.get(once=f"recipient:{recipient.id}")
    calls = [Event.objects.get(once=f"called-back:{call.id}") for call in recipient.calls.order_by("id")]
    proofs = [receipts.of_event(one, names=("at", "by", "case", "request")) for one in (event, logged, *calls)]
    if any(proof is None for proof in proofs):
        return None
    found = [base64.b64encode(proof or b"").decode() for proof in proofs]
    kept = vault.get_json(opening.doc)
    act = Act.objects.get(hash=event.public["act"])
    salt = seals.salt_of(opening.case_id, opening.item.asked)
    said: dict[str, Any] = {
        "v": 1,
        "opening": opening.id,
        "realm": opening.realm,
        "item": {"item": opening.item_id, "head": opening.item.head},
        "parts": list(opening.parts),
        "case": {"number": opening.case_id, "salt": salt.hex()},
        "order": kept["order"],
        "recipient": {
            "authority": recipient.authority,
            "key": base64.b64encode(bytes(recipient.public)).decode(),
            "fingerprint": recipient.fingerprint,
        },
        "asked": kept["asked"],
        "finding": kept["finding"],
        "act": {"text": vault.get(act.doc).decode(), "signatures": signed.signatures(act)},
        "clock": {
            "asked": stamp(clock.now()),
            "due": stamp(commands.due_of(opening)),
            "emergency": opening.emergency,
        },
        "record": {
            "url": f"{settings.COMITY.base_url}{logs.below(opening.realm)}",
            "asked": found[0],
            "recipient": found[1],
            "called_back": found[2:],
        },
        "before": _before(opening),
    }
    return texts.canonical(said)


def _before(opening: Opening) -> list[dict[str, Any]]:
    """What else this authority got, the latest first: numbers, days and categories, nobody's name."""
    them = Opening.objects.filter(
        realm=opening.realm, case__authority=opening.case.authority, state__in=rules.OUT
    ).exclude(id=opening.id)
    told = []
    for one in them.select_related("case", "item").order_by("-complete_at")[:50]:
        try:
            parts = seals.parts_of(one.item)
            categories = sorted({parts[n][0] for n in one.parts})
        except vault.Gone:
            categories = []
        day = rules.day_of(one.complete_at or one.opened_at)
        told.append(
            {
                "opening": one.id,
                "day": day,
                "country": one.case.country,
                "categories": categories,
                "parts": len(one.parts),
            }
        )
    return told
