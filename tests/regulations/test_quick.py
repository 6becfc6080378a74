"""The quick ways (functions made from trees and from the schema) answer as the plain ones do, or leave it to them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cel.expressions import NAMES, expressions, some_facts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.cel import CelError, Scope, Unknown, evaluate, parse, tree
from comity.cel.compile import MISSED, compiled
from comity.cel.tree import Value
from comity.regulations import checks, facts, facts_used, packs

from .facts_of import any_facts

CASES = sorted((Path(__file__).parent / "cases").glob("*/_base.yaml"))
many = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    deadline=None,
)


def quickly(node: tree.Node, known: dict[str, Value]) -> Any:
    try:
        return compiled(node)(known, None, {})
    except MISSED:
        return None


def test_it_works() -> None:
    node = parse('s == "x" && n + 1 > 3', NAMES)
    assert compiled(node)({"s": "x", "n": 3}, None, {}) is True
    with pytest.raises(KeyError):
        compiled(node)({"s": "x"}, None, {})


@many
@given(expressions(), some_facts)
def test_a_function_answers_as_the_interpreter_or_not_at_all(text: str, known: dict[str, Value]) -> None:
    node = parse(text, NAMES)
    try:
        found = compiled(node)(known, None, {})
    except MISSED:
        return
    asked = evaluate(node, Scope(known))
    assert not isinstance(asked, Unknown)
    assert found == asked or (found != found and asked != asked)
    assert type(found) is type(asked)


@many
@given(expressions(), some_facts)
def test_what_is_known_throughout_is_answered_by_the_function(text: str, known: dict[str, Value]) -> None:
    """With every fact there the function answers wherever the interpreter has a value without skipping an error."""
    whole = {**EVERYTHING, **known}
    node = parse(text, NAMES)
    if isinstance(evaluate(node, Scope(whole)), Unknown):
        with pytest.raises(MISSED):
            compiled(node)(whole, None, {})


EVERYTHING: dict[str, Value] = {
    "a": True,
    "b": False,
    "c": True,
    "n": 3,
    "d": 1.5,
    "s": "x",
    "t": datetime(2026, 3, 2, tzinfo=UTC),
    "l": timedelta(hours=1),
    "names": ["x"],
    "numbers": [1, 2],
    "targets": [{"found": True, "ref": "x", "tags": []}],
    "box": {"open": True, "at": None, "inner": {"n": 1}},
}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("names[n] == s", {"names": ["x"], "n": -1, "s": "x"}),
        ("n * n == 1", {"n": 2**62}),
        ("-n == 1", {"n": -(2**63)}),
        ("a == b", {"a": None, "b": None}),
        ("a ? b : c", {"a": None, "b": True, "c": True}),
        ("!a", {"a": None}),
        ("t < t", {"t": None}),
        ("targets.all(x, x.found)", {"targets": [{"found": None}]}),
        ("targets.exists_one(x, x.found)", {"targets": [{"found": True}, {}]}),
        ("timestamp(s) == t", {"s": "soon", "t": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("n / 0 == 1", {"n": 1}),
        ("targets.all(x, targets.all(y, x.ref == y.ref))", {"targets": [{"ref": "x"}] * 2_000}),
    ],
)
def test_where_the_answer_is_unknown_the_function_gives_none(text: str, known: dict[str, Value]) -> None:
    with pytest.raises(MISSED):
        compiled(parse(text, NAMES))(known, None, {})
    assert isinstance(evaluate(parse(text, NAMES), Scope(known)), Unknown)


@many
@given(any_facts())
def test_facts_are_read_the_same_both_ways(given_facts: dict[str, Any]) -> None:
    assert facts.read(given_facts) == facts.normal(facts.verify(given_facts))


@many
@given(any_facts(), st.data())
def test_what_breaks_the_schema_is_refused_both_ways(given_facts: dict[str, Any], data: st.DataObject) -> None:
    wrong = copy.deepcopy(given_facts)
    places = [(wrong, name) for name in wrong] + [
        (part, name) for part in wrong.values() if isinstance(part, dict) for name in part
    ]
    at, name = data.draw(st.sampled_from(places))
    at[name] = data.draw(
        st.sampled_from(
            [7, 1.5, True, None, "x", "", " ", [], [None], ["x"], {}, {"z": 1}, "\ud800", "2026-03-02", "é"]
        )
    )
    if facts.check(wrong):
        with pytest.raises(facts.FactsWrong):
            facts.read(wrong)
    else:
        assert facts.read(wrong) == facts.normal(wrong)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_good_order_of_every_pack_is_read_quickly(path: Path) -> None:
    given_facts = yaml.safe_load(path.read_text("utf-8"))
    assert facts.reader_of_the_schema()(given_facts) == facts.normal(given_facts)


@many
@given(any_facts())
def test_a_row_is_the_same_both_ways(given_facts: dict[str, Any]) -> None:
    """The row of a check made by functions, beside the same row made by going through the tree."""
    for pack in packs.load().packs:
        values = facts.read({**given_facts, "instrument": pack.id})
        look = checks.Look(pack, values, checks.place(values))
        found = checks.applied(look)
        others = {row.check.id: row for row in found.against}
        for shown in found.shown:
            check = next(check for check in pack.checks if check.id == shown["id"])
            parts: list[Value] = look.parts(check.of) if check.of != "request" else [None]
            plain = tuple(checks.interpreted(check.rule, part, look) for part in parts)
            assert plain == (others[check.id].values if check.id in others else (True,))
            assert checks.row_of_parts(check, parts, plain, look).shown == shown


def test_a_text_too_long_is_cut_and_a_list_of_objects_counted() -> None:
    assert facts_used.brief("x" * 200) == "x" * 119 + "…"
    assert facts_used.brief([{"a": 1}]) == 1


def test_an_expression_that_cannot_be_parsed_is_no_function() -> None:
    with pytest.raises(CelError):
        parse("a &&", NAMES)
