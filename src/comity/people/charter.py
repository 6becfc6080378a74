"""The charter in force in a realm, and who is admitted under it: for whoever builds on who decides and who guards.

Everything here is verified from signatures when it is asked for; nothing is read off a row that could be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity import clock

from . import approvals, chain, passkeys, tags
from .models import Act, Domain, Key, Person
from .rules import DECIDING, FOUNDING, GUARDIAN, VOUCHED, Quorum, lacks


@dataclass(frozen=True)
class Named:
    """Somebody whom a charter names, as it was signed. `keys`: SHA-256 of each public key, in hexadecimal digits;
    `domain`: where an organisation publishes these, or empty."""

    person: str
    called: str
    jurisdiction: str
    roles: tuple[str, ...]
    keys: tuple[str, ...]
    domain: str = ""

    @classmethod
    def read(cls, one: Mapping[str, Any]) -> Named:
        """From a charter's text."""
        roles, keys = tuple(one["roles"]), tuple(one["keys"])
        return cls(one["person"], one["called"], one["jurisdiction"], roles, keys, one.get("domain", ""))


@dataclass(frozen=True)
class Charter:
    """A charter that all whom it names have signed."""

    hash: str
    realm: str
    at: datetime
    alone: bool
    people: tuple[Named, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What it lacks of what a desk is founded by now: `people`, `deciders`, `guardian`, `jurisdictions`."""
        return lacks((one.roles, one.jurisdiction) for one in self.people)

    @property
    def whole(self) -> bool:
        """Whether it lacks nothing."""
        return not self.lacks

    @property
    def quorum(self) -> Quorum:
        """For an act that everyone whom it names has to sign."""
        ids = tuple(one.person for one in self.people)
        return Quorum(len(ids), tuple(DECIDING), people=ids)


def current(realm: str = "real") -> Charter | None:
    """The latest charter of a realm, its signatures verified again; None before a desk is founded."""
    acts = Act.objects.filter(kind=FOUNDING, realm=realm, state="approved").order_by("-approved_at")
    for row in acts:
        try:
            signed = approvals.approved(row.hash, kind=FOUNDING)
        except approvals.NotApproved:
            continue
        text, at = signed.act, max(one.at for one in signed.approvals)
        return Charter(row.hash, realm, at, bool(text["alone"]), tuple(map(Named.read, text["people"])))
    return None


@dataclass(frozen=True)
class Admitted:
    """Somebody who holds a role that decides, guards or votes, led back to the charter. `one_with`: who brought them
    in, as long as no guardian has confirmed that the two are two people."""

    person: str
    called: str
    jurisdiction: str
    roles: frozenset[str]
    keys: tuple[str, ...]
    domain: str
    one_with: str


def admitted(realm: str = "real", at: datetime | None = None) -> list[Admitted]:
    """Everyone who holds such a role at an instant (UTC; now), in the order in which they enrolled."""
    when = at or clock.now()
    people = list(Person.objects.filter(realm=realm, enrolled_at__lte=when).order_by("enrolled_at", "name"))
    keys, domains = _keys(people, when), dict(Domain.objects.values_list("person_id", "name"))
    found = []
    for person in people:
        signer = chain.standing(person, when)
        if roles := signer.roles & VOUCHED:
            held, at_home = tuple(keys.get(person.id, ())), domains.get(person.id, "")
            who = (str(person.id), person.name, person.jurisdiction)
            found.append(Admitted(*who, roles, held, at_home, signer.one_with))
    return found


def guardians(realm: str = "real", at: datetime | None = None) -> list[Admitted]:
    """Those of `admitted` who guard."""
    return [one for one in admitted(realm, at) if one.roles & GUARDIAN]


def _keys(people: Iterable[Person], at: datetime) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for key in Key.objects.filter(person__in=list(people), enrolled_at__lte=at).order_by("enrolled_at", "pk"):
        if tags.fits(key) and (key.ended_at is None or key.ended_at >= at):
            found.setdefault(key.person_id, []).append(passkeys.fingerprint(bytes(key.public)))
    return found
