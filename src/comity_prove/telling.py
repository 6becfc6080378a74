"""Where something is in a pack file, and what a witness shows, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from comity.regulations.pack_file import PackFile, Path, dotted

from .witness import Witness

SHOWN = 12


@dataclass(frozen=True)
class Places:
    """The line numbers of one pack file."""

    file: PackFile

    def number(self, path: Path) -> int:
        """The line on which a part begins, or the nearest part above it that has one."""
        while path and path not in self.file.lines:
            path = path[:-1]
        return self.file.lines.get(path, 0)

    def line(self, path: Path) -> str:
        """File, line and field: `eu-tco-removal-order/2021-784.1.yaml:88: checks[3]`."""
        return f"{self.file.name}:{self.number(path)}: {dotted(path)}"

    def check(self, name: str) -> Path:
        """Where a check (or exception) is; the list of checks if another file has it."""
        for part in ("checks", "exceptions"):
            path = self.entry(part, name)
            if len(path) > 1:
                key = "holds_when" if part == "checks" else "applies_when"
                return (*path, key)
        return ("checks",)

    def entry(self, part: str, name: str) -> Path:
        """Where the list entry with this id is."""
        for n, entry in enumerate(self.file.data.get(part, ())):
            if isinstance(entry, dict) and entry.get("id") == name:
                return (part, n)
        return (part,)


def told(witness: Witness | None, base: Witness | None, rests_on: Iterable[str] = ()) -> str:
    """A witness in words: the facts that make it (those that differ from a valid one), and what the judge finds.

    Facts in `rests_on` are told in any case, under the names that rules use.
    """
    if witness is None:
        return "no facts"
    facts = facts_told(witness.facts, base.facts if base else None, rests_on)
    return f"on {facts} the judge finds {finding_told(witness)}"


def facts_told(facts: dict[str, Any], base: dict[str, Any] | None, rests_on: Iterable[str] = ()) -> str:
    """The facts that matter: those that differ from a valid instrument's, or all if there is none."""
    found = leaves(facts)
    before = leaves(base) if base is not None else {}
    named = set(rests_on)
    changed = [
        f"{path} = {json.dumps(value, ensure_ascii=False)}"
        for path, value in found.items()
        if path in named or before.get(path, ...) != value
    ]
    changed += [f"{path} unknown" for path in before if path not in found and not _within(path, found)]
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return (", ".join(changed[:SHOWN]) or "the facts of a valid one") + more


def _within(path: str, found: dict[str, Any]) -> bool:
    return any(path.startswith((f"{other}.", f"{other}[")) for other, value in found.items() if value in (None, []))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every fact that is not an object or a list of objects, by its path."""
    if isinstance(value, dict) and value:
        return {k: v for name, part in value.items() for k, v in leaves(part, f"{path}.{name}".lstrip(".")).items()}
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return {k: v for n, part in enumerate(value) for k, v in leaves(part, f"{path}[{n}]").items()}
    return {path: value}


def finding_told(witness: Witness) -> str:
    """The outcome and what stands in the way."""
    finding = witness.finding
    against = [row["id"] for row in finding["checks"] if row["holds"] is False and row["blocking"]]
    asked = [row["id"] for row in finding["checks"] if row["holds"] is None and row.get("unknown") == "asks"]
    parts = [f"{finding['outcome']}"]
    parts += [f"fails: {', '.join(against)}"] if against else []
    parts += [f"asks: {', '.join(asked)}"] if asked else []
    return "; ".join(parts)
