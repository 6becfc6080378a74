"""Where one signature is enough, and that a desk of several can't be made one where it is: attacks, with controls."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from people.members import Member, founder, founders, guardian, sign_charter, token_of

from comity import clock
from comity.people import approvals, chain, commands, founding, one_person, tags
from comity.people.approvals import ApprovalRefused, NotApproved
from comity.people.models import Act, Approval, Grant, Person
from comity.vault import commands as vault

from .test_pages import visitor

pytestmark = pytest.mark.django_db
ROLES = "administrator handler decider counsel head"
WITHHOLD = {"kind": "execute", "what": ["withhold"], "targets": ["https://lantern.example/c/harbour/1"]}


def found_alone(roles: str = ROLES) -> Member:
    token = token_of(founding.open_again())
    one = founder(token, roles, "BE")
    founding.choose_alone(token)
    assert sign_charter(token, [one])
    return one


def join_me(me: Member) -> Member:
    """A second person, and one who guards: the desk is founded anew by all of them."""
    token = token_of(founding.open_again())
    you, guards = founder(token, ROLES, "EE"), founder(token, "guardian", "CH")
    assert sign_charter(token, [you, guards, me])
    return you


def put(**more: Any) -> str:
    """An act of one signature, put as the desk puts it or as a hole elsewhere might."""
    rule = one_person.in_force(clock.now())
    charter = Act.objects.filter(kind="gateway.found", state="approved").latest("approved_at").hash
    under = {"rule": one_person.ID, "version": rule.version, "sha256": rule.sha256, "charter": charter}
    under |= {"kinds": ["message"]} | more.pop("under", {})
    return approvals.propose(
        WITHHOLD | more | {"under": under}, realm="real", case="C-7Q4M2H00", version=1, quorum=rule.quorum
    )


def refused(me: Member, hash: str) -> str:
    with pytest.raises(ApprovalRefused) as found:
        me.approve(hash)
    return found.value.reason


def signed_past_the_door(me: Member, hash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed although the door would refuse it, so that the check at the time of acting stands alone."""
    charter = approvals.under_of(Act.objects.get(hash=hash))["charter"]
    with monkeypatch.context() as patch:
        patch.setattr(approvals, "founded_alone", lambda person, at: charter)
        assert me.approve(hash).complete


def test_it_works_one_signature_is_enough_for_who_founded_the_desk_alone() -> None:
    me = found_alone()
    found = founding.founded_alone()
    assert found
    assert found == (me.person, Act.objects.get(kind="gateway.found").hash)
    hash = put()
    assert me.approve(hash).complete
    assert approvals.approved(hash).act["under"]["sha256"] == one_person.versions()[-1].sha256


def test_helpers_make_no_second_person() -> None:
    found_alone()
    other = tags.make(Person, name="h", realm="real", jurisdiction="BE", roles=["handler"], enrolled_at=clock.now())
    tags.make(Grant, person=other, role="handler", since=clock.now())
    assert founding.founded_alone()


@pytest.mark.parametrize(
    ("kind", "what", "targets", "kinds", "why"),
    [
        ("execute", ["withhold"], 1, ["message"], ""),
        ("execute", ["withhold"], 10, ["file", "post"], ""),
        ("execute", ["withhold"], 11, ["message"], "many"),
        ("execute", ["preserve"], 0, [], ""),
        ("execute", ["preserve"], 10, ["account"], ""),
        ("execute", ["preserve"], 11, ["message"], "many"),
        ("execute", ["preserve", "withhold"], 1, ["account"], "kind"),
        ("execute", ["preserve", "withhold"], 0, [], "kind"),
        ("execute", ["withhold"], 0, ["message"], "many"),
        ("execute", ["withhold"], 1, ["account"], "kind"),
        ("execute", ["withhold"], 2, ["channel", "message"], "kind"),
        ("execute", ["withhold"], 1, ["unknown"], "kind"),
        ("execute", ["withhold"], 1, [], "kind"),
        ("execute", ["disclose"], 1, ["message"], "measure"),
        ("execute", ["disclose", "withhold"], 1, ["message"], "measure"),
        ("execute", [], 1, ["message"], "measure"),
        ("answer", [], 0, [], "answer"),
    ],
)
def test_what_the_rule_covers(kind: str, what: list[str], targets: int, kinds: list[str], why: str) -> None:
    rule = one_person.in_force(clock.now())
    assert rule.outside(kind, what, targets, kinds) == why
    assert not why or one_person.OUTSIDE[why]


# Attacks --------------------------------------------------------------------------------------------------------------


def lose(*others: Member) -> None:
    """The database's writer makes people vanish, as far as keys between tables allow."""
    people = [one.person for one in others]
    Approval.objects.filter(person__in=people).delete()
    Grant.objects.filter(person__in=people).delete()
    Person.objects.filter(pk__in=[one.pk for one in people]).update(is_active=False, ended_at=clock.now(), roles=[])


def test_a_desk_of_two_that_lost_one_is_no_desk_of_one_even_if_it_says_so_anew() -> None:
    first, second = founders()
    guards = guardian()
    commands.deactivate(second.person, "operator")
    assert founding.alone()
    assert founding.founded_alone() is None
    token = token_of(founding.open_again())
    with pytest.raises(commands.Refused, match="Only one person"):
        founding.choose_alone(token)  # who guards is still there
    commands.deactivate(guards.person, "operator")
    founding.choose_alone(token)
    assert sign_charter(token, [first])
    assert founding.founded_alone() is None


@pytest.mark.parametrize("forget", ["the charter of two", "everything of the second"])
def test_a_database_writer_makes_no_desk_of_one_of_a_desk_of_two(monkeypatch: pytest.MonkeyPatch, forget: str) -> None:
    start = clock.now()
    with clock.freeze(start):
        me = found_alone()
        charter = one_person.sole_charter(clock.now())
        clock.advance(60)
        others = [join_me(me), guardian()]
        later = Act.objects.filter(kind="gateway.found").exclude(hash=charter)
        Approval.objects.filter(act__in=later).delete()
        later.delete()  # only the charter of one is left
        chain.forget()
        if forget == "everything of the second":
            lose(*others)
            assert founding.alone()
        assert founding.founded_alone() is None
        hash = put()
        assert refused(me, hash) == "one-person"
        signed_past_the_door(me, hash, monkeypatch)
        with pytest.raises(NotApproved, match="founded alone"):
            approvals.approved(hash)
        lose(*others)
        monkeypatch.setattr(one_person, "sole_charter", lambda at: charter)  # control: only the file told
        assert approvals.approved(hash)


def test_no_charter_of_one_counts_where_another_ever_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    me = found_alone()
    commands.ensure_demo_people()
    assert founding.founded_alone()  # the demo's people are none of this desk
    other = tags.make(Person, name="gone", realm="real", jurisdiction="EE", roles=[], enrolled_at=clock.now())
    Grant.objects.create(person=other, role="head", since=clock.now(), until=clock.now())
    assert founding.founded_alone() is None
    monkeypatch.setattr(one_person, "others", lambda person, at: False)
    control = founding.founded_alone()
    assert control
    assert control[0] == me.person


def test_refused_one_signature_on_a_desk_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(founding.open_again())
    both = [founder(token, ROLES, place) for place in ("BE", "EE")]
    assert sign_charter(token, [*both, founder(token, "guardian", "CH")])
    hash = put()
    assert refused(both[0], hash) == "one-person"
    signed_past_the_door(both[0], hash, monkeypatch)
    with pytest.raises(NotApproved, match="founded alone"):
        approvals.approved(hash)
    monkeypatch.setattr(approvals, "_verify_one_person", lambda *given: None)  # control
    assert approvals.approved(hash)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, ""),
        ({"under": {"sha256": "0" * 64}}, "isn't ours"),
        ({"under": {"kinds": ["account"]}}, "outside the rule"),
        ({"what": ["disclose"]}, "outside the rule"),
        ({"targets": [f"https://lantern.example/c/harbour/{n}" for n in range(11)]}, "outside the rule"),
        ({"kind": "answer"}, "outside the rule"),
        ({"under": {"charter": "0" * 64}}, "founded alone"),
    ],
)
def test_refused_an_act_that_the_rule_doesnt_cover(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], says: str
) -> None:
    me = found_alone()
    hash = put(**more)
    signed_past_the_door(me, hash, monkeypatch)
    if not says:
        assert approvals.approved(hash)
        return
    with pytest.raises(NotApproved, match=says):
        approvals.approved(hash)


def test_refused_once_its_version_of_the_rule_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    me = found_alone()
    hash = put()
    assert me.approve(hash).complete
    other = replace(one_person.versions()[-1], sha256="f" * 64)
    with monkeypatch.context() as patch:
        patch.setattr(one_person, "versions", lambda: (other,))
        with pytest.raises(NotApproved, match="isn't ours"):
            approvals.approved(hash)
    assert approvals.approved(hash)


@pytest.mark.parametrize("what", ["signature", "tag", "text", "broken line", "false line", "no file"])
def test_a_charter_that_was_tampered_with_founds_no_desk_of_one(what: str) -> None:
    found_alone()
    charter, path = Act.objects.get(kind="gateway.found"), settings.COMITY.data / "keys" / one_person.FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert founding.founded_alone()
    if what == "signature":
        Approval.objects.filter(act=charter).delete()
    if what == "tag":
        Act.objects.filter(pk=charter.pk).update(proposed_at=clock.now().replace(year=2020))
    if what == "text":
        Act.objects.filter(pk=charter.pk).update(doc="")
    if what == "broken line":
        path.write_text(path.read_text() + "2026-11-29T00:00")
    if what == "false line":
        path.write_text(path.read_text().replace(charter.hash, "0" * 64))
    if what == "no file":
        path.unlink()
    assert founding.founded_alone() is None


def test_what_one_person_signed_lawfully_stays_lawful_once_there_are_two() -> None:
    with clock.freeze(clock.now()):
        me = found_alone()
        hash, late = put(), put()
        assert me.approve(hash).complete
        clock.advance(60)
        join_me(me)
        assert approvals.approved(hash)
        assert refused(me, late) == "one-person"


def test_the_charter_outlasts_the_days_that_records_are_kept() -> None:
    with clock.freeze(clock.now()):
        me = found_alone()
        clock.advance(settings.COMITY.keep_days * 86400 * 3)
        vault.forget(clock.now())
        assert approvals.founded_alone(str(me.person.id), clock.now())


# The pages ------------------------------------------------------------------------------------------------------------


def home() -> str:
    return visitor().get("/").content.decode()


def test_the_front_page_leads_to_the_rule_where_it_holds() -> None:
    me = found_alone()
    assert "one signature is enough" in home()
    assert "/regulations/own-one-person" in home()
    with clock.freeze(clock.now()):
        clock.advance(60)
        you = join_me(me)
        assert "This desk has one person" not in home()
        commands.deactivate(you.person, "operator")
        assert "This desk has one person" in home()
        assert "one signature is enough" not in home()


def test_the_tick_at_the_founding_says_what_it_means() -> None:
    token = token_of(founding.open_again())
    founder(token, ROLES, "BE")
    page = visitor().get(f"/people/founding/{token}").content.decode()
    assert "you review it within a day" in page
    assert "/regulations/own-one-person" in page


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Where it holds"), ("fr", "Où elle vaut"), ("xx", "Where it holds")]
)
def test_the_rule_is_a_page_among_the_regulations(language: str, says: str) -> None:
    rule = one_person.versions()[-1]
    listed = visitor().get("/regulations/").content.decode()
    assert rule.url in listed
    moved = visitor().get("/regulations/own-one-person", {"language": language})
    assert moved["Location"].startswith(rule.url)
    page = visitor().get(rule.url, {"language": language}).content.decode()
    assert says in page
    assert rule.sha256 in page
    assert visitor().get("/regulations/own-one-person/1.0").status_code == 404


@pytest.mark.parametrize("rule", one_person.versions(), ids=lambda rule: rule.version)
def test_each_version_is_written_in_both_languages_and_says_that_no_lawyer_has_seen_it(rule: one_person.Rule) -> None:
    texts = [rule.title, rule.summary, *(one for lines in rule.says.values() for one in lines)]
    assert all({"en", "fr"} <= set(one) and all(one.values()) for one in texts)
    assert not rule.reviewed
    assert rule.act.startswith("Comity, ")
