"""One pack file: YAML → plain data, with the line of every part, checked against the published schema.

Bounded and strict: at most 1 MB, no aliases (they can expand without limit), no duplicate keys, no implicit types (`NO`
is a country, `2022-06-07` a text): only true, false, null and whole numbers are anything but text.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import yaml

from . import extends, pack_faults

MAX_BYTES = 1_000_000
MAX_PARTS = 20_000
MAX_DEPTH = 20
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)
Path = tuple[str | int, ...]


class PackError(ValueError):
    """A pack that cannot come into force: `file`, `line` (from 1; 0 = the whole file), `field`, `rule`."""

    def __init__(self, file: str, line: int, field: str, rule: str) -> None:
        super().__init__(f"{file}:{line}: {field}: {rule}" if field else f"{file}:{line}: {rule}")
        self.file, self.line, self.field, self.rule = file, line, field, rule


@dataclass(frozen=True)
class PackFile:
    """What a file says, and on which line each part begins."""

    name: str
    data: dict[str, Any]
    lines: dict[Path, int]

    def error(self, path: Path, rule: str) -> PackError:
        """The error about one part, with the line of the nearest part that has one."""
        at = path
        while at and at not in self.lines:
            at = at[:-1]
        return PackError(self.name, self.lines.get(at, 0), dotted(path), rule)


def dotted(path: Path) -> str:
    """A path as people write it: `checks[3].cite`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read(name: str, text: bytes) -> PackFile:
    """The pack file merged with what it extends. `name` is `<id>/<version>.yaml`. Raises PackError."""
    data, lines = parts_of(name, text)
    try:
        data, lines = extends.whole(name, data, lines, parts_of)
    except extends.CannotExtend as error:
        raise PackError(name, lines.get(("extends",), 0), "extends", str(error)) from None
    found = PackFile(name, data, lines)
    _follow_schema(found)
    return found


def parts_of(name: str, text: bytes) -> tuple[dict[str, Any], dict[Path, int]]:
    """What one file says, and on which line each part begins. Raises PackError."""
    if len(text) > MAX_BYTES:
        raise PackError(name, 0, "", f"a pack has at most {MAX_BYTES} bytes, this one has {len(text)}")
    try:
        data, lines = _document(name, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = pack_faults.yaml(str(error.problem or error.context))
        raise PackError(name, mark.line + 1 if mark else 0, "", f"not YAML: {said}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(name, 0, "", f"not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(data, dict):
        raise PackError(name, 1, "", "a pack is a table of keys and values")
    return data, lines


def _document(name: str, text: bytes) -> tuple[Any, dict[Path, int]]:
    """Parsed by libyaml, ten times as fast; what that refuses is parsed again by the parser with the better
    messages."""
    if yaml.__with_libyaml__:
        with contextlib.suppress(yaml.YAMLError):
            return _Reader(name, yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    return _Reader(name, yaml.parse(text, Loader=yaml.SafeLoader)).document()


class _Reader:
    """Reads one document event by event, so that depth and number are known before anything is built."""

    def __init__(self, name: str, events: Iterator[yaml.Event]) -> None:
        self.name, self.events, self.depth = name, events, 0
        self.lines: dict[Path, int] = {}

    def document(self) -> tuple[Any, dict[Path, int]]:
        for event in self.events:
            if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                continue
            if isinstance(event, yaml.StreamEndEvent):
                return None, self.lines
            found = self.part(event, ())
            self.nothing_more()
            return found, self.lines
        return None, self.lines

    def nothing_more(self) -> None:
        """A second document, or a line that stands outside the first, is not left out in silence."""
        for event in self.events:
            if not isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
                raise PackError(self.name, _line(event), "", "a pack is one document; a second one begins here")

    def part(self, event: yaml.Event, path: Path) -> Any:
        line = _line(event)
        if path in self.lines:
            raise PackError(self.name, line, dotted(path), "this key stands here twice")
        self.lines[path] = line
        if len(self.lines) > MAX_PARTS or self.depth > MAX_DEPTH:
            limit = f"a pack has at most {MAX_PARTS} parts on {MAX_DEPTH} levels"
            raise PackError(self.name, line, dotted(path[:6]), limit)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if not isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            raise PackError(self.name, line, dotted(path), "an alias repeats parts; write them out")
        self.depth += 1
        found = self.table(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)
        self.depth -= 1
        return found

    def table(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                raise PackError(self.name, _line(key), dotted(path), "a key must be a plain word")
            found[key.value] = self.part(next(self.events), (*path, key.value))
        return found

    def sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.part(event, (*path, len(found))))
        return found


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _scalar(event: yaml.ScalarEvent) -> str | int | bool | None:
    text = str(event.value)
    if event.style:  # a plain scalar has None, or "" from libyaml
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null"):
        return None
    return int(text) if _WHOLE.fullmatch(text) else text


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of a pack."""
    loaded: dict[str, Any] = json.loads(resources.files(__package__).joinpath("pack.schema.json").read_text("utf-8"))
    return loaded


def _follow_schema(found: PackFile) -> None:
    checker = jsonschema.Draft202012Validator(schema())
    error = jsonschema.exceptions.best_match(checker.iter_errors(found.data))
    if error is None:
        return
    raise found.error(pack_faults.field(error), pack_faults.schema(error))
