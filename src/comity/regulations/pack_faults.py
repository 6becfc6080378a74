"""What is wrong with a pack's text, said to people who write rules and not programs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Fault = Any  # jsonschema's ValidationError, whose types say that each attribute may be unset

KINDS: Mapping[str, str] = {
    "boolean": "true or false",
    "string": "a text",
    "integer": "a whole number",
    "array": "a list",
    "object": "a table of keys and values",
}
YAML: Mapping[str, str] = {  # keyed by the start of the parser's message
    "mapping values are not allowed": "a second colon stands here: put the text in quotes, or mend how the line is "
    "indented",
    "expected <block end>": "this line is not indented as those beside it",
    "did not find expected key": "this line is not indented as those beside it",
    "expected ',' or": "a bracket or brace above is not closed",
    "expected the node content": "something is missing before this",
    "could not find expected ':'": "there is no colon after the key",
    "while scanning a simple key": "there is no colon after the key",
    "found unexpected end of stream": "a quote or bracket is not closed",
    "found character '\\t'": "a tab stands here: indent with blanks",
    "expected '<document start>'": "this line begins further left than those above: one of them is indented by mistake",
}
SHOWN = 60  # characters of a value


def yaml(problem: str) -> str:
    """What the YAML parser says, in plain words where we have them."""
    return next((words for start, words in YAML.items() if problem.startswith(start)), problem)


def schema(error: Fault) -> str:
    """A schema error as a sentence about the key that is wrong."""
    if error.validator == "required" and "cite" in error.message:
        return "there is no citation: every rule cites its article"
    if error.validator == "minItems" and list(error.absolute_path)[-1:] == ["from"]:
        return "nothing starts this deadline"
    say = SAID.get(str(error.validator))
    said = say(error) if say else error.message
    return said if len(said) < 200 else said[:199] + "…"


def field(error: Fault) -> tuple[str | int, ...]:
    """The path of what is wrong; a key that may not be there is itself that path."""
    path: tuple[str | int, ...] = tuple(error.absolute_path)
    strange = _strange(error) if error.validator == "additionalProperties" else []
    return (*path, strange[0]) if strange else path


def _named(error: Fault) -> str:
    """The key whose list an entry is in; empty for a key itself, whose name is in the path already."""
    path = list(error.absolute_path)
    return f"{path[-2]}: " if len(path) > 1 and isinstance(path[-1], int) else ""


def _not(error: Fault) -> str:
    value = error.instance
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return "a table" if isinstance(value, Mapping) else "a list"
    if isinstance(value, str):
        return f"“{value[:SHOWN]}”"
    return "nothing" if value is None else str(value).lower()


def _type(error: Fault) -> str:
    wanted = [error.validator_value] if isinstance(error.validator_value, str) else list(error.validator_value)
    kinds = " or ".join(KINDS.get(kind, kind) for kind in wanted)
    return f"{_named(error)}{kinds}, not {_not(error)}"


def _enum(error: Fault) -> str:
    return f"{_named(error)}{', '.join(map(str, error.validator_value))}; not {_not(error)}"


def _required(error: Fault) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    return f"the key “{missing[0]}” is missing here"


def _strange(error: Fault) -> list[str]:
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _additional(error: Fault) -> str:
    known = ", ".join(sorted(set(error.schema.get("properties", {})) - set(error.instance)))
    return f"no key is called “{field(error)[-1]}” here" + (f"; there could be {known}" if known else "")


def _pattern(error: Fault) -> str:
    meaning = error.schema.get("description", "")
    return f"{_named(error)}{_not(error)} is not written as it must be" + (f" ({meaning})" if meaning else "")


SAID: Mapping[str, Callable[[Fault], str]] = {
    "type": _type,
    "enum": _enum,
    "required": _required,
    "additionalProperties": _additional,
    "pattern": _pattern,
    "minItems": lambda error: f"{_named(error)}the list has too few entries",
    "maxItems": lambda error: f"{_named(error)}the list has more than {error.validator_value} entries",
    "minProperties": lambda error: f"{_named(error)}nothing stands in it",
    "minLength": lambda error: f"{_named(error)}no text stands here",
    "maxLength": lambda error: f"{_named(error)}the text has more than {error.validator_value} characters",
    "minimum": lambda error: f"{_named(error)}{error.validator_value} at least, not {_not(error)}",
    "maximum": lambda error: f"{_named(error)}{error.validator_value} at most, not {_not(error)}",
}
