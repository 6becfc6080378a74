"""A typed tree → a Python function, for the common case that every fact the expression needs is known.

The function gives exactly the interpreter's answer, or raises one of `MISSED`: a fact is missing, a value that is
needed is null, a number is out of range, a list is too long. The caller then runs the interpreter, which alone can name
what is missing. An expression therefore has one meaning; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, cast

from . import tree
from .evaluate import FUNCTIONS, MAX_STEPS, SUMS, in_range
from .tree import Node, Value

MISSED = (KeyError, TypeError, IndexError, AttributeError, ArithmeticError, ValueError)
# takes the facts, the part that is judged (a target, say) and the functions of law
Compiled = Callable[[Mapping[str, Any], Any, Any], Any]
_KNOWN = {True: True, False: False}  # a null where a boolean is needed raises KeyError


class TooMuch(ValueError):
    """A list so long that the interpreter might run out of steps on it."""


def compiled(node: Node, part: str = "") -> Compiled:
    """The function of a condition or value, called as `f(facts, part, functions)`.

    `part` is the name under which a rule refers to the target or data category that is judged; empty for the request.
    The function raises one of `MISSED` where only the interpreter can answer.
    """
    constants: dict[str, Any] = {}
    text = written(node, part, frozenset(), constants)
    return cast(Compiled, function([f"return {text}"], constants, "F, T, G"))


def written(node: Node, part: str, near: frozenset[str], constants: dict[str, Any]) -> str:
    """The Python expression of a condition or value; adds the constants that it names to `constants`.

    `near` lists the objects among the facts that already have a local variable (`near_name`).
    """
    writer = _Writer(part, _longest(node), near, constants)
    return writer.truth(node) if node.type == tree.BOOL else writer.value(node)


def near_name(root: str) -> str:
    """The local variable that holds an object of the facts."""
    return f"f_{root}"


def function(lines: list[str], constants: Mapping[str, Any], takes: str = "F, P, G") -> Callable[..., Any]:
    """A function from lines of Python built around expressions that this module wrote.

    No text of a pack reaches the compiler: names and texts appear only as `repr` of values, and the function has no
    builtins.
    """
    code = compile("\n ".join([f"def rule({takes}):", *lines]), "<rule>", "exec").co_consts[0]
    return FunctionType(code, {**_HELPERS, **constants, "__builtins__": {}})


def _longest(node: Node) -> int:
    """The longest list for which the expression cannot exceed the interpreter's step limit."""
    size, nested = _weight(node)
    return int((MAX_STEPS / size) ** (1 / max(nested, 1))) - 1


def _weight(node: Node) -> tuple[int, int]:
    """The number of nodes in an expression, and how deeply its macros are nested."""
    size, deepest, open_nodes = 0, 0, [(node, 0)]
    while open_nodes:
        at, level = open_nodes.pop()
        level += isinstance(at, tree.Each)
        size, deepest = size + 1, max(deepest, level)
        open_nodes.extend((below, level) for below in tree.parts(at))
    return size, deepest


def _at(of: list[Any], index: int) -> Any:
    if index < 0:
        raise IndexError(index)
    return of[index]


def _short(over: list[Any], most: int) -> list[Any]:
    if len(over) > most or type(over) is not list:
        raise TooMuch(most)
    return over


def _sum(op: str, left: Any, right: Any) -> Any:
    return in_range(SUMS[op](left, right))


def _minus(value: Any) -> Any:
    return in_range(-value)


def _call(name: str, functions: Mapping[str, Any], *args: Any) -> Any:
    found = None if None in args else (functions.get(name) or FUNCTIONS[name])(*args)
    if found is None:
        raise ValueError(name)
    return found


_HELPERS: dict[str, Any] = {
    "K": _KNOWN,
    "at": _at,
    "short": _short,
    "sum_": _sum,
    "minus": _minus,
    "call": _call,
    "len": len,
    "all": all,
    "any": any,
    "count": sum,
}


@dataclass
class _Writer:
    """Writes Python; `names` maps the variables of macros to the names they have there."""

    part: str
    longest: int
    near: frozenset[str]
    constants: dict[str, Any]
    names: dict[str, str] = field(default_factory=dict)

    def value(self, node: Node) -> str:
        """The Python expression of a value; null stays null."""
        return cast(str, getattr(self, f"_{type(node).__name__.lower()}")(node))

    def truth(self, node: Node) -> str:
        """The Python expression of a condition; a null at run time raises KeyError, so that the interpreter decides."""
        text = self.value(node)
        sure = isinstance(node, tree.Not | tree.And | tree.Or | tree.Compare | tree.In | tree.Call | tree.Each)
        return text if sure or (isinstance(node, tree.Literal) and node.value is not None) else f"K[{text}]"

    def constant(self, value: Value) -> str:
        """The literal of a value, or the name of a constant where Python has no literal for it."""
        if isinstance(value, bool | str | None) or type(value) is int:
            return repr(value)
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def _literal(self, node: tree.Literal) -> str:
        return self.constant(node.value)

    def _name(self, node: tree.Name) -> str:
        if node.bound:
            return self.names[node.name]
        return "T" if node.name == self.part else f"F[{node.name!r}]"

    def _field(self, node: tree.Field) -> str:
        of = node.of
        if isinstance(of, tree.Name) and not of.bound and of.name != self.part and of.name in self.near:
            return f"{near_name(of.name)}[{node.name!r}]"
        return f"{self.value(of)}[{node.name!r}]"

    def _item(self, node: tree.Item) -> str:
        return f"at({self.value(node.of)}, {self.value(node.index)})"

    def _items(self, node: tree.Items) -> str:
        return f"[{', '.join(map(self.value, node.items))}]"

    def _not(self, node: tree.Not) -> str:
        return f"(not {self.truth(node.of)})"

    def _negative(self, node: tree.Negative) -> str:
        return f"minus({self.value(node.of)})"

    def _and(self, node: tree.And) -> str:
        return f"({' and '.join(map(self.truth, node.parts))})"

    def _or(self, node: tree.Or) -> str:
        return f"({' or '.join(map(self.truth, node.parts))})"

    def _compare(self, node: tree.Compare) -> str:
        left, right = (
            self.truth(side) if side.type == tree.BOOL else self.value(side) for side in (node.left, node.right)
        )
        return f"({left} {node.op} {right})"

    def _in(self, node: tree.In) -> str:
        among = node.among
        if isinstance(among, tree.Items) and all(
            isinstance(i, tree.Literal) and i.type == tree.STRING for i in among.items
        ):
            written = ", ".join(repr(i.value) for i in among.items if isinstance(i, tree.Literal))
            return f"({self.value(node.item)} in {{{written}}})"
        return f"({self.value(node.item)} in short({self.value(among)}, {self.longest}))"

    def _arithmetic(self, node: tree.Arithmetic) -> str:
        return f"sum_({node.op!r}, {self.value(node.left)}, {self.value(node.right)})"

    def _choice(self, node: tree.Choice) -> str:
        return f"({self.value(node.yes)} if {self.truth(node.test)} else {self.value(node.no)})"

    def _call(self, node: tree.Call) -> str:
        args = list(map(self.value, node.args))
        if node.function == "size":
            return f"len({args[0]})"
        if node.function in ("startsWith", "endsWith"):
            return f"{args[0]}.{node.function.lower()}({args[1]})"
        if node.function == "contains":
            return f"({args[1]} in {args[0]})"
        return f"call({node.function!r}, G, {', '.join(args)})"

    def _each(self, node: tree.Each) -> str:
        over = f"short({self.value(node.over)}, {self.longest})"
        outer, name = self.names, f"v{len(self.names)}"
        self.names = {**outer, node.var: name}
        body = self.value(node.body) if node.macro == "map" else self.truth(node.body)
        self.names = outer
        return _MACROS[node.macro].format(body=body, name=name, over=over)


_MACROS = {
    "all": "all({body} for {name} in {over})",
    "exists": "any({body} for {name} in {over})",
    "exists_one": "(count([{body} for {name} in {over}]) == 1)",
    "filter": "[{name} for {name} in {over} if {body}]",
    "map": "[{body} for {name} in {over}]",
}
