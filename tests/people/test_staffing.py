"""What is done to who is here: invited, given a role that decides nothing, ended; by passkeys alone."""

from collections.abc import Callable
from typing import Any

import pytest
from people.members import TWO, Member, enrolled, founders, given, guardian, proposed, token_of

from comity.ledger.models import Event
from comity.people import approvals, commands, staffing
from comity.people.approvals import ApprovalRefused, approved
from comity.people.commands import Refused
from comity.people.models import Act, Grant, Invite
from comity.people.rules import VOUCHED

pytestmark = pytest.mark.django_db


def invited(by: Member, roles: str, place: str) -> str:
    """The link of an invitation that an administrator put and signed."""
    hash = staffing.propose(by.person, "person.invite", roles.split(), place=place)
    return staffing.sign(by.person, hash, by.sign(hash)).link


def vouch(by: Member, hash: str) -> staffing.Signed:
    return staffing.sign(by.person, hash, by.sign(hash))


def test_it_works() -> None:
    administrator, _ = founders()
    link = invited(administrator, "handler decider", "EE")
    assert enrolled(link).person.roles == []  # a candidate, whoever invited


@pytest.mark.parametrize("role", sorted(VOUCHED))
def test_refused_a_role_that_decides_guards_or_votes(alice: Member, role: str) -> None:
    administrator, _ = founders()
    with pytest.raises(Refused):
        staffing.propose(administrator.person, "role.grant", [role], person=alice.person)


def test_ending_a_guardian_takes_two_who_decide(bob: Member) -> None:
    administrator, _ = founders()
    who = guardian().person
    for kind, roles in (("person.deactivate", []), ("role.revoke", ["guardian"])):
        hash = staffing.propose(administrator.person, kind, roles, person=who)
        assert not vouch(administrator, hash).complete
        with pytest.raises(ApprovalRefused):
            vouch(guardian(), hash)
    assert vouch(bob, hash).complete
    assert not Grant.objects.filter(role="guardian", until=None).exists()


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
    grant = staffing.propose(first.person, "person.deactivate", [], person=guardian().person)
    vouch(first, grant)
    commands.deactivate(first.person, "operator")
    assert Act.objects.get(hash=grant).state == "void"
    with pytest.raises(Refused, match="not known"):
        commands.open_invite(token_of(link))
    with pytest.raises(ApprovalRefused):
        vouch(second, grant)


def test_a_signature_over_one_act_carries_out_no_other(alice: Member, bob: Member) -> None:
    administrator, other = founders()
    hash = staffing.propose(administrator.person, "role.grant", ["auditor"], person=alice.person)
    signature = administrator.sign(hash)
    anew = staffing.propose(administrator.person, "role.grant", ["auditor"], person=bob.person)
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

    first, _ = founders()
    given("role.grant", first, alice.person, "auditor")
    for kind in (
        *("gateway.founded", "person.proposed", "person.objected", "person.admitted", "person.declined"),
        *("role.granted", "role.revoked", "person.deactivated"),
    ):
        assert "cases.alert" in ROAD[kind]
    for member in (alice, bob, first, guardian()):
        page = signed_in(member).get("/people/me").content.decode()
        assert "Role granted" in page
        assert first.person.name in page


def test_the_record_shows_who_signed_what(alice: Member) -> None:
    first, _ = founders()
    given("role.grant", first, alice.person, "auditor")
    told = Event.objects.get(kind="role.granted")
    act = approved(told.sealed["act"], kind="role.grant")
    assert [one.person for one in act.approvals] == [str(first.person.id)]
    assert act.act["person"] == str(alice.person.id)
    assert not Invite.objects.filter(tag="").exists()
