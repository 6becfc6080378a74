"""Facts as somebody types them into a form: which kind of field a fact needs, and what its words mean. Pure.

The words are the caller's: the desk's are English, those of pages for authorities are in the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from comity.people.refusals import BadInput
from comity.regulations.facts import schema
from comity.web.parts import Choice, Field

from .facts import instant

DATA = "data"
CATEGORIES = ("subscriber", "identify", "traffic", "content", "basic-subscriber", "records")


@dataclass(frozen=True)
class Words:
    """How a form speaks: the label of a path, an option's words (by path and code), a hint by path and format."""

    label: Callable[[str], str]
    option: Callable[[str, str], str]
    hint: Callable[[str, str], str]
    yes: str
    no: str
    unsaid: str


def rule(path: str) -> Mapping[str, Any]:
    """What the schema of facts says of a path."""
    at: Mapping[str, Any] = schema()
    for name in path.split("."):
        at = at["properties"][name]
    return at


def kind(path: str) -> str:
    """Of which type a fact is: string, array, boolean, integer or object."""
    kinds = rule(path)["type"]
    return next(one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null")


def options(path: str) -> Sequence[str]:
    """The codes that a fact may have; none where it is free text."""
    if path == DATA:
        return CATEGORIES
    of = rule(path)
    items, inner = of.get("items") or {}, (of.get("properties") or {}).get("kind") or {}
    return [one for one in of.get("enum") or items.get("enum") or inner.get("enum") or () if one]


def field(path: str, value: str, words: Words, error: str = "") -> Field:
    """The field in which a fact is typed; `value`: what was typed before, several things on lines of their own."""
    name, of, codes = words.label(path), kind(path), options(path)
    more: dict[str, Any] = {"required": False, "error": error}
    if of == "boolean":
        chosen = ((code, said) for code, said in (("yes", words.yes), ("no", words.no)))
        return Field(path, name, kind="radio", choices=tuple(Choice(c, s, c == value) for c, s in chosen), **more)
    if of == "array" and codes:
        ticked = value.split("\n")
        ticks = tuple(Choice(code, words.option(path, code), code in ticked) for code in codes)
        return Field(path, name, kind="ticks", choices=ticks, **more)
    if codes:
        choices = (Choice("", words.unsaid), *(Choice(c, words.option(path, c), c == value) for c in codes))
        return Field(path, name, kind="select", choices=choices, **more)
    if of == "array":
        hint = words.hint(path, (rule(path).get("items") or {}).get("format", "lines"))
        return Field(path, name, value, kind="long", rows=3, hint=hint, **more)
    format = rule(path).get("format", "")
    if format == "instant":
        return Field(path, name, value, kind="instant", hint=words.hint(path, format), **more)
    return Field(path, name, value, hint=words.hint(path, format), **more)


def value(path: str, words: Sequence[str], zone: ZoneInfo) -> Any:
    """What somebody typed as a fact; dates and times without a zone are read in `zone`. Raises BadInput."""
    if path == DATA:
        return [{"category": code} for code in CATEGORIES if code in words]
    of = kind(path)
    if of == "boolean":
        return words[0].lower() == "yes"
    if of == "array":
        return [line.strip() for one in words for line in one.replace("\r", "").split("\n") if line.strip()]
    if of in ("integer", "number"):
        return int(words[0]) if words[0].isdecimal() and len(words[0]) < 5 else words[0]
    if of == "object":
        return {"kind": words[0]}
    if rule(path).get("format") == "instant":
        return instant_of(path, words[0], zone)
    return words[0]


def instant_of(path: str, words: str, zone: ZoneInfo) -> str | None:
    """A typed date and time as an instant in UTC, read in `zone` where it names none. Raises BadInput."""
    if not words:
        return None
    try:
        at = datetime.fromisoformat(words)
        return instant(at if at.tzinfo else at.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise BadInput(path, "a date and a time, as 2026-03-02T22:15:30") from None
