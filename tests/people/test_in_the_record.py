"""Who was let in, as a stranger follows it: from the charter, by the signatures in the record alone."""

import json
from typing import Any

import pytest
from people.members import Member, enrolled, founders, proposed
from people.test_admissions import admission, invited, vouch

from comity.people.rules import Quorum
from comity.record import commands
from comity_verify.entries import Entry, canonical, parse
from comity_verify.people import People, Unsigned

pytestmark = pytest.mark.django_db
ONE = Quorum(1, ("decider",))


def entries() -> list[Entry]:
    """What the real log holds by now."""
    assert commands.opened("real")
    while commands.number("real", batch=True):
        pass
    while commands.bodies("real"):
        pass
    return [parse(body) for body in commands.written("real", 0)]


def read(found: list[Entry]) -> People:
    people = People()
    for number, entry in enumerate(found):
        people.read(entry, number)
    return people


def altered(entry: Entry, **more: Any) -> Entry:
    """The same entry with other things signed."""
    return Entry(**{**vars(entry), "signed": {**entry.signed, **more}})


@pytest.mark.slow
def test_every_signature_leads_to_the_charter_and_what_root_mints_does_not() -> None:
    administrator, other = founders()
    candidate = enrolled(invited(administrator, "handler decider", "EE"))
    vouch(other, admission(candidate))
    candidate.approve(proposed(ONE))
    found = entries()
    assert found[0].kind == "gateway.founded"
    people = read(found)
    told = people.told()
    assert (told["people"], told["unsigned"]) == (3, 0)
    assert people.persons[str(candidate.person.id)].vouched == [str(other.person.id)]
    assert people.persons[str(candidate.person.id)].signatures == 1
    place = max(n for n, entry in enumerate(found) if entry.kind == "person.admitted" and entry.signed)
    _minted(found, place, administrator)


def _minted(found: list[Entry], place: int, administrator: Member) -> None:
    """An administrator, or root, who mints a decider: each way ends refused."""
    entry = found[place]
    own = str(administrator.person.id)
    mine = [one for one in entry.signed["signatures"] if read(found[:place]).keys.get(one["key"]) == own]
    for wrong in (
        altered(entry, signatures=[]),
        altered(entry, signatures=mine),
        altered(entry, text=entry.signed["text"].replace("decider", "head")),
        altered(entry, keys={}),
        altered(entry, invitation={"text": "{}", "signatures": []}),
        altered(entry, signatures=[], invitation=entry.signed["invitation"]),
    ):
        with pytest.raises(Unsigned):
            read([*found[:place], wrong])
    said = json.loads(entry.signed["text"])
    said["quorum"] = {**said["quorum"], "count": 0, "without": []}
    with pytest.raises(Unsigned):
        read([*found[:place], altered(entry, text=canonical(said).decode())])
    with pytest.raises(Unsigned, match="nobody let in"):  # left out of the record, and decides all the same
        read([one for one in found if one.kind not in ("person.admitted", "key.added")])
