"""The language: what it means, what stays outside, and that no text can make it slow."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cel import CelError, Scope, Unknown, evaluate, parse, tree

TARGET = tree.Record("target", {"found": tree.BOOL, "ref": tree.STRING, "tags": tree.ListOf(tree.STRING)})
NAMES: dict[str, tree.Type] = {
    "a": tree.BOOL,
    "b": tree.BOOL,
    "c": tree.BOOL,
    "n": tree.INT,
    "d": tree.DOUBLE,
    "s": tree.STRING,
    "t": tree.TIMESTAMP,
    "list": tree.ListOf(tree.STRING),
    "targets": tree.ListOf(TARGET),
    "box": tree.Record(
        "box", {"open": tree.BOOL, "at": tree.TIMESTAMP, "inner": tree.Record("inner", {"n": tree.INT})}
    ),
}


def value(text: str, **facts: Any) -> Any:
    return evaluate(parse(text, NAMES), Scope(facts))


def test_it_works() -> None:
    assert value('s == "x" && n > 3', s="x", n=4) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 == 7", True),
        ("(1 + 2) * 3 == 9", True),
        ("10 - 3 - 2 == 5", True),
        ("-7 / 2 == -3", True),
        ("-7 % 2 == -1", True),
        ("7 % -2 == 1", True),
        ("7.0 / 2.0 == 3.5", True),
        ("1.0 / 0.0 > 1e300", True),
        ("1.5 / (0.0 * -0.5) < -1e300", True),
        ("-1.5 / (0.0 * -0.5) > 1e300", True),
        ("0.0 / (0.0 * -0.5) == 0.0 / 0.0", False),
        ("0x10 == 16", True),
        ("1 == 1.0", True),
        ("2 < 2.5", True),
        ("'a' + \"b\" == 'ab'", True),
        (r"'\u00e9\x41\n\101'.size() == 4", True),
        (r"r'\n'.size() == 2", True),
        ("'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')", True),
        ("size([1, 2, 3]) == 3 && size('') == 0", True),
        ("'b' in ['a', 'b'] && !('c' in ['a', 'b']) && !('a' in [])", True),
        ("[1, 2][1] == 2", True),
        ("[1, 2, 3].all(x, x > 0) && [1, 2, 3].exists(x, x == 2) && [1, 2, 3].exists_one(x, x == 2)", True),
        ("[1, 2, 3].filter(x, x > 1) == [2, 3] && [1, 2].map(x, x * 2) == [2, 4]", True),
        ("[1, 1].exists_one(x, x == 1)", False),
        ("[[1], [2]].all(x, x.exists(y, y > 0))", True),
        ("true ? false : true", False),
        ("false || !true || (true && !false)", True),
        ("timestamp('2026-03-02T22:15:30Z') + duration('1h30m') == timestamp('2026-03-02T23:45:30Z')", True),
        ("timestamp('2026-03-02T23:00:00+01:00') == timestamp('2026-03-02T22:00:00Z')", True),
        ("timestamp('2026-03-02T22:00:00Z') - timestamp('2026-03-02T21:00:00Z') == duration('3600s')", True),
        ("duration('-1.5s') < duration('0s') && -duration('2s') == duration('-2s')", True),
        ("// a remark\n 1 == 1", True),
    ],
)
def test_values(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "ends too early"),
        ("a &&", "ends too early"),
        ("a b", "should end"),
        ("(a", "')' is missing"),
        ("nothing", "unknown fact"),
        ("targets[0].purpose", "unknown fact"),
        ("has(box.open)", "outside the subset"),
        ("s.matches('(a+)+$')", "outside the subset"),
        ("dyn(s)", "outside the subset"),
        ("type(s)", "outside the subset"),
        ("s == 1", "cannot be compared"),
        ("s < a", "cannot be compared"),
        ("a && n", "must be bool"),
        ("!n", "must be bool"),
        ("-s", "cannot stand before"),
        ("n + d", "has no meaning"),
        ("s == null", "a blank text"),
        ("a == null", "true, false or unknown"),
        ("list == null", "an empty list"),
        ("box < box", "has no order"),
        ("n in list", "is never in"),
        ("s in s", "needs a list"),
        ("list.all(x, x)", "must be bool"),
        ("list.all(s, true)", "needs a new name"),
        ("n.all(x, true)", "needs a list"),
        ("list[s]", "must be int"),
        ("n[0]", "is not a list"),
        ("a ? 1 : 'x'", "one type"),
        ("[1, 'x']", "holds one type"),
        ("s.upper()", "not a function"),
        ("size(n)", "needs one text or list"),
        ("startsWith(s)", "needs"),
        ("timestamp('yesterday') == t", "is not a timestamp"),
        ("duration('3 days') > duration('1s')", "is not a duration"),
        ("99999999999999999999999 == n", "64 bits"),
        ("s == 'open", "does not belong"),
        ("a & b", "does not belong"),
        (r"s == '\q'", "not an escape"),
        ("while", "reserved"),
        ("[[[1]]].all(x, x.all(y, y.all(z, true)))", "at most 2 macros"),
        ("n.", "a name must follow"),
        ("1u == n", "should end"),
    ],
)
def test_what_is_outside_says_so_and_where(text: str, rule: str) -> None:
    with pytest.raises(CelError, match=r"\(character \d+\)") as caught:
        parse(text, NAMES)
    assert rule in caught.value.rule


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "(" * 4_000 + "a",
        "!" * 9_000 + "a",
        "-" * 9_000 + "1 == 1",
        "[" * 9_000,
        "a ? " * 2_000 + "a",
        "n" + " + n" * 2_000 + " == 1",
        "a && " * 25_000 + "a",
        "box" + ".inner" * 1_500,
        "list.all(x, " * 800,
        "'" * 9_999,
        "size(" * 1_900,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_is_slow_or_too_deep(text: str) -> None:
    began = time.process_time()
    with pytest.raises(CelError):
        parse(text, NAMES)
    assert time.process_time() - began < 1


def test_a_long_chain_of_conditions_is_no_deep_tree() -> None:
    assert value(" && ".join(["a"] * 1_000), a=True) is True


@pytest.mark.slow
def test_work_is_bounded() -> None:
    long = [{"ref": "x", "tags": ["y"] * 1_000}] * 5_000
    began = time.process_time()
    found = value("targets.all(x, x.tags.all(y, y == 'y'))", targets=long)
    assert isinstance(found, Unknown)
    assert "too much" in str(found.missing)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("a", {"a"}),
        ("a && b", {"a", "b"}),
        ("box.open", {"box.open"}),
        ("box.inner.n == 1", {"box.inner.n"}),
        ("targets.all(x, x.found)", {"targets"}),
        ("a ? true : false", {"a"}),
        ("n + 1 == 2", {"n"}),
    ],
)
def test_missing_is_unknown_and_named(text: str, missing: set[str]) -> None:
    assert value(text) == Unknown(frozenset(missing))


def test_missing_inside_a_list_is_named_by_its_place() -> None:
    found = value("targets.all(x, x.found)", targets=[{"found": True}, {}])
    assert found == Unknown(frozenset(["targets[1].found"]))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("targets[3].found", {"targets": []}),
        ("n / 0 == 1", {"n": 1}),
        ("n % 0 == 1", {"n": 1}),
        ("n * n == 1", {"n": 2**62}),
        ("-n == 1", {"n": -(2**63)}),
        ("t + duration('2500000h') > t", {"t": datetime(9999, 1, 1, tzinfo=UTC)}),
        ("box.open", {"box": None}),
        ("t < t", {"t": None}),
        ("!a", {"a": None}),
        ("a == true", {"a": None}),
        ("timestamp(s) == t", {"s": "soon", "t": datetime(2026, 1, 1, tzinfo=UTC)}),
    ],
)
def test_what_cannot_be_computed_is_unknown(text: str, facts: dict[str, Any]) -> None:
    assert isinstance(value(text, **facts), Unknown)


def test_null_where_it_has_a_meaning() -> None:
    assert value("box == null", box=None) is True
    assert value("t != null", t=datetime(2026, 1, 1, tzinfo=UTC)) is True
    assert value("box == null || box.open", box=None) is True


BOOLS = ("a", "b", "c")
conditions = st.recursive(
    st.sampled_from([*BOOLS, "true", "false"]),
    lambda inner: st.one_of(
        inner.map(lambda x: f"!({x})"),
        st.tuples(inner, inner).map(lambda xy: f"(({xy[0]}) && ({xy[1]}))"),
        st.tuples(inner, inner).map(lambda xy: f"(({xy[0]}) || ({xy[1]}))"),
        st.tuples(inner, inner, inner).map(lambda x: f"(({x[0]}) ? ({x[1]}) : ({x[2]}))"),
        st.tuples(inner, inner).map(lambda xy: f"([{xy[0]}, {xy[1]}].all(x, x))"),
    ),
    max_leaves=8,
)
some_facts = st.dictionaries(st.sampled_from(BOOLS), st.booleans())


def _three(text: str, facts: dict[str, bool]) -> bool | None:
    found = value(text, **facts)
    return found if isinstance(found, bool) else None


@given(conditions, some_facts, some_facts)
def test_more_facts_never_change_an_answer(text: str, facts: dict[str, bool], more: dict[str, bool]) -> None:
    before = _three(text, facts)
    if before is not None:
        assert _three(text, {**more, **facts}) is before


@given(conditions, conditions, some_facts)
def test_kleenes_laws(x: str, y: str, facts: dict[str, bool]) -> None:
    assert _three(f"({x}) && ({y})", facts) is _three(f"({y}) && ({x})", facts)
    assert _three(f"!(({x}) && ({y}))", facts) is _three(f"!({x}) || !({y})", facts)
    assert _three(f"!!({x})", facts) is _three(x, facts)
    assert _three(f"({x}) && false", facts) is False
    assert _three(f"({x}) || true", facts) is True


@given(st.lists(st.sampled_from([True, False, None]), max_size=6))
def test_all_and_exists_are_and_and_or_over_a_list(values: list[bool | None]) -> None:
    items = [{} if v is None else {"found": v} for v in values]
    every, some = (_or_none(value(f"targets.{m}(x, x.found)", targets=items)) for m in ("all", "exists"))
    assert every is (False if False in values else None if None in values else True)
    assert some is (True if True in values else None if None in values else False)


def _or_none(found: object) -> object:
    return None if isinstance(found, Unknown) else found


@given(st.text(max_size=60))
@pytest.mark.slow
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse(text, NAMES)
    except CelError:
        return


@given(st.integers(-(2**62), 2**62), st.integers(-1000, 1000).filter(bool))
def test_division_cuts_towards_zero(x: int, y: int) -> None:
    assert value(f"({x} / {y}) * {y} + ({x} % {y}) == {x}") is True


@given(st.integers(0, 7 * 10**9), st.integers(-(10**9), 10**9))
def test_time_and_length(at: int, seconds: int) -> None:
    start = datetime.fromtimestamp(at, UTC)
    assert value(f"t + duration('{seconds}s') - t == duration('{seconds}s')", t=start) is True
    assert (start + timedelta(seconds=seconds) > start) is value(f"t + duration('{seconds}s') > t", t=start)
