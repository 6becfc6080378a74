"""Two keys are two people: what is put to the desk before somebody may decide, and who vouched for whom.

An invitation makes a candidate. A role that decides, administers or counts for a quorum is given only by a signed act:
the founding (`founding.py`), an admission, or a grant. The first signature is by the person who invited or proposed;
the second by another holder of such a role. An admission names the candidate's one key, so what is vouched for is this
person with this key. What is put here is signed and carried out by `staffing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.ledger.commands import record
from comity.vault import commands as vault

from . import approvals, passkeys, tags
from .models import Act, Approval, Grant, Invite, Key, Person
from .rules import STAFF_ACTS, VOUCHED, staff_quorum

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
        """How many signatures are still needed."""
        return self.row.rule.count - len(self.signed)


def put(kind: str, by: str, about: Mapping[str, Any], roles: Iterable[str], *, invited_by: str = "") -> str:
    """Fix an act on staff for people to sign; returns its hash. `by`: the id of the person who puts it, "" for the
    gateway."""
    quorum = staff_quorum(kind, roles, subject=str(about.get("person", "")), invited_by=invited_by)
    text = {"kind": kind, "put_by": by, **about, "roles": sorted(roles)}
    return approvals.propose(text, realm=REALM, case=None, version=0, quorum=quorum)


def put_forward(candidate: Person, found: Invite, key: Key) -> None:
    """Put the admission of the person who has just enrolled, if the invitation names roles that decide."""
    roles = sorted(VOUCHED.intersection(found.roles))
    if not roles:
        return
    inviter = found.by.removeprefix("person:") if found.by.startswith("person:") else ""
    about = {
        "person": str(candidate.id),
        "called": candidate.name,
        "jurisdiction": candidate.jurisdiction,
        "key": passkeys.fingerprint(bytes(key.public)),
        "invited_by": found.by,
        "invitation": found.act,
    }
    hash = put("person.admit", "", about, roles, invited_by=inviter)
    told = {"roles": roles, "jurisdiction": candidate.jurisdiction}
    record(
        "person.proposed", realm=REALM, by=candidate.by, public=told, sealed={"person": about["person"], "act": hash}
    )


def waiting() -> list[Put]:
    """The open acts on staff, oldest first, without those whose text can no longer be read."""
    rows = Act.objects.filter(kind__in=STAFF_ACTS, state="open").prefetch_related("approvals__person")
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
        mine = one.text["put_by"] == person
        if (mine and not one.signed) or (not unsigned and (mine or one.text.get("person") == person)):
            approvals.drop(one.row.hash)


def key_is(person: Person, fingerprint: str) -> bool:
    """Whether a person's only key is the one that was vouched for."""
    held = Key.objects.filter(person=person, ended_at=None)
    return [passkeys.fingerprint(bytes(key.public)) for key in held if tags.fits(key)] == [fingerprint]


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
