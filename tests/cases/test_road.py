"""One removal order along the whole road, in one process: from the mail to the answer."""

from collections.abc import Iterator

import pytest
from road import Road, open_road

from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.notifications.models import Notification
from comity.outbox.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(case=case.id).order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("sample", ["good-text", "good-pdf", "missing-elements"])
@pytest.mark.slow
def test_it_works(road: Road, sample: str) -> None:
    url = road.post(draw="harbour")
    request = road.receive(road.sample(sample, url))
    road.drive()
    case = Case.objects.get(request=request)
    assert (case.state, case.outcome, case.plan) == ("to-decide", "valid", "execute"), road.refused
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", (road.refused, kinds(case))
    assert road.refused == []
    measure = Measure.objects.get(case=case)
    assert measure.state == "effective"
    seen = {(e.place, e.inside): e.seen for e in measure.effects.filter(when="after")}
    assert {seen[key] for key in seen if key[1]} == {"withheld"}
    assert {seen[key] for key in seen if not key[1]} == {"visible"}
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["acknowledgement", "answer"]
    assert Notification.objects.get(case=case).state == "sent"
