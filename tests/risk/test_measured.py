"""What the model of the desk takes from cases: nothing from too few of them, and no clock that none of them had."""

from datetime import date, timedelta

import pytest
from figures.scene import TCO, answered, case

from comity.cases.models import Deadline
from comity.demo.growth import playing
from comity.people.models import Person
from comity.risk import desk_made, measured, rules

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


def came(n: int, hours: float, realm: str = "real") -> None:
    """So many orders, each due in so many hours."""
    for _ in range(n):
        made = case(DAY, realm=realm)
        answered(made)
        due = made.received_at + timedelta(hours=hours)
        Deadline.objects.filter(case=made).update(due_legal=due, due_target=due)


def of_desk(realm: str) -> float:
    """In how many hours an order is due, as the model has it."""
    [kind] = measured.desk(realm, DAY, {TCO: 10.0}).load.kinds
    return kind.due


def test_orders_are_due_by_a_clock_that_one_of_them_had() -> None:
    enough = rules.data()["enough"]
    assert of_desk("real") == 1.0, "as its pack says"
    came(3, 1.5)
    assert of_desk("real") == 1.0, "three are too few"
    came(enough - 3, 4.0)
    assert of_desk("real") == 1.5, "and none was due between"


def test_the_desk_of_the_demo_is_made_up_whatever_was_played() -> None:
    came(rules.data()["enough"], 1.1, "demo")
    assert of_desk("demo") == 1.0


@pytest.mark.soak
@pytest.mark.slow
def test_the_world_that_grows_rings_before_it_misses_whoever_is_there_in_the_demo(demo: dict[str, Person]) -> None:
    before = playing.past(playing.SEED)
    came(rules.data()["enough"], 1.1, "demo")
    desk_made.take_on(demo["head-ee"], 1, playing.SEED)
    playing.past.cache_clear()
    assert playing.past(playing.SEED) == before
    assert before.rings is not None
    assert before.misses is not None
    assert before.rings < before.misses
