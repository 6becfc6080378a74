"""A desk of one person: which of its acts one signature is enough for, and what is put to nobody there.

The rule is `people.one_person`; the finding stays as its regulation made it, and so does the number that it asks for.
"""

from collections.abc import Mapping
from typing import Any

from comity import clock
from comity.people import founding, one_person
from comity.people.rules import Quorum

from . import rules

PLAYED_BY_FOUR = "demo"  # its people are made by us, and are never alone


class Barred(rules.NotNow):
    """An act that two people must sign, on a desk of one, outside the rule for that. `why`: a key of OUTSIDE."""

    def __init__(self, why: str) -> None:
        Exception.__init__(self, says(why))
        self.state, self.act, self.why = "to-decide", "propose", why


def says(why: str) -> str:
    """Why an act is put to nobody, and what to do, for the person at the desk."""
    return (
        f"Two people must sign this, and this desk has one: under its rule for that one signature is not enough here, "
        f"because {one_person.OUTSIDE[why]}. Found the desk with a second person (comity people found); it is then "
        "put to both."
    )


def lowered(quorum: Quorum, realm: str, kind: str, act: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The rule under which one signature is enough for an act, as the act is to name it; empty where the regulation's
    own quorum stands. Raises Barred."""
    if quorum.count == 1 or realm == PLAYED_BY_FOUR:
        return {}
    found = founding.founded_alone()
    if found is None:
        return {}
    rule, kinds = one_person.in_force(clock.now()), kinds_of(facts, act["targets"])
    why = rule.outside(kind, act["what"], len(act["targets"]), kinds)
    if why or not set(rule.quorum.roles) <= set(quorum.roles):
        raise Barred(why or "roles")
    return {
        "rule": one_person.ID,
        "version": rule.version,
        "sha256": rule.sha256,
        "charter": found[1],
        "kinds": kinds,
    }


def kinds_of(facts: Mapping[str, Any], refs: list[str]) -> list[str]:
    """Of which kinds the targets of an act are; `unknown` for one of which nobody knows."""
    return sorted({str(t.get("kind") or "unknown") for t in facts.get("targets") or [] if t.get("ref") in refs})
