"""Facts as symbols: for each fact that a rule uses, whether it is known, whether it is null, and its value.

The symbols follow `facts.schema.json` as `facts.normal` reads it: no text, list or tick of the form is ever null; a
boolean outside the form may be ("it couldn't say"). A list has room for a bounded number of items (see `bounds.py`).
Instants are microseconds since 1970, the precision at which facts are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import z3

from comity.cel import tree
from comity.cel.tree import Type
from comity.regulations import facts

from .texts import Texts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
DAY = 86_400_000_000
SORTS: dict[Type, Any] = {tree.BOOL: z3.Bool, tree.INT: z3.Int, tree.TIMESTAMP: z3.Int, tree.DOUBLE: z3.Real}
YES, NO = z3.BoolVal(True), z3.BoolVal(False)
FIRST = (datetime(facts.YEARS[0], 1, 1, tzinfo=UTC) - EPOCH) // MICRO
LAST = (datetime(facts.YEARS[1] + 1, 1, 1, tzinfo=UTC) - EPOCH) // MICRO - 1


def micros(at: datetime) -> int:
    """An instant in microseconds since 1970 (UTC)."""
    return (at - EPOCH) // MICRO


@dataclass(frozen=True, eq=False)
class Symbol:
    """A value with three states: unknown, null, or a value (of the sort that `type` implies)."""

    type: Type
    known: z3.BoolRef
    null: z3.BoolRef
    value: Any = None  # a z3 ExprRef; None for the literal null


@dataclass(frozen=True, eq=False)
class Listed:
    """A list: items in order, each present under a condition. Never null."""

    type: Type
    known: z3.BoolRef
    items: tuple[tuple[z3.BoolRef, Any], ...]
    null: z3.BoolRef = NO

    @property
    def size(self) -> z3.ArithRef:
        """How many items it has."""
        return z3.Sum([z3.If(there, 1, 0) for there, _ in self.items]) if self.items else z3.IntVal(0)


@dataclass(eq=False)
class Object:
    """An object of the facts; its fields are made when a rule uses them."""

    path: str
    type: Type
    rule: Mapping[str, Any]
    known: z3.BoolRef
    null: z3.BoolRef
    parts: dict[str, Any] = field(default_factory=dict)


Any3 = Symbol | Listed | Object


@dataclass(eq=False)
class FactSymbols:
    """The symbols of one facts object. `prefix` keeps two objects apart; `capacity`: how many items a list can hold."""

    texts: Texts
    capacity: Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""
    made: dict[str, tuple[Any3, Mapping[str, Any]]] = field(default_factory=dict)
    lengths: dict[str, z3.ArithRef] = field(default_factory=dict)

    def __post_init__(self) -> None:
        schema = facts.schema()
        self.root = Object("", tree.Record("facts", facts.types()), schema, YES, NO)

    def part(self, of: Object, name: str) -> Any3:
        """A field of an object, made on first use."""
        if name not in of.parts:
            kind = of.type
            assert isinstance(kind, tree.Record)
            path = f"{of.path}.{name}".lstrip(".")
            of.parts[name] = self._make(path, of.rule["properties"][name], kind.fields[name])
            if not of.path and name in facts.schema().get("required", ()):
                known = of.parts[name]
                of.parts[name] = Symbol(known.type, YES, known.null, known.value)
                self.made[path] = (of.parts[name], of.rule["properties"][name])
        found: Any3 = of.parts[name]
        return found

    def at(self, path: str, of: Object | None = None) -> tuple[z3.BoolRef, Any3 | None]:
        """Whether a fact is there as `judge` looks it up (a null above it counts as there), and its symbol."""
        there, way, at = NO, YES, of or self.root
        names = path.split(".")
        for n, name in enumerate(names):
            found = self.part(at, name)
            there = z3.Or(there, z3.And(way, found.known, found.null))
            way = z3.And(way, found.known, z3.Not(found.null))
            if n == len(names) - 1:
                return z3.Or(there, way), found
            assert isinstance(found, Object)
            at = found
        return there, None

    def instant(self, path: str) -> tuple[z3.BoolRef, z3.ArithRef]:
        """Whether an instant is known and not null, and when it is."""
        at, way = self.root, YES
        *above, last = path.split(".")
        for name in above:
            found = self.part(at, name)
            assert isinstance(found, Object)
            at, way = found, z3.And(way, found.known, z3.Not(found.null))
        symbol = self.part(at, last)
        assert isinstance(symbol, Symbol)
        return z3.And(way, symbol.known, z3.Not(symbol.null)), symbol.value

    def _make(self, path: str, rule: Mapping[str, Any], kind: Type) -> Any3:
        known = z3.Bool(f"{self.prefix}{path} is known")
        made: Any3
        if isinstance(kind, tree.ListOf):
            made = self._listed(path, rule, kind, known)
        elif isinstance(kind, tree.Record):
            made = Object(path, kind, rule, known, self._null(path, rule))
        else:
            made = self._scalar(path, rule, kind, known)
        self.made[path] = (made, rule)
        return made

    def _null(self, path: str, rule: Mapping[str, Any]) -> z3.BoolRef:
        return z3.Bool(f"{self.prefix}{path} is null") if "null" in rule["type"] and rule["type"] != "null" else NO

    def _scalar(self, path: str, rule: Mapping[str, Any], kind: Type, known: z3.BoolRef) -> Symbol:
        name = f"{self.prefix}{path}"
        if kind == tree.STRING:
            for text in rule.get("enum", ()):
                self.texts.number(text or "")
            return Symbol(kind, known, NO, z3.Int(name))
        null = NO if kind == tree.BOOL and "x-form" in rule else self._null(path, rule)
        return Symbol(kind, known, null, SORTS[kind](name))

    def _listed(self, path: str, rule: Mapping[str, Any], kind: tree.ListOf, known: z3.BoolRef) -> Listed:
        count = self.capacity.get(plain(path), 1)
        length = self.lengths[path] = z3.Int(f"{self.prefix}{path} has so many")
        items: list[tuple[z3.BoolRef, Any]] = []
        for n in range(count):
            item = self._make(f"{path}[{n}]", rule["items"], kind.item)
            if isinstance(item, Object):
                item.known, item.null = YES, NO
            else:
                item = Symbol(item.type, YES, NO, item.value) if isinstance(item, Symbol) else item
                self.made[f"{path}[{n}]"] = (item, rule["items"])
            items.append((length > n, item))
        return Listed(kind, known, tuple(items))

    def domain(self) -> Iterator[z3.BoolRef]:
        """What the schema says each symbol can be; ask only once all rules have been encoded."""
        for path, length in self.lengths.items():
            yield z3.And(length >= 0, length <= self.capacity.get(plain(path), 1))
        for path, (symbol, rule) in self.made.items():
            if isinstance(symbol, Symbol):
                yield from self._possible(path, symbol, rule)

    def _possible(self, path: str, symbol: Symbol, rule: Mapping[str, Any]) -> Iterator[z3.BoolRef]:
        if symbol.type == tree.STRING:
            in_list = path.endswith("]")
            blank = not in_list and (
                "null" in rule["type"] or (not rule.get("format") and "" in rule.get("enum", [""]))
            )
            yield self.texts.domain(symbol.value, rule, blank=blank)
            absent = rule.get("x-absent")
            if absent is not None:
                yield symbol.value != self.texts.number(absent)
        elif symbol.type == tree.TIMESTAMP:
            yield z3.And(symbol.value >= FIRST, symbol.value <= LAST)
            if rule.get("format") == "date":
                yield symbol.value % DAY == 0
        elif symbol.type in (tree.INT, tree.DOUBLE):
            yield z3.And(symbol.value >= rule.get("minimum", -(2**53)), symbol.value <= rule.get("maximum", 2**53))


def plain(path: str) -> str:
    """The path of a fact without item numbers: `targets[].author.country`."""
    out, inside = [], False
    for letter in path:
        if letter == "]":
            inside = False
        if not inside:
            out.append(letter)
        if letter == "[":
            inside = True
    return "".join(out)
