"""A dispute moves by its table, on real rows; its relation follows; nobody moves it who may not."""

from typing import Any

import pytest
from countries.scene import relation, talking
from hypothesis import given
from hypothesis import strategies as st
from people.members import Member

from comity.countries import commands as countries
from comity.countries.models import Agreement
from comity.countries.models import Move as Moved
from comity.disputes import commands, rules, words
from comity.disputes.models import Dispute, Interim, Move, Settlement
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import Quorum, may

from .scene import SAID, WHY, again, drafted, moved, pending, put, sign

pytestmark = pytest.mark.django_db
EVERY = sorted({step for _, step in rules.LIFE} | {"explode"})


def test_it_works(counsel: Member, decider: Member) -> None:
    dispute = drafted(counsel)
    assert (dispute.state, dispute.id[:2], relation().state) == ("drafted", "S-", "none")
    moved(counsel, dispute, "file", "serve")
    assert (again(dispute).state, relation().state) == ("pending", "disputed")
    assert Moved.objects.latest("id").reason == f"{dispute.id}: {WHY}"
    put(counsel, dispute)
    assert not sign(counsel, dispute)
    assert sign(decider, dispute)
    found = again(dispute)
    assert (found.state, found.outcome, relation().state) == ("settled", "settled", "agreed")
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.by, agreement.text) == (
        "standing", "counsel, BE; decider, EE", "1. The fine falls.\n2. Each side bears its costs.",
    )  # fmt: skip
    assert [e.kind for e in Event.objects.filter(case=dispute.id).order_by("id")] == [
        "dispute.opened", "dispute.moved", "dispute.moved", "settlement.proposed", "approval.given", "approval.given",
        "settlement.signed", "dispute.moved",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_field_that_is_asked_for_is_named(counsel: Member, name: str) -> None:
    if name == "file_number":
        with pytest.raises(BadInput, match="file_number: at most 100"):
            drafted(counsel, file_number="9" * 101)
        return
    with pytest.raises(BadInput, match=f"^{name}: "):
        drafted(counsel, **{name: " "})


@pytest.mark.parametrize(("code", "says"), [("EU", "union of States"), ("XK", "not assigned"), ("UK", "written GB")])
def test_a_code_that_is_no_country_says_why(counsel: Member, code: str, says: str) -> None:
    with pytest.raises(countries.rules.UnknownCountry, match=says):
        drafted(counsel, code)


def test_only_counsel_and_the_head_move_it_and_only_in_their_realm(
    counsel: Member, decider: Member, handler: Member, auditor: Member, demo: dict[str, Person]
) -> None:
    dispute = drafted(counsel)
    for member in (decider.person, handler.person, auditor.person, demo["counsel-be"]):
        with pytest.raises(NotAllowed):
            commands.open_(member, "real", "FR", SAID)
        with pytest.raises(NotAllowed):
            commands.move(member, dispute.id, "file", WHY)
    with pytest.raises(NotAllowed):
        commands.propose(handler.person, dispute.id, commands.PUBLISH, {"text": "x"})
    with pytest.raises(Dispute.DoesNotExist):
        commands.move(counsel.person, "S-00000000", "file", WHY)


def test_what_the_table_does_not_have_is_refused(counsel: Member) -> None:
    dispute = drafted(counsel)
    with pytest.raises(rules.NotNow, match="while the dispute is drafted: decide"):
        commands.move(counsel.person, dispute.id, "decide", WHY)
    with pytest.raises(BadInput, match="terms that the quorum signs"):
        commands.move(counsel.person, dispute.id, "settle", WHY)
    with pytest.raises(BadInput, match="reason: say why"):
        commands.move(counsel.person, dispute.id, "file", " \n ")


@pytest.mark.parametrize(
    ("steps", "outcome", "ends"),
    [
        (("drop",), "withdrawn", "talking"),
        (("decide", "final"), "decided", "talking"),
        (("decide", "appeal"), "", "disputed"),
        (("stay",), "", "disputed"),
    ],
)
def test_the_relation_follows(counsel: Member, steps: tuple[str, ...], outcome: str, ends: str) -> None:
    dispute = moved(counsel, pending(counsel), *steps)
    assert (dispute.outcome, relation().state) == (outcome, ends)


def test_the_last_open_dispute_ends_it(counsel: Member) -> None:
    talking(counsel)
    one, other = pending(counsel), pending(counsel, title="The block of 3 June")
    moved(counsel, one, "drop")
    assert relation().state == "disputed"
    with pytest.raises(BadInput, match=f"{other.id} is open"):
        countries.move(counsel.person, "real", "FR", "drop", WHY)
    with pytest.raises(BadInput, match=f"{other.id} is open"):
        countries.propose(counsel.person, "real", "FR", {"title": "x"})
    moved(counsel, other, "drop")
    assert relation().state == "talking"


def test_a_change_of_our_regulation_ends_it_and_is_named(counsel: Member) -> None:
    dispute = pending(counsel)
    for wrong in ("", "no-such", "../eu-tco"):
        with pytest.raises(BadInput, match="regulation: "):
            commands.move(counsel.person, dispute.id, "rule-changed", WHY, wrong)
    commands.move(counsel.person, dispute.id, "rule-changed", WHY, "own-person-claim")
    found = again(dispute)
    assert (found.state, found.outcome, found.ours.split()[0]) == ("settled", "regulation-changed", "own-person-claim")


def test_it_is_pursued_no_further_only_where_we_have_left(counsel: Member) -> None:
    dispute = pending(counsel)
    with pytest.raises(rules.NotNow, match="have not left"):
        commands.move(counsel.person, dispute.id, "leave", WHY)
    type(relation()).objects.update(state="left")
    assert moved(counsel, dispute, "leave").outcome == "left"
    assert relation().state == "left"


def test_a_country_that_is_not_left_after_all_is_still_in_dispute(counsel: Member) -> None:
    dispute = pending(counsel)
    countries.moved_by_plan(relation().pk, "leave", WHY, "head, EE", "")
    assert relation().state == "leaving"
    countries.moved_by_plan(relation().pk, "reverse", WHY, "head, EE", "")
    assert (relation().state, Moved.objects.latest("id").reason) == ("disputed", f"{dispute.id} is open.")


def test_two_from_one_jurisdiction_are_not_enough(counsel: Member, neighbour: Member) -> None:
    dispute = pending(counsel)
    put(counsel, dispute)
    sign(counsel, dispute)
    with pytest.raises(ApprovalRefused, match="jurisdiction"):
        sign(neighbour, dispute)
    assert again(dispute).state == "pending"


def test_a_decider_whose_country_is_the_other_party_signs_nothing(counsel: Member, theirs: Member) -> None:
    dispute = pending(counsel)
    hash = put(counsel, dispute)
    sign(counsel, dispute)
    with pytest.raises(BadInput, match="own jurisdiction is the State that is the other party"):
        sign(theirs, dispute)
    for act in (put, lambda who, it: commands.send_back(who.person, it.id, WHY)):
        with pytest.raises(BadInput, match="own jurisdiction"):
            act(theirs, dispute)
    assert not may(theirs.person, "approve", Act.objects.get(hash=hash))
    other = pending(counsel, "DE")
    put(counsel, other)
    sign(counsel, other)
    assert sign(theirs, other), "in another dispute they count"


def test_the_quorums_of_the_data_bind_and_one_person_never_does(monkeypatch: pytest.MonkeyPatch) -> None:
    found = commands.quorums()
    assert set(found) == {"settle", "publish"}
    assert all((rule.count, rule.jurisdictions) >= (2, 2) for rule in found.values())
    commands.quorums.cache_clear()
    monkeypatch.setattr(Quorum, "read", lambda rule: Quorum(1, ("head",)))
    with pytest.raises(ValueError, match="at least two people"):
        commands.quorums()
    commands.quorums.cache_clear()


def test_a_move_voids_what_was_put_and_the_terms_with_it(counsel: Member, decider: Member) -> None:
    dispute = pending(counsel)
    act = put(counsel, dispute)
    sign(counsel, dispute)
    moved(counsel, dispute, "stay")
    assert Settlement.objects.get().state == "returned"
    with pytest.raises(ApprovalRefused):
        commands.sign(decider.person, dispute.id, act, decider.sign(act))
    assert again(dispute).state == "stayed"
    put(counsel, dispute)
    sign(counsel, dispute)
    commands.send_back(decider.person, dispute.id, "The costs are missing.")
    assert (again(dispute).act, Settlement.objects.latest("id").state) == ("", "returned")


def test_every_state_can_be_left_and_every_word_is_there() -> None:
    assert {before for before, _ in rules.LIFE} | set(rules.ENDED) == set(rules.STATES) == set(words.STATES)
    assert not {before for before, _ in rules.LIFE} & set(rules.ENDED)
    assert set(words.STEPS) == set(rules.BY_ONE)
    assert {*rules.BY_ONE, "settle", "submit", "interim", "explode"} == set(EVERY)
    assert set(words.OUTCOMES) == set(rules.OUTCOMES)
    assert set(words.HOW) == set(rules.HOW)


@pytest.mark.slow
@given(st.lists(st.sampled_from(EVERY), max_size=10), st.sampled_from(rules.STATES))
def test_a_walk_on_real_rows_follows_the_table(counsel: Any, steps: list[str], start: str) -> None:
    """Each step does what the table says, and what it doesn't have changes nothing."""
    dispute = drafted(counsel)
    Dispute.objects.filter(id=dispute.id).update(state=start)
    Interim.objects.all().delete()
    for step in steps:
        before, rows = again(dispute), Move.objects.filter(dispute=dispute).count()
        wanted = rules.LIFE.get((before.state, step)) if step in rules.BY_ONE and step != "leave" else None
        regulation = "own-person-claim" if step == "rule-changed" else ""
        try:
            commands.move(counsel.person, dispute.id, step, WHY, regulation)
        except (rules.NotNow, BadInput):
            assert wanted is None
            assert (again(dispute).state, again(dispute).version) == (before.state, before.version)
            assert Move.objects.filter(dispute=dispute).count() == rows
        else:
            assert again(dispute).state == wanted
            assert again(dispute).version == before.version + 1
        found = again(dispute)
        if found.state in rules.OPEN and step in ("file", "appeal") and wanted:
            assert relation().state == "disputed"
        if found.state in rules.ENDED:
            assert not found.dues.filter(met_at=None, stopped_at=None).exists()
            assert not found.interims.filter(state="standing").exists()
