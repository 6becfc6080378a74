"""Who was let in, as a stranger follows it: from the charter, by the signatures in the record alone."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from people.members import (
    Member,
    a_day_goes_by,
    enrolled,
    founder,
    founders,
    given,
    guardian,
    proposed,
    sign_charter,
    token_of,
)
from people.members import sign_admission as let_in

from comity import clock
from comity.admissions import commands as admissions
from comity.admissions.models import Admission
from comity.people import founding, staffing
from comity.people.rules import Quorum
from comity.record import commands
from comity_verify.entries import Entry, canonical, parse
from comity_verify.people import People, Unsigned

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ONE = Quorum(1, ("decider",))


@pytest.fixture(autouse=True)
def _at_an_instant() -> Iterator[None]:
    with clock.freeze(clock.now()):
        yield


def brought_in(by: Member, roles: str) -> tuple[Member, Admission]:
    """Somebody whom one of the founders invited, and their admission."""
    hash = staffing.propose(by.person, "person.invite", roles.split(), place="EE")
    one = enrolled(staffing.sign(by.person, hash, by.sign(hash)).link)
    return one, Admission.objects.get(person=one.person)


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


def admitted(found: list[Entry]) -> int:
    """The place of the last admission by an act."""
    return max(n for n, entry in enumerate(found) if entry.kind == "person.admitted" and entry.signed)


def test_every_signature_leads_to_the_charter_and_what_root_mints_does_not() -> None:
    first, second = founders()
    candidate, row = brought_in(first, "handler decider")
    assert let_in(row, first, second, guardian())
    a_day_goes_by()
    candidate.approve(proposed(ONE))
    found = entries()
    assert found[0].kind == "gateway.founded"
    people = read(found)
    told = people.told()
    assert (told["people"], told["guardians"], told["unsigned"], told["whole"]) == (4, 1, 0, True)
    assert told["counted_once"] == 1
    member = people.persons[str(candidate.person.id)]
    assert member.vouched == sorted(str(one.person.id) for one in (first, second, guardian()))
    assert member.signatures == 1
    hash = admissions.put_confirmation(second.person, row.id)
    admissions.sign(guardian().person, row.id, hash, guardian().sign(hash))
    assert read(entries()).told()["counted_once"] == 0
    _minted(found, admitted(found), first)


def _minted(found: list[Entry], place: int, owner: Member) -> None:
    """An administrator, or root, who mints a decider: each way ends refused."""
    entry = found[place]
    before = read(found[:place])
    own = str(owner.person.id)
    by = {before.keys.get(one["key"]): one for one in entry.signed["signatures"]}
    guards = str(guardian().person.id)
    for signatures in ([], [by[own]], [by[own], by[guards]], [one for who, one in by.items() if who != guards]):
        with pytest.raises(Unsigned):
            read([*found[:place], altered(entry, signatures=signatures)])
    for wrong in (altered(entry, text=entry.signed["text"].replace("decider", "head")), altered(entry, keys={})):
        with pytest.raises(Unsigned):
            read([*found[:place], wrong])
    said = json.loads(entry.signed["text"])
    said["quorum"] = {**said["quorum"], "count": 0, "without": [], "guardians": 0}
    with pytest.raises(Unsigned):
        read([*found[:place], altered(entry, text=canonical(said).decode())])
    with pytest.raises(Unsigned, match="nobody let in"):  # left out of the record, and decides all the same
        read([one for one in found if one.kind not in ("person.admitted", "key.added")])
    for kind in ("role.granted", "gateway.founded"):
        with pytest.raises(Unsigned):
            read([*found[:place], Entry(**{**vars(entry), "kind": kind})])


def test_refused_what_was_signed_by_too_few_whatever_its_text_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway whose own rule root took away: its people's signatures are real, and the record shows that they are
    too few."""
    monkeypatch.setattr(admissions, "admission_quorum", lambda roles, who: Quorum(2, ("administrator",)))
    first, second = founders()
    _, row = brought_in(first, "decider")
    assert let_in(row, first, second)
    a_day_goes_by()
    found = entries()
    with pytest.raises(Unsigned, match="two who decide and a guardian"):
        read(found[: admitted(found) + 1])


def test_refused_without_its_day_in_the_record_or_against_an_objection(join: Callable[..., Member]) -> None:
    first, second = founders()
    helper = join("handler")
    _, row = brought_in(first, "decider")
    assert let_in(row, first, second, guardian())
    admissions.object_to(helper.person, row.id, "No.")
    row.refresh_from_db()
    assert let_in(row, first, second, guardian())
    a_day_goes_by()
    found = entries()
    read(found)
    place = admitted(found)
    entry, hash = found[place], row.act
    objected = next(one for one in found if one.kind == "person.objected")
    assert objected.signed["act"] != hash
    with pytest.raises(Unsigned, match="objected"):
        read([*found[:place], altered(objected, act=hash), entry])
    with pytest.raises(Unsigned, match="a day in the record"):
        read([one for one in found[: place + 1] if one.kind != "person.proposed"])
    put = max(n for n, one in enumerate(found) if one.kind == "person.proposed")
    with pytest.raises(Unsigned, match="a day in the record"):
        read([*found[:place], Entry(**{**vars(entry), "day": found[put].day})])


def test_a_desk_founded_anew_is_signed_by_all_who_were_there() -> None:
    first, second = founders()
    clock.advance(60)
    given("person.deactivate", first, second.person)
    token = token_of(founding.open_again())
    other = founder(token, "decider", "FR")
    assert sign_charter(token, [first, guardian(), other])
    found = entries()
    assert (read(found).told()["people"], read(found).unfollowed()) == (3, 0)
    place = max(n for n, entry in enumerate(found) if entry.kind == "gateway.founded")
    entry = found[place]
    said = json.loads(entry.signed["text"])
    assert len(said["people"]) == 3
    mine = [one for one in entry.signed["signatures"] if read(found[:place]).keys.get(one["key"]) is None]
    said["people"] = [one for one in said["people"] if one["person"] == str(other.person.id)]
    with pytest.raises(Unsigned):
        read([*found[:place], altered(entry, text=canonical(said).decode(), signatures=mine)])
