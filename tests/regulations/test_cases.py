"""Each case is written from the article before the rule: facts, what must be found, and why."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.regulations import cli, judge, packs

FOLDER = Path(__file__).parent / "cases" / "eu-tco-removal-order"
CASES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "_base.yaml")


@cache
def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def _steps(dotted: str) -> list[str | int]:
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"[^.\[\]]+|\[\d+\]", dotted)]


def changed(case: dict[str, Any]) -> dict[str, Any]:
    """The base with what the case changes, and without what it leaves out."""
    facts: Any = copy.deepcopy(read(FOLDER / "_base.yaml"))
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


def judged(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    case = read(path)
    return case["finding"], cli.evaluate(changed(case))


def ids(finding: dict[str, Any], holds: bool | None) -> list[str]:
    return sorted(check["id"] for check in finding["checks"] if check["holds"] is holds)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    expected, found = judged(path)
    assert found["outcome"] == expected["outcome"]
    seen = {
        "fails": ids(found, False),
        "unknown": ids(found, None),
        "cites": sorted({check["cite"] for check in found["checks"] if check["holds"] is False}),
        "targets": [target["outcome"] for target in found["targets"]],
        "duties": {duty["id"]: duty["until"] for duty in found["duties"]},
        "act_on": judge.to_act_on(found),
        **{key: found[key] for key in ("measures", "forms", "grounds", "approvals", "review", "calls_for")},
    }
    for key, value in expected.items():
        if key not in ("outcome", "deadlines"):
            assert seen[key] == value, key
    deadlines = {deadline["id"]: deadline for deadline in found["deadlines"]}
    if "deadlines" in expected:
        assert set(deadlines) == set(expected["deadlines"])
        for name, wanted in expected["deadlines"].items():
            assert deadlines[name] | wanted == deadlines[name]


def test_every_check_is_true_in_a_case_and_false_in_another() -> None:
    """A check that nothing makes false (or true) is either superfluous or untested: the report must be empty."""
    seen: dict[str, set[bool | None]] = defaultdict(set)
    for path in CASES:
        for check in judged(path)[1]["checks"]:
            seen[check["id"]].add(check["holds"])
    [pack] = packs.load().versions("eu-tco-removal-order")
    report = {
        check.id: [holds for holds in (True, False, None) if holds not in seen[check.id]] for check in pack.checks
    }
    assert {check: lacking for check, lacking in report.items() if lacking} == {}


def test_each_check_removed_makes_a_case_fail() -> None:
    """Every check is needed: without it some case's finding is another one."""
    [pack] = packs.load().versions("eu-tco-removal-order")
    wanted = [(changed(read(path)), read(path)["finding"]) for path in CASES]
    for check in pack.checks:
        rest = tuple(c for c in pack.checks if c.id != check.id)
        without = packs.Pack(**{**{f: getattr(pack, f) for f in pack.__dataclass_fields__}, "checks": rest})
        findings = ((judge.judge(facts, without), expected) for facts, expected in wanted)
        assert any(
            found["outcome"] != expected["outcome"]
            or ids(found, False) != expected.get("fails", ids(found, False))
            or ids(found, None) != expected.get("unknown", ids(found, None))
            for found, expected in findings
        ), check.id


def test_every_failing_row_cites_an_article_and_names_its_facts() -> None:
    for path in CASES:
        for check in judged(path)[1]["checks"]:
            assert packs.CITE.fullmatch(check["cite"])
            assert check["says"]
            assert check["facts"] or check["missing"] or check["id"].startswith(("content", "exact", "public", "true"))
