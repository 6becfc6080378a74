"""The conformance cases of the CEL specification: each is passed, or outside the subset for a reason that is named.

Where CEL ends in an error, the language here has no value: that is a pass. A case is left out only for what its own
text or values need (maps, bytes, `has()`…), never because it fails. `docs/regulations.md` has the table; it is checked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from comity.cel import CelError, Scope, Unknown, evaluate, parse, tree
from comity.cel.compile import MISSED, compiled
from comity.cel.values import read_duration, read_timestamp

Case = dict[str, Any]
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "data" / "cel-spec" / "conformance.json"

# What is left out: by what a case's expression holds, quoted texts put aside („, or ‴ where three quotes stand).
QUOTED = re.compile(r"""'{3}.*?'{3}|"{3}.*?"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*\"""", re.DOTALL)
OUTSIDE: tuple[tuple[str, str], ...] = (
    ("`has()`: missing means unknown here", r"\bhas\("),
    ("`matches()`: patterns can be made slow", r"\bmatches\("),
    ("`dyn()`, `type()`: they hide or ask for a type", r"\b(dyn|type)\("),
    ("bytes", r"\b[bB][rR]?[„‴]|\b[rR][bB][„‴]|\bbytes\("),
    ("unsigned numbers", r"[\da-fA-F][uU]\b|\buint\("),
    ("maps and messages", r"\{|google\.protobuf|TestAllTypes|^x\.name|^a\.b\.pancakes"),
    ("conversions between types", r"\b(int|double|string|bool)\(|(timestamp|duration)\((\d|-|timestamp|duration)"),
    ("parts of an instant or a length (`getHours()`…)", r"\.get[A-Z]\w+\("),
    ("names quoted by backticks, or that begin with a dot", r"`|(?<![\w)\]„])\.[A-Za-z_]"),
    ("texts in three quotes", r"‴"),
    ("adding lists", r"\] \+ \["),
    ("the same name for two variables", r"exists\(y.*exists\(y"),
    ("arithmetic on the items of an empty list", r"^\[\]\.\w+\(n, n [/%]"),
)
BY_CASE: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    ("names of packages, names with dots", lambda case: "container" in case or "." in "".join(case.get("names", ()))),
    ("types as values", lambda case: "type_value" in case.get("value", {})),
    ("types that are wrong but for the unchecked part", lambda case: "disable_check" in case),
    ("nanoseconds: instants have microseconds", lambda case: "nanos" in case["name"]),
    ("lists of several types", lambda case: bool(MIXED.search(case["expr"]))),
    ("names of another type: maps, bytes, unsigned, null", lambda case: not _known_names(case)),
)
MIXED = re.compile(r"""\[\d+, ['"]|\['\w+'(, '\w+')*, null\]|\['one'\] == \[2""")


@cache
def files() -> dict[str, list[Case]]:
    loaded: dict[str, list[Case]] = json.loads(SOURCE.read_text("utf-8"))["files"]
    return loaded


class NoValue(ValueError):
    """A value of a type that the language does not have."""


def value_of(message: dict[str, list[Any]]) -> Any:
    [(kind, [written])] = message.items()
    if kind == "list_value":
        return [value_of(part) for part in written.get("values", [])]
    if kind == "object_value":
        return _timed(written)
    if kind not in _READ:
        raise NoValue(kind)
    return _READ[kind](written)


_READ: dict[str, Any] = {
    "int64_value": lambda text: int(text, 0),
    "double_value": float,
    "string_value": str,
    "bool_value": lambda text: text == "true",
    "null_value": lambda text: None,
}


def _timed(message: dict[str, Any]) -> Any:
    [(kind, [parts])] = message.items()
    seconds, nanos = (int(parts.get(key, ["0"])[0]) for key in ("seconds", "nanos"))
    if kind.endswith("Timestamp]"):
        start = read_timestamp("1970-01-01T00:00:00Z")
        length = read_duration(f"{seconds}s")
        if start is None or length is None:
            raise NoValue(kind)
        return start + length
    if kind.endswith("Duration]") and nanos % 1000 == 0:
        return read_duration(f"{seconds}s")
    raise NoValue(kind)


def _known_names(case: Case) -> bool:
    try:
        return None not in [KINDS.get(type(value_of(message))) for message in case.get("names", {}).values()]
    except NoValue:
        return False


KINDS = {bool: tree.BOOL, int: tree.INT, float: tree.DOUBLE, str: tree.STRING}


def left_out(case: Case) -> str | None:
    """Why a case is outside the subset; None: it must pass."""
    text = QUOTED.sub(lambda match: "‴" if match[0][:3] in ("'" * 3, '"' * 3) else "„", case["expr"])
    by_text = next((why for why, pattern in OUTSIDE if re.search(pattern, text)), None)
    return by_text or next((why for why, holds in BY_CASE if holds(case)), None)


def passes(case: Case) -> bool:
    known = {name: value_of(message) for name, message in case.get("names", {}).items()}
    try:
        node = parse(case["expr"], {name: KINDS[type(value)] for name, value in known.items()})
    except CelError:
        return "eval_error" in case
    found = evaluate(node, Scope(known))
    if "eval_error" in case:
        return isinstance(found, Unknown)
    wanted = value_of(case["value"])
    return (
        type(found) is type(wanted) and (found == wanted or found != found) and _quickly(node, known) in (found, None)
    )


def _quickly(node: tree.Node, known: dict[str, Any]) -> Any:
    try:
        return compiled(node)(known, None, {})
    except MISSED:
        return None


RUN = [
    pytest.param(case, id=f"{file}-{case['section']}-{case['name']}")
    for file, cases in files().items()
    for case in cases
    if left_out(case) is None
]


@pytest.mark.parametrize("case", RUN)
def test_case(case: Case) -> None:
    assert passes(case), case["expr"]


def table() -> list[str]:
    """The rows of the two tables in the docs."""
    rows = [
        f"| `{file}` | {sum(left_out(c) is None for c in cases)} | {sum(left_out(c) is not None for c in cases)} |"
        for file, cases in files().items()
    ]
    why = Counter(reason for cases in files().values() for c in cases if (reason := left_out(c)))
    return rows + [f"| {reason} | {count} |" for reason, count in why.most_common()]


def test_the_docs_say_which_files_how_many_cases_and_what_is_left_out() -> None:
    text = (ROOT / "docs" / "regulations.md").read_text("utf-8")
    assert [row for row in table() if row not in text] == []
    assert f"{len(RUN)} of {sum(map(len, files().values()))}" in text
