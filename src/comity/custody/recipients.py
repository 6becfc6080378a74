"""To whom things are sealed: an authority's public key, in the record for a day and called back, before anything is.

Two people ring in an emergency, and then no day is waited for. The number is the registered one, never one that came
with the key. A key is never changed: another one ends it, and what waits for the old one waits anew.
"""

from datetime import datetime

from django.db import transaction

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault
from comity_seal.hybrid import BadKey, Public
from comity_seal.texts import BadText
from comity_verify.notes import BadNote, unbase64

from . import rules
from .models import CallBack, Opening, Recipient


def token_of(realm: str, authority: str) -> str:
    """The secret part of the link by which an authority gives its key: it goes to its registered address alone."""
    return (vault.keyed_hash(f"key:1:{realm}:{authority}") + vault.keyed_hash(f"key:2:{realm}:{authority}")).hex()[:48]


def public_of(text: str) -> Public:
    """A public key as somebody pasted it. Raises BadInput."""
    try:
        return Public(unbase64("".join(text.split()), "key", None))
    except (BadKey, BadNote, BadText, ValueError) as error:
        raise BadInput("key", f"{error}; comity-seal keys shows yours") from None


def of(realm: str, authority: str) -> Recipient | None:
    """The key of an authority that counts now, if it has given one."""
    return Recipient.objects.filter(realm=realm, authority=authority, ended_at=None).first()


@transaction.atomic
def log(realm: str, authority: str, public: Public) -> Recipient:
    """Put an authority's key into the record. The same key again changes nothing; another ends the one before.

    Raises BadInput for an authority that isn't accredited.
    """
    entry = register.entry(authority)
    if entry is None or entry.realm != realm or not entry.accredited:
        raise BadInput("authority", "only an authority that we have accredited gives a key")
    Authority.objects.select_for_update().get(id=authority)  # two at once take turns
    before = Recipient.objects.select_for_update().filter(realm=realm, authority=authority, ended_at=None).first()
    if before is not None:
        if before.fingerprint == public.fingerprint:
            return before
        _end(before, "replaced")
    now = clock.now()
    row = Recipient.objects.create(
        realm=realm, authority=authority, public=public.raw, fingerprint=public.fingerprint, logged_at=now
    )
    told = {"recipient": row.fingerprint, "authority": authority, "country": entry.country}
    record("recipient.logged", realm=realm, by=GATEWAY, once=f"recipient:{row.id}", public=told)
    return row


def called_back(person: Person, id: int, *, theirs: bool) -> Recipient:
    """Note that somebody rang the registered number, and what was said of the key. One that isn't theirs ends.

    Raises NotAllowed, BadInput for one who has rung already.
    """
    with transaction.atomic():
        row = Recipient.objects.select_for_update().get(id=id)
        allow(person, "recipient.call", row)
        if row.ended_at is not None:
            raise BadInput("recipient", "this key counts no more")
        if not theirs:
            _end(row, "denied")
            return row
        if row.calls.filter(by=person.by).exists():
            raise BadInput("recipient", "you have rung already; in an emergency another person rings, too")
        call = CallBack.objects.create(recipient=row, by=person.by, at=clock.now())
        record(
            "recipient.called-back",
            realm=row.realm,
            by=person.by,
            once=f"called-back:{call.id}",
            public={"recipient": row.fingerprint},
        )
    return row


def suspended(event: Event) -> None:
    """An authority counts for nothing any more: nor does its key."""
    authority = str(event.told.get("authority") or event.case or "")
    with transaction.atomic():
        for row in Recipient.objects.select_for_update().filter(authority=authority, ended_at=None):
            _end(row, "suspended")


def _end(row: Recipient, why: str) -> None:
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    told = {"recipient": row.fingerprint}
    record(
        "recipient.ended",
        realm=row.realm,
        by=GATEWAY,
        once=f"recipient.ended:{row.id}",
        public=told,
        sealed={"why": why},
    )


def ready(row: Recipient, *, emergency: bool) -> datetime | None:
    """From when on something may be sealed to a key; None: not before somebody (else) has rung."""
    callers = row.calls.values_list("by", flat=True)
    return rules.ready(logged_at=row.logged_at, callers=callers, emergency=emergency, now=clock.now())


def counts(opening: Opening) -> bool:
    """Whether the key of an opening still counts: nobody is given anything by one that was ended meanwhile, or whose
    authority was suspended a moment ago."""
    key = opening.recipient
    return key is not None and key.ended_at is None and may_give(key.authority)


def may_give(authority: str) -> bool:
    """Whether a key of an authority counts at all: whether we have accredited it, and it isn't suspended."""
    entry = register.entry(authority) if authority else None
    return entry is not None and bool(entry.accredited)
