"""The typed tree of an expression: made by the parser, interpreted by the judge, encoded by the prover.

Every node knows its type and its position in the text (`at`, counted from 0). Nodes never change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Scalar:
    """A type without parts."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ListOf:
    """A list of items of one type."""

    item: Type

    def __str__(self) -> str:
        return f"list({self.item})"


@dataclass(frozen=True, eq=False)
class Record:
    """An object with named fields, as the facts schema describes it."""

    name: str
    fields: Mapping[str, Type]

    def __str__(self) -> str:
        return self.name or "object"


Type = Scalar | ListOf | Record

BOOL = Scalar("bool")
INT = Scalar("int")
DOUBLE = Scalar("double")
STRING = Scalar("string")
TIMESTAMP = Scalar("timestamp")
DURATION = Scalar("duration")
NULL = Scalar("null")
ANYTHING = Scalar("anything")  # only the item type of an empty list

Value = bool | int | float | str | datetime | timedelta | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, eq=False)
class Node:
    """What all nodes have: position in the text, and the type of their value."""

    at: int
    type: Type


@dataclass(frozen=True, eq=False)
class Literal(Node):
    """A constant."""

    value: Value


@dataclass(frozen=True, eq=False)
class Name(Node):
    """A fact at the top of the facts object, or the variable of a macro (`bound`)."""

    name: str
    bound: bool


@dataclass(frozen=True, eq=False)
class Field(Node):
    """A field of an object: `of.name`."""

    of: Node
    name: str


@dataclass(frozen=True, eq=False)
class Item(Node):
    """An item of a list: `of[index]`."""

    of: Node
    index: Node


@dataclass(frozen=True, eq=False)
class Items(Node):
    """A list literal."""

    items: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Not(Node):
    """Logical negation."""

    of: Node


@dataclass(frozen=True, eq=False)
class Negative(Node):
    """Arithmetic negation."""

    of: Node


@dataclass(frozen=True, eq=False)
class And(Node):
    """Conjunction of two or more parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Or(Node):
    """Disjunction of two or more parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Compare(Node):
    """A comparison; `op` is one of `== != < <= > >=`."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class In(Node):
    """Membership in a list."""

    item: Node
    among: Node


@dataclass(frozen=True, eq=False)
class Arithmetic(Node):
    """A sum, difference, product, quotient or remainder, or joined texts."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class Choice(Node):
    """`test ? yes : no`."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, eq=False)
class Call(Node):
    """A call of a function; a method's receiver is its first argument."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Each(Node):
    """A macro over a list: `all`, `exists`, `exists_one`, `filter`, `map`."""

    macro: str
    var: str
    over: Node
    body: Node


def parts(node: Node) -> Iterator[Node]:
    """The nodes directly below this one, in the order of the text."""
    for slot in fields(node):
        value = getattr(node, slot.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def depth(node: Node) -> int:
    """The number of nodes on the longest path down; iterative, so that any tree can be measured."""
    deepest, open_nodes = 0, [(node, 1)]
    while open_nodes:
        at, level = open_nodes.pop()
        deepest = max(deepest, level)
        open_nodes.extend((part, level + 1) for part in parts(at))
    return deepest


def fact_paths(node: Node) -> tuple[str, ...]:
    """The facts an expression depends on: dotted, each once, in the order of the text; `list[]` stands for a list's
    items."""
    found: dict[str, None] = {}
    open_nodes: list[tuple[Node, dict[str, str]]] = [(node, {})]
    while open_nodes:
        at, bound = open_nodes.pop()
        path = path_of(at, bound)
        if path is not None:
            found[path] = None
            continue
        if isinstance(at, Each):
            over = path_of(at.over, bound)
            if over is not None:
                found[over] = None
                open_nodes.append((at.body, {**bound, at.var: f"{over}[]"}))
                continue
        open_nodes.extend((part, bound) for part in reversed(list(parts(at))))
    return tuple(path for path in found if path)


def path_of(node: Node, bound: Mapping[str, str]) -> str | None:
    """The dotted path of a fact if the node is a plain access into the facts, else None.

    `bound` maps macro variables to paths; the path is empty for a variable that is not among them.
    """
    names: list[str] = []
    while isinstance(node, Field):
        names.append(node.name)
        node = node.of
    if not isinstance(node, Name):
        return None
    root = bound.get(node.name, "") if node.bound else node.name
    return ".".join([root, *reversed(names)]) if root else ""
