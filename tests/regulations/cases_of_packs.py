"""The cases of the packs: read, made from their base, judged, and compared with what each expects."""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.regulations import judge, packs
from comity_prove import certificate

ROOT = Path(__file__).parent / "cases"
PACKS = sorted(folder.name for folder in ROOT.iterdir())
CASES = sorted(path for path in ROOT.glob("*/*.yaml") if path.name != "_base.yaml")


@cache
def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def cases_of(pack: str) -> list[Path]:
    return [path for path in CASES if path.parent.name == pack]


def pack_of(name: str) -> packs.Pack:
    return packs.load().versions(name)[-1]


def at_length(name: str) -> Any:
    """A pack as a parameter of a test at length: in `make test` only while its certificate is about another text."""
    pack = pack_of(name)
    proven = certificate.read(pack).get("pack_sha256") == pack.sha256
    return pytest.param(name, marks=pytest.mark.soak if proven else pytest.mark.slow)


def _steps(dotted: str) -> list[str | int]:
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"[^.\[\]]+|\[\d+\]", dotted)]


def changed(path: Path) -> dict[str, Any]:
    """The base with what the case changes, and without what it leaves out."""
    case = read(path)
    facts: Any = copy.deepcopy(read(path.parent / "_base.yaml"))
    for dotted, value in case.get("change", {}).items():
        *way, last = _steps(dotted)
        at = facts
        for step in way:
            at = at[step]
        at[last] = value
    for dotted in case.get("absent", ()):
        *way, last = _steps(dotted)
        at = facts
        for step in way:
            at = at[step]
        del at[last]
    return facts


def judged(path: Path) -> dict[str, Any]:
    return judge.judge(changed(path), pack_of(path.parent.name))


def differs(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """In what a finding is another one than a case expects; blank where it is the same."""
    seen = {
        "outcome": found["outcome"],
        "fails": ids(found, False),
        "unknown": ids(found, None),
        "cites": sorted({check["cite"] for check in found["checks"] if check["holds"] is False}),
        "targets": [target["outcome"] for target in found["targets"]],
        "data": [part["outcome"] for part in found["data"]],
        "duties": {duty["id"]: duty["until"] for duty in found["duties"]},
        "held_until": {duty["id"]: duty.get("held_until") for duty in found["duties"] if "held_by" in duty},
        "act_on": judge.to_act_on(found),
        "also": {other["pack"]: other["outcome"] for other in found["also"]},
        **{key: found[key] for key in ("measures", "forms", "grounds", "approvals", "review", "calls_for")},
    }
    for key, value in expected.items():
        if key in seen and seen[key] != value:
            return f"{key}: {seen[key]!r}, expected {value!r}"
    assert set(expected) <= {*seen, "deadlines", "steps", "steps_without"}
    if wrong := _steps_differ(found, expected):
        return wrong
    return _deadlines_differ(found, expected["deadlines"]) if "deadlines" in expected else ""


def _steps_differ(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """What a derivation must tell, and what it must not."""
    steps = {deadline["id"]: " ".join(deadline["steps"]) for deadline in found["deadlines"]}
    for key, there in (("steps", True), ("steps_without", False)):
        for name, texts in expected.get(key, {}).items():
            if wrong := [text for text in texts if (text in steps.get(name, "")) is not there]:
                return f"{key} of {name}: {wrong}"
    return ""


def _deadlines_differ(found: dict[str, Any], expected: dict[str, Any]) -> str:
    deadlines = {deadline["id"]: deadline for deadline in found["deadlines"]}
    if len(deadlines) != len(found["deadlines"]) or set(deadlines) != set(expected):
        return f"deadlines: {[deadline['id'] for deadline in found['deadlines']]}, expected {sorted(expected)}"
    for name, wanted in expected.items():
        if deadlines[name] | wanted != deadlines[name]:
            return f"{name}: {deadlines[name]!r}, expected {wanted!r}"
    return ""


def ids(finding: dict[str, Any], holds: bool | None) -> list[str]:
    return sorted(check["id"] for check in finding["checks"] if check["holds"] is holds)
