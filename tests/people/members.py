"""Alice decides in BE, her colleague Bob in EE, Charlie is nobody here; each holds an authenticator of the test."""

import itertools
import secrets
import uuid
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from comity.people import approvals, commands
from comity.people.models import Act, Person
from comity.people.rules import Quorum
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


def joined(roles: str, jurisdiction: str = "BE") -> Member:
    """Somebody who joined by a one-time link: `joined("decider", "EE")`; several roles with blanks between."""
    token = commands.invite(roles.split(), jurisdiction, "operator").rsplit("/", 1)[1]
    key, challenge = SoftwareAuthenticator.make(), secrets.token_bytes(32)
    return Member(commands.enrol(token, uuid.uuid4(), challenge, key.register(challenge)).person, key)


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
