"""The pure models: two alarms, growth, the desk."""

from datetime import date

import numpy as np
import pytest

from comity.cases import fair as fair_queue
from comity.people.refusals import BadInput
from comity.risk import alarms, change, forecasting, growth, headroom, rules, staffing
from comity.risk.rules import Key
from comity.risk.series import clean
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


# -- bad input --------------------------------------------------------------------------------------------------------


def test_what_is_no_count_is_left_out_and_said() -> None:
    """Gaps, negatives, duplicates, halves, days to come: each leaves its day unknown, and names itself."""
    rows = [
        (date(2026, 11, 1), 4), (date(2026, 11, 1), 4), (date(2026, 11, 3), -1), (date(2026, 11, 5), 2),
        (date(2026, 11, 5), 3), (date(2026, 11, 7), 1.5), (date(2026, 12, 1), 9),
    ]  # fmt: skip
    found = clean(rows, date(2026, 11, 8))
    assert found.start == date(2026, 11, 1)
    assert np.isnan(found.counts).tolist() == [False, False, True, False, True, False, True, False]
    assert found.counts[[0, 1]].tolist() == [4, 0]
    assert [note.partition(":")[0] for note in found.notes] == ["2026-11-03", "2026-11-05", "2026-11-07", "2026-12-01"]
    assert np.isnan(clean(rows, date(2026, 11, 8), absent=np.nan).counts[1])
    assert len(clean([], date(2026, 11, 8)).counts) == 1


@pytest.mark.parametrize("counts", [np.zeros((400, 3)), np.full((400, 3), np.nan), np.ones((1, 3)), np.zeros((0, 3))])
def test_nothing_one_point_and_the_unknown_ring_nothing(counts: np.ndarray) -> None:
    assert change.alarms(counts) == []
    assert change.why_not(counts[:, 0]) in ("few", "short")
    assert not headroom.headroom(counts[:, 0], 5.0).rings


def test_a_hundred_thousand_series_at_once() -> None:
    counts = np.random.default_rng(3).poisson(6.0, (change.LEARN + 9, 100_000)).astype(np.float64)
    counts[-7:, 77_777] *= 3
    rang = [ring.series for ring in change.alarms(counts)]
    assert 77_777 in rang
    assert len(rang) < 2 * rules.false_a_year(100_000) * 9 / 365, "and of the quiet ones no more than is stated"


def test_what_cannot_be_is_refused_by_each_model() -> None:
    """Negative counts, limits and loads; rotas, ranges and users that are none."""
    with pytest.raises(ValueError, match="at least 0"):
        change.alarms(np.full((100, 1), -1.0))
    with pytest.raises(ValueError, match="at least 0"):
        forecasting.forecast(np.full((100, 1), -1.0))
    with pytest.raises(ValueError, match="28 days"):
        forecasting.forecast(np.ones((5, 1)))
    with pytest.raises(ValueError, match="at least 0"):
        headroom.headroom(np.ones(100), -1.0)
    with pytest.raises(ValueError, match="a day"):
        staffing.looked_at(staffing.Load((staffing.Kind("x", -1, 1.0, 0.2),)), staffing.rota(1))
    with pytest.raises(ValueError, match="one run"):
        staffing.looked_at(staffing.Load((staffing.Kind("x", 1e9, 1.0, 0.2),)), staffing.rota(1))
    with pytest.raises(ValueError, match="low ≤ middle ≤ high"):
        growth.scenario("war", {"low": 3, "middle": 2, "high": 1})
    with pytest.raises(ValueError, match="users"):
        growth.weeks(np.full(70, np.nan), np.ones((70, 1)))
    with pytest.raises(ValueError, match="more people than work"):
        staffing.erlang_c(100, 1, 9)
    for given in ({"people": -1}, {"people": True}, {"weekday": [1] * 24}, {"hours": [1] * 3}, [], {"people": 1.5}):
        with pytest.raises(BadInput, match="rota"):
            rules.rota_of(given)
    for text in ("", "0", "-5", "nan", "1e99", "twenty"):
        with pytest.raises(BadInput, match="load"):
            rules.factor_of(text)
    for text in ("", "0", "-5", "many", "9" * 13):
        with pytest.raises(BadInput, match="users"):
            rules.users_of(text)


def test_a_load_above_what_people_can_do_ends_and_says_so() -> None:
    load = staffing.Load((staffing.Kind("hour", 4_000, 1.0, 0.2, 0.5),))
    found = staffing.looked_at(load, staffing.rota(2))
    assert found.grows
    assert found.use > 10
    assert not found.holds
    assert staffing.capacity(load, staffing.rota(0)) == 0.0


# -- what holds -------------------------------------------------------------------------------------------------------


def test_a_run_agrees_with_erlang() -> None:
    hours, people, off = 11 / 60, 9, []
    for seed in range(3):
        chance = np.random.default_rng(seed)
        at = np.cumsum(chance.exponential(hours / 8, 60_000))
        orders = staffing.Orders(
            at, at + 1, chance.exponential(hours, 60_000), np.zeros(60_000, int), np.full(60_000, -1)
        )
        off.append((staffing.run(orders, staffing.rota(people)) - at - orders.takes).mean())
    assert np.mean(off) == pytest.approx(staffing.erlang_c(8 / hours, hours, people), rel=0.15)


def test_a_shift_begins_work_and_ends_what_it_began() -> None:
    """Nobody from 00:00 to 08:00: what comes at night waits, whoever is there."""
    people = ((0,) * 8 + (1,) * 16) * 7
    orders = staffing.Orders(
        np.array([1.0, 23.9]), np.array([99.0, 99.0]), np.array([0.5, 0.5]), np.zeros(2, int), np.full(2, -1)
    )
    assert staffing.run(orders, people).tolist() == [8.5, 24.4]


def test_one_sender_has_a_quarter_while_others_wait() -> None:
    """Forged one-hour orders of one sender, twenty times the true ones: by due time alone most true ones are late."""
    kinds = (staffing.Kind("hour", 300, 1.0, 11 / 60, 0.5), staffing.Kind("day", 900, 24.0, 11 / 60, 0.5))
    load = staffing.Load(kinds, cap=0.75, flood=6_000)
    fair = staffing.looked_at(load, staffing.rota(20), weeks=1)
    plain = staffing.looked_at(load, staffing.rota(20), weeks=1, fair=False)
    assert fair.urgent > 0.98
    assert plain.urgent < 0.7


def test_places_of_one_sender_stand_apart_and_never_before_they_are_due() -> None:
    taken: list[float] = []
    for due in (10.0, 10.0, 3.0, 10.0, 11.0, 3.5):
        stands = fair_queue.place(due, sorted(taken), 2.0)
        assert stands >= due
        assert all(abs(stands - other) >= 2.0 for other in taken)
        taken.append(stands)
    assert taken == [10.0, 12.0, 3.0, 14.0, 16.0, 5.0]


def test_a_lasting_change_rings_once_and_steady_growth_never() -> None:
    counts = quiet(5, 500)
    counts[400:] *= 2
    assert len(change.alarms(counts)) == 4
    made = growing(2, 10**7, 10**9, 900, date(2026, 11, 29))
    assert change.alarms(np.array([*made.series.values()], float).T) == []


def test_a_flood_is_told_by_its_part_and_not_again_by_each_sum() -> None:
    def ring(seen: float) -> change.Ring:
        return change.Ring(0, 1, 3, seen, 10.0, 7.0)

    part, other = Key("requests", "FR", "eu-tco-removal-order"), Key("requests", "DE", "own-hotline")
    rings = {part: ring(40), Key("requests", "FR"): ring(45), Key("requests"): ring(90), other: ring(15)}
    assert rules.apart(rings) == [part, other, Key("requests")]


def test_an_alarm_has_one_life() -> None:
    for verdict in alarms.VERDICTS:
        assert alarms.OF_ALARM.after("raised", verdict) == verdict
        assert alarms.OF_ALARM.acts_in(verdict) == []
    assert rules.limit(0) == change.LIMIT < rules.limit(1) < rules.limit(3) == rules.limit(9)


def test_the_scenarios_are_in_order() -> None:
    assert {one.name for one in rules.scenarios()} == {"policy", "country", "war"}
