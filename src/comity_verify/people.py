"""Who signed, back to the founding: the record's own entries name its people, and each was let in by those before.

1. The charter is the first entry. It names persons with jurisdictions, roles and keys; every one of them signed it. A
   later charter is signed, besides, by everyone who decided or guarded until then.
2. An act that lets a person in or gives a role carries its text and its signatures, by people of the record who are not
   its subject. How many it takes, and from how many jurisdictions, stands in the signed text itself; but once a desk is
   founded whole (three people, two who decide and a guardian, two jurisdictions), a role that decides, guards or votes
   takes two who decide and a guardian from two jurisdictions, whatever a text says; that it was put stands in the
   record on a day before; and nobody of the desk objected to it in between.
3. Who was brought in and who brought them count once, until a guardian signed that they are two.
4. Every approval in the record is checked: the signature fits, and its key is of somebody let in before.

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
INVITES, CONFIRMS, PROPOSED, OBJECTED = "person.invite", "person.confirm", "person.proposed", "person.objected"
DECIDING = {"decider", "counsel", "head", "administrator"}
VOUCHED = DECIDING | {"guardian", "council"}
FOUNDERS, PLACES = 3, 2


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
    whole: bool = False  # whether a charter had three people, two who decide and a guardian, two jurisdictions
    alone: bool = False  # whether the latest charter says that the desk is one person
    proposed: dict[str, str] = field(default_factory=dict)  # hash of an admission → the day on which it was put
    objected: list[str] = field(default_factory=list)  # hashes of admissions that somebody of the desk objected to
    one_with: dict[str, str] = field(default_factory=dict)  # person → who brought them in, until a guardian confirms
    domains: dict[str, str] = field(default_factory=dict)  # person → where an organisation publishes their keys
    early: list[list[str]] = field(default_factory=list)  # [person, act]: signed before a later charter named them
    unsigned: int = 0  # approvals without a signature in the record, or by a key that nobody vouched for

    def read(self, entry: Entry, index: int) -> None:
        """Take in one entry. Raises Unsigned."""
        try:
            if entry.kind in FOUNDED:
                self._found(entry, index)
            elif entry.kind == "key.added" and entry.signed:
                self._add(entry)
            elif entry.kind == PROPOSED and entry.signed:
                self.proposed.setdefault(sha256(_text(entry.signed)[0]).hexdigest(), entry.day)
            elif entry.kind == OBJECTED and entry.public.get("source") == "desk":
                self.objected.append(str(entry.signed.get("act")))
            elif entry.kind == "person.confirmed" and entry.signed:
                self._confirm(entry)
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
        standing = {one.id for one in self.persons.values() if one.roles & (DECIDING | {"guardian"})}
        for one in said["people"]:
            person = self.persons.setdefault(one["person"], Person(one["person"], one["jurisdiction"], set()))
            person.roles.update(one["roles"])
            for mark in one["keys"]:
                self._know(mark, entry.signed["keys"][mark], one["person"])
            self._note_domain(one)
        signed = self._signers(text, entry.signed)
        if missing := {one["person"] for one in said["people"]} - signed:
            raise BadSignature(f"{len(missing)} of those whom the charter names have not signed it")
        if missing := standing - signed:
            raise BadSignature(f"a later charter that {len(missing)} of those who decided or guarded have not signed")
        if self.charter and not standing:
            raise BadSignature("a later charter that nobody of the record signed")
        hash = sha256(text).hexdigest()
        self.early = [one for one in self.early if one != [one[0], hash] or one[0] not in signed]
        self.charter, self.alone = self.charter or hash, bool(said.get("alone"))
        self.whole = self.whole or _whole(said["people"])

    def _note_domain(self, one: Mapping[str, Any]) -> None:
        if isinstance(one.get("domain"), str):
            self.domains[one["person"]] = one["domain"]

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
        others = self._once(signed - {subject, *quorum.get("without", ())})
        deciding = {one for one in others if self.persons[one].roles & set(quorum["roles"])}
        guarding = (
            {one for one in others if "guardian" in self.persons[one].roles} if quorum.get("guardians") else set()
        )
        places = {self.persons[one].jurisdiction for one in deciding | guarding}
        if len(deciding) < max(1, quorum["count"]) or len(places) < quorum.get("jurisdictions", 1):
            raise BadSignature("the signatures do not make the quorum that the act asks for")
        if len(guarding) < quorum.get("guardians", 0):
            raise BadSignature("no guardian has signed")
        return said, signed

    def _once(self, signed: set[str]) -> set[str]:
        """Without who was brought in by another of them."""
        return {one for one in signed if self.one_with.get(one) not in signed}

    def _vouched(self, entry: Entry, said: Mapping[str, Any], signed: set[str]) -> None:
        """A role that decides, guards or votes is given as the desk's founding asks."""
        if not VOUCHED & set(said.get("roles", ())):
            return
        if not self.whole:
            self._two(entry, said, signed)
            return
        hash = sha256(entry.signed["text"].encode()).hexdigest()
        if entry.kind != "person.admitted":
            raise BadSignature("a role that decides was given past an admission")
        others = self._once(signed - {said.get("person")})
        deciding = {one for one in others if self.persons[one].roles & DECIDING}
        guarding = {one for one in others if "guardian" in self.persons[one].roles}
        places = {self.persons[one].jurisdiction for one in deciding | guarding}
        if len(deciding) < 2 or not guarding or len(places) < PLACES:
            raise BadSignature("not let in by two who decide and a guardian, from two jurisdictions")
        if hash not in self.proposed or not self.proposed[hash] < entry.day:
            raise BadSignature("let in without a day in the record")
        if hash in self.objected:
            raise BadSignature("let in although somebody objected")

    def _two(self, entry: Entry, said: Mapping[str, Any], signed: set[str]) -> None:
        """On a desk of before there were guardians, such a role takes two who decide, who invited among them."""
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
        self._vouched(entry, said, signed)
        who = said["person"]
        person = self.persons.setdefault(who, Person(who, said.get("jurisdiction", ""), set()))
        if entry.kind == "role.granted":
            self.keys.update({mark: one for mark, one in self.loose.items() if one == who})
            self.loose = {mark: one for mark, one in self.loose.items() if one != who}
        person.roles.update(said.get("roles", ()))
        person.vouched = sorted({*person.vouched, *(signed - {who})})
        for mark in [said["key"]] if said.get("key") else said.get("keys", []):
            self._know(mark, entry.signed["keys"][mark], who)
            self.loose.pop(mark, None)
        if said.get("sponsor"):
            self.one_with[who] = str(said["sponsor"])
        self._note_domain(said)

    def _confirm(self, entry: Entry) -> None:
        """A guardian, who is neither of them, signed that two are two."""
        text, said = _text(entry.signed)
        by = {one for one in self._signers(text, entry.signed) if "guardian" in self.persons[one].roles}
        sponsor, who = said["people"]
        if said["kind"] != CONFIRMS or not by - {sponsor, who}:
            raise BadSignature("no guardian has confirmed that they are two people")
        if self.one_with.get(who) == sponsor:
            del self.one_with[who]

    def _take(self, entry: Entry) -> None:
        said, signed = self._act(entry)
        person = self.persons.get(said["person"])
        if person is not None:
            if self.whole and "guardian" in person.roles:
                self._two(entry, {"person": said["person"]}, signed)
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
        if mark in self.loose and self.loose[mark] not in self.persons:
            self.early.append([self.loose[mark], str(signed["act"])])
            return
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
            "unsigned": self.unfollowed(),
            "guardians": sum("guardian" in person.roles for person in deciding),
            "whole": self.whole,
            "alone": self.alone,
            "counted_once": len(self.one_with),
        }

    def unfollowed(self) -> int:
        """How many approvals have no signature here, or one by a key that nobody vouched for."""
        return self.unsigned + len(self.early)

    def to_vouch(self) -> dict[str, tuple[str, list[str]]]:
        """Everyone who decides, guards or votes: id → the domain that is said to know their keys, and these."""
        held: dict[str, list[str]] = {}
        for mark, who in self.keys.items():
            held.setdefault(who, []).append(mark)
        found = (one.id for one in self.persons.values() if one.roles & VOUCHED)
        return {id: (self.domains.get(id, ""), held.get(id, [])) for id in found}

    def dump(self) -> dict[str, Any]:
        """Its state as plain JSON."""
        persons = {id: {**vars(one), "roles": sorted(one.roles)} for id, one in self.persons.items()}
        return {**vars(self), "persons": persons}

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> "People":
        """From its state."""
        persons = {id: Person(**{**one, "roles": set(one["roles"])}) for id, one in state["persons"].items()}
        return cls(**{**state, "persons": persons})


def _whole(people: Any) -> bool:
    """Whether a charter's people are as a desk is founded by: three, two who decide, a guardian, two jurisdictions."""
    deciding = sum(bool(DECIDING & set(one["roles"])) for one in people)
    guarding = sum("guardian" in one["roles"] for one in people)
    places = {one["jurisdiction"] for one in people}
    return len(people) >= FOUNDERS and deciding >= 2 and guarding >= 1 and len(places) >= PLACES


def _text(signed: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    text = signed["text"]
    said = json.loads(text)
    if not isinstance(said, dict):
        raise BadEntry("the act is not an object")
    return text.encode(), said
