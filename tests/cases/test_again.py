"""The same order again, after its case has ended: acknowledged truthfully, and shown to a person where it matters."""

from collections.abc import Iterator

import pytest
from hostile.scene import alerts, case_of, decide, lift, order, signed, take, words
from road import Road, open_road

from comity.outbox.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def acknowledged(number: str) -> str:
    return words(Mail.objects.get(request=number, kind="acknowledgement")).replace("=\r\n", "")


@pytest.mark.slow
def test_it_works_a_copy_of_an_answered_order_is_told_so_and_wakes_nobody(road: Road) -> None:
    raw = signed(order(road, road.post()))
    case = decide(road, case_of(take(road, raw)))
    assert case.state == "answered"
    again = take(road, raw)
    assert case_of(again) == case
    assert road.refused == []
    assert "We answered it on" in acknowledged(again.id)
    assert "There will be one answer" not in acknowledged(again.id)
    assert alerts() == []


@pytest.mark.soak
def test_a_copy_of_an_order_that_was_lifted_goes_to_a_person(road: Road) -> None:
    raw = signed(order(road, road.post()))
    case = lift(road, decide(road, case_of(take(road, raw))))
    assert case.state == "lifted"
    take(road, raw)
    assert alerts() == ["case.joined"]
