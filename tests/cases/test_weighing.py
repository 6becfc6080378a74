"""What a finding leaves to people: a purpose weighed, an answer without a measure, a case that is nobody's."""

from collections.abc import Iterator

import pytest
from road import Road, open_road

from comity.cases import deciding, obstacles, rules
from comity.cases.models import Case
from comity.measures.models import Measure
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def judged(road: Road, sample: str, target: str) -> Case:
    request = road.receive(road.sample(sample, target))
    road.drive()
    return Case.objects.get(request=request)


def protected(road: Road) -> Case:
    case = judged(road, "good-text", road.post())
    obstacles.weigh(road.person("handler"), case.id, "journalism", False)
    road.drive()
    case.refresh_from_db()
    return case


def test_it_works_what_serves_a_protected_purpose_is_answered_without_a_measure(road: Road) -> None:
    case = protected(road)
    assert (case.state, case.plan, case.act) == ("to-decide", "person", "")
    deciding.propose(case.id, "answer", by=road.person("handler").by)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open, road.refused) == ("not-carried-out", False, [])
    assert not Measure.objects.filter(case=case).exists()
    answer = Mail.objects.get(case=case.id, kind="answer")
    assert b"Art. 1(3)" in vault.get(answer.doc).replace(b"=\r\n", b"")


def test_a_purpose_that_is_only_a_pretext_lets_the_measure_be_drafted(road: Road) -> None:
    case = protected(road)
    obstacles.weigh(road.person("handler"), case.id, "journalism", True)
    road.drive()
    case.refresh_from_db()
    assert (case.outcome, case.plan) == ("valid", "execute")
    assert case.act


def test_an_order_that_nobody_could_verify_is_closed_with_a_reason_and_answered_to_nobody(road: Road) -> None:
    case = judged(road, "forged", road.post())
    assert case.state == "verifying"
    deciding.close(road.person("handler"), case.id, "The office does not know of it.")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("not-carried-out", False)
    assert not Mail.objects.filter(case=case.id, kind="answer").exists()


def test_a_verified_order_can_not_be_closed_so(road: Road) -> None:
    case = judged(road, "good-text", road.post())
    with pytest.raises(rules.NotNow):
        deciding.close(road.person("handler"), case.id, "We would rather not.")


def test_a_reason_is_asked_for(road: Road) -> None:
    case = judged(road, "forged", road.post())
    with pytest.raises(BadInput, match="reason"):
        deciding.close(road.person("handler"), case.id, "  ")
