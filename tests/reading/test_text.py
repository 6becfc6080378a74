"""Labelled text reads back to the facts it was written from, whatever its layout."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.reading.read import read

from . import orders

layouts = st.fixed_dictionaries(
    {
        "numbered": st.booleans(),
        "upper": st.booleans(),
        "below": st.booleans(),
        "colon": st.booleans(),
        "wrap": st.sampled_from([0, 60, 72, 78]),
        "quote": st.sampled_from(["", "> ", "> > "]),
        "order": st.sampled_from(["ABCDEFG", "EFGABCD", "GFEDCBA", "BACDEGF"]),
        "marks": st.sampled_from(["[ ] [x]", "[ ] [X]", "☐ ☒", "□ ■", "[] [x]", "( ) (x)"]),
    }
)


def facts_of(body):
    return read(orders.mail(body), {})["orders"]


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders.contents(), layouts)
def test_it_works(content, layout):
    written, facts = content
    found = facts_of(orders.text(written, **layout))
    assert len(found) == 1
    form = found[0]["facts"]["form"]
    wrong = {k: (form.get(k, "absent"), v) for k, v in facts.items() if form.get(k, "absent") != v}
    assert not wrong
