"""Periods as Regulation (EEC, Euratom) No 1182/71 counts them, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.regulations import legal_time
from comity.regulations.legal_time import Place, end_of

BRUSSELS = Place(legal_time.zone("Europe/Brussels"), "BE")
TALLINN = Place(legal_time.zone("Europe/Tallinn"), "EE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_works() -> None:
    period = end_of(at("2026-11-24T12:07:32"), 1, "hours", BRUSSELS)
    assert (period.due_target, period.due_legal) == (at("2026-11-24T13:07:32"), at("2026-11-24T14:00:00"))


@pytest.mark.parametrize(
    ("start", "length", "unit", "legal", "target", "why"),
    [
        ("2026-03-02T22:00:00", 1, "hours", "2026-03-03T00:00:00", "2026-03-02T23:00:00", "on the stroke, 3(1)"),
        ("2026-03-02T22:59:59", 1, "hours", "2026-03-03T00:00:00", "2026-03-02T23:59:59", "the same hour, 3(1)"),
        ("2026-10-25T00:30:00", 1, "hours", "2026-10-25T02:00:00", "2026-10-25T01:30:00", "the hour that comes twice"),
        ("2026-03-29T00:30:00", 1, "hours", "2026-03-29T02:00:00", "2026-03-29T01:30:00", "the hour that is missing"),
        (
            "2026-04-03T10:00:00",
            48,
            "hours",
            "2026-04-05T11:00:00",
            "2026-04-05T10:00:00",
            "Easter counts in hours, 3(3)",
        ),
        ("2026-03-03T10:00:00", 10, "days", "2026-03-13T23:00:00", "2026-03-13T23:00:00", "the day not counted, 3(1)"),
        ("2026-03-03T23:30:00", 10, "days", "2026-03-16T23:00:00", "2026-03-13T23:00:00", "local day; Saturday, 3(4)"),
        ("2026-12-23T10:00:00", 2, "days", "2026-12-28T23:00:00", "2026-12-24T23:00:00", "two working days, 3(5)"),
        ("2026-12-23T10:00:00", 2, "working-days", "2026-12-28T23:00:00", "2026-12-28T23:00:00", "working days, 3(3)"),
        ("2026-03-23T10:00:00", 2, "weeks", "2026-04-07T22:00:00", "2026-04-03T22:00:00", "Easter Monday, 3(4)"),
        ("2027-01-31T10:00:00", 1, "months", "2027-03-01T23:00:00", "2027-02-26T23:00:00", "no 31 February, 3(2)(c)"),
        ("2028-01-31T10:00:00", 1, "months", "2028-02-29T23:00:00", "2028-02-29T23:00:00", "leap year"),
        ("2026-12-31T10:00:00", 6, "months", "2027-06-30T22:00:00", "2027-06-30T22:00:00", "no 31 June"),
        ("2024-02-29T10:00:00", 1, "years", "2025-02-28T23:00:00", "2025-02-28T23:00:00", "no 29 February"),
        ("2026-05-01T10:00:00", 6, "months", "2026-11-02T23:00:00", "2026-10-30T23:00:00", "Sunday, All Saints"),
    ],
)
def test_worked_examples(start: str, length: int, unit: str, legal: str, target: str, why: str) -> None:
    period = end_of(at(start), length, unit, BRUSSELS)
    assert (period.due_legal, period.due_target) == (at(legal), at(target)), why


def test_holidays_are_those_of_the_place() -> None:
    independence = at("2026-02-10T10:00:00")
    assert end_of(independence, 2, "weeks", TALLINN).due_legal == at("2026-02-25T22:00:00")
    assert end_of(independence, 2, "weeks", BRUSSELS).due_legal == at("2026-02-24T23:00:00")


def test_a_state_without_a_calendar_has_weekends_only() -> None:
    nowhere = Place(legal_time.zone("UTC"), "")
    assert not nowhere.covers(date(2026, 12, 25))
    assert nowhere.works(date(2026, 12, 25))
    assert not nowhere.works(date(2026, 12, 26))


def test_a_zone_that_does_not_exist_is_refused() -> None:
    for name in ("Europe/Atlantis", "", "../tzdata/zones", "Europe"):
        with pytest.raises(legal_time.NoSuchZone):
            legal_time.zone(name)


def test_the_calendar_says_where_it_comes_from() -> None:
    calendar = legal_time.calendar()
    assert calendar["id"] == legal_time.CALENDAR
    assert calendar["review"] == "needed"
    assert len(calendar["holidays"]) == 27
    first, last = calendar["years"]
    for country, days in calendar["holidays"].items():
        assert days == sorted(days)
        for year in range(first, last + 1):
            christmas = date(year, 12, 25)
            assert christmas.isoformat() in days or christmas.weekday() >= 5, (country, year)


instants = st.integers(1_650_000_000, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
zones = st.sampled_from(["Europe/Brussels", "Europe/Tallinn", "Europe/Lisbon", "UTC"])


@given(instants, st.integers(1, 400), zones)
def test_hours_end_on_the_hour_and_never_early(start: datetime, length: int, name: str) -> None:
    period = end_of(start, length, "hours", Place(legal_time.zone(name), "BE"))
    assert period.due_target == start + timedelta(hours=length)
    assert timedelta(0) < period.due_legal - period.due_target <= timedelta(hours=1)
    assert period.due_legal.minute == period.due_legal.second == 0


@given(instants, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years", "working-days"]))
def test_days_end_at_midnight_on_working_days(start: datetime, length: int, unit: str) -> None:
    period = end_of(start, length, unit, BRUSSELS)
    last = period.due_legal - timedelta(minutes=1)
    assert BRUSSELS.works(BRUSSELS.day_of(last))
    assert period.due_legal.astimezone(BRUSSELS.zone).hour == 0
    assert start < period.due_target <= period.due_legal


@given(instants, st.integers(1, 60))
def test_a_longer_period_never_ends_earlier(start: datetime, length: int) -> None:
    for unit in legal_time.UNITS:
        assert end_of(start, length, unit, BRUSSELS).due_legal <= end_of(start, length + 1, unit, BRUSSELS).due_legal
