"""A typed tree → a symbol with three states: `cel.evaluate`, rule by rule, for all facts at once.

What the solver cannot express exactly (a function of law, joined texts) becomes an uninterpreted function: what is
proven of it is true of the real one too, and a witness that depends on it is checked against the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import z3

from comity.cel import tree
from comity.cel.tree import Node, Type

from . import law_functions
from .symbols import MICRO, NO, YES, Any3, FactSymbols, Listed, Object, Symbol, micros

INT_RANGE = (-(1 << 63), (1 << 63) - 1)
YEARS = (-62_135_596_800_000_000, 253_402_300_799_999_999)  # the years 1 to 9999, in microseconds
RANGES: dict[Type, tuple[int, int]] = {tree.INT: INT_RANGE, tree.TIMESTAMP: YEARS}
SORTS: dict[Type, Callable[[], z3.SortRef]] = {tree.BOOL: z3.BoolSort, tree.DOUBLE: z3.RealSort}


class NotEncoded(ValueError):
    """A rule that the encoding cannot express; its pack is not proven. `check` is whose rule it is, if known."""

    check = ""


@dataclass(frozen=True, eq=False)
class Point:
    """One place where a rule calls a function that the solver does not know: what it was called with."""

    function: str
    args: tuple[Symbol, ...]
    type: Type
    given: z3.BoolRef  # whether the function has a value there
    value: Any
    unit: str = ""  # of a legal end: the unit of its period, under `law` (empty: the law of the pack)
    law: str | None = None


@dataclass(eq=False)
class Encoder:
    """Encodes trees over one facts object. `place` are the facts on which the addressee's place depends."""

    facts: FactSymbols
    law: str = ""  # the law that counts the pack's periods
    points: list[Point] = field(default_factory=list)
    axioms: list[z3.BoolRef] = field(default_factory=list)
    seen: dict[tuple[int, tuple[int, ...]], tuple[Node, Any3]] = field(default_factory=dict)

    def symbol(self, node: Node, names: Mapping[str, Any3]) -> Any3:
        """The symbol of an expression; `names` are the bound variables (`target`, those of macros). Raises
        NotEncoded."""
        key = (id(node), tuple(map(id, names.values())))
        if key not in self.seen:
            self.seen[key] = node, _RULES[type(node)](self, node, names)
        return self.seen[key][1]

    def truth(self, node: Node, names: Mapping[str, Any3]) -> tuple[z3.BoolRef, z3.BoolRef]:
        """Whether a condition is known, and its value; a null where a boolean is needed is unknown. Raises
        NotEncoded."""
        found = self.symbol(node, names)
        assert isinstance(found, Symbol)
        return z3.And(found.known, z3.Not(found.null)), found.value

    def end(self, start: z3.ArithRef, count: z3.ArithRef, unit: str, law: str) -> z3.ArithRef:
        """The legal end of a period (microseconds since 1970), of which the solver knows only bounds."""
        args = (Symbol(tree.TIMESTAMP, YES, NO, start), Symbol(tree.INT, YES, NO, count))
        found = _unknown_function(self, f"end of {unit} by {law}", tree.TIMESTAMP, list(args))
        point = self.points.pop()
        self.points.append(replace(point, unit=unit, law=law))
        self.axioms.append(law_functions.bounds(unit, start, count, point.given, point.value))
        return found.value

    def place(self) -> list[z3.ExprRef]:
        """Zone and State of the addressee, as numbers; -1 if unknown."""
        provider = self.facts.part(self.facts.root, "provider")
        assert isinstance(provider, Object)
        parts = [self.facts.part(provider, name) for name in ("zone", "establishment", "representative")]
        return [z3.If(z3.And(provider.known, part.known), part.value, -1) for part in parts if isinstance(part, Symbol)]


def _literal(at: Encoder, node: tree.Literal, names: Mapping[str, Any3]) -> Any3:
    if node.value is None:
        return Symbol(tree.NULL, YES, YES)
    return Symbol(node.type, YES, NO, constant(at.facts, node.value))


def constant(facts: FactSymbols, value: object) -> Any:
    """A value as a constant of the solver. Raises NotEncoded."""
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, str):
        return z3.IntVal(facts.texts.number(value))
    if isinstance(value, datetime):
        return z3.IntVal(micros(value))
    if isinstance(value, timedelta):
        return z3.IntVal(value // MICRO)
    if isinstance(value, float):
        return z3.RealVal(repr(value))
    if isinstance(value, int):
        return z3.IntVal(value)
    raise NotEncoded(f"a {type(value).__name__} written out")


def _name(at: Encoder, node: tree.Name, names: Mapping[str, Any3]) -> Any3:
    return names[node.name] if node.name in names else at.facts.part(at.facts.root, node.name)


def _field(at: Encoder, node: tree.Field, names: Mapping[str, Any3]) -> Any3:
    of = at.symbol(node.of, names)
    if not isinstance(of, Object):
        raise NotEncoded(f"a part ({node.name}) of what is computed")
    part = at.facts.part(of, node.name)
    return _under(z3.And(of.known, z3.Not(of.null)), part)


def _under(way: z3.BoolRef, part: Any3) -> Any3:
    known = z3.simplify(z3.And(way, part.known))
    if isinstance(part, Symbol):
        return Symbol(part.type, known, part.null, part.value)
    if isinstance(part, Listed):
        return Listed(part.type, known, part.items)
    return Object(part.path, part.type, part.rule, known, part.null, part.parts)


def _item(at: Encoder, node: tree.Item, names: Mapping[str, Any3]) -> Any3:
    of = at.symbol(node.of, names)
    index = node.index.value if isinstance(node.index, tree.Literal) else None
    if not isinstance(of, Listed) or not isinstance(index, int) or isinstance(node.of, tree.Each):
        raise NotEncoded("an item of a list that is computed, or whose number is")
    if not 0 <= index < len(of.items):
        raise NotEncoded(f"item {index} of a list with room for {len(of.items)}")
    there, item = of.items[index]
    return _under(z3.And(of.known, there), item)


def _items(at: Encoder, node: tree.Items, names: Mapping[str, Any3]) -> Any3:
    found = [at.symbol(item, names) for item in node.items]
    return Listed(node.type, z3.And([item.known for item in found]), tuple((YES, item) for item in found))


def _not(at: Encoder, node: tree.Not, names: Mapping[str, Any3]) -> Any3:
    known, value = at.truth(node.of, names)
    return Symbol(tree.BOOL, known, NO, z3.Not(value))


def _negative(at: Encoder, node: tree.Negative, names: Mapping[str, Any3]) -> Any3:
    of = _scalar(at.symbol(node.of, names))
    return _ranged(node.type, z3.And(of.known, z3.Not(of.null)), -of.value)


def _scalar(found: Any3) -> Symbol:
    if not isinstance(found, Symbol):
        raise NotEncoded("a list or object where a single value is computed with")
    return found


def fold(values: Sequence[tuple[z3.BoolRef, z3.BoolRef, z3.BoolRef]], decides: bool) -> tuple[z3.BoolRef, z3.BoolRef]:
    """Kleene's `and` (decides = False) or `or` over items (there, known, value): known, and value."""
    decided = z3.Or([z3.And(there, known, value if decides else z3.Not(value)) for there, known, value in values])
    all_known = z3.And([z3.Implies(there, known) for there, known, _ in values])
    return z3.Or(decided, all_known), decided if decides else z3.Not(decided)


def _and(at: Encoder, node: tree.And, names: Mapping[str, Any3]) -> Any3:
    known, value = fold([(YES, *at.truth(part, names)) for part in node.parts], decides=False)
    return Symbol(tree.BOOL, known, NO, value)


def _or(at: Encoder, node: tree.Or, names: Mapping[str, Any3]) -> Any3:
    known, value = fold([(YES, *at.truth(part, names)) for part in node.parts], decides=True)
    return Symbol(tree.BOOL, known, NO, value)


_ORDER: dict[str, Callable[[Any, Any], z3.BoolRef]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _compare(at: Encoder, node: tree.Compare, names: Mapping[str, Any3]) -> Any3:
    left, right = at.symbol(node.left, names), at.symbol(node.right, names)
    known = z3.And(left.known, right.known)
    if node.op in _ORDER:
        a, b = _scalar(left), _scalar(right)
        if tree.STRING in (a.type, b.type) or tree.BOOL in (a.type, b.type):
            raise NotEncoded("the order of texts or of yes and no")
        known = z3.And(known, z3.Not(a.null), z3.Not(b.null))
        return Symbol(tree.BOOL, known, NO, _ORDER[node.op](a.value, b.value) if NULL not in (a.type, b.type) else NO)
    if tree.BOOL in (node.left.type, node.right.type):
        known = z3.And(known, z3.Not(left.null), z3.Not(right.null))
    same = equal(left, right)
    return Symbol(tree.BOOL, known, NO, same if node.op == "==" else z3.Not(same))


NULL = tree.NULL


def equal(left: Any3, right: Any3) -> z3.BoolRef:
    """Whether two known values are equal. Raises NotEncoded."""
    both, neither = z3.And(left.null, right.null), z3.And(z3.Not(left.null), z3.Not(right.null))
    if NULL in (left.type, right.type):
        return both
    if isinstance(left, Symbol) and isinstance(right, Symbol):
        return z3.Or(both, z3.And(neither, left.value == right.value))
    if isinstance(left, Listed) and isinstance(right, Listed):
        pairs = [(a, x, b, y) for (a, x), (b, y) in zip(left.items, right.items, strict=False)]
        if not (left.items and right.items):
            return z3.And([z3.Not(there) for there, _ in (*left.items, *right.items)])
        same = [z3.And(a == b, z3.Implies(a, equal(x, y))) for a, x, b, y in pairs]
        rest = [z3.Not(there) for there, _ in (*left.items[len(pairs) :], *right.items[len(pairs) :])]
        return z3.And(same + rest)
    raise NotEncoded("two objects compared")


def _in(at: Encoder, node: tree.In, names: Mapping[str, Any3]) -> Any3:
    item, among = at.symbol(node.item, names), at.symbol(node.among, names)
    if not isinstance(among, Listed):
        raise NotEncoded("'in' of something that is not a list")
    known = z3.And(among.known, item.known)
    return Symbol(tree.BOOL, known, NO, z3.Or([z3.And(there, equal(item, other)) for there, other in among.items]))


def _ranged(kind: Type, known: z3.BoolRef, value: Any) -> Symbol:
    """A result that is unknown outside CEL's ranges."""
    if kind in RANGES:
        low, high = RANGES[kind]
        known = z3.And(known, value >= low, value <= high)
    return Symbol(kind, known, NO, value)


def _arithmetic(at: Encoder, node: tree.Arithmetic, names: Mapping[str, Any3]) -> Any3:
    left, right = _scalar(at.symbol(node.left, names)), _scalar(at.symbol(node.right, names))
    known = z3.And(left.known, right.known, z3.Not(left.null), z3.Not(right.null))
    if node.type == tree.STRING or (node.op in "/%" and node.type == tree.DOUBLE):
        return _unknown_function(at, f"{node.type} {node.op}", node.type, [left, right])
    if node.op in "/%":
        known, quotient = z3.And(known, right.value != 0), _truncated(left.value, right.value)
        value = quotient if node.op == "/" else left.value - right.value * quotient
    else:
        value = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[node.op](
            left.value, right.value
        )
    return _ranged(node.type, known, value)


def _truncated(left: z3.ArithRef, right: z3.ArithRef) -> z3.ArithRef:
    """Division towards zero; the solver's own rounds down for a positive divisor."""
    size = z3.If(left < 0, -left, left) / z3.If(right < 0, -right, right)
    return z3.If((left < 0) == (right < 0), size, -size)


def _choice(at: Encoder, node: tree.Choice, names: Mapping[str, Any3]) -> Any3:
    known, test = at.truth(node.test, names)
    yes, no = at.symbol(node.yes, names), at.symbol(node.no, names)
    both = z3.And(known, z3.If(test, yes.known, no.known))
    if isinstance(yes, Listed) and isinstance(no, Listed):
        items = [(z3.And(test, there), item) for there, item in yes.items]
        items += [(z3.And(z3.Not(test), there), item) for there, item in no.items]
        return Listed(node.type, both, tuple(items))
    left, right = _scalar(yes), _scalar(no)
    value = left.value if right.value is None else right.value if left.value is None else None
    if value is None and left.value is not None:
        value = z3.If(test, left.value, right.value)
    return Symbol(node.type, both, z3.If(test, left.null, right.null), value)


def _call(at: Encoder, node: tree.Call, names: Mapping[str, Any3]) -> Any3:
    args = [at.symbol(arg, names) for arg in node.args]
    if node.function == "size" and isinstance(args[0], Listed):
        return Symbol(tree.INT, args[0].known, NO, args[0].size)
    plain = [_scalar(arg) for arg in args]
    if node.function == "size":
        return Symbol(tree.INT, plain[0].known, NO, at.facts.texts.size(plain[0].value))
    inside = ("contains", "startsWith", "endsWith")
    if node.function in inside and isinstance(node.args[1], tree.Literal):
        part = str(node.args[1].value)
        return Symbol(tree.BOOL, plain[0].known, NO, at.facts.texts.inside(node.function, plain[0].value, part))
    return _unknown_function(at, node.function, node.type, plain)


def _unknown_function(at: Encoder, name: str, kind: Type, args: list[Symbol]) -> Symbol:
    known = z3.And([z3.And(arg.known, z3.Not(arg.null)) for arg in args])
    numbers = [arg.value for arg in args] + at.place()
    sorts = [number.sort() for number in numbers]
    told = f"{name} ({at.law})"
    given = z3.Function(f"{told} has a value", *sorts, z3.BoolSort())(*numbers)
    value = z3.Function(told, *sorts, SORTS.get(kind, z3.IntSort)())(*numbers)
    unit = law_functions.FUNCTIONS.get(name, "")
    at.points.append(Point(name, tuple(args), kind, given, value, unit))
    if unit:
        at.axioms.append(law_functions.bounds(unit, args[0].value, args[1].value, given, value))
    return Symbol(kind, z3.And(known, given), NO, value)


def _each(at: Encoder, node: tree.Each, names: Mapping[str, Any3]) -> Any3:
    over = at.symbol(node.over, names)
    if not isinstance(over, Listed):
        raise NotEncoded(f"{node.macro}() of something that is not a list")
    inner = [{**names, node.var: item} for _, item in over.items]
    if node.macro == "map":
        found = [at.symbol(node.body, scope) for scope in inner]
        known = z3.And([z3.Implies(there, f.known) for (there, _), f in zip(over.items, found, strict=True)])
        items = tuple((there, f) for (there, _), f in zip(over.items, found, strict=True))
        return Listed(node.type, z3.And(over.known, known), items)
    values = [(there, *at.truth(node.body, scope)) for (there, _), scope in zip(over.items, inner, strict=True)]
    if node.macro in ("all", "exists"):
        known, value = fold(values, decides=node.macro == "exists")
        return Symbol(tree.BOOL, z3.And(over.known, known), NO, value)
    every = z3.And([z3.Implies(there, known) for there, known, _ in values])
    if node.macro == "filter":
        kept = tuple((z3.And(there, v), item) for (there, item), (_, _, v) in zip(over.items, values, strict=True))
        return Listed(node.type, z3.And(over.known, every), kept)
    count = z3.Sum([z3.If(z3.And(there, known, value), 1, 0) for there, known, value in values])
    return Symbol(tree.BOOL, z3.And(over.known, z3.Or(count > 1, every)), NO, count == 1)


_RULES: dict[type[Node], Callable[[Encoder, Any, Mapping[str, Any3]], Any3]] = {
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
