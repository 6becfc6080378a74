"""The only writers of openings: prepared from a case that stands, put to people, signed, ended.

What custodians are asked is `asking.py`, what they answer `answering.py`, what the authority gets `production.py`.
Locks are taken in one order: the opening, then its act.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from comity import clock
from comity.authorities import commands as register
from comity.cases import deciding, shadowed
from comity.cases.models import Case
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum
from comity.platforms import for_url
from comity.regulations import legal_time
from comity.vault import commands as vault
from comity_seal import texts

from . import places, recipients, rules, seals
from .models import Item, Opening

DISCLOSE = "data.disclose"
PRODUCE = ("produce", "answer")  # the clocks by which an order's data are due
RAW = "message/rfc822"
THROUGH = "the authority's key isn't through yet: it is logged for a day, and called back"
LARGEST_ORDER = 8_000_000  # bytes that a request to custodians holds itself


def locked(id: str) -> Opening:
    """An opening's row, locked until the transaction ends. Raises Opening.DoesNotExist."""
    rows = Opening.objects.select_for_update(of=("self",))
    return rows.select_related("item__roster", "recipient", "case__request").get(id=id)


def tell(opening: Opening, kind: str, by: str = GATEWAY, *, once: str = "", **more: Any) -> Event:
    """Record what happened to an opening, in its own number; its case's request keeps secret what that is to keep."""
    request = opening.case.request_id
    return record(kind, realm=opening.realm, by=by, case=opening.id, request=request, once=once or None, **more)


# -- prepared ---------------------------------------------------------------------------------------------------------


def prepare(event: Event) -> None:
    """What an order names stands, and is kept sealed: prepare to open exactly the parts that its finding covers."""
    case = Case.objects.get(id=event.case)
    if case.state != "to-produce" or done(f"prepared:{event.id}"):
        return
    for item in Item.objects.filter(case=case, ended_at=None):
        if item.parts and seals.live(item) is None:
            _prepare(event, case, item)


@transaction.atomic
def _prepare(event: Event, case: Case, item: Item) -> None:
    item = Item.objects.select_for_update().get(id=item.id)
    kept = deciding.finding_of(case)
    wishes = covered(case, item, kept)
    parts = rules.listed(seals.parts_of(item), wishes)
    out = list(Opening.objects.filter(item=item, state__in=rules.OUT).order_by("-opened_at"))
    given = {number for one in out for number in one.parts}
    left = [number for number in parts if number not in given]
    if not left or seals.live(item) is not None:
        return
    due = case.deadlines.filter(name__in=PRODUCE, met_at=None).order_by("due_target").first()
    opening = Opening.objects.create(
        realm=case.realm,
        case=case,
        item=item,
        recipient=recipients.of(case.realm, case.authority),
        supplements=out[0] if out else None,
        parts=left,
        emergency=rules.urgent(kept["facts"], kept["finding"]),
        due=due.due_target if due else None,
        opened_at=clock.now(),
    )
    tell(
        opening,
        "opening.prepared",
        once=f"prepared:{event.id}:{item.id}",
        public={"item": item.id},
        sealed={"parts": len(left)},
    )


def covered(case: Case, item: Item, kept: Mapping[str, Any]) -> tuple[rules.Wish, ...]:
    """What the finding lets leave of an item, with the days that it was sealed for. Raises vault.Gone."""
    sealed = [rules.Wish(one["category"], tuple(one["persons"]), one["from"], one["to"]) for one in _wishes(item)]
    names = refs(case, kept["facts"])
    place = legal_time.zone(settings.COMITY.provider["zone"])
    stands = rules.asked(kept["facts"], kept["finding"], names, ("valid",), place)
    return tuple(
        rules.Wish(one.category, tuple(p for p in one.persons if p in other.persons), one.first, one.last)
        for one in stands
        for other in sealed
        if one.category == other.category and set(one.persons) & set(other.persons)
    )


def _wishes(item: Item) -> list[dict[str, Any]]:
    return list(vault.get_json(item.doc)["wishes"])


def refs(case: Case, facts: Mapping[str, Any]) -> dict[str, str]:
    """The platform's own name of each account, from its address: no call is made for what was found before."""
    found = {}
    for one in facts.get("targets") or ():
        platform = for_url(one["ref"], case.realm) if one.get("kind") == rules.ACCOUNT else None
        if platform is not None and (there := platform.resolve(one["ref"])).found:
            found[one["ref"]] = there.ref
    return found


# -- put to people ----------------------------------------------------------------------------------------------------


def forward(event: Event) -> None:
    """An opening was prepared, or an authority's key logged or called back: put what waits for it, where that is
    through."""
    for opening in waiting(event.realm):
        put_if_ready(opening)


def waiting(realm: str) -> QuerySet[Opening]:
    """The openings of a realm that wait for their recipient."""
    return (
        Opening.objects.filter(realm=realm, state="waiting").select_related("case", "recipient").order_by("opened_at")
    )


def put_if_ready(opening: Opening) -> bool:
    """Put an opening to the deciders once its recipient's key may be sealed to; whether it was."""
    key = recipients.of(opening.realm, opening.case.authority)
    if key is None or shadowed.now(opening.case):
        return False
    if opening.recipient_id != key.id:
        Opening.objects.filter(id=opening.id).update(recipient=key)
    since = recipients.ready(key, emergency=opening.emergency)
    if since is None or since > clock.now():
        return False
    with suppress(rules.NotNow):  # somebody else was quicker
        decisions.propose(OPENING, opening.id, DISCLOSE, by=GATEWAY)
        return True
    return False


def _made(row: Opening, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    if row.recipient is None or not recipients.counts(row):
        raise rules.NotNow("opening", row.state, "the authority has given no key that counts")
    since = recipients.ready(row.recipient, emergency=row.emergency)
    if since is None or since > clock.now():
        raise rules.NotNow("opening", row.state, THROUGH)
    kept = deciding.finding_of(row.case)
    wishes = covered(row.case, row.item, kept)
    if row.parts != [n for n in rules.listed(seals.parts_of(row.item), wishes) if n in {*row.parts}]:
        raise rules.NotNow("opening", row.state, "the finding covers other parts by now")
    asked = [one.told() for one in _listed(row, wishes)]
    finding = {**kept["finding"], "covers": asked}
    order = _order(row.case)
    row.doc = vault.put_json({"finding": finding, "asked": asked, "order": order}, row.item.until)
    act = {
        "kind": kind,
        "case": row.id,
        "realm": row.realm,
        "version": row.version,
        "nonce": secrets.token_hex(16),
        "what": ["disclose"],
        "targets": [],
        "of": row.case_id,
        "opening": row.id,
        "item": row.item_id,
        "head": row.item.head,
        "parts": list(row.parts),
        "recipient": row.recipient.fingerprint,
        "order": order["sha256"],
        "finding": texts.digest(finding),
        "asked": texts.digest(asked),
        "due": stamp(due_of(row)),
        "emergency": row.emergency,
    }
    return act, Quorum.read(kept["finding"]["approvals"])


def _listed(row: Opening, wishes: tuple[rules.Wish, ...]) -> list[rules.Wish]:
    """The wishes of which a part is listed, as `openings` name them: exactly what is opened."""
    parts = seals.parts_of(row.item)
    return [one for one in wishes if any(one.covers(*parts[n]) for n in row.parts)]


def due_of(row: Opening) -> datetime:
    """When an opening is due: by its order's clock; where that names none, when what is kept ends."""
    return row.due or row.item.until


def stamp(at: datetime) -> str:
    """An instant as requests name it: UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _order(case: Case) -> dict[str, Any]:
    """The order as it came, for who opens: its hash, and its bytes; where these are too many for a request, custodians
    fetch them beside it (`api.order`)."""
    raw = vault.get(case.request.raw)
    entry = register.entry(case.authority)
    return {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "authority": case.authority,
        "country": entry.country if entry else "",
        "name": entry.name if entry else "",
        "instrument": case.instrument,
        "type": RAW,
        "text": base64.b64encode(raw).decode() if len(raw) <= LARGEST_ORDER else "",
    }


def sign(person: Person, id: str, act: str, response: Mapping[str, Any] | None) -> bool:
    """Give one approval; true when the quorum is met by it. `response` is the passkey's, None for a demo person.

    Raises approvals.ApprovalRefused, NotAllowed, NotNow.
    """
    return decisions.sign(OPENING, id, person, act, response)


def send_back(person: Person, id: str, reason: str) -> None:
    """Send an opening back with a reason; signatures given are void. Raises NotAllowed, NotNow, BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    decisions.send_back(OPENING, id, person, reason)


def put(person: Person, id: str) -> str:
    """Put an opening to the deciders, as one that was sent back is. Raises NotAllowed, NotNow, BadInput."""
    opening = Opening.objects.select_related("case").get(id=id)
    allow(person, "opening.put", opening)
    if not put_if_ready(opening):
        raise BadInput("recipient", THROUGH)
    return str(Opening.objects.get(id=id).act)


def _approved(row: Opening, signed: ApprovedAct, person: Person) -> None:
    tell(
        row,
        "opening.asked",
        person.by,
        once=f"opened:{signed.hash}",
        public={
            "opening": row.id,
            "act": signed.hash,
            "item": row.item_id,
            "recipient": signed.act["recipient"],
            "emergency": row.emergency,
        },
    )


def _proposed(row: Opening, act: Mapping[str, Any], hash: str, by: str) -> None:
    tell(row, "opening.put", by, sealed={"act": hash})


def _returned(row: Opening, hash: str, back: Back, reason: str, person: Person) -> None:
    kept = {"reason": vault.put_json({"text": reason.strip()}, row.item.until)}
    tell(row, "opening.returned", person.by, sealed={"act": hash, **kept})


OPENING: Subject[Opening] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda row: row.id,
    kinds={
        DISCLOSE: Kind(_made, put="put", sign="sign", met="approve", may_sign="opening.sign", follows=_approved),
    },
    proposed=_proposed,
    back=lambda row, how: Back("opening.return", "return"),
    returned=_returned,
)


# -- ended ------------------------------------------------------------------------------------------------------------


def fell(event: Event) -> None:
    """The order was withdrawn, lifted or is over: nothing of it is opened, and what was kept is destroyed."""
    case = Case.objects.filter(id=event.case).first()
    if case is None or case.state in ("to-produce", "answered", "answering", "carrying-out"):
        return
    for id in Opening.objects.filter(case=case).exclude(state__in=rules.OVER).values_list("id", flat=True):
        end(id, "fell")
    for item in Item.objects.filter(case=case, ended_at=None):
        seals.end(item.id, "fell")


def recipient_ended(event: Event) -> None:
    """A recipient's key counts no more: what was asked for it ends."""
    ended = Opening.objects.filter(realm=event.realm, recipient__fingerprint=event.public["recipient"])
    for opening in ended.exclude(state__in=rules.OVER):
        if opening.state != "waiting":
            end(opening.id, "recipient")


def prepare_again(event: Event) -> None:
    """An opening ended because its recipient's key did: prepare it anew, for another key; the order stands."""
    opening = Opening.objects.select_related("case", "item").get(id=event.case)
    case, item = opening.case, opening.item
    if event.sealed.get("why") == "recipient" and case.state in ("to-produce", "answered") and item.ended_at is None:
        _prepare(event, case, item)


@transaction.atomic
def end(id: str, why: str) -> None:
    """End an opening: custodians are asked no more, and nothing can be collected. Does nothing to one that is over."""
    row = locked(id)
    if row.state in rules.OVER:
        return
    decisions.void(OPENING, row, "end")
    tell(row, "opening.ended", once=f"ended:{row.id}", public={"opening": row.id}, sealed={"why": why})
    for package in row.packages.all():
        places.production(row.id, package.number).unlink(missing_ok=True)
