"""Facts are checked on every entry: each wrong one is named with its rule, in bounded time."""

from __future__ import annotations

import json
import math
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.regulations import facts

DOCS = Path(__file__).parents[2] / "docs" / "facts.md"
GOOD: dict[str, Any] = {
    "instrument": "eu-tco-removal-order",
    "received_at": "2026-03-02T22:15:30Z",
    "provider": {"establishment": "BE", "zone": "Europe/Brussels"},
    "form": {"urls": ["https://lantern.example/1"], "signature": {"kind": "qualified"}, "categories": []},
    "targets": [{"kind": "message", "ref": "https://lantern.example/1", "found": None}],
}


def wrong(**change: Any) -> list[str]:
    return [str(error) for error in facts.check({**GOOD, **change})]


def test_it_works() -> None:
    assert facts.check(GOOD) == []
    assert facts.verify(GOOD) is GOOD


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        ({"instrument": None}, "instrument", "must be string, is null"),
        ({"received_at": "2026-03-02T22:15:30"}, "received_at", "an instant in UTC"),
        ({"received_at": "2026-03-02T22:15:30+01:00"}, "received_at", "an instant in UTC"),
        ({"received_at": "2026-02-30T22:15:30Z"}, "received_at", "an instant in UTC"),
        ({"received_at": "9999-12-31T23:59:59Z"}, "received_at", "the years 1970 to 2199"),
        ({"received_at": "1969-12-31T23:59:59Z"}, "received_at", "the years 1970 to 2199"),
        ({"received_at": 1772489730}, "received_at", "must be string, is integer"),
        ({"received_at": None}, "received_at", "must be string, is null"),
        ({"provider": {"zone": "Europe/Atlantis"}}, "provider.zone", "a time zone of the IANA database"),
        ({"provider": {"zone": "../../etc/passwd"}}, "provider.zone", "a time zone of the IANA database"),
        ({"provider": {"establishment": "Belgium"}}, "provider.establishment", "two capital letters"),
        ({"provider": {"languages": ["english"]}}, "provider.languages[0]", "two small letters"),
        ({"authority": {"kind": "sheriff"}}, "authority.kind", "must be one of court, judge"),
        ({"authority": {"accredited": "yes"}}, "authority.accredited", "must be boolean or null, is string"),
        ({"authority": []}, "authority", "must be object, is array"),
        ({"targets": [{"found": 1}]}, "targets[0].found", "must be boolean or null, is integer"),
        ({"targets": [{}] * 10_001}, "targets", "at most 10000 items, has 10001"),
        ({"targets": {}}, "targets", "must be array or null, is object"),
        ({"form": {"signature": {"valid": "true"}}}, "form.signature.valid", "must be boolean"),
        ({"form": {"categories": ["f-other"]}}, "form.categories[0]", "must be one of a-incite"),
        ({"form": {"signed_on": "2.3.2026"}}, "form.signed_on", "a date such as"),
        ({"form": {"reasons": "x" * 20_001}}, "form.reasons", "at most 20000 characters"),
        ({"form": {"reasons": "\ud800"}}, "form.reasons", "lone surrogate"),
        ({"non_disclosure": {"renewals": -1}}, "non_disclosure.renewals", "a number from 0"),
        ({"non_disclosure": {"renewals": 1.5}}, "non_disclosure.renewals", "must be integer or null, is number"),
        ({"offence": {"max_penalty_years": math.nan}}, "offence.max_penalty_years", "a number from 0"),
        ({"territory": ["Europe"]}, "territory[0]", "EU or WORLD"),
        ({"own": "x" * 100_001}, "", "at most 100000 characters"),
        ({"own": [0] * 300_001}, "", "at most 300000 values"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_wrong_fact_is_named_with_its_rule(change: dict[str, Any], path: str, rule: str) -> None:
    began = time.process_time()
    errors = facts.check({**GOOD, **change})
    assert any(error.path == path and rule in error.rule for error in errors), errors
    assert time.process_time() - began < 2
    with pytest.raises(facts.FactsWrong, match=re.escape(path or "facts")):
        facts.verify({**GOOD, **change})


def test_what_is_no_object_is_refused() -> None:
    for given_facts in ([], None, "x", 3):
        assert facts.check(given_facts)[0].rule.startswith("must be object")
    assert facts.check({}) == [facts.FactError("instrument", "must be there")]


def test_endless_nesting_is_refused() -> None:
    nest: Any = []
    for _ in range(100_000):
        nest = [nest]
    assert wrong(own=nest) == ["facts: at most 20 levels deep"]


def test_only_so_many_errors_are_told() -> None:
    assert len(wrong(targets=[{"found": "?"}] * 5_000)) == facts.MAX_ERRORS


def test_keys_beyond_the_schema_are_allowed() -> None:
    assert wrong(our_own={"note": 1}) == []


def test_blank_is_looked_and_none_and_absent_stays_absent() -> None:
    values = facts.normal(
        {**GOOD, "form": {"reasons": " \n", "urls": None, "issued_at": "", "copy_sent": None, "signature": None}}
    )
    assert values["form"] == {"reasons": "", "urls": [], "issued_at": None, "copy_sent": False, "signature": None}
    assert "authority" not in values
    assert values["received_at"] == datetime(2026, 3, 2, 22, 15, 30, tzinfo=UTC)


def test_a_blank_line_in_a_list_is_no_address() -> None:
    values = facts.normal({**GOOD, "form": {"urls": ["", "  ", "https://lantern.example/1"]}})
    assert values["form"] == {"urls": ["https://lantern.example/1"]}


def test_a_kind_that_is_unknown_is_absent() -> None:
    assert facts.normal({**GOOD, "authority": {"kind": "unknown"}})["authority"] == {}


def test_a_platform_that_could_not_say_stays_null() -> None:
    assert facts.normal(GOOD)["targets"] == [{"kind": "message", "ref": "https://lantern.example/1", "found": None}]


def test_the_schema_is_a_json_schema_and_agrees_with_the_check() -> None:
    jsonschema.Draft202012Validator.check_schema(facts.schema())
    outside = jsonschema.Draft202012Validator(facts.schema())
    assert outside.is_valid(GOOD)
    for change in ({"targets": {}}, {"authority": {"kind": "sheriff"}}, {"targets": [{}] * 10_001}, {"instrument": 1}):
        assert not outside.is_valid({**GOOD, **change})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(facts.schema()["properties"])), part, max_size=4)
    ),
    max_leaves=12,
)


@given(anything)
def test_anything_is_checked_without_a_crash(given_facts: Any) -> None:
    if not facts.check(given_facts):
        facts.normal(given_facts)


def test_the_schema_ships_as_it_is_published() -> None:
    assert json.loads(json.dumps(facts.schema()))["title"] == "Facts"
