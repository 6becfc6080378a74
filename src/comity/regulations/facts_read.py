"""Facts that follow the schema → values in one pass, by functions made from the schema once.

Whatever isn't plainly right (an unexpected type, a long list, an unusual instant, an object that no rule knows) raises
`Odd`, and `facts.verify` and `facts.normal`, which know every rule and say which is broken, take over. A test compares
the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from comity.cel.tree import Value

MOST_ITEMS = 100  # in a list that is read here; longer ones are left to `facts.verify`, which counts everything
MOST_BEYOND = 100  # keys in one object that the schema doesn't know
Reader = Callable[[Any], Value]
Schema = Mapping[str, Any]
Formats = Mapping[str, frozenset[str]]


class Odd(ValueError):
    """Not plainly right: perhaps wrong, perhaps only unusual."""


def reader(rule: Schema, formats: Formats, *, in_form: bool = False) -> Reader:
    """The function that reads one value as the schema describes it; `formats` maps each format to its allowed texts."""
    kinds = [rule["type"]] if isinstance(rule["type"], str) else list(rule["type"])
    null = "null" in kinds
    kind = next(k for k in kinds if k != "null")
    if kind == "object":
        return _object(rule, formats, null)
    if kind == "array":
        return _array(rule, reader(rule["items"], formats, in_form=in_form), null)
    if kind == "string":
        return _text(rule, formats, null)
    if kind == "boolean":
        return _tick(null, False if in_form else None)
    return _number(rule, kind, null)


def _object(rule: Schema, formats: Formats, null: bool) -> Reader:
    known = rule.get("properties", {})
    readers = {name: reader(part, formats, in_form="x-form" in part) for name, part in known.items()}
    absent = {name: part["x-absent"] for name, part in known.items() if "x-absent" in part}
    required = frozenset(rule.get("required", ()))
    reader_of = readers.get

    def read(value: Any) -> Value:
        if type(value) is not dict:
            return _null(value, null, None)
        found: dict[str, Value] = {}
        for name, part in value.items():
            if (read_part := reader_of(name)) is not None:
                found[name] = read_part(part)
            elif type(name) is not str or not _plain(part) or len(value) > len(readers) + MOST_BEYOND:
                raise Odd(name)
        for name in absent:
            if name in found and value[name] == absent[name]:
                del found[name]
        if required and not required <= value.keys():
            raise Odd(required)
        return found

    return read


def _plain(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float) or (type(value) is str and len(value) < 1000)


def _null(value: Any, allowed: bool, read: Value) -> Value:
    """What a null is read as, where the schema allows one. Raises Odd."""
    if value is not None or not allowed:
        raise Odd(value)
    return read


def _array(rule: Schema, item: Reader, null: bool) -> Reader:
    most = min(MOST_ITEMS, rule.get("maxItems", 1000))

    def read(value: Any) -> Value:
        if type(value) is not list:
            _null(value, null, [])
            return []
        if len(value) > most:
            raise Odd(len(value))
        return [part for given in value if (part := item(given)) is not None and part != ""]

    return read


def _tick(null: bool, blank: Value) -> Reader:
    def read(value: Any) -> Value:
        return value if value is True or value is False else _null(value, null, blank)

    return read


def _number(rule: Schema, kind: str, null: bool) -> Reader:
    least, most = rule.get("minimum", -(2**53)), rule.get("maximum", 2**53)
    allowed = (int, float) if kind == "number" else (int,)

    def read(value: Any) -> Value:
        if type(value) not in allowed:
            return _null(value, null, None)
        if not least <= value <= most:
            raise Odd(value)
        return float(value) if kind == "number" else int(value)

    return read


def _text(rule: Schema, formats: Formats, null: bool) -> Reader:
    form = rule.get("format")
    if form in ("instant", "date"):
        return _moment(_instant if form == "instant" else _date, null)
    if "enum" in rule:
        return _one_of({option: option.strip() for option in rule["enum"] if option is not None}, null)
    if form:
        blank = {"": ""} if null else {}
        return _one_of({**{text: text for text in formats[form]}, **blank}, null)
    return _free(rule.get("maxLength", 20_000), null)


def _one_of(options: Mapping[str, str], null: bool) -> Reader:
    known: dict[Any, Value] = {**options, **({None: ""} if null else {})}

    def read(value: Any) -> Value:
        try:
            return known[value]
        except KeyError:
            raise Odd(value) from None

    return read


def _free(most: int, null: bool) -> Reader:
    def read(value: Any) -> Value:
        if type(value) is not str:
            return _null(value, null, "")
        if len(value) > most or (not value.isascii() and _half(value)):
            raise Odd(value)
        return value.strip()

    return read


def _half(value: str) -> bool:
    return any(0xD800 <= ord(c) <= 0xDFFF for c in value)


def _moment(read: Callable[[str], datetime], null: bool) -> Reader:
    """An instant or date in its usual form, 2026-03-02T22:15:30Z or 2026-03-02; other forms raise Odd."""

    def found(value: Any) -> Value:
        if type(value) is not str or not value:
            return _null(None if value == "" else value, null, None)
        try:
            at = read(value)
        except ValueError:
            raise Odd(value) from None
        if not 1970 <= at.year <= 2199:
            raise Odd(value)
        return at

    return found


def _instant(value: str) -> datetime:
    if len(value) != 20 or value[4::3] != "--T::Z":
        raise Odd(value)
    return datetime.fromisoformat(value)


def _date(value: str) -> datetime:
    if len(value) != 10 or value[4::3] != "--":
        raise Odd(value)
    return datetime.fromisoformat(f"{value}T00:00:00Z")
