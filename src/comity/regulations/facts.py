"""Facts: what an instrument says, as one object. Checked on every entry, then read into the values that rules compare.

The schema is `facts.schema.json` (published in `docs/facts.md`). Other keys are allowed and carried along, but no rule
can use them. Everything is bounded: size, depth, lengths, years.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from comity.cel import tree
from comity.cel.tree import ListOf, Record, Type, Value
from comity.cel.values import read_timestamp, to_the_second

from . import legal_time
from .facts_read import Odd, Reader, reader

MAX_NODES = 300_000
MAX_DEPTH = 20
MAX_TEXT = 100_000
MAX_ERRORS = 50
YEARS = (1970, 2199)

Schema = Mapping[str, Any]


class FactError(NamedTuple):
    """What is wrong with one fact: where (`targets[3].found`), and the rule it breaks."""

    path: str
    rule: str

    def __str__(self) -> str:
        return f"{self.path or 'facts'}: {self.rule}"


class FactsWrong(ValueError):
    """Facts that do not follow the schema; `errors` names each field and rule."""

    def __init__(self, errors: list[FactError]) -> None:
        super().__init__("; ".join(map(str, errors[:3])) + (f"; and {len(errors) - 3} more" if len(errors) > 3 else ""))
        self.errors = errors


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of a facts object."""
    text = resources.files(__package__).joinpath("facts.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def check(facts: object) -> list[FactError]:
    """Every rule that `facts` breaks, in document order, at most 50; empty if the facts may be judged. Accepts any
    value."""
    too_much = _bounds(facts)
    if too_much:
        return [too_much]
    errors: list[FactError] = []
    for error in _walk(facts, schema(), ""):
        errors.append(error)
        if len(errors) == MAX_ERRORS:
            break
    return errors


def rule_at(path: Iterable[str | int]) -> Schema:
    """The part of the schema for one fact; a number stands for any item of a list."""
    rule: Schema = schema()
    for step in path:
        rule = rule["items"] if isinstance(step, int) else rule["properties"][step]
    return rule


def follows(value: object, path: Iterable[str | int]) -> bool:
    """Whether the schema allows a value at this path."""
    return next(_walk(value, rule_at(path), ""), None) is None


def verify(facts: object) -> dict[str, Any]:
    """The same facts, unchanged. Raises FactsWrong."""
    errors = check(facts)
    if errors or not isinstance(facts, dict):
        raise FactsWrong(errors)
    return facts


def _bounds(facts: object) -> FactError | None:
    count, open_parts = 0, [(facts, 1)]
    while open_parts:
        part, depth = open_parts.pop()
        count += 1
        if depth > MAX_DEPTH:
            return FactError("", f"at most {MAX_DEPTH} levels deep")
        if count + len(open_parts) > MAX_NODES:
            return FactError("", f"at most {MAX_NODES} values in one object")
        if isinstance(part, dict):
            open_parts.extend((value, depth + 1) for value in part.values())
        elif isinstance(part, list):
            open_parts.extend((value, depth + 1) for value in part)
        elif isinstance(part, str) and len(part) > MAX_TEXT:
            return FactError("", f"at most {MAX_TEXT} characters in one text")
    return None


_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def _kind(value: object) -> str:
    return "null" if value is None else _KINDS.get(type(value), type(value).__name__)


def _walk(value: object, rule: Schema, path: str) -> Iterator[FactError]:
    kinds = [rule["type"]] if isinstance(rule["type"], str) else list(rule["type"])
    kind = _kind(value)
    if kind not in kinds and not (kind == "integer" and "number" in kinds):
        yield FactError(path, f"must be {' or '.join(kinds)}, is {kind}")
    elif isinstance(value, dict):
        yield from _walk_object(value, rule, path)
    elif isinstance(value, list):
        yield from _walk_list(value, rule, path)
    elif isinstance(value, str):
        yield from _walk_text(value, rule, path, blank_allowed="null" in kinds)
    elif isinstance(value, int | float):
        yield from _walk_number(value, rule, path)


def _walk_object(value: dict[Any, Any], rule: Schema, path: str) -> Iterator[FactError]:
    for name in rule.get("required", ()):
        if name not in value:
            yield FactError(f"{path}.{name}".lstrip("."), "must be there")
    known = rule.get("properties", {})
    for name, part in value.items():
        if not isinstance(name, str):
            yield FactError(path, "the names of an object must be text")
        elif name in known:
            yield from _walk(part, known[name], f"{path}.{name}".lstrip("."))


def _walk_list(value: list[Any], rule: Schema, path: str) -> Iterator[FactError]:
    most = rule.get("maxItems", 1000)
    if len(value) > most:
        yield FactError(path, f"at most {most} items, has {len(value)}")
        return
    for n, part in enumerate(value):
        yield from _walk(part, rule["items"], f"{path}[{n}]")


def _walk_number(value: int | float, rule: Schema, path: str) -> Iterator[FactError]:
    if isinstance(value, bool):
        return
    if not math.isfinite(value) or not rule.get("minimum", -(2**53)) <= value <= rule.get("maximum", 2**53):
        yield FactError(path, f"must be a number from {rule.get('minimum', -(2**53))} to {rule.get('maximum', 2**53)}")


def _walk_text(value: str, rule: Schema, path: str, *, blank_allowed: bool) -> Iterator[FactError]:
    if len(value) > rule.get("maxLength", 20_000):
        yield FactError(path, f"at most {rule.get('maxLength', 20_000)} characters, has {len(value)}")
    elif any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        yield FactError(path, "half a character (a lone surrogate) is not text")
    elif "enum" in rule and value not in rule["enum"]:
        yield FactError(path, f"must be one of {', '.join(str(v) for v in rule['enum'] if v)}; is {value[:60]!r}")
    elif "format" in rule and (value or not blank_allowed) and (fault := _FORMATS[rule["format"]](value)):
        yield FactError(path, f"{fault}; is {value[:60]!r}")


def _instant_fault(value: str) -> str | None:
    read = read_timestamp(value)
    if read is None or not value.endswith("Z"):
        return "must be an instant in UTC such as 2026-03-02T22:15:30Z"
    return _year_fault(read.year)


def _date_fault(value: str) -> str | None:
    read = read_timestamp(f"{value}T00:00:00Z")
    return _year_fault(read.year) if read else "must be a date such as 2026-03-02"


def _year_fault(year: int) -> str | None:
    return None if YEARS[0] <= year <= YEARS[1] else f"must lie in the years {YEARS[0]} to {YEARS[1]}"


def _letters_fault(value: str, upper: bool, what: str) -> str | None:
    right = len(value) == 2 and value.isascii() and value.isalpha() and (value.isupper() if upper else value.islower())
    return None if right else what


_FORMATS: dict[str, Callable[[str], str | None]] = {
    "instant": _instant_fault,
    "date": _date_fault,
    "country": lambda value: _letters_fault(value, True, "must be a country of two capital letters (ISO 3166-1)"),
    "language": lambda value: _letters_fault(value, False, "must be a language of two small letters (ISO 639-1)"),
    "territory": lambda value: (
        None
        if value == "WORLD"
        else _letters_fault(value, True, "must be a country of two capital letters, EU or WORLD")
    ),
    "zone": lambda value: None if legal_time.is_zone(value) else "must be a time zone of the IANA database",
}


@cache
def types() -> Mapping[str, Type]:
    """The names that a rule may use, with their types in the rule language."""
    record = _type(schema(), "facts")
    assert isinstance(record, Record)
    return record.fields


def _type(rule: Schema, name: str) -> Type:
    kind = next(k for k in ([rule["type"]] if isinstance(rule["type"], str) else rule["type"]) if k != "null")
    if kind == "object":
        return Record(name, {key: _type(part, key) for key, part in rule.get("properties", {}).items()})
    if kind == "array":
        return ListOf(_type(rule["items"], f"one of {name}"))
    if kind == "string":
        return tree.TIMESTAMP if rule.get("format") in ("instant", "date") else tree.STRING
    return {"boolean": tree.BOOL, "integer": tree.INT, "number": tree.DOUBLE}[kind]


def normal(facts: Mapping[str, Any]) -> dict[str, Value]:
    """Checked facts as the values that rules compare.

    Instants and dates become UTC datetimes. "Looked for and not there" becomes one value per type: text "", list [],
    tick false; null for instants, objects and numbers. What is absent stays absent. A boolean outside the form that is
    null ("it couldn't say") stays null: rules treat it as unknown.
    """
    value = _normal(facts, schema(), in_form=False)
    assert isinstance(value, dict)
    return value


def read(given: object) -> dict[str, Value]:
    """Facts checked and read into the values that rules compare (`normal`). Raises FactsWrong."""
    try:
        found = reader_of_the_schema()(given)
    except (Odd, TypeError):
        return normal(verify(given))
    assert isinstance(found, dict)
    return found


@cache
def reader_of_the_schema() -> Reader:
    """The fast reader (see `facts_read`); it raises `Odd` for what it leaves to `verify` and `normal`."""
    small, large = ([a + b for a in letters for b in letters] for letters in (ascii_lowercase, ascii_uppercase))
    formats = {"country": large, "language": small, "territory": [*large, "WORLD"], "zone": legal_time.zones()}
    return reader(schema(), {name: frozenset(texts) for name, texts in formats.items()})


def _normal(value: Any, rule: Schema, *, in_form: bool) -> Value:
    kind = next(k for k in ([rule["type"]] if isinstance(rule["type"], str) else rule["type"]) if k != "null")
    if kind == "object":
        return None if value is None else _normal_object(value, rule)
    if kind == "array":
        parts = [_normal(part, rule["items"], in_form=in_form) for part in value or ()]
        return [part for part in parts if part not in ("", None)]
    if kind == "string":
        return _normal_text(value, rule)
    if kind == "boolean" and value is None and in_form:
        return False
    return float(value) if kind == "number" and value is not None else value


def _normal_object(value: Mapping[str, Any], rule: Schema) -> dict[str, Value]:
    known = rule.get("properties", {})
    absent = {name: part.get("x-absent") for name, part in known.items()}
    return {
        name: _normal(part, known[name], in_form="x-form" in known[name])
        for name, part in value.items()
        if name in known and not (absent[name] is not None and part == absent[name])
    }


def _normal_text(value: Any, rule: Schema) -> Value:
    text = (value or "").strip()
    if rule.get("format") == "instant":
        return read_timestamp(text) if text else None
    if rule.get("format") == "date":
        return read_timestamp(f"{text}T00:00:00Z") if text else None
    return str(text)


def shown(value: Value) -> Any:
    """A value as shown beside a check: JSON, long text cut."""
    if isinstance(value, str):
        return value if len(value) <= 120 else value[:119] + "…"
    if isinstance(value, bool | None):
        return value
    if isinstance(value, datetime):
        return to_the_second(value.astimezone(UTC))
    if isinstance(value, list):
        return [shown(part) for part in value[:10]] + (["…"] if len(value) > 10 else [])
    if isinstance(value, dict):
        return {name: shown(part) for name, part in value.items()}
    return value
