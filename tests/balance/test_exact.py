"""The exact interval against published values; a bound that neither flaps nor sleeps."""

import random

import pytest
from django.utils import translation

from comity.balance import exact, indicators, words
from comity.balance.measured import told


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [  # R 4.3, binom.test
        (0, 10, 0.0, 0.3084971),
        (5, 10, 0.1870860, 0.8129140),
        (10, 10, 0.6915029, 1.0),
        (139, 935, 0.1264498, 0.1731000),
        (2, 100_000, 0.00000242, 0.0000722),
    ],
)
def test_it_works(good: int, of: int, low: float, high: float) -> None:
    found = exact.interval(good, of)
    assert found == pytest.approx((low, high), rel=3e-3, abs=1e-6)
    assert found[0] <= good / of <= found[1]


@pytest.mark.parametrize(("good", "of"), [(1, 0), (3, 2), (-1, 5)])
def test_what_can_be_no_share_is_refused(good: int, of: int) -> None:
    with pytest.raises(ValueError):
        exact.interval(good, of)
    assert indicators.value(good, of) is None


def test_nothing_is_not_known_and_never_good() -> None:
    one = indicators.all_of()["hour-kept"]
    assert words.shown(indicators.value(0, 0), one) == "not known"
    assert exact.crossed([(0, 0)] * 365, 0.02) is None


def test_a_budget_of_none_or_all_bounds_nothing() -> None:
    for budget in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError):
            exact.crossed([(0, 1)], budget)


def drawn(seed: int, share: float, a_day: int, days: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    return [(sum(chance.random() < share for _ in range(a_day)), a_day) for _ in range(days)]


def test_fourfold_is_found_in_a_month_and_a_good_year_opens_nothing() -> None:
    budget, seeds = 0.02, range(40)
    opened = sum(exact.crossed(drawn(seed, budget, 10, 365), budget) is not None for seed in seeds)
    found = [exact.crossed(drawn(seed, 4 * budget, 10, 28), budget) for seed in seeds]
    assert opened <= 8
    assert sum(one is not None for one in found) >= 36


def test_a_good_year_buys_no_bad_month() -> None:
    """And a series at its bound on every second day alone opens once, if at all: nothing flaps."""
    bad = [(1, 10)] * 28
    assert exact.crossed(bad, 0.02) == exact.crossed([(0, 10)] * 300 + bad, 0.02)._replace(
        since=0, at=exact.crossed(bad, 0.02).at
    )
    flapping = exact.path([(1, 25), (0, 25)] * 180, 0.02)
    assert sum(a < exact.LIMIT <= b for a, b in zip(flapping, flapping[1:], strict=False)) <= 1


def test_every_indicator_is_counted_and_betrayed_by_another() -> None:
    found = indicators.all_of()
    assert {one.family for one in found.values()} == {"security", "freedom"}
    assert all(one.blind_to["fr"] and one.gamed_by["fr"] and one.says["fr"] for one in found.values())
    assert "share-done" not in {one.id for one in indicators.bounded()}, "a share of what is done is never a goal"


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"reversed": 0, "acts": 9}, "under 10"),
        ({"reversed": 0, "acts": 400}, "under 10 of 400"),
        ({"reversed": 9, "acts": 400}, "under 10 of 400"),
        ({"reversed": 395, "acts": 400}, "all but under 10 of 400"),
        ({"reversed": 20, "acts": 400}, "5.0\u00a0% of 400"),
        ({}, "under 10"),
    ],
)
def test_nobody_works_out_a_small_number_from_a_share(counts: dict[str, int], says: str) -> None:
    one = indicators.all_of()["reversed"]
    assert words.told(told(one, counts), one) == says


def test_a_share_is_written_as_its_language_writes_it() -> None:
    with translation.override("fr"):
        assert words.number(0.015, indicators.all_of()["reversed"]) == "1,5\u00a0%"
    assert words.number(1.5e-6, indicators.all_of()["disclosed"]) == "1.50"


def test_what_no_platform_reported_is_not_none() -> None:
    one = indicators.all_of()["disclosed"]
    assert words.told(told(one, {"users": 10**9}), one) == "not known"
