"""Facts that follow the schema → values, in one pass: functions made from the schema once.

Whatever is not plainly right (another type, a long list, an odd instant, an object that no rule knows) raises `Odd`;
then `facts.verify` and `facts.normal`, which know every rule and say which is broken, have the word. A test holds both
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from .cel.tree import Value

MOST_ITEMS = 100  # of a list that is read here; longer ones go the long way, which counts everything
MOST_BEYOND = 100  # keys in one object that no rule knows
Reader = Callable[[Any], Value]
Schema = Mapping[str, Any]
Formats = Mapping[str, Callable[[str], str | None]]


class Odd(ValueError):
    """Perhaps wrong, perhaps only unusual."""


def reader(rule: Schema, formats: Formats, *, in_form: bool = False) -> Reader:
    """The function that reads one value as the schema has it; `formats` name what is wrong with a text."""
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
        return _among({True: True, False: False, **({None: False if in_form else None} if null else {})}, bool)
    return _number(rule, kind, null)


def _object(rule: Schema, formats: Formats, null: bool) -> Reader:
    known = rule.get("properties", {})
    readers = {name: reader(part, formats, in_form="x-form" in part) for name, part in known.items()}
    absent = {name: part["x-absent"] for name, part in known.items() if "x-absent" in part}
    required = rule.get("required", ())

    def read(value: Any) -> Value:
        if type(value) is not dict:
            _verify_null(value, null)
            return None
        found: dict[str, Value] = {}
        for name, part in value.items():
            if name in readers:
                found[name] = readers[name](part)
            elif type(name) is not str or not _plain(part) or len(value) > len(readers) + MOST_BEYOND:
                raise Odd(name)
        for name, is_absent in absent.items():
            if name in found and value[name] == is_absent:
                del found[name]
        if not all(name in value for name in required):
            raise Odd(required)
        return found

    return read


def _plain(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float) or (type(value) is str and len(value) < 1000)


def _verify_null(value: Any, allowed: bool) -> None:
    if value is not None or not allowed:
        raise Odd(value)


def _array(rule: Schema, item: Reader, null: bool) -> Reader:
    most = min(MOST_ITEMS, rule.get("maxItems", 1000))

    def read(value: Any) -> Value:
        if type(value) is not list:
            _verify_null(value, null)
            return []
        if len(value) > most:
            raise Odd(len(value))
        return [part for part in map(item, value) if part not in ("", None)]

    return read


def _among(known: dict[Any, Value], kind: type) -> Reader:
    def read(value: Any) -> Value:
        if (value is not None and type(value) is not kind) or value not in known:
            raise Odd(value)
        return known[value]

    return read


def _number(rule: Schema, kind: str, null: bool) -> Reader:
    least, most = rule.get("minimum", -(2**53)), rule.get("maximum", 2**53)
    allowed = (int, float) if kind == "number" else (int,)

    def read(value: Any) -> Value:
        if type(value) not in allowed:
            _verify_null(value, null)
            return None
        if not least <= value <= most:
            raise Odd(value)
        return float(value) if kind == "number" else int(value)

    return read


def _text(rule: Schema, formats: Formats, null: bool) -> Reader:
    most, form = rule.get("maxLength", 20_000), rule.get("format")
    if form in ("instant", "date"):
        return _moment(_instant if form == "instant" else _date, null)
    blank: dict[Any, Value] = {None: "", "": ""} if null else {}
    if "enum" in rule:
        options = {option: option.strip() for option in rule["enum"] if option is not None}
        return _among({**options, **({None: ""} if null else {})}, str)
    fault = formats[form] if form else None

    def read(value: Any) -> Value:
        if value in blank:
            return blank[value]
        if type(value) is not str or len(value) > most or (not value.isascii() and _half(value)):
            raise Odd(value)
        if fault is not None and fault(value):
            raise Odd(value)
        return value.strip()

    return read


def _half(value: str) -> bool:
    return any(0xD800 <= ord(c) <= 0xDFFF for c in value)


def _moment(read: Callable[[str], datetime], null: bool) -> Reader:
    """An instant or date in the common spelling, 2026-03-02T22:15:30Z or 2026-03-02; others are read elsewhere."""

    def found(value: Any) -> Value:
        if null and (value is None or value == ""):
            return None
        if type(value) is not str or not value.isascii() or not value[:4].isdigit():
            raise Odd(value)
        try:
            at = read(value)
        except (ValueError, IndexError):
            raise Odd(value) from None
        if not 1970 <= at.year <= 2199:
            raise Odd(value)
        return at

    return found


def _instant(value: str) -> datetime:
    if len(value) != 20 or value[4] + value[7] + value[10] + value[13] + value[16] + value[19] != "--T::Z":
        raise Odd(value)
    return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)


def _date(value: str) -> datetime:
    if len(value) != 10 or value[4] + value[7] != "--":
        raise Odd(value)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
