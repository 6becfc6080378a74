"""How many items a list must be able to hold so that no case is missed, counted from the rules of a pack.

A rule looks at a list in few ways: `all`, `exists`, `exists_one`, `in`, `filter`, and its size compared with a number.
Each value is shown by one item (two for `exists_one`), so a list can be cut down to the items that show the values at
all places in the pack, plus as many as a size is compared with, and every rule keeps its value (docs/proofs.md). Where
a rule looks at a list in another way, the bound is only a bound and no proof: `Capacity.inexact`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from comity.cel import tree
from comity.cel.tree import Node
from comity.regulations.packs import PARTS, Pack, Rule

MOST = 8  # a list that would need more room is cut to this, and nothing about it is proven


@dataclass
class Capacity:
    """`items`: path of a list (`targets[].…`) → how many; `inexact`: lists for which that is only a bound."""

    items: dict[str, int] = field(default_factory=dict)
    inexact: set[str] = field(default_factory=set)


def rules(pack: Pack) -> Iterator[tuple[Rule, str]]:
    """Every condition of a pack, with what it applies to (`request`, `target`, `data`)."""
    for check in pack.checks:
        yield check.rule, check.of
    for deadline in pack.deadlines:
        yield from ((rule, "request") for rule in deadline.when)
        yield from ((start.only_when, "request") for start in deadline.starts if start.only_when)
        yield from ((wait.when, "request") for wait in deadline.waits if wait.when)
        yield from ((longer.when, "request") for longer in deadline.extends)
        yield from ((said.when, "request") for said in deadline.open_when)
    for duty in pack.duties:
        held = duty.held_while.when if duty.held_while else ()
        yield from ((rule, "request") for rule in (*duty.or_when, *duty.only_when, *held))
    for measure in pack.measures:
        yield from ((rule, "request") for rule in measure.only_when)
    yield from ((rule, "request") for _, rule in pack.calls_for)


def capacity(packs: tuple[Pack, ...], *, parts: int = 2) -> Capacity:
    """The capacity that the rules of these packs need together; `parts` items for lists that are judged item by item.

    Counted twice: a place inside the condition of another list's macro counts once for each item kept of that list.
    """
    return _counted(packs, parts, _counted(packs, parts, Capacity()))


def _counted(packs: tuple[Pack, ...], parts: int, before: Capacity) -> Capacity:
    counter = _Counter(before.items)
    asked = {PARTS[check.of][0] for pack in packs for check in pack.checks if check.of in PARTS}
    for pack in packs:
        for rule, of in rules(pack):
            listed, name, _ = PARTS.get(of, ("", "", ""))
            counter.count(rule.node, {name: listed + "[]"} if name else {}, before.items.get(listed, 1))
    found = counter.found
    for path in asked | set(counter.counted):
        wanted = max(counter.counted[path] + (parts if path in asked else 0), found.items.get(path, 0), 1)
        found.items[path] = min(wanted, MOST)
        if wanted > MOST:
            found.inexact.add(path)
    return found


@dataclass
class _Counter:
    before: Mapping[str, int]
    found: Capacity = field(default_factory=Capacity)
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def count(self, node: Node, bound: Mapping[str, str], weight: int) -> None:
        """Add what one expression needs. `weight`: how often it is evaluated, once for each item kept of the lists
        around it."""
        if isinstance(node, tree.Each):
            self._each(node, bound, weight)
            return
        if isinstance(node, tree.In):
            self._look(node.among, bound, weight)
        elif isinstance(node, tree.Compare):
            self._size(node.left, node.right, bound)
            self._size(node.right, node.left, bound)
        elif isinstance(node, tree.Item) and (path := _path(node.of, bound)) is not None:
            index = node.index.value if isinstance(node.index, tree.Literal) else None
            self._at_least(path, index + 1 if isinstance(index, int) else 1, exact=False)
        for part in tree.parts(node):
            self.count(part, bound, weight)

    def _each(self, node: tree.Each, bound: Mapping[str, str], weight: int) -> None:
        path = self._look(node.over, bound, weight * (2 if node.macro == "exists_one" else 1))
        self.count(node.over, bound, weight)
        if path is None:
            self.count(node.body, bound, weight)
            return
        if path + "[]" in bound.values():
            self.found.inexact.add(path)
        self.count(node.body, {**bound, node.var: path + "[]"}, weight * self.before.get(path, 1))

    def _look(self, over: Node, bound: Mapping[str, str], weight: int) -> str | None:
        while isinstance(over, tree.Each) and over.macro == "filter":
            over = over.over
        path = _path(over, bound)
        if path is not None:
            self.counted[path] += weight
        return path

    def _size(self, side: Node, other: Node, bound: Mapping[str, str]) -> None:
        if isinstance(side, tree.Call) and side.function == "size" and isinstance(side.args[0].type, tree.ListOf):
            limit = other.value if isinstance(other, tree.Literal) and isinstance(other.value, int) else None
            over = side.args[0]
            while isinstance(over, tree.Each):
                over = over.over
            if (path := _path(over, bound)) is not None:
                exact = limit is not None and (over is side.args[0] or limit <= 0)
                self._at_least(path, (limit if limit is not None else 1) + 1, exact=exact)
        elif isinstance(side.type, tree.ListOf) and (path := _path(side, bound)) is not None:
            length = len(other.items) if isinstance(other, tree.Items) else 1
            self._at_least(path, length + 1, exact=length == 0)

    def _at_least(self, path: str, items: int, *, exact: bool) -> None:
        self.found.items[path] = max(self.found.items.get(path, 0), items)
        if not exact:
            self.found.inexact.add(path)


def _path(node: Node, bound: Mapping[str, str]) -> str | None:
    """The path of a list among the facts, through the variables of macros and of checks on parts."""
    names: list[str] = []
    while isinstance(node, tree.Field):
        names.append(node.name)
        node = node.of
    if not isinstance(node, tree.Name) or not isinstance(node.type, tree.ListOf | tree.Record):
        return None
    root = bound.get(node.name, "" if node.bound else node.name)
    return ".".join([root, *reversed(names)]) if root else None
