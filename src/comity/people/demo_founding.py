"""The demo is founded by its people, as a real desk is by its own: one charter that all sign, entry 0 of its record.

They sign with keys that this server keeps, so the charter shows how it is done, and proves nothing.
"""

from typing import Any

from django.db import transaction

from comity.ledger.commands import done, record

from . import approvals, passkeys, tags
from .commands import demo_people, one_at_a_time
from .models import Key, Person
from .rules import DECIDING, FOUNDING, Quorum

REALM = "demo"


@transaction.atomic
def found() -> None:
    """Have the demo's people sign their charter, once for the keys they hold. The caller knows that the demo is on."""
    one_at_a_time("demo founding")
    people = demo_people()
    named = [_named(person) for person in people]
    once = f"demo.founded:{'.'.join(sorted(key[:12] for one in named for key in one['keys']))}"[:120]
    if not people or done(once):
        return
    ids = [str(person.id) for person in people]
    text = {"kind": FOUNDING, "alone": False, "people": named}
    quorum = Quorum(len(ids), tuple(DECIDING), people=tuple(ids))
    hash = approvals.propose(text, realm=REALM, case=None, version=0, quorum=quorum)
    for person in people:
        approvals.approve_as_demo(person, hash)
    record("demo.founded", realm=REALM, by="demo", once=once, sealed={"act": hash, "people": sorted(ids)})


def _named(person: Person) -> dict[str, Any]:
    held = Key.objects.filter(person=person, ended_at=None).order_by("enrolled_at", "pk")
    keys = [passkeys.fingerprint(bytes(key.public)) for key in held if tags.fits(key)]
    who = {"person": str(person.id), "called": person.name, "jurisdiction": person.jurisdiction}
    return {**who, "roles": sorted(person.roles), "keys": keys}
