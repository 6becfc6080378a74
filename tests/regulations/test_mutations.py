"""Mutations of the packs: each operator and each constant of each rule changed in turn makes some case fail.

In `make test` only those of a pack whose certificate is about another text, and in `make soak` all.
Bounded: every mutant is judged by the cases of its pack until one fails, and a pack has at most `MOST` mutants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from comity.cel import tree
from comity.cel.tree import Node
from comity.regulations import judge
from comity.regulations.packs import Pack, Rule
from regulations.cases_of_packs import PACKS, at_length, cases_of, changed, differs, pack_of, read

MOST = 600
SHORT = 8  # a longer list is a table (the Member States, the packs there are), not a constant of a rule
TURNED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def mutants(node: Node) -> Iterator[tuple[str, Node]]:
    """The tree with one operator or one constant changed, and what was changed."""
    yield from _changed_here(node)
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, Node):
            yield from ((what, replace(node, **{slot.name: other})) for what, other in mutants(value))
        elif isinstance(value, tuple) and not isinstance(node, tree.Items):
            for n, part in enumerate(value):
                for what, other in mutants(part):
                    yield what, replace(node, **{slot.name: (*value[:n], other, *value[n + 1 :])})


def _changed_here(node: Node) -> Iterator[tuple[str, Node]]:
    where = f"at {node.at}"
    if isinstance(node, tree.Compare):
        yield f"{node.op} {where}", replace(node, op=TURNED[node.op])
    elif isinstance(node, tree.And):
        yield f"&& {where}", tree.Or(node.at, node.type, node.parts)
    elif isinstance(node, tree.Or):
        yield f"|| {where}", tree.And(node.at, node.type, node.parts)
    elif isinstance(node, tree.Not):
        yield f"! {where}", node.of
    elif isinstance(node, tree.In):
        yield f"in {where}", tree.Not(node.at, tree.BOOL, node)
    elif isinstance(node, tree.Each) and node.macro in ("all", "exists"):
        yield f"{node.macro} {where}", replace(node, macro="exists" if node.macro == "all" else "all")
    elif isinstance(node, tree.Literal) and isinstance(node.value, int) and not isinstance(node.value, bool):
        for other in (node.value - 1, node.value + 1):
            yield f"{node.value} → {other} {where}", replace(node, value=other)
    elif isinstance(node, tree.Literal) and isinstance(node.value, str):
        yield f"{node.value!r} {where}", replace(node, value="another text")
    elif isinstance(node, tree.Items) and len(node.items) <= SHORT:
        for n, item in enumerate(node.items):
            rest = (*node.items[:n], *node.items[n + 1 :])
            yield f"without {getattr(item, 'value', n)!r} {where}", replace(node, items=rest)


def _rules_changed(pack: Pack) -> Iterator[tuple[str, Pack]]:
    for n, check in enumerate(pack.checks):
        for what, node in mutants(check.rule.node):
            other = replace(check, rule=_with(check.rule, node))
            yield f"{check.id}: {what}", replace(pack, checks=(*pack.checks[:n], other, *pack.checks[n + 1 :]))
    for kind in ("deadlines", "duties"):
        for n, entry in enumerate(getattr(pack, kind)):
            for what, other in _parts_changed(entry):
                rest = getattr(pack, kind)
                yield f"{entry.id}: {what}", replace(pack, **{kind: (*rest[:n], other, *rest[n + 1 :])})


def _parts_changed(entry: Any) -> Iterator[tuple[str, Any]]:
    """A deadline or a duty (or a part of one) with one rule or one number changed."""
    for slot in fields(entry):
        value = getattr(entry, slot.name)
        if slot.name in ("length", "times_at_most") and value > 0:
            for number in (value - 1, value + 1):
                if number > 0:
                    yield f"{slot.name} {value} → {number}", replace(entry, **{slot.name: number})
        elif isinstance(value, Rule):
            for what, node in mutants(value.node):
                yield f"{slot.name} {what}", replace(entry, **{slot.name: _with(value, node)})
        elif isinstance(value, tuple):
            for n, part in enumerate(value):
                for what, other in _inside(part):
                    yield (
                        f"{slot.name}[{n}] {what}",
                        replace(entry, **{slot.name: (*value[:n], other, *value[n + 1 :])}),
                    )
        elif hasattr(value, "__dataclass_fields__"):
            yield from ((what, replace(entry, **{slot.name: other})) for what, other in _parts_changed(value))


def _inside(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Rule):
        yield from ((what, _with(part, node)) for what, node in mutants(part.node))
    elif hasattr(part, "__dataclass_fields__"):
        yield from _parts_changed(part)


def _with(rule: Rule, node: Node) -> Rule:
    return Rule(rule.text, node, rule.facts, rule.part)


def _names(expected: dict[str, Any], rule: str) -> bool:
    """Whether a case expects something of this check, deadline or duty."""
    return any(rule in expected.get(key, ()) for key in ("fails", "unknown", "deadlines", "duties"))


@pytest.mark.parametrize("name", map(at_length, PACKS))
def test_each_operator_and_constant_changed_makes_a_case_fail(name: str) -> None:
    pack = pack_of(name)
    wanted = [(changed(path), read(path)["finding"]) for path in cases_of(name)]
    alive, count = [], 0
    for what, mutant in _rules_changed(pack):
        count += 1
        about = what.partition(":")[0]
        wanted.sort(key=lambda case: not _names(case[1], about))  # those about it are likely to kill it
        killed = next(
            (n for n, (facts, expected) in enumerate(wanted) if differs(judge.judge(facts, mutant), expected)), None
        )
        if killed is None:
            alive.append(what)
        else:  # what killed one mutant often kills its neighbours
            wanted.insert(0, wanted.pop(killed))
    assert count <= MOST
    assert alive == []
