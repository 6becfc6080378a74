"""`approved` believes nothing that was stored: each thing that makes an act approved, changed one by one, is found."""

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from people.members import ONE, TWO, Member, proposed, rewrite

from comity import clock
from comity.ledger.models import Event
from comity.people import approvals, commands
from comity.people.approvals import ApprovedAct, NotApproved, approved
from comity.people.models import Act, Approval, Grant, Key, Person
from comity.people.software import SoftwareAuthenticator
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def hash(alice: Member, bob: Member) -> str:
    """An act that Alice and Bob approved."""
    hash = proposed(TWO)
    alice.approve(hash)
    bob.approve(hash)
    return hash


def test_it_works(hash: str) -> None:
    act = approved(hash)
    assert {one.jurisdiction for one in act.approvals} == {"BE", "EE"}
    assert all(one.roles == {"decider"} for one in act.approvals)


def test_refuses_an_act_of_another_case_or_kind(hash: str) -> None:
    assert approved(hash, case="C-7Q4M2H00", kind="withhold")
    for wrong in ({"case": "C-OTHER000"}, {"kind": "lift"}, {"case": ""}):
        with pytest.raises(NotApproved, match="another case or kind"):
            approved(hash, **wrong)


def test_nothing_else_makes_an_approved_act(hash: str) -> None:
    real = approved(hash)
    with pytest.raises(TypeError):
        ApprovedAct(real.text, real.hash, real.approvals)
    with pytest.raises(TypeError):
        ApprovedAct(real.text, real.hash, real.approvals, object())
    with pytest.raises(TypeError):
        dataclasses.replace(real, hash="0" * 64)
    with pytest.raises(dataclasses.FrozenInstanceError):
        real.text = b"{}"  # type: ignore[misc]


def test_what_it_gives_can_be_changed_by_nobody(hash: str) -> None:
    act = approved(hash)
    act.act["targets"].append("https://lantern.example/c/other/2")
    assert act.act["targets"] == ["https://lantern.example/c/harbour/1"]


def test_refuses_an_act_that_is_unknown_or_open() -> None:
    for hash in ("", "0" * 64, proposed(TWO)):
        with pytest.raises(NotApproved):
            approved(hash)


def test_refuses_when_any_byte_of_the_text_is_changed(hash: str) -> None:
    text = vault.get(Act.objects.get(hash=hash).doc)
    for at in range(0, len(text), 7):
        changed = bytearray(text)
        changed[at] ^= 1
        rewrite(hash, bytes(changed))
        with pytest.raises(NotApproved):
            approved(hash)
    rewrite(hash, text)
    assert approved(hash)


def test_refuses_a_text_of_the_same_meaning_in_other_bytes(hash: str) -> None:
    text = vault.get(Act.objects.get(hash=hash).doc)
    rewrite(hash, json.dumps(json.loads(text), indent=1).encode())
    with pytest.raises(NotApproved):
        approved(hash)


def test_refuses_another_text_under_its_own_hash(hash: str) -> None:
    act = json.loads(vault.get(Act.objects.get(hash=hash).doc)) | {"territory": ["EU", "US"]}
    other = approvals.propose(act, realm="real", case=act["case"], version=act["version"], quorum=TWO)
    Approval.objects.filter(act_id=hash).update(act_id=other)
    Act.objects.filter(hash=other).update(state="approved")
    with pytest.raises(NotApproved, match="doesn't fit"):
        approved(other)


@pytest.mark.parametrize(
    "change", [{"case": "C-OTHER000"}, {"version": 9999}, {"kind": "purge"}, {"quorum": ONE.as_json()}]
)
def test_refuses_a_row_that_says_other_than_the_text(hash: str, change: dict[str, Any]) -> None:
    Act.objects.filter(hash=hash).update(**change)
    with pytest.raises(NotApproved, match="another"):
        approved(hash)


def test_refuses_a_state_set_by_hand(alice: Member) -> None:
    hash = proposed(TWO)
    alice.approve(hash)
    Act.objects.filter(hash=hash).update(state="approved")
    with pytest.raises(NotApproved, match="quorum"):
        approved(hash)


def test_refuses_a_quorum_lowered_in_the_row(alice: Member) -> None:
    hash = proposed(TWO)
    Act.objects.filter(hash=hash).update(quorum=ONE.as_json())
    assert alice.approve(hash).complete
    with pytest.raises(NotApproved, match="another quorum"):
        approved(hash)


def test_refuses_when_a_signature_is_gone(hash: str, bob: Member) -> None:
    Approval.objects.filter(person=bob.person).delete()
    with pytest.raises(NotApproved, match="quorum"):
        approved(hash)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_refuses_when_any_part_of_a_signature_is_changed(hash: str, bob: Member, part: str) -> None:
    row = Approval.objects.get(person=bob.person)
    raw = bytearray(approvals.passkeys.decode(row.response["response"][part]))
    raw[-2] ^= 1
    row.response["response"][part] = approvals.passkeys.encode(bytes(raw))
    row.save()
    with pytest.raises(NotApproved, match="signature"):
        approved(hash)


def test_refuses_a_signature_moved_to_another_person(hash: str, bob: Member, join: Callable[..., Member]) -> None:
    Approval.objects.filter(person=bob.person).update(person=join("decider", "FR").person)
    with pytest.raises(NotApproved, match="wasn't the signer's"):
        approved(hash)


def test_refuses_a_signature_copied_under_another_persons_name(alice: Member, bob: Member) -> None:
    hash = proposed(TWO)
    first = alice.approve(hash)
    Approval.objects.create(
        act_id=hash, person=bob.person, key=Key.objects.get(person=bob.person), at=first.at, response=first.response
    )
    Act.objects.filter(hash=hash).update(state="approved")
    with pytest.raises(NotApproved, match="doesn't fit"):
        approved(hash)


def test_refuses_a_key_slipped_into_the_table(alice: Member, bob: Member) -> None:
    """Who can write the table could sign for anyone: but no event tells of that key's enrolment."""
    hash, forged = proposed(TWO), SoftwareAuthenticator.make()
    first = alice.approve(hash)
    public = bytes(forged.public)
    key = Key.objects.create(
        id=approvals.passkeys.key_id(public), person=bob.person, public=public, enrolled_at=first.at
    )
    response = forged.sign(bytes.fromhex(hash))
    Approval.objects.create(act_id=hash, person=bob.person, key=key, at=first.at, response=response)
    Act.objects.filter(hash=hash).update(state="approved")
    with pytest.raises(NotApproved, match="no event tells"):
        approved(hash)


def test_refuses_a_public_key_exchanged_in_its_row(hash: str, bob: Member) -> None:
    forged = SoftwareAuthenticator(SoftwareAuthenticator.make().private, bob.key.id)
    Key.objects.filter(person=bob.person).update(public=bytes(forged.public))
    Approval.objects.filter(person=bob.person).update(response=forged.sign(bytes.fromhex(hash)))
    with pytest.raises(NotApproved, match="no event tells"):
        approved(hash)


def test_refuses_a_signer_who_was_not_in_the_role_then(hash: str, bob: Member) -> None:
    Grant.objects.filter(person=bob.person).update(since=clock.now() + timedelta(seconds=1))
    with pytest.raises(NotApproved, match="quorum"):
        approved(hash)


def test_refuses_a_signer_who_had_left_then(hash: str, bob: Member) -> None:
    at = Approval.objects.get(person=bob.person).at
    Person.objects.filter(pk=bob.person.pk).update(is_active=False, ended_at=at - timedelta(seconds=1))
    with pytest.raises(NotApproved, match="quorum"):
        approved(hash)


def test_refuses_a_signer_moved_to_another_realm_past_the_tables_own_guard(hash: str, bob: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table people_person disable trigger people_person_realm")
        cursor.execute("update people_person set realm = 'demo' where id = %s", [bob.person.pk])
    with pytest.raises(NotApproved, match="another realm"):
        approved(hash)


def test_what_was_signed_before_leaving_stands(hash: str, bob: Member) -> None:
    with clock.freeze(clock.now() + timedelta(seconds=1)):
        commands.deactivate(bob.person, "operator")
    assert len(approved(hash).approvals) == 2


def test_what_was_signed_with_a_key_that_ended_later_stands(hash: str, bob: Member) -> None:
    with clock.freeze(clock.now() + timedelta(seconds=1)):
        commands.add_key(bob.person, bytes(32), SoftwareAuthenticator.make().register(bytes(32)))
        commands.end_key(bob.person, approvals.passkeys.encode(bob.key.id), bob.person.by)
    assert approved(hash)


def test_refuses_when_the_text_has_reached_its_end(hash: str, settings: Any) -> None:
    with clock.freeze(clock.now() + timedelta(days=settings.COMITY.keep_days + 1)), pytest.raises(NotApproved):
        approved(hash)


def test_the_text_is_kept_as_long_as_it_is_asked_for(hash: str, settings: Any) -> None:
    later = clock.now() + timedelta(days=settings.COMITY.keep_days + 1)
    approvals.keep(hash, later + timedelta(days=1))
    with clock.freeze(later):
        assert approved(hash)


def test_it_is_of_no_account_how_often_it_is_asked(hash: str) -> None:
    before = Event.objects.count()
    assert approved(hash) == approved(hash)
    assert Event.objects.count() == before
