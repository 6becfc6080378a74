"""Alice decides in BE, her colleague Bob in EE, Charlie is nobody here; each holds an authenticator of the test."""

import itertools
import secrets
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from comity import clock
from comity.admissions import commands as admissions
from comity.admissions.models import Admission
from comity.people import approvals, commands, founding, staffing
from comity.people.models import Act, Person
from comity.people.rules import VOUCHED, Quorum
from comity.people.software import SoftwareAuthenticator
from comity.vault import commands as vault


@dataclass
class Member:
    """A person of the desk and what is in their hand."""

    person: Person
    key: SoftwareAuthenticator

    def sign(self, hash: str, **how: Any) -> dict[str, Any]:
        """An assertion over an act, as this person's browser gives it."""
        return self.key.sign(bytes.fromhex(hash), **how)

    def approve(self, hash: str) -> Any:
        """Approve with one's own passkey."""
        return approvals.approve(self.person, hash, self.sign(hash))


_keys: dict[uuid.UUID, SoftwareAuthenticator] = {}  # what the founders of a test's desk hold


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


LONG_AGO, BEFORE = timedelta(days=30), timedelta(days=2)  # when a test's desk was founded, and people joined it


def founders() -> list[Member]:
    """The two administrators who founded this test's desk, with a guardian; they found it when first asked for."""
    return [one for one in _founded() if "guardian" not in one.person.roles][:2]


def guardian() -> Member:
    """Who guards this test's desk."""
    return next(one for one in _founded() if "guardian" in one.person.roles)


def _founded() -> list[Member]:
    if not founding.holders():
        with clock.freeze(clock.now() - LONG_AGO):
            found(*WHO)
    here = [*founding.holders(), *founding.guardians()]
    return [Member(person, _keys[person.id]) for person in here if person.id in _keys]


def found(*who: tuple[str, str]) -> list[Member]:
    """People found a desk now, by their roles and place."""
    token = token_of(founding.open_again())
    people = [founder(token, *one) for one in who]
    assert sign_charter(token, people)
    return people


WHO = (("administrator", "BE"), ("administrator", "EE"), ("guardian", "CH"))


def founder(token: str, roles: str, place: str) -> Member:
    """Somebody who enrols at the page of a founding."""
    key, challenge = SoftwareAuthenticator.make(), secrets.token_bytes(32)
    held = founding.join(token, roles.split(), place, uuid.uuid4(), challenge, key.register(challenge))
    _keys[held.person.id] = key
    return Member(held.person, key)


def sign_charter(token: str, people: list[Member]) -> bool:
    """All of them sign; whether the desk is founded by it."""
    charter = founding.charter()
    assert charter
    done = [founding.sign(token, charter.hash, one.sign(charter.hash))[1] for one in people]
    for one in people:
        one.person.refresh_from_db()
    return done[-1]


def enrolled(link: str) -> Member:
    """Somebody who made a passkey at a one-time link: a candidate."""
    key, challenge = SoftwareAuthenticator.make(), secrets.token_bytes(32)
    return Member(admissions.enrol(token_of(link), uuid.uuid4(), challenge, key.register(challenge)).person, key)


def joined(roles: str, jurisdiction: str = "BE") -> Member:
    """Somebody who joined: invited on the server, let in by the two founders and their guardian, and for a day in the
    record before now."""
    founders()
    with clock.freeze(clock.now() - BEFORE):
        member = enrolled(commands.invite_as_operator(roles.split(), jurisdiction))
        let_in_all()
    member.person.refresh_from_db()
    assert set(member.person.roles) == set(roles.split())
    return member


def let_in_all() -> None:
    """The founders and their guardian sign every admission that waits; a day in the record goes by."""
    for row in Admission.objects.filter(state="waits"):
        sign_admission(row, *founders(), *([guardian()] if VOUCHED.intersection(row.roles) else []))
    a_day_goes_by()


def sign_admission(row: Admission, *people: Member) -> bool:
    """These sign an admission, one after the other, as far as it takes; whether its quorum is met."""
    row.refresh_from_db()
    for one in people:
        if row.state == "waits":
            admissions.sign(one.person, row.id, row.act, one.sign(row.act))
            row.refresh_from_db()
    return bool(row.state != "waits")


def a_day_goes_by() -> None:
    """The record shows what was put, and a day later the clock, which must be frozen, comes by."""
    admissions.keep_time(clock.now(), lambda row: True)
    clock.advance(24 * 3600)
    admissions.keep_time(clock.now(), lambda row: True)


@dataclass(frozen=True)
class Desk:
    """People who joined once for all tests of a module, and the data directory that they joined in."""

    data: Path
    people: list[Member]

    def as_it_was(self, data: Path) -> list[Member]:
        """The people as a test finds them, with files and rows that it may change. Give it a directory of its own."""
        shutil.copytree(self.data, data, dirs_exist_ok=True)
        return [Member(Person.objects.get(id=one.person.id), one.key) for one in self.people]


def opened(data: Path, *people: tuple[str, str], also: Callable[[], object] = list) -> Desk:
    """A desk of its own in a data directory: the founders, and people by their roles and place. `also`: what else is
    done there."""
    before = settings.COMITY
    settings.COMITY = replace(before, data=data, base_url="http://localhost:8000", demo=True)
    try:
        also()
        return Desk(data, [joined(*one) for one in people])
    finally:
        settings.COMITY = before


def given(kind: str, by: Member, person: Person, role: str = "", second: Member | None = None) -> staffing.Signed:
    """An act on staff, put and signed: `given("role.grant", administrator, person, "head", second=decider)`."""
    hash = staffing.propose(by.person, kind, [role] if role else [], person=person)
    done = staffing.sign(by.person, hash, by.sign(hash))
    if second is not None:
        done = staffing.sign(second.person, hash, second.sign(hash))
    person.refresh_from_db()
    return done


TWO = Quorum(2, ("decider",))
ONE = Quorum(1, ("decider",))
_versions = itertools.count(1)


def act(**more: Any) -> dict[str, Any]:
    """What is put to the deciders."""
    return {
        "kind": "withhold",
        "what": "one message",
        "targets": ["https://lantern.example/c/harbour/1"],
        "territory": ["EU"],
        "until": None,
        "letters": {"answer": "We have withheld it at {time}."},
    } | more


def proposed(quorum: Quorum = TWO, *, realm: str = "real", case: str = "C-7Q4M2H00", version: int = 0) -> str:
    """An act put to people; each of its own case's next version."""
    return approvals.propose(act(), realm=realm, case=case, version=version or next(_versions), quorum=quorum)


def rewrite(hash: str, text: bytes) -> None:
    """Put another text where the act's lies, as one who holds the vault's keys and the database could."""
    row = Act.objects.get(hash=hash)
    ref = vault.put(text, row.proposed_at.replace(year=row.proposed_at.year + 1))
    Act.objects.filter(hash=hash).update(doc=ref)


def challenge_of(hash: str) -> bytes:
    """The challenge an act is signed with."""
    row = Act.objects.get(hash=hash)
    return sha256(vault.get(row.doc)).digest()
