"""Who votes on the rules is not of the desk; and the tables of the lives lead nowhere that they don't name."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from comity.balance import rules
from comity.balance.rules import Vote
from comity.people import commands as people
from comity.people.commands import Refused
from comity.people.models import Person
from comity.people.rules import Realm, admission_quorum, may

MEMBERS = {"a": "BE", "b": "EE", "c": "JP"}


@pytest.mark.django_db
def test_it_works_a_member_votes_and_sees_no_desk(demo):
    member = demo["council-jp"]
    assert may(member, "council.vote", Realm("demo"))
    assert not may(member, "council.vote", Realm("real"))
    for act in ("console.view", "case.view", "regulation.draft", "comment.hide", "alert.dismiss"):
        assert not may(member, act, Realm("demo")), act
    for key in ("head-ee", "counsel-be"):
        assert not may(demo[key], "council.vote", Realm("demo"))


@pytest.mark.django_db
def test_nobody_of_the_desk_sits_in_the_council_by_any_way(demo):
    with pytest.raises(Refused, match="no other role"):
        people.wanted_roles(["council", "head"])
    with pytest.raises(IntegrityError), transaction.atomic():
        people.make_person(uuid.uuid4(), "both", "real", ["council", "counsel"], "BE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=demo["council-be"].pk).update(roles=["council", "auditor"])
    admits = admission_quorum(["council"], "somebody")
    assert (admits.count, admits.guardians, admits.jurisdictions) == (2, 1, 2)


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([("a", "BE", "for"), ("b", "EE", "for")], ""),
        ([("a", "BE", "for")], "majority"),
        ([("a", "BE", "for"), ("a", "BE", "for")], "majority"),
        ([("a", "BE", "for"), ("b", "EE", "for"), ("b", "EE", "against")], "majority"),
        ([("a", "BE", "for"), ("x", "FR", "for")], "majority"),
        ([("a", "BE", "for"), ("b", "JP", "for")], "majority"),
        ([], "majority"),
    ],
)
def test_a_majority_of_members_from_two_jurisdictions_and_each_once(votes, why):
    assert rules.tally([Vote(*one) for one in votes], MEMBERS).why == why
    same = rules.tally([Vote("a", "BE", "for"), Vote("b", "BE", "for")], {"a": "BE", "b": "BE", "c": "JP"})
    assert same.why == "jurisdictions"


@given(st.lists(st.sampled_from(sorted({act for _, act in rules.PROPOSAL_LIFE})), max_size=14))
def test_whatever_is_done_a_life_stays_in_its_table(acts):
    state, voted = "received", False
    for act in acts:
        if act not in rules.OF_PROPOSAL.acts_in(state):
            continue
        voted |= act == "ballot"
        state = rules.OF_PROPOSAL.after(state, act)
        state = "answering" if state == "thawed" else state
        assert state in rules.PROPOSAL_STATES
        assert state not in ("carried", "adopted") or voted, "nothing is carried that wasn't voted on"
    assert {act for over in rules.OVER for act in rules.OF_PROPOSAL.acts_in(over)} <= {"sunset"}
