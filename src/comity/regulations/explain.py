"""Which facts a rule rests on, with their values: what stands beside each check of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from . import facts
from .cel import tree
from .cel.compile import Compiled, function, written
from .cel.tree import ListOf, Record, Type, Value

LONGEST = 120  # characters of a text that are shown


def brief(value: Value) -> Any:
    """A value as it is shown: JSON, long text cut, a list of objects as their number."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return len(value)
    return facts.shown(value)


def listing(paths: tuple[str, ...], part: str, types: Mapping[str, Type]) -> Compiled:
    """The function of facts, part and the part's name (`targets[3].`) that lists these facts with their values.

    It raises `KeyError` where one is missing; then the caller looks which. Items of a list (`territory[]`) stand in the
    list's own value.
    """
    return function(_listed(paths, part, types), _HELPERS)


def row_that_holds(row: Mapping[str, Any], rule: Asked, raised_by: str | None, types: Mapping[str, Type]) -> Compiled:
    """The function of facts, part and its name that makes the whole row of a check in one step where it holds.

    `row` is how it begins; what it ends with is the same for every check. None where it does not hold; it raises one of
    `compile.MISSED` where a fact is missing, that which raises the question among them.
    """
    truth, constants = written(rule.node, rule.part)
    if raised_by is not None:
        truth = f"({_way(raised_by, rule.part, types)[0]} is not shown and {truth})"
    begins = ", ".join(f"{key!r}: {value!r}" for key, value in row.items() if key != "see")
    ends = f"'see': {list(row['see'])!r}, 'facts': {_listed(rule.facts, rule.part, types)}, 'missing': []"
    return function(f"({{{begins}, {ends}}} if {truth} else None)", {**constants, **_HELPERS})


class Asked(Protocol):
    """A condition: its tree, the facts it rests on, and what it calls the part it is asked of."""

    @property
    def node(self) -> tree.Node: ...
    @property
    def facts(self) -> tuple[str, ...]: ...
    @property
    def part(self) -> str: ...


def _listed(paths: tuple[str, ...], part: str, types: Mapping[str, Type]) -> str:
    return "[" + ", ".join(_entry(path, part, types) for path in paths if "[]" not in path) + "]"


def _entry(path: str, part: str, types: Mapping[str, Type]) -> str:
    own = bool(part) and path.startswith(f"{part}.")
    name = f"G + {path.removeprefix(part + '.')!r}" if own else repr(path)
    return f'{{"fact": {name}, "value": {_value(*_way(path, part, types))}}}'


def _way(path: str, part: str, types: Mapping[str, Type]) -> tuple[str, Type]:
    """The Python expression that fetches a fact (null where what holds it is null), and its type."""
    root, *names = path.split(".")
    at, kind = ("T" if root == part else f"F[{root!r}]"), types[root]
    for step in names:
        assert isinstance(kind, Record)
        at, kind = f"(None if (x := {at}) is None else x[{step!r}])", kind.fields[step]
    return at, kind


def _value(at: str, kind: Type) -> str:
    if kind in (tree.BOOL, tree.INT, tree.DOUBLE):
        return at
    if kind == tree.STRING:
        return f"(s if (s := {at}) is None or len(s) <= {LONGEST} else cut(s))"
    if kind == tree.TIMESTAMP:
        return f"second({at})"
    if kind == ListOf(tree.STRING):
        return f"texts({at})"
    return f"shown({at})" if isinstance(kind, ListOf | Record) else f"cut({at})"


def _texts(value: list[Any]) -> Any:
    return [*value] if len(value) <= 10 and max(map(len, value), default=0) <= LONGEST else brief(value)


def _second(at: datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()[:19]}Z"


_HELPERS: dict[str, Any] = {"shown": brief, "second": _second, "cut": facts.shown, "texts": _texts}
