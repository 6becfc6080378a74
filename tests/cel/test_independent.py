"""The language beside an independent implementation of CEL, on random expressions and facts.

The peer is `cel-expr-python`, Google's C++ implementation. Where it ends in an error (a missing fact is one), the
language here has no value; everything else must be equal.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.cel import Scope, Unknown, evaluate, parse
from comity.cel.tree import Value

from .expressions import NAMES, VALUES, expressions

# the peer takes instants and lengths only where they are declared
TYPES = dict.fromkeys(NAMES, cel.Type.DYN) | {"t": cel.Type.TIMESTAMP, "l": cel.Type.DURATION}
PEER = cel.NewEnv(variables=TYPES)
ERROR = "error"


def _tick(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Without null: CEL compares a yes or no with it, here it is unknown."""
    return values.filter(lambda value: value is not None)


def _box(value: Any) -> Any:
    """Instants inside objects are beyond the peer, and so are ticks that are null."""
    if not isinstance(value, dict):
        return value
    return {key: part for key, part in value.items() if key != "at" and not (key == "open" and part is None)}


FACTS = st.fixed_dictionaries(
    {},
    optional={
        **VALUES,
        "a": _tick(VALUES["a"]),
        "t": st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        "box": VALUES["box"].map(_box),
        "targets": VALUES["targets"].map(
            lambda many: [{k: v for k, v in one.items() if v is not None} for one in many]
        ),
    },
)


def peer(text: str, known: dict[str, Value]) -> Any:
    found = PEER.compile(text, disable_check=True).eval(data=known)
    return ERROR if found.type() == cel.Type.ERROR else found.value()


def ours(text: str, known: dict[str, Value]) -> Any:
    found = evaluate(parse(text, NAMES), Scope(known))
    return ERROR if isinstance(found, Unknown) else found


def test_it_works() -> None:
    assert peer("n + 1 == 3", {"n": 2}) is True
    assert peer("n / 0 == 1", {"n": 2}) == ERROR
    assert peer("n == 1", {}) == ERROR


@settings(
    max_examples=settings.default.max_examples * 3,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)
@given(expressions(), FACTS)
def test_no_expression_has_another_value_there(text: str, known: dict[str, Value]) -> None:
    assert ours(text, known) == peer(text, known)


@pytest.mark.parametrize(
    "text",
    [
        "n == 1 || true",
        "n == 1 && false",
        "targets.all(x, x.found) || true",
        "targets.exists(x, x.found || x.ref == 'x')",
        "names.exists_one(x, x == 'x')",
        "(-7) / 2 == -3 && (-7) % 2 == -1",
        "'é'.size() == 1 && size('') == 0",
        "t + duration('1h') > t && duration('1h30m') == duration('5400s')",
    ],
)
@pytest.mark.parametrize(
    "known",
    [{}, {"n": 1}, {"targets": [{}, {"ref": "x"}], "names": ["x", "x"], "t": datetime(2026, 3, 29, tzinfo=UTC)}],
)
def test_errors_are_taken_up_as_unknown_is(text: str, known: dict[str, Value]) -> None:
    assert ours(text, known) == peer(text, known)
