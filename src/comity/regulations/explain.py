"""Which facts a rule rests on, with their values: what stands beside each check of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import facts
from .cel import tree
from .cel.compile import Compiled, function
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
    entries = ", ".join(_entry(path, part, types) for path in paths if "[]" not in path)
    return function(f"[{entries}]", {"shown": brief, "second": _second, "cut": facts.shown})


def _entry(path: str, part: str, types: Mapping[str, Type]) -> str:
    root, *names = path.split(".")
    name = f"G + {path.removeprefix(part + '.')!r}" if root == part and names else repr(path)
    at, kind = ("T" if root == part else f"F[{root!r}]"), types[root]
    for step in names:
        assert isinstance(kind, Record)
        at, kind = f"(None if (x := {at}) is None else x[{step!r}])", kind.fields[step]
    return f'{{"fact": {name}, "value": {_value(at, kind)}}}'


def _value(at: str, kind: Type) -> str:
    if kind in (tree.BOOL, tree.INT, tree.DOUBLE):
        return at
    if kind == tree.STRING:
        return f"(s if (s := {at}) is None or len(s) <= {LONGEST} else cut(s))"
    if kind == tree.TIMESTAMP:
        return f"second({at})"
    return f"shown({at})" if isinstance(kind, ListOf | Record) else f"cut({at})"


def _second(at: datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()[:19]}Z"
