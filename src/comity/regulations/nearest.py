"""The smallest change of facts that makes a finding valid. Pure and bounded.

Each check that stands in the way is made to hold by as few facts as possible, with values that its own rule names; the
whole is judged again, and every change that turns out not to be needed is reverted. What is returned has been judged
valid. Nothing is returned if no change of at most `MOST_EDITS` facts was found within the bounds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from comity.cel import tree
from comity.cel.tree import ListOf, Record, Type, Value

from . import facts
from .checks import Look, Row, applied, place
from .packs import PARTS, Pack, Rule, names_for

MOST_EDITS = 12
MOST_TRIED = 1_500  # combinations tried for one check
MOST_ALONE = 150  # single facts tried for the whole finding
MOST_PARTS = 200  # targets, or data categories; with more, no search is made
SOME_TEXT = "…"
Path = tuple[str | int, ...]
Edits = dict[Path, Value]


def nearest(given: Mapping[str, Any], pack: Pack) -> list[dict[str, Any]] | None:
    """The changes `{"fact", "value", "was"}` after which the pack's finding on checked facts is valid; None if none was
    found.

    `was` is left out for an unknown fact. A text that only has to be there is written `…`.
    """
    values = facts.read(given)
    look = _look(values, pack)
    if any(len(look.parts(of)) > MOST_PARTS for of in PARTS):
        return None
    edits = _alone(values, look) or _one_by_one(values, pack)
    if edits is None:
        return None
    edits = _needed(values, pack, edits)
    if not _against(_look(_changed(values, edits), pack)) and len(edits) <= MOST_EDITS:
        return [_told(path, value, values) for path, value in edits.items()]
    return None


def _look(values: dict[str, Value], pack: Pack) -> Look:
    return Look(pack, values, place(values))


def _against(look: Look) -> list[tuple[Row, int]]:
    """What stands against the request: each failing check with the number of the part it is about."""
    return [(row, n) for row in applied(look).against for n in range(len(row.values)) if row.outcome(n) is not None]


def _alone(values: dict[str, Value], look: Look) -> Edits | None:
    """A single fact that removes everything that stands in the way."""
    against = _against(look)
    tried = 0
    for row, n in against[:1]:
        for path, value in _options(row.check.rule, values, _prefix(row, n), look):
            tried += 1
            changed = _changed(values, {path: value})
            if not _against(_look(changed, look.pack)):
                return {path: value}
            if tried >= MOST_ALONE:
                return None
    return None


def _one_by_one(values: dict[str, Value], pack: Pack) -> Edits | None:
    edits: Edits = {}
    for _ in range(2 * MOST_EDITS):
        look = _look(_changed(values, edits), pack)
        against = _against(look)
        if not against:
            return edits
        row, n = against[0]
        more = _for_one(row.check.rule, look, _prefix(row, n))
        if more is None or len(edits) + len(more) > 2 * MOST_EDITS:
            return None
        edits |= more
    return None


def _needed(values: dict[str, Value], pack: Pack, edits: Edits) -> Edits:
    """The same edits without those that aren't needed; an edit inside a reverted one is dropped with it."""
    for path in list(edits):
        rest = {other: value for other, value in edits.items() if other[: len(path)] != path}
        if not _against(_look(_changed(values, rest), pack)):
            edits = rest
    return edits


def _prefix(row: Row, n: int) -> Path:
    return (PARTS[row.check.of][0], n) if row.check.of in PARTS else ()


def _for_one(rule: Rule, look: Look, prefix: Path) -> Edits | None:
    """The fewest facts that make one check hold, for the request or for one part of it."""
    options = list(_options(rule, look.values, prefix, look))
    tried = 0
    for size in (1, 2, 3):
        for chosen in itertools.combinations(options, size):
            if len({path for path, _ in chosen}) < size:
                continue
            tried += 1
            if tried > MOST_TRIED:
                return None
            changed = _changed(look.values, dict(chosen))
            if _holds(rule, _look(changed, look.pack), prefix):
                return dict(chosen)
    return None


def _holds(rule: Rule, look: Look, prefix: Path) -> bool:
    part = _get(look.values, prefix)[1] if prefix else None
    return look.value(rule, part) is True


def _options(rule: Rule, values: dict[str, Value], prefix: Path, look: Look) -> Iterator[tuple[Path, Value]]:
    """Every single change worth trying: unknown facts first, whole objects that would be replaced last."""
    found: list[tuple[int, Path, Value]] = []
    names = names_for(rule.part)
    literals = _literals(rule.node)
    for name in rule.facts:
        if "[]" in name:
            continue
        root, *steps = name.split(".")
        kind: Type = names[root]
        for step in steps:
            assert isinstance(kind, Record)
            kind = kind.fields[step]
        path: Path = (*prefix, *steps) if prefix and root == rule.part else (root, *steps)
        there, now = _get(values, path)
        rank = 0 if not there else 2 if isinstance(kind, Record) else 1
        named = [*literals, *(option for option in facts.rule_at(path).get("enum", ()) if option)]
        tried = [value for value in _values(kind, now, named, _near(rule, values)) if not there or value != now]
        found += [(rank, path, value) for value in tried if facts.follows(_json(value), path)]
    yield from ((path, value) for _, path, value in sorted(found, key=lambda option: option[0]))


def _near(rule: Rule, values: dict[str, Value]) -> list[Value]:
    """The values of a rule's other facts, and of receipt: what this fact may have to equal, precede or contain."""
    others = [_get(values, tuple(name.split(".")))[1] for name in rule.facts if "[]" not in name]
    return [value for value in (*others, values.get("received_at")) if value not in (None, "", [])]


def _literals(node: tree.Node) -> list[Value]:
    """The values that a rule names, each once; of a long list only the first three."""
    found: list[Value] = []
    open_nodes = [node]
    while open_nodes:
        at = open_nodes.pop(0)
        if isinstance(at, tree.Literal) and at.value not in found:
            found.append(at.value)
        below = list(tree.parts(at))
        open_nodes += below[:3] if isinstance(at, tree.Items) else below
    return found


def _values(kind: Type, now: Value, literals: list[Value], near: list[Value]) -> list[Value]:
    if isinstance(kind, Record):
        return [{}, None]
    if isinstance(kind, ListOf):
        return _lists(kind, now, literals, near)
    return _SCALARS[str(kind)](literals, near)


def _lists(kind: ListOf, now: Value, literals: list[Value], near: list[Value]) -> list[Value]:
    found: list[Value] = []
    if kind.item == tree.STRING:
        members = [member for member in _texts(literals, near) if member]
        held = now if isinstance(now, list) else []
        found += [[*held, member] for member in members]
        found += [[member] for member in members if held]
        found.append([])
    elif isinstance(kind.item, Record):
        found.append([{}])
    return found


def _texts(literals: list[Value], near: list[Value]) -> list[Value]:
    lists = [part for value in near if isinstance(value, list) for part in value[:3]]
    named = [value for value in (*literals, *lists, *near) if isinstance(value, str)]
    return [*dict.fromkeys([*(text for text in named if text), SOME_TEXT, ""])]


def _whole(literals: list[Value], near: list[Value]) -> list[Value]:
    named = [value for value in literals if type(value) is int]
    return [*dict.fromkeys(value + by for value in [*named, 0] for by in (0, 1, -1))]


def _instants(literals: list[Value], near: list[Value]) -> list[Value]:
    lengths = [timedelta(), *(value for value in literals if isinstance(value, timedelta))]
    known = [value for value in (*near, *literals) if isinstance(value, datetime)]
    shifted = [at + by * way for at in known for by in lengths for way in (1, -1)]
    return [*dict.fromkeys([*shifted, None])]


_SCALARS: Mapping[str, Callable[[list[Value], list[Value]], list[Value]]] = {
    "bool": lambda literals, near: [True, False],
    "string": _texts,
    "int": _whole,
    "double": lambda literals, near: [float(value) for value in literals if isinstance(value, int | float)],
    "timestamp": _instants,
}


def _get(values: Value, path: Path) -> tuple[bool, Value]:
    at = values
    for step in path:
        if isinstance(at, list) and isinstance(step, int):
            at = at[step] if step < len(at) else None
        elif isinstance(at, dict) and isinstance(step, str) and step in at:
            at = at[step]
        else:
            return at is None, None
    return True, at


def _changed(values: dict[str, Value], edits: Edits) -> dict[str, Value]:
    """The same facts with some changed; objects that enclose a change are created where missing."""
    found: Value = values
    for path, value in edits.items():
        found = _set(found, path, value)
    assert isinstance(found, dict)
    return found


def _set(at: Value, path: Path, value: Value) -> Value:
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        items = list(at) if isinstance(at, list) else []
        items[step : step + 1] = [_set(items[step] if step < len(items) else {}, tuple(rest), value)]
        return items
    known = dict(at) if isinstance(at, dict) else {}
    known[step] = _set(known.get(step), tuple(rest), value)
    return known


def _told(path: Path, value: Value, values: dict[str, Value]) -> dict[str, Any]:
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    there, was = _get(values, path)
    return {"fact": name, "value": _json(value)} | ({"was": facts.shown(was)} if there else {})


def _json(value: Value) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [_json(part) for part in value] if isinstance(value, list) else value
