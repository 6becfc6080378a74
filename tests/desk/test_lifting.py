"""On what a lift rests: an order, its document and the quorum of the act; or a mistake of ours, reviewed in a day."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from road import Road

from comity import clock
from comity.alerts import commands as alerts
from comity.answers import lifting
from comity.cases import deciding, lifts, reviews
from comity.cases.keeping import references
from comity.cases.models import Case
from comity.cases.rules import NotNow
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.notifications.models import Notification
from comity.notifications.page import page_of
from comity.outbox.models import Mail
from comity.people import founding
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

from .test_lift import asked, case, words

__all__ = ["case"]
ORDER = b"%PDF-1.7 The court of Ghent orders that it be shown again."


def state(found: Case) -> tuple[str, bool]:
    found.refresh_from_db()
    return found.state, found.open


def mistaken(road: Road, found: Case) -> Case:
    """A case lifted by one decider, as a mistake of ours."""
    act = lifting.propose(road.person("decider"), found.id, "It was satire", "mistake")
    assert deciding.sign(road.person("decider"), found.id, act, None)
    road.drive()
    assert state(found) == ("lifted", True), road.refused
    return found


def test_it_works_by_an_order_with_its_document_and_as_many_as_signed_the_act(road: Road, case, at_the_desk) -> None:
    client = at_the_desk("decider")
    file = SimpleUploadedFile("../Beschluss <1>.pdf", ORDER)
    page = words(asked(case, client, ground="order", document=file))
    assert "An order of a court or an authority." in page
    assert "Download Beschluss _1_.pdf" in page
    document = client.get(f"/console/cases/{case.id}/lift/document")
    assert (document.content, document["Content-Type"]) == (ORDER, "application/pdf")
    assert "attachment" in document["Content-Disposition"]
    assert Event.objects.filter(kind="content.viewed", case=case.id, sealed__what="document of the lift").exists()
    client.post(f"/console/cases/{case.id}/sign", {"act": case.act})
    road.drive()
    assert state(case) == ("answered", True), "one signature is not enough where two had signed the act"
    assert "A lift waits for the approval of 2 people (decider)." in words(client.get(f"/console/cases/{case.id}"))
    deciding.sign(road.person("decider", "EE"), case.id, case.act, None)
    road.drive()
    assert state(case) == ("lifted", False), road.refused
    lift = deciding.lift_of(case.id)
    assert vault.get(lift.act["document"]["ref"]) == ORDER
    assert lift.act["document"]["ref"] in set(references(case))
    assert Mail.objects.filter(case=case.id, kind="lifted").count() == 1
    assert "An order of a court or an authority." in words(client.get(f"/console/cases/{case.id}"))


def test_a_request_that_is_here_already_can_be_what_it_rests_on(road: Road, case, at_the_desk) -> None:
    other = road.receive(road.sample("support", ""))
    road.drive()
    page = words(asked(case, at_the_desk("decider"), ground="order", number=other.id.lower()))
    assert f"Came as {other.id}, in full" in page
    document = at_the_desk("handler").get(f"/console/cases/{case.id}/lift/document")
    assert document.content == vault.get(other.raw)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ground": ""}, "ground"),
        ({"ground": "politics"}, "ground"),
        ({"ground": "order"}, "document"),
        ({"ground": "order", "number": "R-NOBODY00"}, "request"),
        ({"ground": "order", "document": SimpleUploadedFile("a.pdf", b"")}, "document"),
    ],
)
@pytest.mark.few(2)
def test_without_what_its_ground_asks_for_nothing_is_put_to_anyone(case, at_the_desk, more, field) -> None:
    answer = asked(case, at_the_desk("decider"), **more)
    assert answer.status_code == 400
    assert f"{field}:" in words(answer)
    assert not Act.objects.filter(case=case.id, kind="lift").exists()


def test_a_request_of_another_realm_is_none(road: Road, case) -> None:
    other = road.receive(road.sample("support", ""), realm="real")
    with pytest.raises(BadInput, match="no such request"):
        lifting.propose(road.person("decider"), case.id, "By order", "order", number=other.id)


@pytest.mark.soak
def test_a_page_that_takes_no_file_drops_it(case, at_the_desk) -> None:
    client = at_the_desk("decider")
    answer = client.post(f"/console/cases/{case.id}/take", {"document": SimpleUploadedFile("a.pdf", ORDER)})
    assert answer.status_code == 302
    assert not answer.wsgi_request.FILES


def test_a_mistake_is_lifted_at_once_told_to_both_and_reviewed_by_another(road: Road, case, at_the_desk) -> None:
    mistaken(road, case)
    assert Measure.objects.get(case=case).state == "lifted"
    assert Mail.objects.filter(case=case.id, kind="lifted").count() == 1
    row = lifts.waiting(case)
    assert row is not None
    assert row.due_target - row.started_at == timedelta(hours=24)
    assert case.due == row.due_target, "it drives the queue"
    assert "Review the lift" in words(at_the_desk("decider", "EE").get("/console/"))
    assert "Somebody who didn’t sign the lift reviews it" in words(
        at_the_desk("decider").get(f"/console/cases/{case.id}")
    )
    client = at_the_desk("decider", "EE")
    page = words(client.get(f"/console/cases/{case.id}/lift/review"))
    assert "“It was satire”" in page
    client.post(f"/console/cases/{case.id}/lift/review", {"right": "yes", "reason": "It is plainly satire"})
    put = lifts.put(case)
    assert "Sign your review" in words(client.get(f"/console/cases/{case.id}/lift/review"))
    client.post(f"/console/cases/{case.id}/sign", {"act": put.hash})
    assert state(case) == ("lifted", False)
    assert Event.objects.get(kind="lift.reviewed").public == {"right": True}
    assert not Event.objects.filter(kind="lift.wrong").exists()


def test_who_signed_it_can_neither_put_nor_sign_its_review(road: Road, case, at_the_desk) -> None:
    mistaken(road, case)
    me, other = road.person("decider"), road.person("decider", "EE")
    page = words(at_the_desk("decider").get(f"/console/cases/{case.id}/lift/review"))
    assert "Who signed a lift doesn’t review it" in page
    with pytest.raises(NotAllowed):
        deciding.review_lift(me, case.id, "I stand by it", right=True)
    put = deciding.review_lift(other, case.id, "I looked again", right=True)
    with pytest.raises(ApprovalRefused):
        deciding.sign(me, case.id, put, None)
    assert lifts.waiting(case) is not None


@pytest.mark.soak
def test_a_lift_that_was_wrong_is_put_before_everybody(road: Road, case) -> None:
    mistaken(road, case)
    counsel = road.person("counsel")
    put = deciding.review_lift(counsel, case.id, "It was no satire", right=False)
    assert deciding.sign(counsel, case.id, put, None)
    road.drive()
    assert [one.kind for one in alerts.open_in("demo")] == ["lift.wrong"]
    assert state(case) == ("lifted", False)


@pytest.mark.soak
def test_a_review_that_waits_alerts_at_half_of_its_time_and_when_it_is_late(road: Road, case) -> None:
    mistaken(road, case)
    for hours, count in ((11, 0), (13, 1), (13, 1), (25, 2), (26, 2)):
        reviews.remind(clock.now() + timedelta(hours=hours))
        assert Event.objects.filter(kind="review.waits", case=case.id).count() == count
    road.drive()
    assert [one.kind for one in alerts.open_in("demo")] == ["review.waits"]
    put = deciding.review_lift(road.person("counsel"), case.id, "It was right", right=True)
    deciding.sign(road.person("counsel"), case.id, put, None)
    assert not alerts.open_in("demo")


@pytest.mark.soak
def test_on_a_desk_of_one_its_person_reads_it_again(road: Road, case, monkeypatch: pytest.MonkeyPatch) -> None:
    mistaken(road, case)
    monkeypatch.setattr(founding, "founded_alone", lambda: ("me", "charter"))
    me = road.person("decider")
    put = deciding.review_lift(me, case.id, "I read it again", right=True)
    assert deciding.sign(me, case.id, put, None)
    assert state(case) == ("lifted", False)


@pytest.mark.soak
def test_a_review_needs_a_word_and_a_reason_and_something_to_review(road: Road, case) -> None:
    counsel = road.person("counsel")
    with pytest.raises(deciding.rules.NotNow):
        deciding.review_lift(counsel, case.id, "Why not", right=True)
    mistaken(road, case)
    for reason, right in (("", True), ("It was right", None)):
        with pytest.raises(BadInput):
            deciding.review_lift(counsel, case.id, reason, right=right)
    with pytest.raises(NotAllowed):
        deciding.review_lift(road.person("handler"), case.id, "I think so", right=True)
    with pytest.raises(BadInput):
        deciding.propose(case.id, lifts.NAME, reason="It was right, says nobody")


def found_wrong(road: Road, found: Case) -> None:
    """A lift of our mistake, which its review found wrong."""
    mistaken(road, found)
    counsel = road.person("counsel")
    put = deciding.review_lift(counsel, found.id, "It was no satire", right=False)
    assert deciding.sign(counsel, found.id, put, None)
    road.drive()


@pytest.mark.soak
def test_what_was_lifted_wrongly_is_put_to_the_quorum_again(road: Road, case, at_the_desk) -> None:
    first = Measure.objects.get(case=case)
    found_wrong(road, case)
    client = at_the_desk("decider", "EE")
    assert "Put the measure to the deciders again" in words(client.get(f"/console/cases/{case.id}"))
    assert "Nothing is withheld by this" in words(client.get(f"/console/cases/{case.id}/again"))
    client.post(f"/console/cases/{case.id}/again", {"reason": "It was no satire, and the order stands"})
    road.drive()
    assert state(case) == ("to-decide", True), road.refused
    assert not list(alerts.open_in("demo"))
    act = Act.objects.get(hash=case.act)
    assert (act.kind, act.rule.count) == ("execute", 2)
    deciding.sign(road.person("decider"), case.id, case.act, None)
    assert Measure.objects.filter(case=case).count() == 1, "nothing is done on one signature"
    road.sign(case, "EE")
    road.drive()
    assert state(case) == ("answered", False), road.refused
    again = Measure.objects.exclude(id=first.id).get(case=case)
    assert (again.state, Measure.objects.get(id=first.id).state) == ("effective", "lifted")
    assert Mail.objects.filter(case=case.id, kind="answer").count() == 2
    told = Notification.objects.get(case=case)
    assert (told.state, vault.get_json(told.doc)["measure"]) == ("sent", str(again.id))
    assert Event.objects.filter(kind="notification.sent", case=case.id).count() == 2
    assert "can no longer be seen" in page_of(told).statement.title
    road.again(case, "notifications.notify", "effect.observed")
    road.drive()
    assert Event.objects.filter(kind="notification.sent", case=case.id).count() == 2
    mistaken(road, case)
    assert lifts.waiting(case) is not None, "a second lift is reviewed, too"
    assert Mail.objects.filter(case=case.id, kind="lifted").count() == 2
    assert page_of(Notification.objects.get(case=case)).statement.lifted


@pytest.mark.soak
def test_what_was_lifted_rightly_stays_lifted(road: Road, case) -> None:
    mistaken(road, case)
    with pytest.raises(NotNow):
        deciding.again(road.person("decider"), case.id, "I would have withheld it")
    found_other = deciding.review_lift(road.person("counsel"), case.id, "It was no satire", right=False)
    deciding.sign(road.person("counsel"), case.id, found_other, None)
    with pytest.raises(BadInput, match="reason"):
        deciding.again(road.person("decider"), case.id, " ")
    with pytest.raises(NotAllowed):
        deciding.again(road.person("handler"), case.id, "It was no satire")


@pytest.mark.soak
def test_an_order_that_came_again_after_its_lift_can_be_decided_again(road: Road, case) -> None:
    mistaken(road, case)
    road.receive(vault.get(case.request.raw))
    road.drive()
    deciding.again(road.person("decider"), case.id, "The same order came again")
    assert state(case) == ("to-decide", True)
