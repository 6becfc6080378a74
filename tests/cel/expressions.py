"""Random expressions of the language, well typed, and random facts for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from comity.cel import tree

TARGET = tree.Record("target", {"found": tree.BOOL, "ref": tree.STRING, "tags": tree.ListOf(tree.STRING)})
NAMES: dict[str, tree.Type] = {
    "a": tree.BOOL,
    "b": tree.BOOL,
    "c": tree.BOOL,
    "n": tree.INT,
    "d": tree.DOUBLE,
    "s": tree.STRING,
    "t": tree.TIMESTAMP,
    "l": tree.DURATION,
    "names": tree.ListOf(tree.STRING),
    "numbers": tree.ListOf(tree.INT),
    "targets": tree.ListOf(TARGET),
    "box": tree.Record(
        "box", {"open": tree.BOOL, "at": tree.TIMESTAMP, "inner": tree.Record("inner", {"n": tree.INT})}
    ),
}
Draw = Callable[[st.SearchStrategy[Any]], Any]

# How an expression of each type can be made: names in braces are expressions of that type again.
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (
        ("s", "'x'", "''", "'2021/784 x'", '"é"', "names[0]", "targets[0].ref"),
        ("({text} + {text})", "(a ? {text} : {text})", "names[{number}]"),
    ),
    "number": (
        ("n", "0", "1", "-1", "7", "-50", "9223372036854775807", "size(names)", "targets.size()", "box.inner.n"),
        tuple(f"({{number}} {op} {{number}})" for op in "+-*/%") + ("(-{number})", "size({text})"),
    ),
    "double": (
        ("d", "1.5", "0.0", "2.0", "1e300", "-0.5"),
        tuple(f"({{double}} {op} {{double}})" for op in "+-*/"),
    ),
    "length": (
        ("l", "duration('1h30m')", "duration('-2s')", "(t - t)"),
        ("({length} + {length})", "({length} - {length})", "({time} - {time})"),
    ),
    "time": (("t", "timestamp('2026-03-02T22:15:30Z')", "box.at"), ("({time} + {length})", "({time} - {length})")),
    "truth": (
        ("a", "b", "c", "true", "false", "box.open", "box == null", "t != null", "targets[0].found"),
        (
            *(
                f"({{{kind}}} {op} {{{kind}}})"
                for kind in ("number", "double", "time", "length", "text")
                for op in ("==", "!=", "<", "<=", ">", ">=")
            ),
            *(f"{{text}}.{name}({{text}})" for name in ("contains", "startsWith", "endsWith")),
            *("({text} in names)", "({text} in ['x', 'y'])", "({text} in [])", "({number} in numbers)"),
            *("([{number}, 1] == [1, {number}])", "(numbers == [{number}])", "(names != [{text}])"),
            *("!({truth})", "(({truth}) == ({truth}))", "(a ? {truth} : {truth})") * 3,
            *("(({truth}) && ({truth}))", "(({truth}) || ({truth}))") * 8,
            *("targets.all(x, ({truth}) || {of_x})", "targets.exists(x, ({truth}) && {of_x})") * 3,
            *("targets.exists_one(x, {of_x})", "(targets.filter(x, {of_x}).size() > 0)"),
            "numbers.map(z, z * 2).exists(z, z > n || {truth})",
        ),
    ),
    "of_x": (
        ("x.found", "x.ref == s", "x.tags.exists(y, y == x.ref)", "'x' in x.tags", "x.tags.all(y, y != '' && a)"),
        (),
    ),
}
_PART = re.compile(r"\{(\w+)\}")


@st.composite
def expressions(draw: Draw, kind: str = "truth", depth: int = 4) -> str:
    """A condition, with every operator, function and macro of the language; macros at most two deep."""
    return _written(draw, kind, depth)


def _written(draw: Draw, kind: str, depth: int) -> str:
    plain, made = SHAPES[kind]
    shape: str = draw(st.sampled_from(made if made and depth > 0 and (depth == 4 or draw(st.booleans())) else plain))
    inside = 0 if "(x, " in shape or "(z, " in shape else depth - 1
    return _PART.sub(lambda part: _written(draw, part[1], inside), shape)


_A_TARGET = st.fixed_dictionaries(
    {},
    optional={
        "found": st.booleans() | st.none(),
        "ref": st.sampled_from(["", "x", "y"]),
        "tags": st.lists(st.sampled_from(["", "x"]), max_size=2),
    },
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "a": st.booleans() | st.none(),
    "b": st.booleans(),
    "c": st.booleans(),
    "n": st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1),
    "d": st.floats(allow_nan=False, allow_infinity=False),
    "s": st.sampled_from(["", "x", "2021/784 x", "é"]),
    "t": st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)) | st.none(),  # noqa: DTZ001
    "l": st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    "names": st.lists(st.sampled_from(["", "x", "z"]), max_size=3),
    "numbers": st.lists(st.integers(-3, 3), max_size=3),
    "targets": st.lists(_A_TARGET, max_size=3),
    "box": st.none()
    | st.fixed_dictionaries(
        {},
        optional={
            "open": st.booleans() | st.none(),
            "at": st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
            "inner": st.none() | st.fixed_dictionaries({}, optional={"n": st.integers(-2, 2)}),
        },
    ),
}
some_facts = st.fixed_dictionaries({}, optional=VALUES)
all_facts = st.fixed_dictionaries(VALUES)
