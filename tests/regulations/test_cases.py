"""Each case is written from the article before the rule: facts, what must be found, and why."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.regulations import judge, packs

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
        if key != "deadlines" and seen[key] != value:
            return f"{key}: {seen[key]!r}, expected {value!r}"
    return _deadlines_differ(found, expected["deadlines"]) if "deadlines" in expected else ""


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


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    assert differs(judged(path), read(path)["finding"]) == ""


def test_every_pack_has_ten_cases_or_more() -> None:
    assert tuple(PACKS) == packs.load().ids()
    assert {name: len(cases_of(name)) for name in PACKS if len(cases_of(name)) < 10} == {}


@pytest.mark.parametrize("name", PACKS)
def test_every_check_is_true_in_a_case_and_false_in_another(name: str) -> None:
    """A check that nothing makes false (or true) is either superfluous or untested: the report must be empty."""
    seen: dict[str, set[bool | None]] = defaultdict(set)
    for path in cases_of(name):
        for check in judged(path)["checks"]:
            seen[check["id"]].add(check["holds"])
    report = {
        check.id: [holds for holds in (True, False, None) if holds not in seen[check.id] | _never(check)]
        for check in pack_of(name).checks
    }
    assert {check: lacking for check, lacking in report.items() if lacking} == {}


def _never(check: packs.Check) -> set[bool | None]:
    """Facts always name their instrument; an exception that rests on nothing but what raises it is never unknown."""
    return {None} if set(check.rule.facts) <= {"instrument", check.raised_by} and check.of == "request" else set()


@pytest.mark.parametrize("name", PACKS)
def test_each_check_removed_makes_a_case_fail(name: str) -> None:
    """Every check is needed: without it some case's finding is another one."""
    pack = pack_of(name)
    wanted = [(changed(path), read(path)["finding"]) for path in cases_of(name)]
    for check in pack.checks:
        without = replace(pack, checks=tuple(c for c in pack.checks if c.id != check.id))
        assert any(differs(judge.judge(facts, without), expected) for facts, expected in wanted), check.id


@pytest.mark.parametrize("name", PACKS)
def test_every_outcome_is_that_of_a_case(name: str) -> None:
    assert {read(path)["finding"]["outcome"] for path in cases_of(name)} == set(pack_of(name).outcomes)


def test_every_row_cites_an_article_and_names_its_facts() -> None:
    for path in CASES:
        for check in judged(path)["checks"]:
            assert packs.CITE.fullmatch(check["cite"])
            assert check["says"]
            parts = any(key in check for key in ("targets", "data"))
            assert check["facts"] or check["missing"] or parts, (path.name, check["id"])


@pytest.mark.parametrize("name", [name for name in PACKS if name != "eu-tco-removal-order"])
def test_what_people_read_is_there_in_english_and_french(name: str) -> None:
    assert _untold(pack_of(name).data, ()) == []


def _untold(part: object, at: tuple[str, ...]) -> list[str]:
    if isinstance(part, dict):
        if "en" in part:
            return [] if part.get("fr") else [".".join(at)]
        return [where for key, value in part.items() for where in _untold(value, (*at, str(key)))]
    if isinstance(part, list):
        return [where for n, value in enumerate(part) for where in _untold(value, (*at, str(n)))]
    return []
