"""A pack's checks as CEL programs of their own, and facts as other implementations take them."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from comity.cel import tree
from comity.regulations.packs import Pack


def programs(pack: Pack) -> dict[str, list[str]]:
    """Each check as a text that stands alone, what the pack names written out: on objects, and on single variables."""
    nested = [text(check.rule.node) for check in pack.checks]
    flat = nested
    for path in sorted(variables(pack), key=len, reverse=True):
        flat = [re.sub(rf"(?<![\w.\"]){re.escape(path)}\b", path.replace(".", "_"), one) for one in flat]
    return {"nested": nested, "flat": flat}


def variables(pack: Pack) -> list[str]:
    """The facts that the checks rest on, an object instead of its parts where both are asked for."""
    paths = {path for check in pack.checks for path in check.rule.facts if "[]" not in path}
    return [path for path in paths if not any(path.startswith(f"{other}.") for other in paths)]


def text(node: tree.Node) -> str:
    """The CEL text of a tree. The one function of this house, `endOfWeeks`, is a fixed length instead."""
    if isinstance(node, tree.Call):
        first, *others = map(text, node.args)
        if node.function == "endOfWeeks":
            return f'({first} + duration("1008h"))'
        return f"{first}.{node.function}({', '.join(others)})"
    if isinstance(node, tree.Each):
        return f"{text(node.over)}.{node.macro}({node.var}, {text(node.body)})"
    return _SHAPES[type(node)](node)


def _literal(node: tree.Literal) -> str:
    if isinstance(node.value, timedelta):
        return f'duration("{int(node.value.total_seconds())}s")'
    return json.dumps(node.value)


_SHAPES: dict[type[tree.Node], Any] = {
    tree.Literal: _literal,
    tree.Name: lambda node: node.name,
    tree.Field: lambda node: f"{text(node.of)}.{node.name}",
    tree.Item: lambda node: f"{text(node.of)}[{text(node.index)}]",
    tree.Items: lambda node: f"[{', '.join(map(text, node.items))}]",
    tree.Not: lambda node: f"!({text(node.of)})",
    tree.And: lambda node: f"({' && '.join(map(text, node.parts))})",
    tree.Or: lambda node: f"({' || '.join(map(text, node.parts))})",
    tree.Compare: lambda node: f"({text(node.left)} {node.op} {text(node.right)})",
    tree.In: lambda node: f"({text(node.item)} in {text(node.among)})",
    tree.Arithmetic: lambda node: f"({text(node.left)} {node.op} {text(node.right)})",
    tree.Choice: lambda node: f"({text(node.test)} ? {text(node.yes)} : {text(node.no)})",
}


def given(values: dict[str, Any], pack: Pack) -> dict[str, Any]:
    """The facts as objects, and as single variables."""
    known = {**values, "target": values["targets"][0]}
    flat = {path.replace(".", "_"): _sent(_at(known, path)) for path in variables(pack)}
    return {"nested": _sent(known), "flat": flat}


def _at(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values[step]
    return values


def _sent(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, dict):
        return {key: _sent(part) for key, part in value.items()}
    return [_sent(part) for part in value] if isinstance(value, list) else value
