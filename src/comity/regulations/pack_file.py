"""One pack file: YAML → plain data, with the line of every part, held against the published schema.

Bounded and strict: at most 1 MB, no aliases (they can blow up), no key twice, no types by accident (`NO` is a country,
`2022-06-07` a text): only true, false, null and whole numbers are more than text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import yaml

MAX_BYTES = 1_000_000
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)
Path = tuple[str | int, ...]


class PackError(ValueError):
    """A pack that cannot come in force: `file`, `line` (from 1; 0 = the whole file), `field`, `rule`."""

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
        """The error of one part, with the line of the nearest part that has one."""
        at = path
        while at and at not in self.lines:
            at = at[:-1]
        return PackError(self.name, self.lines.get(at, 0), dotted(path), rule)


def dotted(path: Path) -> str:
    """A path as people write it: `checks[3].cite`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read(name: str, text: bytes) -> PackFile:
    """The pack file; raises `PackError`."""
    if len(text) > MAX_BYTES:
        raise PackError(name, 0, "", f"a pack has at most {MAX_BYTES} bytes, this one has {len(text)}")
    try:
        root = _compose(text)
        lines: dict[Path, int] = {}
        data = _plain(name, root, (), lines) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PackError(name, mark.line + 1 if mark else 0, "", f"not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(name, 0, "", f"not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise PackError(name, 0, "", "not YAML: nested too deep") from None
    if not isinstance(data, dict):
        raise PackError(name, 1, "", "a pack is a table of keys and values")
    found = PackFile(name, data, lines)
    _follow_schema(found)
    return found


def _compose(text: bytes) -> yaml.Node | None:
    loader = yaml.SafeLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _plain(name: str, node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    line = node.start_mark.line + 1
    if path in lines:
        raise PackError(name, line, dotted(path), "this key stands here twice")
    lines[path] = line
    if len(lines) > 20_000:
        raise PackError(name, line, dotted(path), "a pack has at most 20,000 parts; an alias repeats parts")
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(name, value, (*path, str(key.value)), lines) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(name, value, (*path, n), lines) for n, value in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | bool | None:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
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
    path: Path = tuple(error.absolute_path)
    rule = error.message if len(error.message) < 200 else error.message[:199] + "…"
    if error.validator == "required" and "cite" in error.message:
        rule = "there is no citation: every rule cites its article"
    if error.validator == "minItems" and path[-1:] == ("from",):
        rule = "nothing starts this deadline"
    raise found.error(path, rule)
