"""Receipts: a file that proves that one thing is in the record, and opens to its bearer what they may know of it."""

from collections.abc import Iterable

from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.rules import VOUCHED
from comity_verify import merkle, proofs
from comity_verify import receipts as files
from comity_verify.receipts import UNWITNESSED
from comity_verify.source import Missing
from comity_verify.tiles import Malformed

from . import commands, places, read
from .models import Leaf

__all__ = ["NAME", "UNWITNESSED", "of_answer", "of_event", "of_last", "of_thing", "prove", "public_proof"]
NAME = "receipt.tlog-proof"
FILED = "request.received"
ANSWERED = "case.answered"
THEIRS = ("at", "case", "request")  # what whoever filed an order, and whoever it is about, may know of an entry


def prove(realm: str, index: int, extra: bytes | None = None) -> proofs.Proof | None:
    """The proof of an entry under the published head; None if that doesn't have it yet."""
    head = read.head(realm)
    if not 0 <= index < head.size:
        return None
    hashes = merkle.inclusion(index, head.size, read.node(realm, head.size))
    return proofs.Proof(index, tuple(hashes), head.note, extra)


def public_proof(realm: str, index: int) -> bytes | None:
    """What proves an entry to everyone: its proof and the entry, nothing revealed but what was disclosed."""
    leaf = Leaf.objects.filter(realm=realm, num=index).exclude(body=None).first()
    proof = prove(realm, index)
    if leaf is None or proof is None or leaf.body is None:
        return None
    return files.make(proof, bytes(leaf.body), commands.disclosed(leaf), places.policy(realm), _people(realm))


def of_event(event: Event, names: Iterable[str] = THEIRS) -> bytes | None:
    """The receipt of an event, with the sealed fields of these names opened; None where no witness has seen it yet."""
    leaf = Leaf.objects.filter(event=event.id).exclude(body=None).first()
    if leaf is None or leaf.body is None or not read.head(leaf.realm).witnesses:
        return None
    try:
        proof = prove(leaf.realm, leaf.num)
    except (OSError, Missing, Malformed):  # a damaged file of the record holds back no answer
        return None
    if proof is None:
        return None
    opened, policy = commands.revealed(leaf, names), places.policy(leaf.realm)
    return files.make(proof, bytes(leaf.body), opened, policy, _people(leaf.realm))


def _people(realm: str) -> int:
    """How many decide, guard or vote here: none of them is vouched for from outside by a receipt."""
    of = "demo" if realm == "demo" else "real"
    return Person.objects.filter(realm=of, is_active=True, roles__overlap=sorted(VOUCHED)).count()


def of_thing(id: str) -> bytes | None:
    """The receipt of what came in, by the number of its case or of the request itself; None where there is none yet."""
    found = Case.objects.filter(id=id).first()
    request = Request.objects.filter(id=found.request_id if found else id).first()
    event = Event.objects.filter(kind=FILED, request=request.id).first() if request else None
    return of_event(event) if event else None


def of_answer(case: str) -> bytes | None:
    """The receipt of what a case was answered; None where it isn't answered, or not witnessed yet."""
    return of_last(case, [ANSWERED])


def of_last(case: str, kinds: Iterable[str], names: Iterable[str] = THEIRS) -> bytes | None:
    """The receipt of the latest event of these kinds in a case; None where there is none yet."""
    event = Event.objects.filter(case=case, kind__in=list(kinds)).order_by("-id").first()
    return of_event(event, names) if event else None
