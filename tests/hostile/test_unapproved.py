"""A decision that the tables call approved and nobody signed: neither carried out, nor lifted, nor answered."""

import pytest
from django.db import transaction
from hostile.scene import decide, kinds, mails, opened, seen
from road import Road

from comity.cases import deciding
from comity.cases.models import Case
from comity.ledger.commands import record
from comity.measures.models import Measure
from comity.people.approvals import NotApproved
from comity.people.models import Act


def claimed(road: Road, case: Case, kind: str) -> None:
    """As somebody with the database's password would: case, act and an event say that it was approved."""
    ground = {"ground": "mistake"} if kind == "lift" else {}
    act = deciding.propose(case.id, kind, reason="A court said so.", **ground)
    Act.objects.filter(hash=act).update(state="approved")
    if kind != "lift":
        Case.objects.filter(id=case.id).update(state="carrying-out")
    with transaction.atomic():
        record(
            "decision.approved",
            realm=case.realm,
            by="gateway",
            case=case.id,
            request=case.request_id,
            once=f"approved:{act}",
            public={"kind": kind},
            sealed={"act": act},
        )
    road.drive()
    assert road.refused
    assert all(isinstance(error, NotApproved) for _, error in road.refused)


def test_an_order_is_not_carried_out(road: Road) -> None:
    url = road.post()
    case = opened(road, url)
    claimed(road, case, "execute")
    assert seen(url, "DE") == "visible"
    assert not Measure.objects.exists()
    assert "measure.failed" in kinds(case)


@pytest.mark.slow
def test_a_measure_is_not_lifted(road: Road) -> None:
    url = road.post()
    case = decide(road, opened(road, url))
    claimed(road, case, "lift")
    assert seen(url, "DE") == "withheld"
    assert Measure.objects.get(case=case).lifted_at is None
    assert "measure.lifted" not in kinds(case)


def test_what_stands_in_the_way_is_not_answered(road: Road) -> None:
    case = opened(road, "https://lantern.example/c/nowhere/0")
    claimed(road, case, "annex3")
    assert mails("answer") == []
