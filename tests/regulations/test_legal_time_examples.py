"""The worked examples of `docs/legal-time.md`, each row a test, and what holds of every period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.regulations import legal_time
from comity.regulations.legal_time import ACT, LAWS, OWN, STATUTE, Place, Stop, end_of, latest_before, run_with_stops

PAGE = Path(__file__).parents[2] / "docs" / "legal-time.md"
LAW = {"EU": ACT, "US": STATUTE, "own": OWN}
ZONES = {
    "BE": "Europe/Brussels",
    "EE": "Europe/Tallinn",
    "FR": "Europe/Paris",
    "DE": "Europe/Berlin",
    "IE": "Europe/Dublin",
    "PT": "Europe/Lisbon",
    "GR": "Europe/Athens",
    "US": "America/New_York",
}
PLACES = {state: Place(legal_time.zone(name), state) for state, name in ZONES.items()}
BRUSSELS = PLACES["BE"]


def rows() -> list[list[str]]:
    lines = PAGE.read_text("utf-8").split("## Examples")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0].isdigit()]


def at(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text != "-" else None


def instant(text: str) -> datetime:
    found = at(text)
    assert found is not None
    return found


def test_it_works() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, len(rows()) + 1))
    assert len(rows()) >= 60


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]} {row[1]} {row[4]}")
def test_example(row: list[str]) -> None:
    _, law, state, event, period, stopped, legal, target, why = row
    length, unit = period.split(" ")
    start, place = instant(event), PLACES[state]
    if law == "before":
        assert latest_before(start, int(length), unit, place) == at(legal) == at(target), why
        return
    stops = [Stop(instant(since), at(until)) for since, until in [stopped.split(" to ")]] if stopped else []
    found = run_with_stops(start, int(length), unit, place, LAW[law], stops)
    assert (found.due_legal if found else None, found.due_target if found else None) == (at(legal), at(target)), why


def test_what_does_not_run_forwards_is_no_period() -> None:
    for length in (0, -3):
        with pytest.raises(ValueError, match="at least one unit"):
            end_of(instant("2026-11-24T10:00:00Z"), length, "days", BRUSSELS)


def test_months_cannot_be_stopped() -> None:
    stop = Stop(instant("2026-11-26T10:00:00Z"), instant("2026-11-28T10:00:00Z"))
    with pytest.raises(ValueError, match="cannot be stopped"):
        run_with_stops(instant("2026-11-24T10:00:00Z"), 2, "months", BRUSSELS, ACT, [stop])


def test_every_calendar_is_there_and_says_what_it_was_made_from() -> None:
    for state in ("BE", "US"):
        held = legal_time.calendar(legal_time.calendar_of(state))
        assert state in held["holidays"]
        assert held["review"] == "needed"
        assert held["made_from"].startswith("holidays 0.")


instants = st.integers(1_650_000_000, 2_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
places = st.sampled_from(list(PLACES.values()))
laws = st.sampled_from(LAWS)
units = st.sampled_from(legal_time.UNITS)
lengths = st.integers(1, 90)


@given(instants, lengths, units, places, laws)
def test_the_target_is_never_later_than_the_law(
    start: datetime, length: int, unit: str, place: Place, law: str
) -> None:
    period = end_of(start, length, unit, place, law)
    assert start < period.due_target <= period.due_legal


@given(instants, st.integers(0, 10_000_000), lengths, units, places, laws)
def test_a_later_event_never_ends_earlier(
    start: datetime, later: int, length: int, unit: str, place: Place, law: str
) -> None:
    after = start + timedelta(seconds=later)
    assert end_of(start, length, unit, place, law).due_legal <= end_of(after, length, unit, place, law).due_legal


@given(instants, lengths, units, places, laws)
def test_a_longer_period_never_ends_earlier(start: datetime, length: int, unit: str, place: Place, law: str) -> None:
    shorter, longer = (end_of(start, n, unit, place, law) for n in (length, length + 1))
    assert shorter.due_legal <= longer.due_legal
    assert shorter.due_target <= longer.due_target


@given(instants, lengths, places)
def test_no_law_is_shorter_than_what_was_counted_without_it(start: datetime, length: int, place: Place) -> None:
    """Art. 3(4) and 3(5) only lengthen, and the target leaves both out."""
    act, plain = (end_of(start, length, "days", place, law) for law in (ACT, STATUTE))
    assert plain.due_legal <= act.due_legal
    assert plain.due_target == act.due_target


@given(instants, lengths, places)
def test_hours_are_hours_on_the_days_when_clocks_change(start: datetime, length: int, place: Place) -> None:
    period = end_of(start, length, "hours", place)
    assert period.due_target - start == timedelta(hours=length)
    assert timedelta() < period.due_legal - period.due_target <= timedelta(hours=1)


@given(instants, lengths, st.sampled_from(["hours", "days", "working-days"]), places, laws, st.integers(0, 400))
def test_a_stop_never_shortens_a_period(
    start: datetime, length: int, unit: str, place: Place, law: str, hours: int
) -> None:
    since = start + timedelta(hours=hours)
    stopped = run_with_stops(start, length, unit, place, law, [Stop(since, since + timedelta(hours=50))])
    assert stopped is not None
    plain = end_of(start, length, unit, place, law)
    assert stopped.due_legal >= plain.due_legal
    if plain.due_legal <= since:
        assert stopped == plain


@given(instants, lengths, st.sampled_from(["hours", "days", "working-days"]), places, laws)
def test_a_stop_that_ended_before_the_event_changes_nothing(
    start: datetime, length: int, unit: str, place: Place, law: str
) -> None:
    before = [Stop(start - timedelta(days=9), start - timedelta(days=2))]
    assert run_with_stops(start, length, unit, place, law, before) == end_of(start, length, unit, place, law)


@given(instants, st.integers(1, 40), places)
def test_what_counts_back_lies_so_many_whole_days_before(event: datetime, length: int, place: Place) -> None:
    latest = latest_before(event, length, "days", place)
    assert place.day_of(event) - place.day_of(latest) == timedelta(days=length)
    assert latest < event
