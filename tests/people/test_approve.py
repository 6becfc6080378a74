"""Approving an act: one passkey signature each, over the act's own hash."""

import contextlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from fido2.webauthn import AuthenticatorData
from people.members import ONE, TWO, Member, act, challenge_of, founders, given, proposed

from comity import clock
from comity.ledger.models import Event
from comity.people import approvals, commands, demo_keys
from comity.people.approvals import ApprovalRefused, approve, approve_as_demo, approved, options, propose, void
from comity.people.models import Act, Approval, Key, Person
from comity.people.rules import Quorum
from comity.people.software import SoftwareAuthenticator

pytestmark = pytest.mark.django_db


@contextlib.contextmanager
def refused(reason: str) -> Iterator[None]:
    before = Approval.objects.count()
    with pytest.raises(ApprovalRefused) as caught:
        yield
    assert caught.value.reason == reason
    assert Approval.objects.count() == before


def test_it_works(alice: Member, bob: Member) -> None:
    hash = proposed(TWO)
    assert not alice.approve(hash).complete
    assert Act.objects.get(hash=hash).state == "open"
    assert bob.approve(hash).complete
    act = approved(hash)
    assert act.hash == hash
    assert act.act["targets"] == ["https://lantern.example/c/harbour/1"]
    assert [one.jurisdiction for one in act.approvals] == ["BE", "EE"]
    told = Event.objects.filter(kind="approval.given", case="C-7Q4M2H00")
    assert [(e.public["number"], e.public["of"]) for e in told] == [
        (1, 2),
        (2, 2),
    ]


def test_a_quorum_of_one(alice: Member) -> None:
    hash = proposed(ONE)
    assert alice.approve(hash).complete
    assert approved(hash).approvals[0].person == str(alice.person.id)


def test_the_page_gets_the_acts_own_hash_as_challenge(alice: Member) -> None:
    hash = proposed(TWO)
    asked = options(alice.person, hash)["publicKey"]
    assert asked["challenge"] == approvals.passkeys.encode(bytes.fromhex(hash))
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "localhost"
    assert [one["id"] for one in asked["allowCredentials"]] == [Key.objects.get(person=alice.person).id]


def test_two_acts_of_the_same_words_differ(alice: Member) -> None:
    first = proposed(TWO, case="C-AAAAAAAA", version=1)
    second = proposed(TWO, case="C-AAAAAAAA", version=1)
    assert first != second
    with refused("signature"):
        approve(alice.person, second, alice.sign(first))


def test_refused_an_unknown_act(alice: Member) -> None:
    for hash in ("", "0" * 64, "x", "0" * 64_000, "\x00" * 64):
        with refused("unknown"):
            approve(alice.person, hash, {})
        with refused("unknown"):
            options(alice.person, hash)


def test_refused_the_same_person_twice(alice: Member) -> None:
    hash = proposed(TWO)
    alice.approve(hash)
    with refused("twice"):
        alice.approve(hash)
    with refused("twice"):
        options(alice.person, hash)


def test_refused_the_same_assertion_sent_again(alice: Member, bob: Member) -> None:
    hash = proposed(TWO)
    response = alice.sign(hash)
    approve(alice.person, hash, response)
    with refused("twice"):
        approve(alice.person, hash, response)
    with refused("signature"):
        approve(bob.person, hash, response)


def test_refused_the_same_person_by_another_key(alice: Member) -> None:
    hash, another = proposed(TWO), SoftwareAuthenticator.make()
    commands.add_key(alice.person, bytes(32), another.register(bytes(32)))
    alice.approve(hash)
    with refused("twice"):
        approve(alice.person, hash, another.sign(challenge_of(hash)))


def test_the_database_refuses_the_same_person_twice(alice: Member) -> None:
    hash = proposed(TWO)
    first = alice.approve(hash)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(act_id=hash, person=alice.person, key=first.key, at=first.at, response={})


def test_refused_when_enough_have_signed(alice: Member, bob: Member, join: Callable[..., Member]) -> None:
    third, hash = join("decider"), proposed(TWO)
    alice.approve(hash)
    bob.approve(hash)
    with refused("complete"):
        third.approve(hash)


def test_refused_a_signature_over_an_older_version(alice: Member, bob: Member) -> None:
    old = proposed(TWO, case="C-BBBBBBBB", version=1)
    signature = alice.sign(old)
    new = proposed(TWO, case="C-BBBBBBBB", version=2)
    with refused("void"):
        approve(alice.person, old, signature)
    with refused("signature"):
        approve(alice.person, new, signature)


def test_a_first_signature_is_void_with_the_version_it_was_given_on(alice: Member, bob: Member) -> None:
    old = proposed(TWO, case="C-BBBBBBBB", version=1)
    alice.approve(old)
    assert void("C-BBBBBBBB", 2) == 1
    with refused("void"):
        bob.approve(old)
    with pytest.raises(approvals.NotApproved):
        approved(old)


def test_voiding_spares_other_cases_later_versions_and_what_is_approved(alice: Member) -> None:
    done = proposed(ONE, case="C-CCCCCCCC", version=1)
    alice.approve(done)
    later, other = proposed(case="C-CCCCCCCC", version=3), proposed(case="C-DDDDDDDD", version=1)
    assert void("C-CCCCCCCC", 3) == 0
    assert {Act.objects.get(hash=h).state for h in (later, other)} == {"open"}
    assert approved(done)


def test_refused_in_another_role(join: Callable[..., Member]) -> None:
    hash = proposed(TWO)
    for roles in ("handler", "counsel", "head", "auditor", "administrator"):
        member = join(roles)
        with refused("role"):
            member.approve(hash)
        with refused("role"):
            options(member.person, hash)


def test_refused_a_second_of_the_same_jurisdiction_where_two_are_asked(
    alice: Member, join: Callable[..., Member]
) -> None:
    same, other = join("decider", "BE"), join("decider", "EE")
    hash = proposed(Quorum(2, ("decider",), 2))
    alice.approve(hash)
    with refused("jurisdiction"):
        same.approve(hash)
    assert other.approve(hash).complete


def test_refused_what_is_older_than_the_signer(alice: Member, join: Callable[..., Member]) -> None:
    """Who has just been let in can't complete what was put before: it is put anew, for everyone to see."""
    hash = proposed(TWO)
    alice.approve(hash)
    with clock.freeze(clock.now() + timedelta(days=3)):
        late = join("decider", "EE")
        with refused("older"):
            late.approve(hash)
        with refused("older"):
            options(late.person, hash)
        assert join("decider", "FR").sign(hash)  # the key is good; it is the time that isn't
        anew = proposed(TWO)
        alice.approve(anew)
        assert late.approve(anew).complete


def test_refused_after_leaving(alice: Member) -> None:
    hash = proposed(TWO)
    signature = alice.sign(hash)
    commands.deactivate(alice.person, "operator")
    with refused("inactive"):
        approve(alice.person, hash, signature)


def test_refused_after_the_role_was_taken(alice: Member) -> None:
    hash = proposed(TWO)
    given("role.revoke", founders()[0], alice.person, "decider")
    with refused("role"):
        alice.approve(hash)


def test_refused_by_a_key_that_has_ended(alice: Member) -> None:
    hash, another = proposed(TWO), SoftwareAuthenticator.make()
    commands.add_key(alice.person, bytes(32), another.register(bytes(32)))
    commands.end_key(alice.person, Key.objects.get(pk=approvals.passkeys.encode(alice.key.id)).id, alice.person.by)
    with refused("signature"):
        alice.approve(hash)
    approve(alice.person, hash, another.sign(challenge_of(hash)))


def test_refused_without_user_verification(alice: Member) -> None:
    hash = proposed(TWO)
    with refused("signature"):
        approve(alice.person, hash, alice.sign(hash, flags=AuthenticatorData.FLAG.UP))


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:9999", "http://127.0.0.1:8000", "https://localhost:8000", "https://evil.example", "null", ""],
)
def test_refused_from_another_origin(alice: Member, origin: str) -> None:
    hash = proposed(TWO)
    with refused("signature"):
        approve(alice.person, hash, alice.sign(hash, origin=origin or "about:blank"))


def test_refused_a_strangers_key(alice: Member) -> None:
    hash = proposed(TWO)
    with refused("signature"):
        approve(alice.person, hash, SoftwareAuthenticator.make().sign(challenge_of(hash)))


def test_refused_a_strangers_signature_under_ones_own_key_id(alice: Member) -> None:
    hash = proposed(TWO)
    forged = SoftwareAuthenticator(SoftwareAuthenticator.make().private, alice.key.id)
    with refused("signature"):
        approve(alice.person, hash, forged.sign(challenge_of(hash)))


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"id": 1},
        {"id": "x", "rawId": "y"},
        {"response": []},
        {"id": "AA", "rawId": "AA", "response": {"signature": "!"}},
    ],
)
def test_refused_what_is_no_assertion(alice: Member, response: dict[str, Any]) -> None:
    with refused("signature"):
        approve(alice.person, proposed(TWO), response)


def test_refused_an_enrolment_in_place_of_an_assertion(alice: Member) -> None:
    hash = proposed(TWO)
    with refused("signature"):
        approve(alice.person, hash, alice.key.register(challenge_of(hash)))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_refused_with_any_part_changed(alice: Member, part: str) -> None:
    hash = proposed(TWO)
    for at in (0, 10, -1):
        response = alice.sign(hash)
        raw = bytearray(approvals.passkeys.decode(response["response"][part]))
        raw[at] ^= 1
        response["response"][part] = approvals.passkeys.encode(bytes(raw))
        with refused("signature"):
            approve(alice.person, hash, response)


def test_a_refusal_is_kept_with_its_reason(alice: Member) -> None:
    hash = proposed(TWO)
    alice.approve(hash)
    with refused("twice"):
        alice.approve(hash)
    kept = Event.objects.get(kind="approval.refused")
    assert (kept.public, kept.sealed, kept.by) == ({}, {"act": hash, "why": "twice"}, alice.person.by)


# The realms -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(db: None) -> list[Person]:
    return commands.ensure_demo_people()


def test_demo_people_approve_in_the_demo(demo: list[Person]) -> None:
    _handler, be, ee, *_ = demo
    hash = proposed(TWO, realm="demo")
    assert not approve_as_demo(be, hash).complete
    assert approve_as_demo(ee, hash).complete
    assert approved(hash).act["realm"] == "demo"


@pytest.mark.parametrize("realm", ["real", "drill"])
def test_a_demo_person_crosses_over_by_no_route(demo: list[Person], realm: str, alice: Member) -> None:
    hash, decider = proposed(TWO, realm=realm), demo[1]
    signature = demo_keys.load(decider).sign(challenge_of(hash), person=decider.id.bytes)
    with refused("realm"):
        approve_as_demo(decider, hash)
    with refused("realm"):
        approve(decider, hash, signature)
    with refused("realm"):
        options(decider, hash)
    decider.realm = "real"  # an object in memory says nothing: the row is read again under its lock
    with refused("realm"):
        approve(decider, hash, signature)
    with refused("signature"):
        approve(alice.person, hash, signature)


def test_the_database_refuses_a_demo_person_on_a_real_act_and_a_change_of_realm(demo: list[Person]) -> None:
    hash, decider = proposed(ONE), demo[1]
    key, now = Key.objects.get(person=decider), decider.enrolled_at
    for change in (
        lambda: Approval.objects.create(act_id=hash, person=decider, key=key, at=now, response={}),
        lambda: Person.objects.filter(pk=decider.pk).update(realm="real"),
        lambda: Act.objects.filter(hash=hash).update(realm="demo"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_real_person_approves_nothing_in_the_demo(alice: Member, demo: list[Person]) -> None:
    hash = proposed(TWO, realm="demo")
    with refused("realm"):
        alice.approve(hash)
    with refused("realm"):
        approve_as_demo(alice.person, hash)


def test_demo_people_approve_nothing_where_the_demo_is_off(demo: list[Person], settings: Any) -> None:
    hash = proposed(TWO, realm="demo")
    signature = demo_keys.load(demo[1]).sign(challenge_of(hash))
    settings.COMITY = replace(settings.COMITY, demo=False)
    with refused("realm"):
        approve_as_demo(demo[1], hash)
    with refused("realm"):
        approve(demo[1], hash, signature)


def test_real_people_approve_in_drills(alice: Member) -> None:
    assert alice.approve(proposed(ONE, realm="drill")).complete


# What is put to people ------------------------------------------------------------------------------------------------


def test_the_act_carries_what_makes_its_signature_fit_it_alone(alice: Member) -> None:
    hash = proposed(ONE, case="C-EEEEEEEE", version=7)
    alice.approve(hash)
    signed = approved(hash).act
    assert (signed["realm"], signed["case"], signed["version"]) == ("real", "C-EEEEEEEE", 7)
    assert signed["quorum"] == ONE.as_json()
    assert len(signed["nonce"]) == 32


def test_proposing_the_very_same_act_again_is_the_same_act() -> None:
    same = act(nonce="0" * 32)
    first = propose(same, realm="real", case="C-FFFFFFFF", version=1, quorum=TWO)
    assert propose(same, realm="real", case="C-FFFFFFFF", version=1, quorum=TWO) == first
    assert Act.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": None},
        {"kind": "x" * 41},
        {"until": 1.5},
        {"what": float("nan")},
        {"what": b"bytes"},
        {"letters": {1: "one"}},
        {"what": "\ud800"},
        {"realm": "demo"},
        {"version": 99},
        {"quorum": {"count": 1}},
    ],
)
def test_refuses_to_put_what_has_no_one_text(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="act"):
        propose(act(**wrong), realm="real", case="C-GGGGGGGG", version=1, quorum=TWO)
    assert not Act.objects.exists()


def test_refuses_to_put_what_is_nested_without_end() -> None:
    deep: Any = []
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        propose(act(what=deep), realm="real", case="C-GGGGGGGG", version=1, quorum=TWO)


def test_the_text_is_one_for_all_orders_of_keys() -> None:
    assert approvals.canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'.encode()
    assert approvals.canonical({"a": 1, "b": 2}) == approvals.canonical(json.loads('{"b": 2, "a": 1}'))


# Two at once ----------------------------------------------------------------------------------------------------------


def _at_once(members: list[Member], hash: str) -> list[str]:
    def one(member: Member) -> str:
        try:
            return "complete" if member.approve(hash).complete else "given"
        except ApprovalRefused as refusal:
            return refusal.reason
        finally:
            connection.close()

    with ThreadPoolExecutor(len(members)) as pool:
        return sorted(pool.map(one, members))


@pytest.mark.django_db(transaction=True)
def test_two_deciders_racing_are_both_recorded(join: Callable[..., Member]) -> None:
    people, hash = [join("decider", "BE"), join("decider", "EE")], proposed(TWO)
    assert _at_once(people, hash) == ["complete", "given"]
    assert len(approved(hash).approvals) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_racing_only_as_many_as_needed_are_recorded(join: Callable[..., Member]) -> None:
    members, hash = [join("decider") for _ in range(4)], proposed(TWO)
    assert _at_once(members, hash) == ["complete", "complete", "complete", "given"]
    assert Approval.objects.filter(act=hash).count() == 2
    assert Event.objects.filter(kind="approval.refused", sealed__why="complete").count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_person_racing_with_themselves_counts_once(join: Callable[..., Member]) -> None:
    alice, hash = join("decider"), proposed(TWO)
    assert _at_once([alice, alice, alice], hash) == ["given", "twice", "twice"]
