from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comity.notifications import rules
from comity.notifications.rules import Hold

ZONE = ZoneInfo("Europe/Brussels")
DECIDED = datetime(2026, 11, 24, 10, tzinfo=UTC)
SIX_WEEKS = datetime(2027, 1, 5, 23, tzinfo=UTC)
TWELVE_WEEKS = datetime(2027, 2, 16, 23, tzinfo=UTC)


def facts(**more):
    said = {"requested": True, "until": None, "decided_at": "2026-11-24T10:00:00Z"}
    return {"non_disclosure": said | more, "form": {}}


def test_it_works():
    found = rules.hold(facts(), {}, ZONE)
    assert found == Hold(True, SIX_WEEKS, rules.CITE)
    assert rules.release(found, [], SIX_WEEKS - timedelta(seconds=1)) == "stands"
    assert rules.release(found, [], SIX_WEEKS) == "by-itself"


def test_nothing_asked_holds_nothing():
    assert rules.hold({"non_disclosure": {"requested": False}, "form": {"non_disclosure": False}}, {}, ZONE) == Hold(
        False
    )
    assert rules.hold({}, {}, ZONE) == Hold(False)


def test_a_ticked_box_holds():
    assert rules.hold({"form": {"non_disclosure": True}}, {}, ZONE).stands


def test_it_is_counted_from_the_decision_not_from_the_order():
    found = rules.hold(facts() | {"form": {"issued_at": "2026-12-24T10:00:00Z"}}, {}, ZONE)
    assert found.until == SIX_WEEKS


def test_without_a_dated_decision_it_is_counted_from_the_issue_of_the_order():
    found = rules.hold(facts(decided_at=None) | {"form": {"issued_at": "2026-11-24T10:00:00Z"}}, {}, ZONE)
    assert found.until == SIX_WEEKS


def test_without_any_date_only_a_person_releases_it():
    found = rules.hold(facts(decided_at=None), {}, ZONE)
    assert found.until is None
    assert rules.release(found, [], SIX_WEEKS + timedelta(days=3650)) == "person"


@pytest.mark.parametrize(
    ("renewals", "until"), [(0, SIX_WEEKS), (1, TWELVE_WEEKS), (2, TWELVE_WEEKS), (99, TWELVE_WEEKS)]
)
def test_it_is_renewed_once_at_most(renewals, until):
    assert rules.hold(facts(renewals=renewals), {}, ZONE).until == until


def test_an_earlier_end_of_the_order_counts():
    assert rules.hold(facts(until="2026-12-01T00:00:00Z"), {}, ZONE).until == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_later_end_than_the_act_allows_does_not():
    assert rules.hold(facts(until="2028-01-01T00:00:00Z"), {}, ZONE).until == SIX_WEEKS


def test_the_packs_duty_gives_the_end():
    finding = {"duties": [{"id": "non-disclosure", "until": "2026-12-01T00:00:00Z", "cite": "Art. 11(3)"}]}
    assert rules.hold({}, finding, ZONE) == Hold(True, datetime(2026, 12, 1, tzinfo=UTC), "Art. 11(3)")


def test_a_finding_says_whether_and_until_when():
    dated = {"duties": [{"id": "preserve"}, {"id": "non-disclosure", "until": "2026-12-01T00:00:00Z"}]}
    assert rules.held(dated) == (True, datetime(2026, 12, 1, tzinfo=UTC))
    assert rules.held({"duties": [{"id": "non-disclosure", "until": None}]}) == (True, None)
    assert rules.held({"duties": []}) == (False, None)


def test_another_non_disclosure_on_the_same_target_keeps_a_person_in_between():
    mine, now = Hold(True, SIX_WEEKS), SIX_WEEKS
    assert rules.release(mine, [Hold(True, TWELVE_WEEKS)], now) == "person"
    assert rules.release(mine, [Hold(True, None)], now) == "person"
    assert rules.release(mine, [Hold(False), Hold(True, SIX_WEEKS)], now) == "by-itself"
