"""Each case is written from the article before the rule: facts, what must be found, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from comity.regulations import judge, packs
from regulations.cases_of_packs import CASES, PACKS, cases_of, changed, differs, judged, pack_of, read


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
        wanted.sort(key=lambda case: check.id not in case[1].get("fails", ()))  # those in which it fails come first
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
