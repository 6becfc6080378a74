"""A typed tree and facts → a value, or `Unknown` with what is missing.

Kleene's three values: `false && unknown` is false, `true || unknown` is true; everything else that meets an unknown is
unknown. What CEL calls an error (an index outside its list, a field of null, an overflow) is unknown here too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeGuard, cast

from . import tree
from .tree import Node, Value
from .values import LONGEST, read_duration, read_timestamp

MAX_STEPS = 500_000


@dataclass(frozen=True)
class Unknown:
    """No value. `missing`: the dotted paths of the missing facts, or a description of what could not be computed."""

    missing: frozenset[str]


Result = Value | Unknown


def is_known(value: Result) -> TypeGuard[Value]:
    """Whether there is a value at all; null is one."""
    return not isinstance(value, Unknown)


@dataclass
class Scope:
    """What names refer to: facts (as `facts.normal` makes them), macro variables with their paths, functions of law.

    `steps` counts evaluated nodes and is shared by nested scopes.
    """

    facts: dict[str, Value]
    functions: dict[str, Callable[..., Value]] = field(default_factory=dict)
    variables: dict[str, tuple[Value, str]] = field(default_factory=dict)
    steps: int = 0

    def bind(self, name: str, value: Value, path: str) -> Scope:
        """The same scope with one more variable; the step count carries on."""
        return Scope(self.facts, self.functions, {**self.variables, name: (value, path)}, self.steps)


def evaluate(node: Node, scope: Scope) -> Result:
    """The value of `node`, or what is missing.

    Never raises on facts that follow the schema. After `MAX_STEPS` nodes the result is unknown.
    """
    scope.steps += 1
    if scope.steps > MAX_STEPS:
        return _error("too much to compute")
    return _RULES[type(node)](node, scope)


def _error(what: str) -> Unknown:
    return Unknown(frozenset([what]))


def _unite(*results: Result) -> Unknown:
    return Unknown(frozenset().union(*(r.missing for r in results if isinstance(r, Unknown))))


def _path(node: Node, scope: Scope) -> str:
    return tree.path_of(node, {name: path for name, (_, path) in scope.variables.items()}) or "a value"


def _literal(node: tree.Literal, scope: Scope) -> Result:
    return node.value


def _name(node: tree.Name, scope: Scope) -> Result:
    if node.bound:
        return scope.variables[node.name][0]
    return scope.facts[node.name] if node.name in scope.facts else _error(node.name)


def _field(node: tree.Field, scope: Scope) -> Result:
    of = evaluate(node.of, scope)
    if isinstance(of, Unknown):
        # an absent object is reported as the field that was asked for, so that a person is asked for that one fact
        return of if of.missing != frozenset([_path(node.of, scope)]) else _error(_path(node, scope))
    if not isinstance(of, dict) or node.name not in of:
        return _error(_path(node, scope))
    return of[node.name]


def _item(node: tree.Item, scope: Scope) -> Result:
    of, index = evaluate(node.of, scope), evaluate(node.index, scope)
    if isinstance(of, Unknown) or isinstance(index, Unknown):
        return _unite(of, index)
    if not isinstance(of, list) or not isinstance(index, int) or not 0 <= index < len(of):
        return _error(f"{_path(node.of, scope)}[{index}]")
    return of[index]


def _items(node: tree.Items, scope: Scope) -> Result:
    found = [evaluate(item, scope) for item in node.items]
    known = [value for value in found if is_known(value)]
    return known if len(known) == len(found) else _unite(*found)


def truth(node: Node, scope: Scope) -> bool | Unknown:
    """A condition's value; a null where a boolean is needed counts as unknown ("it couldn't say")."""
    value = evaluate(node, scope)
    if isinstance(value, bool | Unknown):
        return value
    return _error(_path(node, scope))


def _not(node: tree.Not, scope: Scope) -> Result:
    value = truth(node.of, scope)
    return value if isinstance(value, Unknown) else not value


def _negative(node: tree.Negative, scope: Scope) -> Result:
    value = evaluate(node.of, scope)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, int | float | timedelta) and not isinstance(value, bool):
        return _within(lambda: -value)
    return _error(_path(node.of, scope))


def _fold(values: Iterable[bool | Unknown], decides: bool) -> Result:
    unknown: list[Result] = []
    for value in values:  # a later value may still decide, so the first unknown doesn't end the search
        if isinstance(value, Unknown):
            unknown.append(value)
        elif value is decides:
            return decides
    return _unite(*unknown) if unknown else not decides


def _and(node: tree.And, scope: Scope) -> Result:
    return _fold((truth(part, scope) for part in node.parts), decides=False)


def _or(node: tree.Or, scope: Scope) -> Result:
    return _fold((truth(part, scope) for part in node.parts), decides=True)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(node: tree.Compare, scope: Scope) -> Result:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unite(left, right)
    for side, value in ((node.left, left), (node.right, right)):
        if value is None and (side.type == tree.BOOL or node.op in _ORDER):
            return _error(_path(side, scope))
    if node.op in _ORDER:
        return _ORDER[node.op](left, right)
    return (left == right) is (node.op == "==")


def _in(node: tree.In, scope: Scope) -> Result:
    item, among = evaluate(node.item, scope), evaluate(node.among, scope)
    if isinstance(item, Unknown) or isinstance(among, Unknown):
        return _unite(item, among)
    return isinstance(among, list) and item in among


def _within(compute: Callable[[], Any]) -> Result:
    """A result within CEL's ranges (64-bit integers; years 1 to 9999; durations up to 292 years), else unknown."""
    try:
        value = in_range(compute())
    except (OverflowError, ZeroDivisionError, ValueError):
        return _error("a number outside its range")
    return cast(Value, value)  # the types were checked when the tree was made


def in_range(value: Any) -> Any:
    """The result of an arithmetic operation. Raises OverflowError beyond 64 bits (durations in nanoseconds)."""
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise OverflowError(value)
    if isinstance(value, timedelta) and abs(value) > LONGEST:
        raise OverflowError(value)
    return value


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int):
        return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    if right == 0:
        return left * math.copysign(math.inf, right)  # IEEE 754: a zero has a sign, and 0/0 is no number
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    return left - right * _divide(left, right)


SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _remainder,
}


def _arithmetic(node: tree.Arithmetic, scope: Scope) -> Result:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unite(left, right)
    if left is None or right is None:
        return _error(_path(node.left if left is None else node.right, scope))
    return _within(lambda: SUMS[node.op](left, right))


def _choice(node: tree.Choice, scope: Scope) -> Result:
    test = truth(node.test, scope)
    if isinstance(test, Unknown):
        return test
    return evaluate(node.yes if test else node.no, scope)


def _call(node: tree.Call, scope: Scope) -> Result:
    args = [evaluate(arg, scope) for arg in node.args]
    if not all(map(is_known, args)):
        return _unite(*args)
    if None in args:
        return _error(_path(node.args[args.index(None)], scope))
    function = scope.functions.get(node.function) or FUNCTIONS.get(node.function)
    if function is None:
        return _error(f"{node.function}()")
    try:
        value: Value = function(*args)
    except (ValueError, OverflowError):
        return _error(f"{node.function}()")
    return _error(f"{node.function}()") if value is None else value


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "size": len,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": operator.contains,
    "timestamp": read_timestamp,
    "duration": read_duration,
}


def _each(node: tree.Each, scope: Scope) -> Result:
    over = evaluate(node.over, scope)
    if isinstance(over, Unknown):
        return over
    if not isinstance(over, list):
        return _error(_path(node.over, scope))
    path = _path(node.over, scope)
    if node.macro == "map":
        return _mapped(node, over, path, scope)
    found = [_condition(node, value, f"{path}[{n}]", scope) for n, value in enumerate(over)]
    if node.macro in ("all", "exists"):
        return _fold(found, decides=node.macro == "exists")
    if not all(map(is_known, found)):
        return _unite(*found)
    if node.macro == "exists_one":
        return sum(value is True for value in found) == 1
    return [value for value, holds in zip(over, found, strict=True) if holds]


def _condition(node: tree.Each, value: Value, path: str, scope: Scope) -> bool | Unknown:
    inner = scope.bind(node.var, value, path)
    result = truth(node.body, inner)
    scope.steps = inner.steps
    return result


def _mapped(node: tree.Each, over: list[Value], path: str, scope: Scope) -> Result:
    found: list[Value] = []
    for n, value in enumerate(over):
        inner = scope.bind(node.var, value, f"{path}[{n}]")
        result = evaluate(node.body, inner)
        scope.steps = inner.steps
        if isinstance(result, Unknown):
            return result
        found.append(result)
    return found


_RULES: dict[type[Node], Callable[[Any, Scope], Result]] = {
    tree.Literal: _literal,
    tree.Name: _name,
    tree.Field: _field,
    tree.Item: _item,
    tree.Items: _items,
    tree.Not: _not,
    tree.Negative: _negative,
    tree.And: _and,
    tree.Or: _or,
    tree.Compare: _compare,
    tree.In: _in,
    tree.Arithmetic: _arithmetic,
    tree.Choice: _choice,
    tree.Call: _call,
    tree.Each: _each,
}
