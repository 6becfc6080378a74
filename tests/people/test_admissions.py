"""Two persons are two persons: nobody comes to decide by what one person does."""

from collections.abc import Callable
from typing import Any

import pytest
from people.members import TWO, Member, enrolled, founders, given, proposed, token_of

from comity.ledger.models import Event
from comity.people import admissions, approvals, commands, passkeys, rules, staffing
from comity.people.approvals import ApprovalRefused, approved
from comity.people.commands import Refused
from comity.people.models import Act, Grant, Invite, Key, Person
from comity.people.rules import DECIDING
from comity.people.software import SoftwareAuthenticator

pytestmark = pytest.mark.django_db


def invited(by: Member, roles: str, place: str) -> str:
    """The link of an invitation that an administrator put and signed."""
    hash = staffing.propose(by.person, "person.invite", roles.split(), place=place)
    return staffing.sign(by.person, hash, by.sign(hash)).link


def admission(candidate: Member) -> str:
    return next(put.row.hash for put in admissions.waiting() if put.text.get("person") == str(candidate.person.id))


def vouch(by: Member, hash: str) -> staffing.Signed:
    return staffing.sign(by.person, hash, by.sign(hash))


def test_it_works() -> None:
    administrator, other = founders()
    candidate = enrolled(invited(administrator, "handler decider", "EE"))
    assert candidate.person.roles == ["handler"]
    assert vouch(other, admission(candidate)).complete
    candidate.person.refresh_from_db()
    assert candidate.person.roles == ["decider", "handler"]
    assert admissions.vouched([candidate.person]) == {str(candidate.person.id): [other.person.name]}
    told = Event.objects.get(kind="person.admitted", sealed__roles=["decider"])
    assert (told.by, told.told["vouched"]) == (other.person.by, 1)


def test_who_invites_does_not_vouch_however_they_go_about_it() -> None:
    """The attack: one administrator makes two deciders for two jurisdictions, and has an act approved by them."""
    administrator, _ = founders()
    own = [enrolled(invited(administrator, "decider", place)) for place in ("EE", "FR")]
    hash = proposed(TWO)
    for one in own:
        for signer in (administrator, *own):
            with pytest.raises(ApprovalRefused) as caught:
                vouch(signer, admission(one))
            assert caught.value.reason == "role"
        with pytest.raises(ApprovalRefused):
            one.approve(hash)
        with pytest.raises(ApprovalRefused):
            approvals.options(one.person, hash)
    assert not Grant.objects.filter(role="decider").exists()
    assert Act.objects.get(hash=hash).state == "open"


def test_the_attack_succeeds_where_who_invites_may_vouch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the rule the same steps end in a second decider."""
    real = rules.staff_quorum
    monkeypatch.setattr(admissions, "staff_quorum", lambda *a, **k: real(*a, **k | {"invited_by": "nobody"}))
    administrator, _ = founders()
    mine = enrolled(invited(administrator, "decider", "EE"))
    assert vouch(administrator, admission(mine)).complete


def test_what_was_invited_on_the_server_takes_two() -> None:
    first, second = founders()
    candidate = enrolled(commands.invite_as_operator(["decider"], "FR"))
    hash = admission(candidate)
    assert not vouch(first, hash).complete
    with pytest.raises(ApprovalRefused):
        vouch(first, hash)
    candidate.person.refresh_from_db()
    assert candidate.person.roles == []
    assert vouch(second, hash).complete


@pytest.mark.parametrize("roles", ["handler", "auditor"])
def test_others_vouch_for_nobody(join: Callable[..., Member], roles: str) -> None:
    administrator, _ = founders()
    hash = admission(enrolled(invited(administrator, "decider", "EE")))
    with pytest.raises(ApprovalRefused):
        vouch(join(roles), hash)


@pytest.mark.parametrize("role", sorted(DECIDING))
def test_each_role_that_decides_takes_another_person(alice: Member, bob: Member, role: str) -> None:
    administrator, _ = founders()
    subject = enrolled(commands.invite_as_operator(["handler"], "FR"))
    hash = staffing.propose(administrator.person, "role.grant", [role], person=subject.person)
    with pytest.raises(Refused, match="first signature"):
        vouch(alice, hash)
    assert not vouch(administrator, hash).complete
    for again in (administrator, subject):
        with pytest.raises(ApprovalRefused):
            vouch(again, hash)
    assert Person.objects.get(pk=subject.person.pk).roles == ["handler"]
    assert vouch(bob, hash).complete
    assert Person.objects.get(pk=subject.person.pk).roles == sorted([role, "handler"])


@pytest.mark.parametrize("role", ["handler", "auditor"])
def test_a_role_that_decides_nothing_takes_the_administrators_passkey(alice: Member, role: str) -> None:
    administrator, _ = founders()
    assert given("role.grant", administrator, alice.person, role).complete
    assert role in alice.person.roles


def test_nobody_puts_what_is_not_theirs(alice: Member, bob: Member) -> None:
    administrator, _ = founders()
    for kind, person in (("role.grant", bob.person), ("role.revoke", bob.person), ("person.deactivate", bob.person)):
        with pytest.raises(Refused, match="may not put"):
            staffing.propose(alice.person, kind, ["decider"], person=person)
    for kind in ("person.admit", "gateway.found", "withhold", ""):
        with pytest.raises(Refused, match="may not put"):
            staffing.propose(administrator.person, kind, ["decider"], person=alice.person)
    with pytest.raises(Refused, match="may not put"):
        staffing.propose(administrator.person, "role.grant", ["decider"], person=administrator.person)


def test_an_administrator_who_is_none_any_more_carries_nothing_out(join: Callable[..., Member]) -> None:
    first, _ = founders()
    late, subject = join("administrator"), join("handler")
    hash = staffing.propose(late.person, "role.grant", ["auditor"], person=subject.person)
    given("role.revoke", first, late.person, "administrator")
    with pytest.raises(ApprovalRefused):
        vouch(late, hash)


def test_who_leaves_takes_along_what_they_put_and_their_links(alice: Member) -> None:
    first, second = founders()
    link = invited(first, "handler", "BE")
    candidate = enrolled(invited(first, "decider", "EE"))
    kept = admission(candidate)
    grant = staffing.propose(first.person, "role.grant", ["head"], person=alice.person)
    vouch(first, grant)
    commands.deactivate(candidate.person, "operator")
    commands.deactivate(first.person, "operator")
    assert {Act.objects.get(hash=hash).state for hash in (kept, grant)} == {"void"}
    with pytest.raises(Refused, match="not known"):
        commands.open_invite(token_of(link))
    with pytest.raises(ApprovalRefused):
        vouch(second, grant)


def test_the_candidates_key_is_the_one_that_was_vouched_for() -> None:
    administrator, other = founders()
    candidate, another = enrolled(invited(administrator, "decider", "EE")), SoftwareAuthenticator.make()
    text = next(put.text for put in admissions.waiting())
    assert text["key"] == passkeys.fingerprint(bytes(Key.objects.get(person=candidate.person).public))
    with pytest.raises(Refused, match="waiting to be admitted"):
        commands.add_key(candidate.person, bytes(32), another.register(bytes(32)))
    vouch(other, admission(candidate))
    commands.add_key(candidate.person, bytes(32), another.register(bytes(32)))


def test_a_signature_over_one_act_carries_out_no_other(alice: Member, bob: Member) -> None:
    administrator, other = founders()
    hash = staffing.propose(administrator.person, "role.grant", ["head"], person=alice.person)
    signature = administrator.sign(hash)
    anew = staffing.propose(administrator.person, "role.grant", ["head"], person=bob.person)
    with pytest.raises(ApprovalRefused):
        staffing.sign(administrator.person, anew, signature)
    with pytest.raises(ApprovalRefused):
        staffing.sign(administrator.person, hash, signature)  # void since the other was put
    with pytest.raises(ApprovalRefused):
        staffing.sign(administrator.person, proposed(TWO), signature)
    assert other.person.roles == ["administrator"]


@pytest.mark.parametrize("make", [commands.invite, commands.grant, commands.revoke, commands.dismiss])
def test_what_changes_staff_takes_an_approved_act_alone(make: Any, alice: Member) -> None:
    """No page, job or command can call these without signatures: nobody else makes an ApprovedAct."""
    for thing in (None, {}, "x", alice.person):
        with pytest.raises((AttributeError, TypeError)):
            make(thing)
    with pytest.raises(TypeError):
        make(approvals.ApprovedAct(b"{}", "0" * 64, ()))


def test_each_grant_alerts_everyone_who_decides(alice: Member, bob: Member) -> None:
    """On the desk's pages, and to each on their own page, whoever puts the desk's alert away."""
    from people.test_pages import signed_in

    from comity.road import ROAD

    first, second = founders()
    given("role.grant", first, alice.person, "head", second=second)
    for kind in ("gateway.founded", "person.admitted", "role.granted", "role.revoked", "person.deactivated"):
        assert "cases.alert" in ROAD[kind]
    for member in (alice, bob, first, second):
        page = signed_in(member).get("/people/me").content.decode()
        assert "Role granted" in page
        assert second.person.name in page


def test_the_record_shows_who_vouched_for_whom(alice: Member) -> None:
    first, second = founders()
    given("role.grant", first, alice.person, "head", second=second)
    told = Event.objects.get(kind="role.granted")
    act = approved(told.sealed["act"], kind="role.grant")
    assert [one.person for one in act.approvals] == [str(first.person.id), str(second.person.id)]
    assert act.act["person"] == str(alice.person.id)
    assert not Invite.objects.filter(tag="").exists()
