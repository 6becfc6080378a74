"""An agreement stands once two people from two jurisdictions have signed its very text; no fewer, and no other text."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from django.db import IntegrityError, transaction
from people.members import Member, joined

from comity import clock
from comity.countries import commands, rules
from comity.countries.models import Agreement, Move, Relation
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import Quorum, Signer, missing

from .scene import NOW, WHY, agreed, put, relation, sign, talking

pytestmark = pytest.mark.django_db


def test_it_works(counsel: Member, decider: Member) -> None:
    talking(counsel)
    hash = put(counsel)
    assert not sign(counsel)
    assert relation().state == "talking"
    assert sign(decider)
    found, one = relation(), Agreement.objects.get()
    assert (found.state, found.act, one.state, one.version, one.by) == (
        "agreed", "", "standing", 1, "counsel, BE; decider, EE",
    )  # fmt: skip
    last = Move.objects.latest("id")
    assert (last.step, last.after, last.by, last.act) == ("agree", "agreed", one.by, hash)
    assert [e.kind for e in Event.objects.filter(case="Y-FR").order_by("id")] == [
        "relation.moved", "agreement.proposed", "approval.given", "approval.given", "agreement.made", "relation.moved",
    ]  # fmt: skip


def test_the_next_version_takes_its_place(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider)
    put(counsel, text="1. Another text.")
    assert Agreement.objects.get(version=1).state == "standing", "until the next one is signed"
    sign(counsel)
    sign(decider)
    assert list(Agreement.objects.order_by("version").values_list("state", flat=True)) == ["superseded", "standing"]
    assert relation().state == "agreed"


def test_two_from_one_jurisdiction_are_not_enough(counsel: Member, neighbour: Member, decider: Member) -> None:
    talking(counsel)
    put(counsel)
    sign(counsel)
    with pytest.raises(ApprovalRefused, match="jurisdiction"):
        sign(neighbour)
    assert relation().state == "talking"
    assert sign(decider)


def test_one_person_signs_once(counsel: Member) -> None:
    talking(counsel)
    put(counsel)
    sign(counsel)
    with pytest.raises(ApprovalRefused):
        sign(counsel)
    assert relation().state == "talking"


def test_nobody_without_a_jurisdiction_counts_for_one(counsel: Member) -> None:
    quorum = commands.quorums()["agree"]
    signers = [Signer("a", frozenset({"counsel"}), "BE"), Signer("b", frozenset({"decider"}), "")]
    assert missing(quorum, signers) == 1
    assert missing(quorum, [signers[1], replace(signers[1], person="c")]) == 2
    with transaction.atomic(), pytest.raises(IntegrityError):
        Person.objects.filter(pk=counsel.person.pk).update(jurisdiction="")


def test_no_smaller_number_than_the_rule_meets_it() -> None:
    roles = frozenset({"decider"})
    people = [Signer(str(n), roles, place) for n, place in enumerate(("BE", "BE", "EE", "EE"))]
    for rule in commands.quorums().values():
        for size in range(5):
            for some in combinations(people, size):
                enough = size >= 2 and len({one.jurisdiction for one in some}) >= 2
                assert (missing(rule, some) == 0) is enough


def test_a_file_that_one_person_could_meet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    commands.quorums.cache_clear()
    monkeypatch.setattr(Quorum, "read", classmethod(lambda cls, value: cls(2, ("decider",), 1)))
    with pytest.raises(ValueError, match="two people from two jurisdictions"):
        commands.quorums()
    monkeypatch.undo()
    commands.quorums.cache_clear()


def test_a_move_meanwhile_voids_what_was_signed(counsel: Member, decider: Member) -> None:
    talking(counsel)
    hash = put(counsel)
    sign(counsel)
    commands.move(counsel.person, "real", "FR", "dispute", WHY)
    with pytest.raises(ApprovalRefused, match="changed"):
        sign(decider, hash)
    assert Act.objects.get(hash=hash).state == "void"
    assert not Agreement.objects.filter(state="standing").exists()


def test_a_text_that_was_changed_after_the_first_signature_is_not_made(counsel: Member, decider: Member) -> None:
    talking(counsel)
    put(counsel)
    sign(counsel)
    Agreement.objects.update(text="1. Everything is allowed.")
    with pytest.raises(ApprovalRefused):
        sign(decider)
    assert relation().state == "talking"


def test_it_is_sent_back_and_put_again(counsel: Member, decider: Member) -> None:
    talking(counsel)
    first = put(counsel)
    commands.send_back(decider.person, relation().pk, "Say the hour.")
    assert relation().act == ""
    assert Event.objects.filter(kind="agreement.returned").count() == 1
    with pytest.raises(rules.NotNow):
        commands.send_back(decider.person, relation().pk, "Once more.")
    with pytest.raises(ApprovalRefused):
        sign(decider, first)
    put(counsel)
    assert [one.version for one in Agreement.objects.order_by("id")] == [1, 2]


def test_a_dispute_is_settled_by_the_quorum_alone(counsel: Member, decider: Member) -> None:
    talking(counsel)
    commands.move(counsel.person, "real", "FR", "dispute", WHY)
    put(decider)
    sign(counsel)
    assert relation().state == "disputed"
    sign(decider)
    assert relation().state == "agreed"
    assert Move.objects.latest("id").step == "settle"


def test_it_ends_by_its_own_term_once(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider, until="2026-12-31")
    commands.keep_time(NOW + timedelta(days=31))
    assert relation().state == "agreed"
    for _ in range(2):
        commands.keep_time(NOW + timedelta(days=32))
    assert (relation().state, Agreement.objects.get().state) == ("none", "ended")
    assert Event.objects.filter(kind="agreement.ended").count() == 1
    assert Move.objects.latest("id").by == ""


def test_its_end_leaves_a_dispute_as_it_is(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider, until="2026-12-31")
    commands.move(counsel.person, "real", "FR", "dispute", WHY)
    commands.keep_time(NOW + timedelta(days=40))
    assert (relation().state, Agreement.objects.get().state) == ("disputed", "ended")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"starts": "soon"}, "starts"),
        ({"starts": ""}, "starts"),
        ({"until": "2026-11-31"}, "until"),
        ({"until": "2026-12-01"}, "until"),
        ({"until": "2020-01-01", "starts": "2019-01-01"}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_can_not_be_agreed_names_its_field(counsel: Member, wrong: dict[str, str], field: str) -> None:
    talking(counsel)
    with pytest.raises(BadInput, match=f"^{field}:"):
        put(counsel, **wrong)
    assert not Agreement.objects.exists()


def test_nobody_agrees_where_nobody_talks(counsel: Member) -> None:
    with pytest.raises(rules.NotNow):
        put(counsel)
    assert not Relation.objects.exists()


def test_a_handler_neither_puts_nor_signs_and_a_realm_keeps_to_itself(
    handler: Member, counsel: Member, demo: dict[str, Person]
) -> None:
    talking(counsel)
    with pytest.raises(NotAllowed):
        put(handler)
    put(counsel)
    for person in (handler.person, demo["decider-ee"]):
        with pytest.raises((NotAllowed, ApprovalRefused)):
            commands.sign(person, relation().pk, relation().act, None)
    commands.move(demo["counsel-be"], "demo", "FR", "talk", WHY)
    assert Act.objects.get(hash=relation().act).state == "open", "a move in the demo voids nothing of the real one"


def test_it_can_be_signed_only_while_it_is_put(counsel: Member, decider: Member) -> None:
    agreed(counsel, decider)
    old = Agreement.objects.get().act
    with pytest.raises((ApprovalRefused, rules.NotNow)):
        sign(joined("head", "DE"), old)
    assert clock.now() == NOW
