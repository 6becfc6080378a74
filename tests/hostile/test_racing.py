"""People at the same act at the same instant, or twice: each counts once, and the act happens once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from hostile.scene import kinds, opened
from road import Road

from comity.cases import deciding, rules
from comity.measures.models import Measure
from comity.people import approvals
from comity.people.models import Approval

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]  # each thread has a connection of its own


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Run acts in a thread each, begun together; what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.mark.soak
def test_people_who_race_are_each_counted_once(road: Road) -> None:
    url = road.post()
    case = opened(road, url)
    one, two = road.person("decider", "BE"), road.person("decider", "EE")
    act = case.act
    twice = at_once(*[lambda: deciding.sign(one, case.id, act, None)] * 2)
    assert [error.reason for error in twice if isinstance(error, approvals.ApprovalRefused)] == ["twice"]
    case.refresh_from_db()
    assert (case.state, Approval.objects.filter(act=act).count()) == ("second-approval", 1)
    with pytest.raises(approvals.ApprovalRefused, match="."):
        deciding.sign(one, case.id, act, None)
    road.drive()
    assert not Measure.objects.exists()
    again = at_once(*[lambda: deciding.sign(two, case.id, act, None)] * 2)
    assert len(again) == 1
    case.refresh_from_db()
    assert (case.state, Approval.objects.filter(act=act).count()) == ("carrying-out", 2)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered"
    assert Measure.objects.count() == 1
    assert kinds(case).count("decision.approved") == 1


def test_two_deciders_at_once_make_one_decision(road: Road) -> None:
    case = opened(road, road.post())
    one, two = road.person("decider", "BE"), road.person("decider", "EE")
    raised = at_once(
        lambda: deciding.sign(one, case.id, case.act, None), lambda: deciding.sign(two, case.id, case.act, None)
    )
    assert raised == []
    case.refresh_from_db()
    assert case.state == "carrying-out"
    assert kinds(case).count("decision.approved") == 1


@pytest.mark.slow
def test_an_edit_that_races_a_second_signature_ends_either_way_and_never_both(road: Road) -> None:
    case = opened(road, road.post())
    one, two = road.person("decider", "BE"), road.person("decider", "EE")
    deciding.sign(one, case.id, case.act, None)
    case.refresh_from_db()
    raised = at_once(
        lambda: deciding.sign(two, case.id, case.act, None),
        lambda: deciding.edit_draft(road.person("handler"), case.id, "answer", ["Other words."]),
    )
    case.refresh_from_db()
    assert len(raised) == 1
    assert isinstance(raised[0], approvals.ApprovalRefused | rules.NotNow)
    approved = kinds(case).count("decision.approved")
    assert (case.state, approved) in (("carrying-out", 1), ("to-decide", 0))
    road.drive()
    case.refresh_from_db()
    assert case.state == ("answered" if approved else "to-decide")


@pytest.mark.slow
def test_an_act_of_another_case_is_signed_on_no_page_but_its_own(road: Road) -> None:
    one, other = opened(road, road.post(), "OOS-2026-1"), opened(road, road.post(), "OOS-2026-2")
    for jurisdiction in ("BE", "EE"):
        with pytest.raises(approvals.ApprovalRefused) as refused:
            deciding.sign(road.person("decider", jurisdiction), one.id, other.act, None)
        assert refused.value.reason == "unknown"
    road.drive()
    for case in (one, other):
        case.refresh_from_db()
        assert case.state == "to-decide"
    assert not Approval.objects.filter(act__in=[one.act, other.act]).exists()
    assert not Measure.objects.exists()
