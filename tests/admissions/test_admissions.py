"""Nobody becomes a second person by what one person does: two who decide, a guardian, two laws, a day in the record."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from people.members import (
    TWO,
    Member,
    a_day_goes_by,
    enrolled,
    found,
    founder,
    founders,
    given,
    guardian,
    proposed,
    sign_admission,
    sign_charter,
    token_of,
)

from comity import clock
from comity.admissions import commands, rules
from comity.admissions.models import Admission
from comity.ledger.models import Event
from comity.people import admissions, approvals, chain, charter, founding, staffing, tags
from comity.people import commands as people
from comity.people import rules as people_rules
from comity.people.approvals import ApprovalRefused, approved
from comity.people.commands import Refused
from comity.people.models import Act, Grant, Key, Person
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import ADMIT, DECIDING, VOUCHED, Quorum
from comity.people.software import SoftwareAuthenticator
from comity.road import STEPS

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def _at_an_instant() -> Iterator[None]:
    with clock.freeze(clock.now()):
        yield


def invited(by: Member, roles: str, place: str) -> str:
    """The link of an invitation that an administrator put and signed."""
    hash = staffing.propose(by.person, "person.invite", roles.split(), place=place)
    return staffing.sign(by.person, hash, by.sign(hash)).link


def admission(of: Member) -> Admission:
    return Admission.objects.filter(person=of.person).latest("put_at")


def sign(by: Member, row: Admission) -> bool:
    row.refresh_from_db()
    return commands.sign(by.person, row.id, row.act, by.sign(row.act))


def roles_of(one: Member) -> list[str]:
    return list(Person.objects.get(pk=one.person.pk).roles)


def why(by: Member, row: Admission) -> str:
    """Why a signature is refused."""
    with pytest.raises(ApprovalRefused) as caught:
        sign(by, row)
    return caught.value.reason


@pytest.mark.usefixtures("desk")
def test_it_works() -> None:
    first, second = founders()
    candidate = enrolled(invited(first, "handler decider", "EE"))
    assert candidate.person.roles == []
    row = admission(candidate)
    assert row.sponsor == str(first.person.id)
    assert [sign(one, row) for one in (first, second, guardian())] == [False, False, True]
    assert roles_of(candidate) == []  # a day in the record is still to come
    a_day_goes_by()
    assert roles_of(candidate) == ["decider", "handler"]
    told = Event.objects.filter(kind="person.admitted").latest("id")
    assert told.told["vouched"] == 3
    assert not told.public
    assert {one.person for one in charter.admitted()} >= {str(candidate.person.id)}


@pytest.mark.parametrize("role", sorted(VOUCHED))
@pytest.mark.usefixtures("desk")
def test_no_role_that_decides_guards_or_votes_comes_otherwise(join: Callable[..., Member], role: str) -> None:
    first, second = founders()
    subject = join("handler")
    with pytest.raises(Refused):
        staffing.propose(first.person, "role.grant", [role], person=subject.person)
    if role in DECIDING:  # who is of the desk neither guards nor votes
        row = commands.propose(first.person, subject.person, [role])
        for one in (second, guardian()):
            assert not sign(one, row)
        assert roles_of(subject) == ["handler"]
        assert sign(first, row)
        a_day_goes_by()
        assert roles_of(subject) == sorted([role, "handler"])
    else:
        with pytest.raises(Refused, match="no other role"):
            commands.propose(first.person, subject.person, [role])


@pytest.mark.usefixtures("desk")
def test_a_helper_takes_an_administrator_and_no_day() -> None:
    first, _ = founders()
    candidate = enrolled(people.invite_as_operator(["handler"], "BE"))
    assert candidate.person.roles == []
    with pytest.raises(ApprovalRefused):
        sign(candidate, admission(candidate))
    assert sign(first, admission(candidate))
    assert roles_of(candidate) == ["handler"]


@pytest.mark.usefixtures("desk")
def test_the_shell_invites_candidates_only() -> None:
    founders()
    for roles in (["handler"], ["auditor"], ["decider"], ["guardian"], ["administrator", "head"]):
        candidate = enrolled(people.invite_as_operator(roles, "FR"))
        assert candidate.person.roles == []
        assert not Grant.objects.filter(person=candidate.person).exists()


@pytest.mark.usefixtures("desk")
def test_no_two_of_the_three_are_enough_in_any_order(join: Callable[..., Member]) -> None:
    first, second = founders()
    third = join("decider", "BE")
    candidate = enrolled(people.invite_as_operator(["head"], "FR"))
    row = admission(candidate)
    assert not sign(first, row)
    assert not sign(second, row)
    assert why(third, row) == "group"  # a third who decides is no guardian
    a_day_goes_by()
    assert roles_of(candidate) == []
    assert why(candidate, row) == "role"
    assert sign(guardian(), row)


def test_one_law_alone_lets_nobody_in(join: Callable[..., Member]) -> None:
    """Two who decide in BE, and a guardian there too: the third jurisdiction is asked for."""
    token = token_of(founding.open_again())
    found = [founder(token, "administrator", "BE"), founder(token, "decider", "BE"), founder(token, "guardian", "BE")]
    assert founding.charter() is None
    assert founding.missing(founding.founders()) == ("jurisdictions",)
    found.append(founder(token, "decider", "EE"))
    assert sign_charter(token, found)
    row = admission(enrolled(people.invite_as_operator(["decider"], "FR")))
    assert not sign(found[0], row)
    assert not sign(found[2], row)
    assert why(found[1], row) == "jurisdiction"
    assert sign(found[3], row)


@pytest.mark.usefixtures("desk")
def test_the_day_begins_when_the_record_shows_it_and_not_before() -> None:
    first, second = founders()
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    row = admission(candidate)
    sign_admission(row, first, second, guardian())
    now = clock.now()
    for later in (DAY, DAY * 3):  # the record stands still
        commands.keep_time(now + later, lambda row: False)
    assert roles_of(candidate) == []
    shown = now + DAY * 3
    commands.keep_time(shown, lambda row: True)
    for later, let_in in ((timedelta(0), False), (DAY - timedelta(seconds=1), False), (DAY, True)):
        commands.keep_time(shown + later, lambda row: True)
        assert (roles_of(candidate) == ["decider"]) is let_in
    commands.keep_time(shown + DAY * 2, lambda row: True)  # twice does nothing more
    assert Event.objects.filter(kind="person.admitted", by=guardian().person.by).count() == 1


@pytest.mark.usefixtures("desk")
def test_an_objection_voids_what_was_signed_and_the_day_begins_anew(join: Callable[..., Member]) -> None:
    first, second = founders()
    helper = join("handler")
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    row = admission(candidate)
    assert sign_admission(row, first, second, guardian())
    before = row.act
    commands.object_to(helper.person, row.id, "This is the key of the administrator's other telephone.")
    row.refresh_from_db()
    assert (row.state, row.logged_at) == ("waits", None)
    assert row.act != before
    a_day_goes_by()
    assert roles_of(candidate) == []
    with pytest.raises(BadInput, match="already"):
        commands.object_to(helper.person, row.id, "Again")
    with pytest.raises(BadInput, match="own"):
        commands.object_to(candidate_with_role(candidate), row.id, "x")
    assert "other telephone" in commands.said_against(row)[0][1]
    assert approved(before, kind=ADMIT).act["objections"] == 0
    assert sign_admission(row, first, second, guardian())
    a_day_goes_by()
    assert roles_of(candidate) == ["decider"]
    told = Event.objects.get(kind="person.objected")
    assert (told.public, told.realm) == ({"source": "desk"}, "real")
    assert "telephone" not in str(told.sealed)


def candidate_with_role(candidate: Member) -> Person:
    """The candidate as if they had a role already, as one who is proposed for another has."""
    person = Person.objects.get(pk=candidate.person.pk)
    person.roles = ["handler"]
    return person


@pytest.mark.usefixtures("desk")
def test_anybody_outside_may_say_something_which_stops_nothing_by_itself() -> None:
    first, second = founders()
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    row = admission(candidate)
    sign(first, row)
    commands.object_from_outside(row.act, "I know whose key this is.")
    row.refresh_from_db()
    assert [who.by for who, _ in commands.said_against(row)] == [""]
    assert sign_admission(row, second, guardian())
    for reason in ("", " \n", "x" * 2001, "half \ud800"):
        with pytest.raises(BadInput):
            commands.object_from_outside(row.act, reason)
    for _ in range(rules.OUTSIDERS - 1):
        commands.object_from_outside(row.act, "more")
    with pytest.raises(BadInput, match="already"):
        commands.object_from_outside(row.act, "more")
    with pytest.raises(Admission.DoesNotExist):
        commands.object_from_outside("0" * 64, "x")


def test_who_brought_them_in_and_who_came_count_once_until_a_guardian_confirms() -> None:
    first, second, _ = found(("administrator decider", "BE"), ("decider", "EE"), ("guardian", "CH"))
    candidate = enrolled(invited(first, "decider", "EE"))
    row = admission(candidate)
    sign_admission(row, first, second, guardian())
    a_day_goes_by()
    both = Quorum(2, ("decider",))
    hash = proposed(both)
    assert not first.approve(hash).complete
    with pytest.raises(ApprovalRefused) as caught:
        candidate.approve(hash)
    assert caught.value.reason == "pair"
    assert second.approve(hash).complete
    hash = commands.put_confirmation(second.person, row.id)
    for one in (first, second, candidate):
        with pytest.raises(ApprovalRefused):
            commands.sign(one.person, row.id, hash, one.sign(hash))
    assert commands.sign(guardian().person, row.id, hash, guardian().sign(hash))
    assert admission(candidate).state == "confirmed"
    hash = proposed(both)
    assert not first.approve(hash).complete
    assert candidate.approve(hash).complete
    assert len(approved(hash).approvals) == 2
    with pytest.raises(rules.NotNow):
        commands.put_confirmation(second.person, row.id)


@pytest.mark.usefixtures("desk")
def test_an_owner_who_mints_a_decider_gets_nowhere(join: Callable[..., Member]) -> None:
    """The whole journey of one administrator with a shell: each way to a second signature ends refused."""
    owner, other = founders()
    mine = [enrolled(invited(owner, "decider", "EE")), enrolled(people.invite_as_operator(["guardian"], "FR"))]
    for one in mine:
        row = admission(one)
        assert not sign(owner, row)
        for signer in (owner, *mine):
            assert why(signer, row) in {"role", "twice"}
    a_day_goes_by()
    hash = proposed(TWO)
    for one in mine:
        assert roles_of(one) == []
        with pytest.raises(ApprovalRefused):
            one.approve(hash)
        with pytest.raises(NotAllowed):
            commands.propose(one.person, owner.person, ["decider"])
    with pytest.raises(Refused):  # not himself
        commands.propose(owner.person, owner.person, ["decider"])
    with pytest.raises(Refused, match="founded"):
        founding.open_again()
    assert not given("person.deactivate", owner, guardian().person).complete  # whom two have to end
    assert guardian().person.is_active
    given("person.deactivate", owner, other.person)
    token = token_of(founding.open_again())  # fewer than two decide: the desk can be founded anew, by all who are here
    fakes = [founder(token, "administrator decider", "EE"), founder(token, "guardian", "FR")]
    assert not sign_charter(token, [owner, *fakes])
    assert [roles_of(one) for one in fakes] == [[], []]
    assert not Grant.objects.filter(role="decider").exists()
    assert Act.objects.get(hash=hash).state == "open"


def test_the_attack_succeeds_where_no_guardian_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the rule taken away the same steps end in a second decider."""
    monkeypatch.setattr(commands, "admission_quorum", lambda roles, who: Quorum(1, tuple(DECIDING), without=(who,)))
    monkeypatch.setattr(people_rules, "PLACES", 1)
    monkeypatch.setattr(chain, "_founded_whole_before", lambda at: False)
    owner, _ = founders()
    mine = enrolled(invited(owner, "decider", "EE"))
    assert sign(owner, admission(mine))
    a_day_goes_by()
    assert not mine.approve(proposed(TWO)).complete


@pytest.mark.usefixtures("desk")
def test_a_role_whose_act_leads_nowhere_counts_nothing(join: Callable[..., Member]) -> None:
    """Whoever holds the tags' key and the database writes a grant: the chain to the charter doesn't hold."""
    first, _ = founders()
    helper = join("handler")
    real = join("decider", "EE")
    act = Grant.objects.get(person=real.person, role="decider").act
    since = clock.now()
    for hash in ("", "0" * 64, act, admission(real).act, Grant.objects.filter(person=first.person)[0].act):
        with transaction.atomic():
            tags.make(Grant, person=helper.person, role="decider", since=since, act=hash)
            tags.change(Person.objects.get(pk=helper.person.pk), roles=["decider", "handler"])
            assert chain.standing(helper.person, clock.now()).roles == {"handler"}
            with pytest.raises(ApprovalRefused):
                helper.approve(proposed(TWO))
            transaction.set_rollback(True)
    assert chain.standing(real.person, clock.now()).roles == {"decider"}


@pytest.mark.usefixtures("desk")
def test_an_admission_of_before_guardians_gives_nothing_on_a_desk_that_is_founded_whole() -> None:
    first, second = founders()
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    text = {"kind": ADMIT, "person": str(candidate.person.id), "roles": ["decider"], "keys": []}
    weak = Quorum(2, tuple(DECIDING), without=(str(candidate.person.id),))
    hash = approvals.propose(text, realm="real", case=None, version=0, quorum=weak)
    for one in (first, second):
        one.approve(hash)
    tags.make(Grant, person=candidate.person, role="decider", since=clock.now(), act=hash)
    assert chain.standing(candidate.person, clock.now()).roles == frozenset()


@pytest.mark.usefixtures("desk")
def test_the_keys_are_those_that_were_vouched_for() -> None:
    first, second = founders()
    candidate, another = enrolled(people.invite_as_operator(["decider"], "EE")), SoftwareAuthenticator.make()
    with pytest.raises(Refused, match="waiting to be admitted"):
        people.add_key(candidate.person, bytes(32), another.register(bytes(32)))
    row = admission(candidate)
    sign_admission(row, first, second, guardian())
    people.hold(candidate.person, bytes(another.public))  # as whoever gets past that
    a_day_goes_by()
    assert roles_of(candidate) == []
    assert admission(candidate).state == "ended"


@pytest.mark.parametrize("who", ["candidate", "signer"])
@pytest.mark.usefixtures("desk")
def test_who_leaves_ends_their_admission_or_takes_back_what_they_signed(who: str, join: Callable[..., Member]) -> None:
    first, second = founders()
    signer = join("decider", "EE")
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    row = admission(candidate)
    sign_admission(row, first, signer, guardian())
    gone = candidate if who == "candidate" else signer
    given("person.deactivate", first, gone.person)
    assert commands.left in STEPS["person.deactivated"]
    commands.left(Event.objects.get(kind="person.deactivated"))
    row.refresh_from_db()
    assert row.state == ("ended" if who == "candidate" else "waits")
    if who == "signer":
        assert sign_admission(row, first, second, guardian())


@pytest.mark.usefixtures("desk")
def test_what_nobody_signs_ends_by_itself() -> None:
    founders()
    candidate = enrolled(people.invite_as_operator(["decider"], "EE"))
    now = clock.now()
    commands.keep_time(now + rules.LAPSES - timedelta(hours=1), lambda row: True)
    assert admission(candidate).state == "waits"
    commands.keep_time(now + rules.LAPSES + timedelta(hours=1), lambda row: True)
    assert admission(candidate).state == "ended"
    assert Event.objects.filter(kind="person.declined").count() == 1


@pytest.mark.usefixtures("desk")
def test_one_admission_of_a_person_at_a_time(join: Callable[..., Member]) -> None:
    first, _ = founders()
    subject = join("handler")
    commands.propose(first.person, subject.person, ["decider"])
    with pytest.raises(Refused, match="open already"):
        commands.propose(first.person, subject.person, ["head"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.create(person=subject.person, roles=["head"], put_at=clock.now())
    for wrong in (["handler"], ["auditor"]):
        with pytest.raises(Refused):
            commands.propose(first.person, join("handler").person, wrong)


@pytest.mark.usefixtures("desk")
def test_a_guardian_signs_nothing_else(join: Callable[..., Member]) -> None:
    founders()
    guards = guardian()
    for act in ("case.view", "case.take", "approve", "request.view", "content.view", "people.invite", "role.grant"):
        assert not people_rules.may(guards.person, act, people_rules.Realm("real"))
    with pytest.raises(ApprovalRefused):
        guards.approve(proposed(TWO))
    with pytest.raises(Refused):
        staffing.propose(guards.person, "person.invite", ["decider"], place="BE")


def test_the_charter_as_others_build_on_it() -> None:
    assert charter.current() is None
    founders()
    found = charter.current()
    assert found is not None
    assert (found.whole, found.alone, found.lacks) == (True, False, ())
    assert {one.jurisdiction for one in found.people} == {"BE", "EE", "CH"}
    assert [len(one.keys) for one in found.people] == [1, 1, 1]
    assert found.quorum.count == 3
    (guards,) = charter.guardians()
    key = Key.objects.get(person=guards.person)
    assert guards.keys == tuple(admissions.keys_of(key.person))
    given("role.revoke", founders()[0], founders()[1].person, "administrator")
    assert len(charter.admitted(at=clock.now() + timedelta(seconds=1))) == 2
    assert len(charter.admitted(at=found.at + timedelta(seconds=1))) == 3
