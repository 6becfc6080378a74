"""Counsel's lane: notes that open for counsel alone, and the log by which the head and the auditor see that they exist.

The words lie in the vault, under a reference that stands in this table and nowhere else: no event, timeline, search,
export, record or copy has it.
"""

import json

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import allow
from comity.vault import commands as vault

from . import rules
from .commands import locked, one_of, words
from .models import Claim, Note

LONGEST = 50_000
TO = ("own-file", "person", "their-counsel", "head", "outside-counsel")


@transaction.atomic
def note(
    person: Person, claim_id: str, text: str, *, to: str = "own-file", kind: str = "memo", basis: str = ""
) -> Note:
    """Take a privileged note. `to`, `kind` and `basis` are the log, and say nothing of what stands in it.

    Raises NotAllowed, BadInput.
    """
    claim = locked(claim_id)
    allow(person, "privilege.note", claim)
    for field, value, known in (("to", to, TO), ("kind", kind, rules.KINDS), ("basis", basis, rules.BASES)):
        one_of(field, value, known)
    said = words("text", text, LONGEST, "the note")
    made = Note.objects.create(
        claim=claim,
        by=person.by,
        to=to,
        kind=kind,
        basis=basis,
        at=clock.now(),
        doc=vault.put_json({"text": said}, claim.request.until),
    )
    record("privilege.noted", realm=claim.realm, by=person.by, case=claim.id)
    return made


def read(person: Person, claim: Claim) -> list[tuple[Note, str | None]]:
    """Counsel's notes on a claim in their order; None for one whose time is over. Raises NotAllowed."""
    allow(person, "privilege.view", claim)
    rows = list(claim.notes.order_by("id"))
    found = vault.get_many([row.doc for row in rows])
    return [(row, text_of(found[row.doc]) if row.doc in found else None) for row in rows]


def text_of(data: bytes) -> str:
    """The text of what was sealed."""
    return str(json.loads(data)["text"])


def log(person: Person, claim: Claim) -> list[Note]:
    """The log: by whom, to whom, of what kind, on which basis, when. Raises NotAllowed."""
    allow(person, "privilege-log.view", claim)
    return list(claim.notes.order_by("id").defer("doc"))
