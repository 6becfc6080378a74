"""Each role led back to the charter: who somebody was at an instant, by signatures alone.

A grant of a role that decides, guards or votes names the act that gave it. That act is verified whole each time a
process first meets it: its text, its signatures, and that each signer held then, by acts before it, what its quorum
asks for; so on to the charter, which needs no roles, since it names its signers. What leads nowhere gives nothing,
whoever wrote the row. Once a desk is founded whole (`rules.lacks`), nothing but an admission gives such a role.

What was verified stays so in this process: a signature over a hash doesn't come undone. Grants that were there before
grants named acts are believed for their tag (`tags.stood_before`).
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import tags
from .models import Act, Grant, Person
from .rules import ADMIT, CONFIRM, DECIDING, FOUNDING, GIVES, PLACES, VOUCHED, Quorum, Signer, lacks


@dataclass(frozen=True)
class Proven:
    """An act that gives roles, after its signatures were followed to the charter. `gives`: (person, role);
    `sponsor`: who brought the person in, or empty; `strict`: signed as a desk that is founded whole asks."""

    number: str
    gives: frozenset[tuple[str, str]]
    sponsor: str
    strict: bool
    whole: bool  # of a charter: that nothing is lacking


_proven: dict[str, Proven] = {}
_on_the_way: ContextVar[frozenset[str]] = ContextVar("acts that are being followed", default=frozenset())


def standing(person: Person, at: datetime) -> Signer:
    """Somebody's roles at an instant (UTC), as far as they lead to the charter; none after they left.

    Rows that this gateway did not write give nobody a role.
    """
    gone = (person.ended_at is not None and person.ended_at < at) or not tags.fits(person)
    grants = [] if gone else [grant for grant in Grant.objects.filter(person=person, since__lte=at) if tags.fits(grant)]
    held = [grant for grant in grants if (grant.until is None or grant.until >= at) and _leads(person, grant)]
    roles = frozenset(grant.role for grant in held)
    return Signer(str(person.id), roles, person.jurisdiction, _one_with(person, held, at))


def _leads(person: Person, grant: Grant) -> bool:
    if grant.role not in VOUCHED or person.realm == "demo":
        return True
    if not grant.act:
        return tags.stood_before(grant)
    found = prove(grant.act)
    if found is None or (str(person.id), grant.role) not in found.gives:
        return False
    return found.strict or not _founded_whole_before(grant.since)


def prove(hash: str) -> Proven | None:
    """An act that gives roles, followed to the charter; None if it can't be."""
    if hash not in _proven and hash not in _on_the_way.get():
        token = _on_the_way.set(_on_the_way.get() | {hash})
        try:
            if (found := _prove(hash)) is not None:
                _proven[hash] = found
        finally:
            _on_the_way.reset(token)
    return _proven.get(hash)


def forget() -> None:
    """Verify everything again when it is next asked for: for tests, which take back what was written."""
    _proven.clear()


def _prove(hash: str) -> Proven | None:
    from . import approvals  # which asks here who its signers were

    try:
        signed = approvals.approved(hash)
    except approvals.NotApproved:
        return None
    text = signed.act
    if text["kind"] not in GIVES:
        return None
    if text["kind"] == FOUNDING:
        people = [(one["roles"], one["jurisdiction"]) for one in text["people"]]
        gives = frozenset((one["person"], role) for one in text["people"] for role in one["roles"])
        return Proven("", gives, "", True, not lacks(people))
    gives = frozenset((text["person"], role) for role in text["roles"])
    return Proven(text["case"] or "", gives, text.get("sponsor") or "", _strict(text), False)


def _strict(text: dict[str, Any]) -> bool:
    rule = Quorum.read(text["quorum"])
    asks = text["kind"] == ADMIT and rule.count >= 2 and rule.guardians >= 1 and rule.jurisdictions >= PLACES
    return asks and text["person"] in rule.without and set(rule.roles) <= DECIDING


def _founded_whole_before(at: datetime) -> bool:
    acts = Act.objects.filter(kind=FOUNDING, realm="real", state="approved", approved_at__lt=at)
    found = [prove(hash) for hash in acts.values_list("hash", flat=True)]
    return any(one is not None and one.whole for one in found)


def _one_with(person: Person, held: list[Grant], at: datetime) -> str:
    """Who brought somebody in, as long as no guardian has confirmed that they are two people."""
    for grant in held:
        found = _proven.get(grant.act)
        if found is not None and found.sponsor and not _confirmed(found.number, at):
            return found.sponsor
    return ""


def _confirmed(number: str, at: datetime) -> bool:
    from . import approvals

    acts = Act.objects.filter(kind=CONFIRM, case=number, state="approved", approved_at__lte=at)
    for hash in acts.values_list("hash", flat=True):
        try:
            approvals.approved(hash, case=number, kind=CONFIRM)
        except approvals.NotApproved:
            continue
        return True
    return False
