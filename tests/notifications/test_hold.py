from datetime import UTC, datetime, timedelta

from comity.notifications import rules
from comity.notifications.rules import Hold

SIX_WEEKS = datetime(2027, 1, 5, 23, tzinfo=UTC)
TWELVE_WEEKS = datetime(2027, 2, 16, 23, tzinfo=UTC)


def test_it_works():
    dated = {"duties": [{"id": "preserve"}, {"id": "non-disclosure", "until": "2026-12-01T00:00:00Z"}]}
    assert rules.held(dated) == (True, datetime(2026, 12, 1, tzinfo=UTC))
    assert rules.held({"duties": [{"id": "non-disclosure", "until": None}]}) == (True, None)
    assert rules.held({"duties": []}) == (False, None)


def test_it_falls_by_itself_at_its_end_and_not_before():
    found = Hold(True, SIX_WEEKS)
    assert rules.release(found, [], SIX_WEEKS - timedelta(seconds=1)) == "stands"
    assert rules.release(found, [], SIX_WEEKS) == "by-itself"


def test_without_any_date_only_a_person_releases_it():
    assert rules.release(Hold(True), [], SIX_WEEKS + timedelta(days=3650)) == "person"


def test_another_non_disclosure_on_the_same_target_keeps_a_person_in_between():
    mine, now = Hold(True, SIX_WEEKS), SIX_WEEKS
    assert rules.release(mine, [Hold(True, TWELVE_WEEKS)], now) == "person"
    assert rules.release(mine, [Hold(True, None)], now) == "person"
    assert rules.release(mine, [Hold(False), Hold(True, SIX_WEEKS)], now) == "by-itself"
