"""Two keys are two people: the acts on staff that wait for signatures, and who vouched for whom.

An invitation makes a candidate. A role that decides, guards or votes is given only by the founding (`founding.py`) or
by an admission, which names the candidate's keys, so that what is vouched for is this person with these keys; how that
is put, signed and carried out is the room `admissions`. The other acts on staff are signed and carried out by
`staffing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.vault import commands as vault

from . import approvals, passkeys, tags
from .models import Act, Approval, Grant, Key, Person
from .rules import ADMIT, STAFF_ACTS, VOUCHED, staff_quorum

REALM = "real"


@dataclass(frozen=True)
class Put:
    """An act on staff that has been put to people: its row, what its text says, and who has signed it."""

    row: Act
    text: Mapping[str, Any]
    signed: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What it does: a key of `rules.STAFF_ACTS`."""
        return self.row.kind

    def waits_for(self) -> int:
        """How many signatures are still needed at least."""
        return max(self.row.rule.all - len(self.signed), 0)


def put(kind: str, by: str, about: Mapping[str, Any], roles: Iterable[str], *, guards: bool = False) -> str:
    """Fix an act on staff for people to sign; returns its hash. `by`: the id of the person who puts it; `guards`:
    whether it is about a guardian."""
    quorum = staff_quorum(str(about.get("person", "")), guards=guards)
    text = {"kind": kind, "put_by": by, **about, "roles": sorted(roles)}
    return approvals.propose(text, realm=REALM, case=None, version=0, quorum=quorum)


def waiting() -> list[Put]:
    """The open acts on staff, oldest first, without those whose text can no longer be read."""
    rows = Act.objects.filter(kind__in=[*STAFF_ACTS, ADMIT], state="open").prefetch_related("approvals__person")
    found = list(rows.order_by("proposed_at", "hash")[:200])
    opened = vault.get_many([row.doc for row in found])
    return [_put(row, opened[row.doc]) for row in found if row.doc in opened]


def _put(row: Act, text: bytes) -> Put:
    signed = tuple(str(one.person_id) for one in row.approvals.all() if tags.fits(one))
    return Put(row, dict(json.loads(text)), signed)


def read(hash: str) -> Put | None:
    """One act on staff, open or not; None if there is none with this hash."""
    row = Act.objects.filter(hash=hash, kind__in=STAFF_ACTS).first() if len(hash) == 64 else None
    return _put(row, vault.get(row.doc)) if row is not None else None


def drop(person: str, *, unsigned: bool = False) -> None:
    """Void the open acts about a person or put by them; with `unsigned`, only those they put but did not sign."""
    for one in waiting():
        if one.kind == ADMIT:  # which its own room ends
            continue
        mine = one.text["put_by"] == person
        if (mine and not one.signed) or (not unsigned and (mine or one.text.get("person") == person)):
            approvals.drop(one.row.hash)


def keys_of(person: Person) -> list[str]:
    """The fingerprints of the keys that somebody holds, sorted: what an admission names."""
    held = Key.objects.filter(person=person, ended_at=None)
    return sorted(passkeys.fingerprint(bytes(key.public)) for key in held if tags.fits(key))


def vouched(people: Iterable[Person]) -> dict[str, list[str]]:
    """Who signed for each person's deciding roles: names, by person's id. Rows older than tags name nobody."""
    grants = Grant.objects.filter(person__in=list(people), until=None, role__in=VOUCHED).exclude(act="")
    given = {(grant.act, str(grant.person_id)) for grant in grants if tags.fits(grant)}
    signed = Approval.objects.filter(act__in={act for act, _ in given}).select_related("person")
    names: dict[str, set[str]] = {}
    for one in filter(tags.fits, signed):
        names.setdefault(one.act_id, set()).add(one.person.name)
    own = {str(person.id): person.name for person in people}
    found: dict[str, set[str]] = {}
    for act, person in given:
        found.setdefault(person, set()).update(names.get(act, set()) - {own[person]})
    return {person: sorted(by) for person, by in found.items()}
