"""Text → typed tree in one pass: every part has its type as soon as it is read, so an error names its place.

Bounded to `MAX_TEXT` characters and `MAX_DEPTH` levels; time is linear in the text. Source of the grammar: the CEL
language definition (github.com/google/cel-spec), of which this is a subset.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import tree
from .tree import ANYTHING, BOOL, DOUBLE, DURATION, INT, NULL, STRING, TIMESTAMP, ListOf, Node, Record, Type
from .values import read_duration, read_timestamp

MAX_TEXT = 10_000
MAX_DEPTH = 64
MAX_MACROS = 2

MACROS = ("all", "exists", "exists_one", "filter", "map")
OUTSIDE = {
    "has": "has() tells missing from false; here missing is unknown, so it is outside the subset",
    "matches": "matches() is outside the subset; say it with startsWith, endsWith and contains",
    "dyn": "dyn() hides a type; it is outside the subset",
    "type": "type() is outside the subset",
}
RESERVED = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n\f]+|//[^\n]*)
      | (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<int>0[xX][0-9a-fA-F]+|\d+)
      | (?P<string>[rR]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<op>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\([xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
PLAIN_ESCAPES = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?", strict=True))
BINDS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
CONSTANTS: dict[str, tuple[Type, bool | None]] = {"true": (BOOL, True), "false": (BOOL, False), "null": (NULL, None)}
BLANKS = {"string": 'a blank text is ""', "bool": "a tick is true, false or unknown"}
NUMBERS = (INT, DOUBLE)
ORDERED = (INT, DOUBLE, STRING, TIMESTAMP, DURATION, BOOL, ANYTHING)
SIGNATURES: dict[str, tuple[tuple[tuple[Type, ...], Type], ...]] = {
    "startsWith": (((STRING, STRING), BOOL),),
    "endsWith": (((STRING, STRING), BOOL),),
    "contains": (((STRING, STRING), BOOL),),
    "timestamp": (((STRING,), TIMESTAMP),),
    "duration": (((STRING,), DURATION),),
    "endOfWeeks": (((TIMESTAMP, INT), TIMESTAMP),),
    "endOfDays": (((TIMESTAMP, INT), TIMESTAMP),),
    "endOfHours": (((TIMESTAMP, INT), TIMESTAMP),),
}
SUMS: dict[tuple[str, Type, Type], Type] = {
    ("+", TIMESTAMP, DURATION): TIMESTAMP,
    ("+", DURATION, TIMESTAMP): TIMESTAMP,
    ("+", DURATION, DURATION): DURATION,
    ("-", TIMESTAMP, TIMESTAMP): DURATION,
    ("-", TIMESTAMP, DURATION): TIMESTAMP,
    ("-", DURATION, DURATION): DURATION,
    ("+", STRING, STRING): STRING,
    **{(op, INT, INT): INT for op in "+-*/%"},
    **{(op, DOUBLE, DOUBLE): DOUBLE for op in "+-*/"},
}


class CelError(ValueError):
    """An expression outside the language: `rule` says what is wrong, `at` where (characters from 0)."""

    def __init__(self, rule: str, at: int) -> None:
        super().__init__(f"{rule} (character {at + 1})")
        self.rule, self.at = rule, at


@dataclass(frozen=True)
class Token:
    """One token: its `kind` (a group of TOKEN, or `end`), its text, and where it starts (characters from 0)."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """The tokens of an expression, the last of kind `end`. Raises CelError at the first character that starts none."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise CelError(f"{text[at]!r} does not belong to the language", at)
        kind = match.lastgroup or ""
        if kind != "blank":
            found.append(Token(kind, match.group(), at))
        at = match.end()
    return [*found, Token("end", "", at)]


def parse(text: str, facts: Mapping[str, Type], defined: Mapping[str, Node] | None = None) -> Node:
    """The typed tree of `text`.

    `facts` maps each name that may be used to its type; `defined` holds the pack's own named lists and expressions.
    Raises CelError (a ValueError) that says which rule is broken and where.
    """
    if len(text) > MAX_TEXT:
        raise CelError(f"an expression has at most {MAX_TEXT} characters, this one has {len(text)}", MAX_TEXT)
    reader = _Reader(tokens(text), facts, defined or {})
    node = reader.expression()
    reader.expect("end")
    if tree.depth(node) > MAX_DEPTH:
        raise CelError(f"an expression is at most {MAX_DEPTH} levels deep", node.at)
    return node


@dataclass
class _Reader:
    """A recursive-descent parser over the tokens; binary operators by precedence climbing (`BINDS`).

    `level` bounds the recursion before the tree exists; `parse` then measures the tree itself, which operators and
    `defined` expressions can make deeper than the recursion was. `bound` holds the macro variables in scope.
    """

    tokens: list[Token]
    facts: Mapping[str, Type]
    defined: Mapping[str, Node]
    place: int = 0
    level: int = 0
    bound: dict[str, Type] = field(default_factory=dict)

    @property
    def next(self) -> Token:
        """The token that is next."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Consume the next token."""
        token = self.next
        self.place += 1
        return token

    def accept(self, text: str) -> bool:
        """Consume the next token if it is this operator."""
        if self.next.kind == "op" and self.next.text == text:
            self.place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Consume this operator, or check for `end`. Raises CelError if something else is next."""
        if text == "end":
            if self.next.kind != "end":
                raise CelError(f"{self.next.text!r} stands where the expression should end", self.next.at)
        elif not self.accept(text):
            raise CelError(f"{text!r} is missing", self.next.at)

    def expression(self) -> Node:
        """A whole expression, with an optional `? :`."""
        self.level += 1
        if self.level > MAX_DEPTH:
            raise CelError(f"an expression is at most {MAX_DEPTH} levels deep", self.next.at)
        node = self.binary(1)
        if self.accept("?"):
            node = self.choice(node)
        self.level -= 1
        return node

    def choice(self, test: Node) -> Node:
        """The rest of `test ? yes : no`."""
        _need(test, BOOL, "the part before '?'")
        yes = self.expression()
        self.expect(":")
        no = self.expression()
        if not _same(yes.type, no.type):
            raise CelError(f"both sides of ':' must be of one type, not {yes.type} and {no.type}", no.at)
        return tree.Choice(test.at, yes.type if yes.type != NULL else no.type, test, yes, no)

    def binary(self, least: int) -> Node:
        """Operators that bind at least as tightly as `least`, left-associative."""
        left = self.unary()
        while (binds := BINDS.get(self.next.text, 0) if self.next.kind in ("op", "name") else 0) >= least:
            op = self.take()
            left = _combine(op.text, left, self.binary(binds + 1), op.at)
        return left

    def unary(self) -> Node:
        """A run of `!` and `-` before a member; read in a loop, so that `!!!!…` cannot exhaust the stack."""
        signs = []
        while self.next.kind == "op" and self.next.text in "!-":
            signs.append(self.take())
            if len(signs) > MAX_DEPTH:
                raise CelError(f"an expression is at most {MAX_DEPTH} levels deep", self.next.at)
        node = self.member()
        for sign in reversed(signs):
            node = _signed(sign, node)
        return node

    def member(self) -> Node:
        """A primary followed by fields, method calls and indexes."""
        node = self.primary()
        while True:
            if self.accept("."):
                node = self.after_dot(node)
            elif self.accept("["):
                node = self.item(node)
            else:
                return node

    def after_dot(self, of: Node) -> Node:
        """A field, method call or macro after a dot."""
        name = self.take()
        if name.kind != "name":
            raise CelError("a name must follow '.'", name.at)
        if self.accept("("):
            return self.macro(name, of) if name.text in MACROS else self.call(name, [of])
        if not isinstance(of.type, Record):
            raise CelError(f"{of.type} has no part called {name.text!r}", name.at)
        if name.text not in of.type.fields:
            raise CelError(f"unknown fact: {of.type} has no {name.text!r}", name.at)
        return tree.Field(name.at, of.type.fields[name.text], of, name.text)

    def item(self, of: Node) -> Node:
        """An index in brackets."""
        index = self.expression()
        self.expect("]")
        if not isinstance(of.type, ListOf):
            raise CelError(f"{of.type} is not a list", index.at)
        _need(index, INT, "the number in '[ ]'")
        return tree.Item(index.at, of.type.item, of, index)

    def macro(self, name: Token, over: Node) -> Node:
        """`list.all(x, condition)` and the like. The variable may not shadow a fact or another variable."""
        if not isinstance(over.type, ListOf):
            raise CelError(f"{name.text}() needs a list, not {over.type}", name.at)
        var = self.take()
        if var.kind != "name" or var.text in self.bound or var.text in self.facts:
            raise CelError(f"{name.text}() needs a new name for its items", var.at)
        if len(self.bound) >= MAX_MACROS:
            raise CelError(f"at most {MAX_MACROS} macros may stand inside one another", name.at)
        self.expect(",")
        self.bound[var.text] = over.type.item
        body = self.expression()
        del self.bound[var.text]
        self.expect(")")
        if name.text != "map":
            _need(body, BOOL, f"the condition of {name.text}()")
        result = {"map": ListOf(body.type), "filter": over.type}.get(name.text, BOOL)
        return tree.Each(name.at, result, name.text, var.text, over, body)

    def call(self, name: Token, args: list[Node]) -> Node:
        """The arguments of a call; its receiver, if any, is already the first of `args`."""
        if name.text in OUTSIDE:
            raise CelError(OUTSIDE[name.text], name.at)
        while not self.accept(")"):
            args.append(self.expression())
            if not self.accept(",") and self.next.text != ")":
                raise CelError("',' or ')' is missing", self.next.at)
        return _call(name, args)

    def primary(self) -> Node:
        """A parenthesised expression, list, literal, call or name."""
        token = self.take()
        if token.kind == "op" and token.text == "(":
            node = self.expression()
            self.expect(")")
            return node
        if token.kind == "op" and token.text == "[":
            return self.items(token)
        if token.kind == "name":
            return self.call(token, []) if self.accept("(") else self.name(token)
        if token.kind in ("int", "float", "string"):
            return _literal(token)
        raise CelError(
            "the expression ends too early" if token.kind == "end" else f"{token.text!r} is out of place", token.at
        )

    def items(self, start: Token) -> Node:
        """A list literal; all items have one type."""
        items: list[Node] = []
        while not self.accept("]"):
            items.append(self.expression())
            if not self.accept(",") and self.next.text != "]":
                raise CelError("',' or ']' is missing", self.next.at)
        kind = items[0].type if items else ANYTHING
        for other in items:
            if not _same(kind, other.type):
                raise CelError(f"a list holds one type, not {kind} and {other.type}", other.at)
        return tree.Items(start.at, ListOf(kind), tuple(items))

    def name(self, token: Token) -> Node:
        """A constant, macro variable, defined expression or fact, in that order of precedence."""
        if token.text in CONSTANTS:
            kind, value = CONSTANTS[token.text]
            return tree.Literal(token.at, kind, value)
        if token.text in RESERVED or token.text == "in":
            raise CelError(f"{token.text!r} is a reserved word", token.at)
        if token.text in self.bound:
            return tree.Name(token.at, self.bound[token.text], token.text, True)
        if token.text in self.defined:
            return self.defined[token.text]
        if token.text in self.facts:
            return tree.Name(token.at, self.facts[token.text], token.text, False)
        raise CelError(f"unknown fact: {token.text!r}", token.at)


def _same(left: Type, right: Type) -> bool:
    """Whether two types may be compared or stand in one list.

    Null goes only with types that `facts.normal` can leave null: a text, list or tick of a form is never null there, so
    comparing one with null would be a rule that is always false.
    """
    if isinstance(left, ListOf) and isinstance(right, ListOf):
        return ANYTHING in (left.item, right.item) or _same(left.item, right.item)
    if ANYTHING in (left, right):
        return True
    if NULL in (left, right):
        other = right if left == NULL else left
        return other in (NULL, TIMESTAMP, INT, DOUBLE) or isinstance(other, Record)
    return left == right or (left in NUMBERS and right in NUMBERS)


def _need(node: Node, kind: Type, what: str) -> None:
    if node.type != kind:
        raise CelError(f"{what} must be {kind}, not {node.type}", node.at)


def _signed(sign: Token, node: Node) -> Node:
    if sign.text == "!":
        _need(node, BOOL, "what '!' stands before")
        return tree.Not(sign.at, BOOL, node)
    if node.type not in (INT, DOUBLE, DURATION):
        raise CelError(f"'-' cannot stand before {node.type}", node.at)
    return tree.Negative(sign.at, node.type, node)


def _combine(op: str, left: Node, right: Node, at: int) -> Node:
    """A binary operator applied; chains of `&&` and of `||` become one node, so that a long chain stays shallow."""
    if op in ("&&", "||"):
        _need(left, BOOL, f"what stands before {op!r}")
        _need(right, BOOL, f"what stands after {op!r}")
        kind = tree.And if op == "&&" else tree.Or
        start = left.parts if isinstance(left, kind) else (left,)
        return kind(left.at, BOOL, (*start, right))
    if op == "in":
        return _membership(left, right, at)
    if BINDS[op] == 3:
        return _comparison(op, left, right, at)
    result = SUMS.get((op, left.type, right.type))
    if result is None:
        raise CelError(f"{left.type} {op} {right.type} has no meaning", at)
    return tree.Arithmetic(at, result, op, left, right)


def _membership(left: Node, right: Node, at: int) -> Node:
    """`item in list`; an item whose type the list cannot hold is an error, because the answer would always be false."""
    if not isinstance(right.type, ListOf):
        raise CelError(f"'in' needs a list, not {right.type}", right.at)
    if right.type.item != ANYTHING and not _same(left.type, right.type.item):
        raise CelError(f"{left.type} is never in a {right.type}", at)
    return tree.In(at, BOOL, left, right)


def _comparison(op: str, left: Node, right: Node, at: int) -> Node:
    if NULL in (left.type, right.type) and not _same(left.type, right.type):
        other = right.type if left.type == NULL else left.type
        blank = BLANKS.get(str(other), "an empty list is []")
        raise CelError(f"{other} is never null here: {blank}", at)
    if not _same(left.type, right.type):
        raise CelError(f"{left.type} and {right.type} cannot be compared", at)
    if op not in ("==", "!=") and (left.type not in ORDERED or right.type not in ORDERED):
        raise CelError(f"{left.type} has no order", at)
    return tree.Compare(at, BOOL, op, left, right)


def _call(name: Token, args: list[Node]) -> Node:
    if name.text == "size":
        if len(args) != 1 or not (args[0].type == STRING or isinstance(args[0].type, ListOf)):
            raise CelError("size() needs one text or list", name.at)
        return tree.Call(name.at, INT, "size", tuple(args))
    if name.text not in SIGNATURES:
        raise CelError(f"{name.text}() is not a function of the language", name.at)
    for kinds, result in SIGNATURES[name.text]:
        if tuple(arg.type for arg in args) == kinds:
            return _constant(name, args, result)
    wanted = " or ".join("(" + ", ".join(map(str, kinds)) + ")" for kinds, _ in SIGNATURES[name.text])
    raise CelError(f"{name.text}() needs {wanted}", name.at)


def _constant(name: Token, args: list[Node], result: Type) -> Node:
    """A call. A literal `timestamp()` or `duration()` is read now, so that a wrong one fails when the pack loads."""
    first = args[0]
    if name.text in ("timestamp", "duration") and isinstance(first, tree.Literal):
        read = read_timestamp if name.text == "timestamp" else read_duration
        value: datetime | timedelta | None = read(str(first.value))
        if value is None:
            raise CelError(f"{first.value!r} is not a {name.text}", first.at)
        return tree.Literal(name.at, result, value)
    return tree.Call(name.at, result, name.text, tuple(args))


def _literal(token: Token) -> Node:
    """A number or string. `2**63` is let through here because `-` may follow it: the parser reads signs separately."""
    if token.kind == "string":
        return tree.Literal(token.at, STRING, _text(token))
    if token.kind == "float":
        return tree.Literal(token.at, DOUBLE, float(token.text))
    value = int(token.text, 16 if token.text[:2] in ("0x", "0X") else 10) if len(token.text) < 30 else 1 << 64
    if value > 1 << 63:
        raise CelError("a whole number has at most 64 bits", token.at)
    return tree.Literal(token.at, INT, value)


def _text(token: Token) -> str:
    """The characters of a string literal. Raises CelError for an unknown escape or one that isn't a Unicode scalar
    value."""
    raw = token.text[0] in "rR"
    body = token.text[2:-1] if raw else token.text[1:-1]
    if raw:
        return body

    def plain(match: re.Match[str]) -> str:
        code = match.group(1)
        if code in PLAIN_ESCAPES:
            return PLAIN_ESCAPES[code]
        number = int(code, 8) if len(code) == 3 and code.isdigit() else int(code[1:], 16) if len(code) > 1 else -1
        if not 0 <= number <= 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise CelError(f"\\{code} is not an escape sequence", token.at)
        return chr(number)

    return ESCAPE.sub(plain, body)
