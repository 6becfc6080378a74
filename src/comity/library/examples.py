"""Facts made from a regulation's own conditions: an order that it finds valid, and single deviations from it.

Pure, and the same for the same pack. Two versions are compared on them where no past case tells them apart: each value
is one that some condition mentions, or that the facts schema lists.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from comity.cel import tree
from comity.cel.tree import Node
from comity.regulations import facts
from comity.regulations.judge import judge
from comity.regulations.packs import Pack, Rule

RECEIVED = "2026-03-02T22:15:30Z"
INSTANTS = (RECEIVED, "2026-03-02T22:00:00Z", "2026-01-20T09:00:00Z", "2026-06-01T09:00:00Z")
SWEEPS = 4
VALUES_AT_MOST = 16
TOGETHER_AT_MOST = 1500
USUAL = {"language": ("fr", "en"), "territory": ("EU", "FR"), "zone": ("Europe/Brussels",)}
PARTS = {"target": "targets", "datum": "data"}


@dataclass(frozen=True)
class Example:
    """Facts, and in words how they differ from the good order; empty for the good order itself."""

    facts: dict[str, Any]
    differs: tuple[tuple[str, Any], ...] = ()


class Absent:
    """The value of a fact that is absent."""

    def __repr__(self) -> str:
        return "not known"


ABSENT = Absent()


def good(pack: Pack) -> dict[str, Any]:
    """Facts that the pack finds valid, or as nearly as a search of one fact at a time gets."""
    return copy.deepcopy(_good(_Key(pack)))


def around(pack: Pack, other: Pack | None = None) -> list[Example]:
    """The good order, and each of its facts with another value or missing: one at a time.

    The values are those that the pack mentions, and `other`, if another version is compared with it.
    """
    start = good(pack)
    return [Example(start), *_singles(start, _known(pack, other))]


def together(pack: Pack, paths: Sequence[str], other: Pack | None = None) -> Iterator[Example]:
    """Two, then three of the named facts changed at a time: what a single change can't bring about."""
    start, known = good(pack), _known(pack, other)
    ways = {path: [*known[path], ABSENT] for path in dict.fromkeys(paths) if path in known}
    made = 0
    for some in (some for size in (2, 3) for some in combinations(ways, size)):
        for chosen in product(*(ways[path] for path in some)):
            if made == TOGETHER_AT_MOST:
                return
            made += 1
            given: dict[str, Any] = start
            for path, value in zip(some, chosen, strict=True):
                given = _with(given, path, value)
            yield Example(given, tuple(zip(some, chosen, strict=True)))


def _known(pack: Pack, other: Pack | None) -> dict[str, tuple[Any, ...]]:
    known = values(pack)
    for path, more in (values(other) if other is not None else {}).items():
        told = known.get(path, ())
        known[path] = (*told, *(value for value in more if value not in told))
    return known


def _singles(start: Mapping[str, Any], known: Mapping[str, Sequence[Any]]) -> Iterator[Example]:
    for path, some in known.items():
        now = look(start, path)
        for value in (*some, ABSENT):
            if value != now:
                yield Example(_with(start, path, value), ((path, value),))


class _Key:
    """A pack as a cache key: identified by its hash."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.pack.sha256 == self.pack.sha256


@lru_cache(maxsize=32)
def _good(key: _Key) -> dict[str, Any]:
    pack, known = key.pack, values(key.pack)
    best: dict[str, Any] = {"instrument": pack.id, "received_at": RECEIVED}
    score, most = _score(best, pack), _most(pack)
    for _ in range(SWEEPS):
        before = score
        for path, some in known.items():
            for value in some:
                tried = _with(best, path, value)
                reached = _score(tried, pack)
                if reached > score or (reached == score and look(best, path) is ABSENT):
                    best, score = tried, reached
        if score == before or score[1:] == most:
            break
    return best


def _most(pack: Pack) -> tuple[int, int]:
    shown = [check for check in pack.checks if not check.exception]
    blocking = sum(check.blocking for check in shown)
    return blocking, len(shown) - blocking


def _score(given: dict[str, Any], pack: Pack) -> tuple[bool, int, int]:
    if facts.check(given):
        return (False, -(10**6), 0)
    found = judge(given, pack)
    held = [check["holds"] for check in found["checks"] if check["blocking"] and "exception" not in check]
    others = [check["holds"] for check in found["checks"] if not check["blocking"]]
    doubts = sum("exception" in check and check["holds"] is not True for check in found["checks"])
    return (
        found["outcome"] == "valid",
        held.count(True) - 3 * held.count(False),
        others.count(True) - 2 * others.count(False) - doubts,
    )


# -- values that conditions speak of ----------------------------------------------------------------------------------


def values(pack: Pack) -> dict[str, tuple[Any, ...]]:
    """For each fact that a condition of the pack depends on: the values that make a difference."""
    said: dict[str, dict[str, Any]] = {}
    for rule in rules(pack):
        for path in rule.facts:
            said.setdefault(path.replace("[]", ""), {})
        for path, value in _literals(rule.node, {}):
            said.setdefault(path.replace("[]", ""), {})[repr(value)] = value
    found = {}
    for path, literals in said.items():
        shape = _shape(path)
        if shape is not None and path not in ("received_at", "instrument"):
            found[path] = tuple(_values(shape, list(literals.values())))[:VALUES_AT_MOST]
    return {path: some for path, some in found.items() if some}


def rules(pack: Pack) -> Iterator[Rule]:
    """Every condition of a pack."""
    yield from (check.rule for check in pack.checks)
    for deadline in pack.deadlines:
        yield from deadline.when
        yield from (start.only_when for start in deadline.starts if start.only_when is not None)
        yield from (wait.when for wait in deadline.waits if wait.when is not None)
    for duty in pack.duties:
        yield from (*duty.or_when, *duty.only_when)


def _literals(node: Node, bound: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """What a condition compares a fact with."""
    names = dict(bound)
    if isinstance(node, tree.Each):
        names[node.var] = f"{tree.path_of(node.over, bound) or ''}[]"
    parts = list(tree.parts(node))
    paths = [path for part in parts if (path := tree.path_of(part, names))]
    for path in paths:
        yield from ((path, value) for part in parts for value in _written(part))
    for part in parts:
        yield from _literals(part, names)


def _written(node: Node) -> Iterator[Any]:
    if isinstance(node, tree.Literal) and isinstance(node.value, str | int | bool):
        yield node.value
    elif isinstance(node, tree.Items):
        for item in node.items[:3]:
            yield from _written(item)


def _shape(path: str) -> Mapping[str, Any] | None:
    """The part of the facts schema that describes a fact; None if there is none."""
    at: Mapping[str, Any] = facts.schema()
    for name in path.split("."):
        name = PARTS.get(name, name) if at is facts.schema() else name
        at = at.get("items", at)
        if name not in at.get("properties", {}):
            return None
        at = at["properties"][name]
    return at


def _values(shape: Mapping[str, Any], literals: list[Any]) -> Iterator[Any]:
    kinds = [shape["type"]] if isinstance(shape["type"], str) else list(shape["type"])
    if "null" in kinds:
        yield None
    if "object" in kinds:
        return
    if "array" in kinds:
        yield []
        yield from ([value] for value in _values(shape["items"], literals))
    elif "boolean" in kinds:
        yield from (True, False)
    elif {"integer", "number"} & set(kinds):
        yield from dict.fromkeys([0, 1, *(n + step for n in literals if type(n) is int for step in (0, 1))])
    elif "string" in kinds:
        yield from _texts(shape, [text for text in literals if isinstance(text, str)])


def _texts(shape: Mapping[str, Any], literals: list[str]) -> Iterator[str]:
    form = shape.get("format", "")
    if form in ("date-time", "instant"):
        yield from INSTANTS
    elif form == "date":
        yield from (at[:10] for at in INSTANTS)
    elif form == "country":
        yield from dict.fromkeys([*literals, "FR", "BE", "US"])
    elif form in ("language", "territory", "zone"):
        yield from dict.fromkeys([*literals, *USUAL[form]])
    elif "enum" in shape:
        yield from dict.fromkeys([*(x for x in literals if x in shape["enum"]), *(x for x in shape["enum"] if x)])
    else:
        yield from dict.fromkeys([*literals, "something", ""])


# -- one fact of an object --------------------------------------------------------------------------------------------


def look(given: Mapping[str, Any], path: str) -> Any:
    """The value of a fact, of the first target if it is one of a target; ABSENT if it isn't there."""
    at: Any = given
    for name in _way(path):
        if isinstance(name, int):
            if not isinstance(at, list) or not at:
                return ABSENT
            at = at[name]
        elif isinstance(at, Mapping) and name in at:
            at = at[name]
        else:
            return ABSENT
    return at


def _way(path: str) -> list[str | int]:
    root, *rest = path.split(".")
    return [PARTS[root], 0, *rest] if root in PARTS else [root, *rest]


def _with(given: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same facts except for one. Missing objects on the way to it are created."""
    made = copy.deepcopy(dict(given))
    *way, last = _way(path)
    at: Any = made
    for name, after in zip(way, [*way, last][1:], strict=True):
        if isinstance(name, int):
            at.extend([{"kind": "message", "ref": "https://lantern.example/c/1"}] if not at else [])
        elif not isinstance(at.get(name), list if isinstance(after, int) else dict):
            at[name] = [] if isinstance(after, int) else {}
        at = at[name]
    if value is ABSENT:
        at.pop(last, None)
    else:
        at[last] = copy.deepcopy(value)
    return made
