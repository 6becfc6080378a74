"""Which facts a rule depends on, with their values: what is shown beside each check of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from comity.cel import tree
from comity.cel.compile import MISSED, function, near_name, written
from comity.cel.tree import ListOf, Record, Type, Value
from comity.cel.values import to_the_second

from . import facts

LONGEST = 120  # characters of a text that are shown
SELDOM = 20  # findings that cost less check by check than compiling the function does
Values = Mapping[str, Value]
Rows = Callable[[Values, Values, Mapping[str, Any]], list[dict[str, Any] | None]]


def brief(value: Value) -> Any:
    """A value as shown: JSON, long text cut, a list of objects as their number."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return len(value)
    return facts.shown(value)


class RowsThatHold:
    """The rows of those checks of a pack that hold, in one call of a function that is compiled once it pays off.

    Called with the facts, the single part for each kind of check (absent if there are several), and the functions of
    law. None stands for a check that must be applied by itself: it doesn't hold, or needs a missing fact, or the pack
    has been used too rarely to compile (most versions are only ever compared).
    """

    def __init__(self, checks: Sequence[Asked]) -> None:
        self.checks, self.times = checks, 0
        self.made: Rows | None = None

    def __call__(self, values: Values, only: Values, functions: Mapping[str, Any]) -> list[dict[str, Any] | None]:
        """The row of each check, in the pack's order."""
        if self.times < SELDOM:
            self.times += 1
            return [None] * len(self.checks)
        if self.made is None:
            self.made = rows_that_hold(self.checks)
        return self.made(values, only, functions)


def rows_that_hold(asked: Sequence[Asked]) -> Rows:
    """Compile the function itself. Items of a list (`territory[]`) are covered by the list's own value."""
    constants = {**_HELPERS, "MISSED": MISSED}
    near = _near(asked)
    lines = ["found = []", "add = found.append"]
    lines += [f"{near_name(root)} = F.get({root!r}, 0)" for root in sorted(near)]  # indexing 0 raises TypeError: missed
    for n, check in enumerate(asked):
        made = [f" {line}" for line in _row(check, n, near, constants)]
        lines += ["try:", *made, "except MISSED: add(None)"]
    return function([*lines, "return found"], constants)


def _near(checks: Sequence[Asked]) -> frozenset[str]:
    """The objects of which some check uses a field."""
    split = [path.partition(".") for check in checks for path in check.rule.facts]
    found = frozenset(root for root, _, rest in split if rest and not root.endswith("[]"))
    return found - {check.rule.part for check in checks}


def _row(check: Asked, n: int, near: frozenset[str], constants: dict[str, Any]) -> list[str]:
    """The lines that make the row of one check; its constant beginning is the n-th template."""
    rule = check.rule
    ends = {"see": repr([*check.see]), "facts": _listed(check, near), "missing": "[]"}
    if check.listed:
        ends[check.listed] = "[]"
    constants[f"begins{n}"] = {**check.rows[True], **dict.fromkeys(ends)}  # copying a dict is faster than building one
    lines = [f"T = P[{check.of!r}]"] if check.listed else []
    if check.exception and check.raised_by:
        lines.append(_way(check.raised_by, check, near)[0])
    lines += [f"if {written(rule.node, rule.part, near, constants)}:", f" row = begins{n}.copy()"]
    lines += [f" row[{key!r}] = {value}" for key, value in ends.items()]
    return [*lines, " add(row)", "else: add(None)"]


class Condition(Protocol):
    """A condition: its tree, the facts it depends on, and what it calls the part it is applied to."""

    @property
    def node(self) -> tree.Node: ...
    @property
    def facts(self) -> tuple[str, ...]: ...
    @property
    def part(self) -> str: ...


class Asked(Protocol):
    """What makes the row of a check. `listed` is the list of the parts it applies to, empty for a check of the
    request."""

    @property
    def rule(self) -> Condition: ...
    @property
    def of(self) -> str: ...
    @property
    def listed(self) -> str: ...
    @property
    def names(self) -> Mapping[str, Type]: ...
    @property
    def rows(self) -> Mapping[bool | None, Mapping[str, Any]]: ...
    @property
    def see(self) -> tuple[str, ...]: ...
    @property
    def exception(self) -> bool: ...
    @property
    def raised_by(self) -> str | None: ...


def _listed(check: Asked, near: frozenset[str]) -> str:
    paths = (path for path in check.rule.facts if "[]" not in path)
    return f"[{', '.join(_entry(path, check, near) for path in paths)}]"


def _entry(path: str, check: Asked, near: frozenset[str]) -> str:
    part = check.rule.part
    own = bool(part) and path.startswith(f"{part}.")
    name = f"{check.listed}[0].{path.removeprefix(part + '.')}" if own else path
    return f'{{"fact": {name!r}, "value": {_value(*_way(path, check, near))}}}'


def _way(path: str, check: Asked, near: frozenset[str]) -> tuple[str, Type]:
    """The Python expression that fetches a fact (null if its object is null), and its type."""
    root, *names = path.split(".")
    at, kind = ("T" if root == check.rule.part else f"F[{root!r}]"), check.names[root]
    if names and root in near:
        at = near_name(root)
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
        return f"(None if (s := {at}) is None else second(s))"
    if kind == ListOf(tree.STRING):
        return f"texts({at})"
    return f"shown({at})" if isinstance(kind, ListOf) else f"cut({at})"


def _texts(value: list[Any]) -> Any:
    if len(value) > 10:
        return brief(value)
    for text in value:
        if len(text) > LONGEST:
            return brief(value)
    return value.copy()


_HELPERS: dict[str, Any] = {"shown": brief, "second": to_the_second, "cut": facts.shown, "texts": _texts}
