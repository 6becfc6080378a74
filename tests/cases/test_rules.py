"""What a finding leads to, in a title and in whom we tell."""

import pytest

from comity.cases import rules

HERE = "https://lantern.example/c/1"


def finding(*kinds, **more):
    measures = [{"kind": kind, "territory": ["EU"] if kind == "withhold" else ["WORLD"]} for kind in kinds]
    return {"outcome": "valid", "targets": [], "data": [], "duties": [], "measures": measures} | more


def data(*outcomes):
    return [{"category": f"c{n}", "outcome": outcome} for n, outcome in enumerate(outcomes)]


ONE = {"targets": [{"ref": HERE, "outcome": "valid"}]}
FACTS = {"targets": [{"ref": HERE, "kind": "message"}]}


@pytest.mark.parametrize(
    ("found", "title"),
    [
        (finding("withhold", **ONE), "Withhold one message in the EU"),
        (finding("preserve", data=data("valid", "valid", "valid")), "Preserve three data categories"),
        (finding("preserve", data=data("valid", "impossible")), "Preserve one data category"),
        (finding("preserve", **ONE), "Preserve one message"),
        (finding("withhold", "preserve", **ONE), "Withhold one message in the EU and preserve one message"),
        (finding(outcome="defective"), "Say what stands in the way of the order"),
        (finding(outcome="needs-person"), "A person must weigh this order"),
    ],
)
def test_a_title_says_what_will_be_done_to_what_and_where(found, title):
    assert rules.title(found, FACTS) == title


def test_the_person_is_told_of_what_changes_something_for_them():
    assert rules.told(finding("withhold"))
    assert rules.told(finding("withhold", "preserve"))


def test_nobody_is_told_of_what_only_keeps():
    assert not rules.told(finding("preserve"))


def test_nobody_is_told_where_the_order_is_kept_confidential():
    assert not rules.told(finding("withhold", duties=[{"id": "confidential"}]))
