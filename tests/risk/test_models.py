"""The pure models: two alarms, growth, the desk."""

from datetime import date

import numpy as np
import pytest

from comity.risk import change, growth, headroom, staffing
from comity.world.growing import growing


def quiet(seed: int, days: int = 400, level: float = 20.0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return chance.poisson(chance.gamma(20, level / 20, (days, 4))).astype(float)


def test_it_works() -> None:
    counts = quiet(1)
    assert change.alarms(counts) == []
    counts[300:314, 2] *= 2
    rings = change.alarms(counts)
    assert {ring.series for ring in rings} == {2}
    assert 300 <= rings[0].at < 307
    assert abs(rings[0].since - 300) <= 3


def test_headroom_rings_before_the_first_order_is_late_and_a_chart_does_not() -> None:
    made = growing(3, 10**6, 10**9, 1095, date(2026, 11, 29))
    counts = np.array([*made.series.values()], float).T
    load, limit = counts.sum(axis=1) * 0.2, 130.0
    ring = headroom.first_ring(load, limit)
    over = int(np.argmax(load > limit))
    assert ring is not None
    assert 20 <= over - ring <= 400


def test_people_are_no_answer_to_a_tail() -> None:
    load = staffing.Load((staffing.Kind("hour", 60, 1.0, 11 / 60, 0.8),))
    found = staffing.people_needed(load)
    assert not found.by_people
    assert found.cap == 0.75
    assert found.there


def test_beyond_what_was_tried_nothing_is_known() -> None:
    made = growing(3, 10**8, 2 * 10**8, 730, date(2026, 11, 29))
    past = growth.weeks(np.array(made.users, float), np.array([*made.series.values()], float).T)
    near, far = growth.outlook(past, 25 * 10**7)[0], growth.outlook(past, 10**10)[0]
    assert near.known
    assert not far.known
    assert far.band is None


def test_a_rota_with_nobody_keeps_nothing_and_ends() -> None:
    load = staffing.Load((staffing.Kind("day", 10, 24.0, 0.2),))
    found = staffing.looked_at(load, staffing.rota(0))
    assert found.grows
    assert found.others == 0.0
    with pytest.raises(ValueError, match="168 hours"):
        staffing.looked_at(load, (1, 2))
