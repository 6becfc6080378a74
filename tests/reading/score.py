"""How a reading compares with what a careful reader reads: each fact right, missed (a person types it) or wrong.

The rules are those of `tests/data/orders/INDEX.md`. A fact that is left out costs minutes, a wrong one costs trust.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from typing import Any

from comity.reading.values import fold

LONG = {"reasons", "offences", "redress", "data_notes"}
UNORDERED = {"targets", "items"}
# What the envelope and the register say, not the mail's words.
ELSEWHERE = {"verification"}
RIGHT, MISSED, WRONG = "right", "missed", "wrong"


def compare(reading: dict[str, Any], wanted: dict[str, Any]) -> dict[str, str]:
    """Each expected fact by its path (`1/form.urls`): right, missed or wrong; and what is claimed that may not be."""
    each = wanted.get("orders") or [{}]
    told: dict[str, str] = {}
    read = [one["facts"] for one in reading["orders"]] or [dict((reading.get("demand") or {}).get("facts") or {})]
    for number, own in enumerate(each, start=1):
        held = read[number - 1] if number <= len(read) else {}
        facts = {**wanted.get("facts", {}), **own}
        facts["form"] = {**wanted.get("facts", {}).get("form", {}), **own.get("form", {})}
        for path, value in flat(facts):
            if path not in ELSEWHERE:
                told[f"{number}/{path}"] = judged(path, value, held, wanted.get("may", {}).get(path, []))
        # where nothing was looked at, that there is nothing may not be said either
        nothing = (absent(),) if "scanned" in wanted.get("flags", ()) else (None, "", [], {}, absent())
        for path in wanted.get("must_be_unknown", []):
            claimed = at(held, path)
            if claimed is False or not any(claimed is one or claimed == one for one in nothing):
                told[f"{number}/{path}"] = WRONG
    for number, held in enumerate(read[len(each) :], start=len(each) + 1):
        if held.get("form"):
            told[f"{number}/order"] = WRONG
    return told


def of_report(told: dict[str, Any], wanted: dict[str, Any]) -> dict[str, str]:
    """`compare` for what `comity read --json` prints."""
    each = told["orders"] or ([told["facts"]] if told["facts"] else [])
    return compare({"orders": [{"facts": facts} for facts in each]}, wanted)


def counted(told: dict[str, str]) -> tuple[int, int, int]:
    """(right, missed, wrong)."""
    found = Counter(told.values())
    return found[RIGHT], found[MISSED], found[WRONG]


def flat(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for key, value in facts.items():
        if key in {"form", "authority", "non_disclosure", "offence"} and isinstance(value, dict):
            out += [(f"{key}.{inner}", one) for inner, one in value.items()]
        else:
            out.append((key, value))
    return out


class _Absent:
    def __bool__(self) -> bool:
        return False


_ABSENT = _Absent()


def absent() -> _Absent:
    return _ABSENT


def at(held: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(held, dict) or key not in held:
            return _ABSENT
        held = held[key]
    return held


def judged(path: str, value: Any, held: dict[str, Any], may: list[Any]) -> str:
    found = at(held, path)
    if found is _ABSENT:
        return MISSED
    return RIGHT if any(same(path, one, found) for one in [value, *may]) else WRONG


def same(path: str, wanted: Any, found: Any) -> bool:
    name = path.rpartition(".")[2]
    if path == "authority.name" and isinstance(found, str) and isinstance(wanted, str):
        return plain(wanted) in plain(found) or plain(found) in plain(wanted)
    if path == "form.legal_basis":
        return isinstance(found, str) and ("2021/784" in found or plain(wanted) in plain(found))
    if name in LONG and isinstance(wanted, str) and isinstance(found, str):
        return much_alike(wanted, found)
    if isinstance(wanted, str) and isinstance(found, str):
        return plain(wanted) == plain(found)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and same(key, value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return alike(path, wanted, found)
    return bool(wanted == found)


def alike(path: str, wanted: list[Any], found: list[Any]) -> bool:
    if path == "form.urls":
        return [str(one) for one in wanted] == [str(one) for one in found]
    if all(isinstance(one, str) for one in [*wanted, *found]) and path.startswith("form."):
        return sorted(map(plain, wanted)) == sorted(map(plain, found))
    if path in UNORDERED and len(wanted) == len(found):
        left = list(found)
        for one in wanted:
            hit = next((other for other in left if same(path, one, other)), None)
            if hit is None:
                return False
            left.remove(hit)
        return True
    return len(wanted) == len(found) and all(same(path, a, b) for a, b in zip(wanted, found, strict=True))


def plain(value: str) -> str:
    return re.sub(r"[\W_]", "", fold(value))


def much_alike(wanted: str, found: str) -> bool:
    """At least 95 % of the words in their order, at most 5 % more."""
    a, b = fold(wanted).split(), fold(found).split()
    if plain(wanted) == plain(found):
        return True
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    shared = sum(block.size for block in blocks)
    return shared >= 0.95 * len(a) and len(b) - shared <= 0.05 * max(1, len(a))
