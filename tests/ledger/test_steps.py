"""One step of the road: once for its event, or once for each of its parts."""

from typing import Any

import pytest

from comity import clock
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step

pytestmark = pytest.mark.django_db


def happened() -> Event:
    return record("brake.set", realm="demo", by=GATEWAY, case="C-00000001", request="R-00000001")


def row(event: Event) -> Event:
    return Event.objects.select_for_update().get(id=event.id)


@step("whole", row)
def whole(event: Event, locked: Event, tell: Tell) -> None:
    tell("brake.released")


@step("parted", row, part=lambda measure, **_: measure)
def parted(event: Event, locked: Event, tell: Tell, measure: str, *, why: Any = None) -> None:
    tell("brake.released")


def test_it_works() -> None:
    event = happened()
    for _ in range(2):
        whole(event)
    told = Event.objects.get(kind="brake.released")
    assert (told.once, told.cause, told.case, told.request) == (
        f"whole:{event.id}",
        event.id,
        event.case,
        event.request,
    )
    assert told.at <= clock.now()


def test_each_part_is_done_once_and_an_empty_one_stands_in_no_key() -> None:
    event = happened()
    for measure in ("a", "b", "a", ""):
        parted(event, measure, why="whatever")
    assert all(done(key) for key in (f"parted:{event.id}:a", f"parted:{event.id}:b", f"parted:{event.id}"))
    assert Event.objects.filter(kind="brake.released").count() == 3
