"""Who signed, back to the founding: the record's own entries name its people, and each was let in by those before.

1. The charter is the first entry. It names persons with jurisdictions, roles and keys; every one of them signed it.
2. An act that lets a person in or gives a role carries its text and its signatures, by people of the record who are not
   its subject. How many it takes, and from how many jurisdictions, stands in the signed text itself; but a role that
   decides takes two who decide already, whatever a text says (who invited is one of them), or all where there is one.
3. Every approval in the record is checked: the signature fits, and its key is of somebody let in before.

What this cannot show is that three keys are three human beings.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from .entries import BadEntry, Entry
from .notes import BadNote, unbase64
from .passkeys import BadSignature, fingerprint, verify

FOUNDED = {"gateway.founded", "demo.founded"}
LETS_IN = {"person.admitted": "person.admit", "role.granted": "role.grant"}
TAKES = {"role.revoked": "role.revoke", "person.deactivated": "person.deactivate"}
INVITES = "person.invite"
DECIDING = {"decider", "counsel", "head", "administrator", "guardian"}


class Unsigned(Exception):
    """Something in the record that its people did not sign as it says; the text says what."""


@dataclass
class Person:
    """A person as the record knows them: pseudonymous."""

    id: str
    jurisdiction: str
    roles: set[str]
    vouched: list[str] = field(default_factory=list)
    signatures: int = 0


@dataclass
class People:
    """Everyone in a record, as far as it was read. Its state is plain JSON, so that a walk can go on later."""

    persons: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # fingerprint → person
    public: dict[str, str] = field(default_factory=dict)  # fingerprint → the key, base64
    loose: dict[str, str] = field(default_factory=dict)  # fingerprint → person, of keys that no signed act names
    charter: str = ""
    unsigned: int = 0  # approvals without a signature in the record, or by a key that nobody vouched for

    def read(self, entry: Entry, index: int) -> None:
        """Take in one entry. Raises Unsigned."""
        try:
            if entry.kind in FOUNDED:
                self._found(entry, index)
            elif entry.kind == "key.added" and entry.signed:
                self._add(entry)
            elif entry.kind in LETS_IN and entry.signed:
                self._let_in(entry)
            elif entry.kind in TAKES and entry.signed:
                self._take(entry)
            elif entry.kind == "approval.given":
                self._approve(entry.signed)
        except (BadSignature, BadEntry, BadNote, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unsigned(f"entry {index}, {entry.kind}: {error}") from None

    def _found(self, entry: Entry, index: int) -> None:
        text, said = _text(entry.signed)
        if not self.charter and index:
            raise BadEntry("the charter is not the first entry")
        if said.get("kind") != "gateway.found":
            raise BadEntry("not a charter")
        before = set(self.public)
        for one in said["people"]:
            person = self.persons.setdefault(one["person"], Person(one["person"], one["jurisdiction"], set()))
            person.roles.update(one["roles"])
            for mark in one["keys"]:
                self._know(mark, entry.signed["keys"][mark], one["person"])
        signed = self._signers(text, entry.signed)
        if missing := {one["person"] for one in said["people"]} - signed:
            raise BadSignature(f"{len(missing)} of those whom the charter names have not signed it")
        if self.charter and not before & {one["key"] for one in entry.signed["signatures"]}:
            raise BadSignature("a later charter that no key of the record signed")
        self.charter = self.charter or sha256(text).hexdigest()

    def _know(self, mark: str, public: str, person: str) -> None:
        raw = unbase64(public, "a key")
        if fingerprint(raw) != mark:
            raise BadSignature("a key is not the one that was vouched for")
        self.keys[mark], self.public[mark] = person, public

    def _signers(self, text: bytes, signed: Mapping[str, Any]) -> set[str]:
        challenge, found = sha256(text).digest(), set[str]()
        for one in signed["signatures"]:
            if one["key"] not in self.keys:
                raise BadSignature("a signature by a key that nobody let in")
            verify(challenge, unbase64(self.public[one["key"]], "a key"), one["response"])
            found.add(self.keys[one["key"]])
        return found

    def _act(self, entry: Entry) -> tuple[Mapping[str, Any], set[str]]:
        """The text of an act on somebody, and who signed it, after checking that they make its quorum."""
        text, said = _text(entry.signed)
        if said["kind"] != (LETS_IN | TAKES)[entry.kind]:
            raise BadSignature("what was signed is another kind of act")
        signed = self._signers(text, entry.signed)
        quorum, subject = said["quorum"], said.get("person")
        others = signed - {subject, *quorum.get("without", ())}
        counted = {one for one in others if self.persons[one].roles & set(quorum["roles"])}
        places = {self.persons[one].jurisdiction for one in counted}
        if len(counted) < max(1, quorum["count"]) or len(places) < quorum.get("jurisdictions", 1):
            raise BadSignature("the signatures do not make the quorum that the act asks for")
        if sum("guardian" in self.persons[one].roles for one in others) < quorum.get("guardians", 0):
            raise BadSignature("no guardian has signed")
        return said, signed

    def _two(self, entry: Entry, said: Mapping[str, Any], signed: set[str]) -> None:
        """A role that decides is given by two who decide, the one who invited among them."""
        if not DECIDING & set(said.get("roles", ())):
            return
        by = set(signed)
        if said.get("invitation"):
            text, _ = _text(entry.signed["invitation"])
            if sha256(text).hexdigest() != said["invitation"]:
                raise BadSignature("the invitation is not the one that the admission names")
            by |= self._signers(text, entry.signed["invitation"])
        deciding = {one.id for one in self.persons.values() if one.roles & DECIDING} - {said.get("person")}
        if len(by & deciding) < min(2, max(1, len(deciding))):
            raise BadSignature("a role that decides was given by one person")

    def _let_in(self, entry: Entry) -> None:
        if json.loads(entry.signed["text"])["kind"] == INVITES:  # of a helper, whose roles decide nothing
            return
        said, signed = self._act(entry)
        self._two(entry, said, signed)
        who = said["person"]
        person = self.persons.setdefault(who, Person(who, said.get("jurisdiction", ""), set()))
        if entry.kind == "role.granted":
            self.keys.update({mark: one for mark, one in self.loose.items() if one == who})
            self.loose = {mark: one for mark, one in self.loose.items() if one != who}
        person.roles.update(said.get("roles", ()))
        person.vouched = sorted({*person.vouched, *(signed - {who})})
        if mark := said.get("key"):
            self._know(mark, entry.signed["keys"][mark], who)

    def _take(self, entry: Entry) -> None:
        said, _ = self._act(entry)
        person = self.persons.get(said["person"])
        if person is not None:
            person.roles = person.roles - set(said["roles"]) if said.get("roles") else set()

    def _add(self, entry: Entry) -> None:
        who, mark = entry.signed["person"], entry.signed["key"]
        if mark not in self.keys:
            self._know(mark, entry.signed["public"], who)
            self.loose[mark] = self.keys.pop(mark)

    def _approve(self, signed: Mapping[str, Any]) -> None:
        if not signed:
            self.unsigned += 1
            return
        mark = signed["key"]
        if mark not in self.public:
            raise BadSignature("an approval by a key that nobody let in")
        verify(bytes.fromhex(signed["act"]), unbase64(self.public[mark], "a key"), signed["response"])
        person = self.persons.get(self.keys.get(mark, ""))
        if person is None:
            self.unsigned += 1
            return
        if not person.roles:
            raise BadSignature("an approval by somebody without a role")
        person.signatures += 1

    def told(self) -> dict[str, Any]:
        """What is told of them: how many, from where, and that nobody outside has vouched unless somebody has."""
        deciding = [person for person in self.persons.values() if person.roles]
        return {
            "act": self.charter or None,
            "people": len(deciding),
            "jurisdictions": sorted({person.jurisdiction for person in deciding}),
            "signatures": sum(person.signatures for person in self.persons.values()),
            "unsigned": self.unsigned,
            "guardians": sum("guardian" in person.roles for person in deciding),
        }

    def dump(self) -> dict[str, Any]:
        """Its state as plain JSON."""
        persons = {id: {**vars(one), "roles": sorted(one.roles)} for id, one in self.persons.items()}
        return {**vars(self), "persons": persons}

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> "People":
        """From its state."""
        persons = {id: Person(**{**one, "roles": set(one["roles"])}) for id, one in state["persons"].items()}
        return cls(**{**state, "persons": persons})


def _text(signed: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    text = signed["text"]
    said = json.loads(text)
    if not isinstance(said, dict):
        raise BadEntry("the act is not an object")
    return text.encode(), said
