"""The table of a clock's states, tried at each of its boundaries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.web.rules import amount, clock_state, half, last_day, scale

START = datetime(2026, 11, 24, 12, 7, 32, tzinfo=UTC)
DUE = START + timedelta(hours=1)
SECOND = timedelta(seconds=1)
BRUSSELS = ZoneInfo("Europe/Brussels")


def state(now, **more):
    return clock_state(DUE, DUE + timedelta(minutes=53), START, now, **more)


def test_it_works():
    found = state(DUE - timedelta(minutes=38, seconds=12), seconds=True)
    assert (found.name, found.css, found.amount) == ("running", "", ((38, "min"), (12, "s")))
    assert found.used == pytest.approx(36.33, abs=0.01)


@pytest.mark.parametrize(
    ("at", "name", "css"),
    [
        (START, "running", ""),
        (START + timedelta(minutes=30) - SECOND, "running", ""),
        (START + timedelta(minutes=30), "soon", "is-soon"),
        (DUE - timedelta(minutes=10, seconds=1), "soon", "is-soon"),
        (DUE - timedelta(minutes=10), "last", "is-last"),
        (DUE, "last", "is-last"),
        (DUE + timedelta(microseconds=1), "over", "is-over"),
        (DUE + timedelta(minutes=12), "over", "is-over"),
    ],
)
def test_an_hour_at_each_of_its_boundaries(at, name, css):
    found = state(at)
    assert (found.name, found.css) == (name, css)


@pytest.mark.parametrize(
    ("met", "name", "words"),
    [
        (DUE - timedelta(minutes=26), "met", ((26, "min"),)),
        (DUE, "met", ((0, "s"),)),
        (DUE + SECOND, "missed", ((1, "s"),)),
        (DUE + timedelta(minutes=4), "missed", ((4, "min"),)),
    ],
)
def test_what_is_done_is_met_or_missed_by_the_target(met, name, words):
    found = state(DUE + timedelta(days=3), met_at=met, stopped_since=START)
    assert (found.name, found.amount, found.used) == (name, words, 100.0)


def test_a_stopped_clock_is_never_late():
    assert state(DUE + timedelta(days=1), stopped_since=START).name == "stopped"


def test_a_held_clock_is_drawn_like_a_stopped_one():
    found = state(DUE + timedelta(days=1), held_until=DUE + timedelta(days=40))
    assert (found.name, found.css) == ("held", "is-stopped")


def test_without_a_date_the_clock_is_unknown_even_when_the_thing_is_done():
    assert clock_state(None, None, START, DUE).name == "unknown"
    assert clock_state(None, None, START, DUE, met_at=DUE).name == "unknown"


def test_with_only_an_end_by_law_that_end_counts():
    assert clock_state(None, DUE, START, DUE + SECOND).name == "over"


def test_without_a_start_there_is_no_half():
    found = clock_state(DUE, None, None, DUE - timedelta(minutes=11))
    assert (found.name, found.used) == ("running", 0.0)


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (timedelta(hours=24, seconds=1), "running"),
        (timedelta(hours=24), "soon"),
        (timedelta(hours=4, seconds=1), "soon"),
        (timedelta(hours=4), "last"),
        (timedelta(0), "last"),
        (-SECOND, "over"),
    ],
)
def test_a_period_in_days_is_soon_on_its_last_local_day(before, name):
    due = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)  # Friday 24:00 in Brussels
    found = clock_state(due, None, due - timedelta(days=10), due - before, unit="days", zone=BRUSSELS)
    assert found.name == name


def test_a_last_day_of_23_hours_begins_at_its_own_midnight():
    due = datetime(2027, 3, 28, 22, 0, tzinfo=UTC)  # 24:00 on the day the clocks go forward
    assert last_day(due, BRUSSELS) == datetime(2027, 3, 27, 23, 0, tzinfo=UTC)


def test_a_due_time_inside_a_day_belongs_to_that_day():
    assert last_day(datetime(2026, 11, 27, 16, 0, tzinfo=UTC), BRUSSELS) == datetime(2026, 11, 26, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, ((0, "s"),)),
        (0, ((0, "s"),)),
        (59, ((59, "s"),)),
        (60, ((1, "min"),)),
        (3599, ((59, "min"),)),
        (3600, ((1, "h"),)),
        (9060, ((2, "h"), (31, "min"))),
        (86399, ((23, "h"), (59, "min"))),
        (86400, ((1, "day"),)),
        (154800, ((1, "day"), (19, "h"))),
        (5 * 86400 - 1, ((4, "day"), (23, "h"))),
        (5 * 86400, ((5, "day"),)),
        (6 * 86400 + 7200, ((6, "day"),)),
    ],
)
def test_amounts_are_said_in_two_units_at_most(seconds, words):
    assert amount(timedelta(seconds=seconds)) == words


def test_seconds_are_said_only_below_an_hour():
    assert amount(timedelta(minutes=38, seconds=12), seconds=True) == ((38, "min"), (12, "s"))
    assert amount(timedelta(hours=1, seconds=12), seconds=True) == ((1, "h"),)


def test_the_scale_of_the_look():
    marks = scale(START, DUE, datetime(2026, 11, 24, 14, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, 29, 20, tzinfo=UTC))
    assert (marks.now, marks.half, marks.target) == (19.38, 26.68, 53.35)
    assert not marks.tight
    assert not marks.alone


def test_a_scale_without_a_later_legal_end_ends_with_the_target():
    marks = scale(START, DUE, DUE - SECOND, START)
    assert (marks.target, marks.alone, marks.now) == (100.0, True, 0.0)


def test_ends_close_together_are_tight():
    assert scale(START, DUE, DUE + timedelta(minutes=5), START).tight


def test_a_period_without_length_has_no_scale():
    assert scale(START, START, None, START) is None
    assert scale(START, START, DUE, START) is None


def test_half():
    assert half(START, DUE) == START + timedelta(minutes=30)


instants = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(instants, instants, instants, st.sampled_from(["hours", "days"]))
def test_shares_stay_between_0_and_100_and_late_means_after(start, due, now, unit):
    found = clock_state(due, None, start, now, unit=unit)
    assert 0 <= found.used <= 100
    assert (found.name == "over") == (now > due)
    marks = scale(start, due, None, now)
    assert marks is None or 0 <= marks.now <= 100
