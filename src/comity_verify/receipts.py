"""Receipts: a proof file that also carries its entry, and of the sealed fields those that its bearer may know.

It is a tlog-proof whose `extra` is JSON: `{"entry": base64, "revealed": {name: {"salt": base64, "value": …}}, "policy":
text, "people": how many decide, guard or vote there}`. Any program that reads tlog-proof verifies the proof; `extra`
proves nothing by itself, but its entry must hash to the leaf that is proven, and what is revealed must fit the entry.
The policy inside is the log's own word on who witnesses it: whoever has one from elsewhere verifies by that. Nobody is
vouched for from outside by a receipt.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import merkle, policies, proofs
from .entries import BadEntry, Entry, canonical, parse
from .notes import BadNote, NotSigned, b64, unbase64

UNWITNESSED = "not witnessed yet"
LARGEST = 1_000_000


@dataclass(frozen=True)
class Read:
    """What a receipt has proven."""

    index: int
    size: int
    origin: str
    witnesses: list[str]
    quorum: bool
    enclosed: bool  # whether it was verified by the policy that it encloses
    entry: Entry
    revealed: Mapping[str, Any]
    people: int = 0  # who decide, guard or vote, by the log's own word; nobody outside vouches by a receipt


def make(
    proof: proofs.Proof, entry: bytes, revealed: Mapping[str, tuple[bytes, Any]], policy: str, people: int = 0
) -> bytes:
    """A receipt file."""
    shown = {name: {"salt": b64(salt), "value": value} for name, (salt, value) in revealed.items()}
    extra = canonical({"entry": b64(entry), "revealed": shown, "policy": policy, "people": people})
    return proofs.Proof(proof.index, proof.hashes, proof.checkpoint, extra).text


def read(raw: bytes, policy: policies.Policy | None = None) -> Read:
    """Verify a receipt, by a policy of one's own or by the one it encloses.

    Raises BadNote, BadEntry, merkle.Unproven.
    """
    if len(raw) > LARGEST:
        raise BadNote("the receipt is too long")
    proof = proofs.parse(raw)
    try:
        extra = json.loads(proof.extra or b"")
        entry, revealed = unbase64(extra["entry"], "the entry"), dict(extra["revealed"])
        enclosed, people = policies.parse(extra["policy"].encode()), extra.get("people", 0)
        if not isinstance(people, int) or isinstance(people, bool) or people < 0:
            raise ValueError("people: a number is asked for")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadNote(f"the receipt lacks its entry: {error}") from None
    by = policy or enclosed
    opened_by = policies.Policy(by.logs, by.witnesses, by.groups, "none")
    proven = proofs.verify(raw, entry, opened_by)
    said = parse(entry)
    shown = {}
    if "entry" in said.sealed and "entry" in revealed:  # sealed as a whole: what it would have said seals the others
        said = parse(canonical(_reveal(said, "entry", revealed.pop("entry"))))
    for name, one in revealed.items():
        shown[name] = _reveal(said, name, one)
    quorum = by.satisfied(list(proven.witnesses)) and by.quorum != "none"
    head = proven.head
    named = by.called(proven.witnesses)
    return Read(proven.index, head.size, head.origin, named, quorum, policy is None, said, shown, people)


def _reveal(entry: Entry, name: str, one: Any) -> Any:
    try:
        entry.reveal(name, unbase64(one["salt"], "a salt"), one["value"])
    except (KeyError, TypeError):
        raise BadEntry(f"{name}: a salt and a value are asked for") from None
    return one["value"]


__all__ = ["UNWITNESSED", "BadEntry", "BadNote", "NotSigned", "Read", "make", "merkle", "read"]
