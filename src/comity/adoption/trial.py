"""Trying a draft: read as the gateway would read it, and compared on past cases and its own examples. Nothing is done.

The facts are those of the original findings; both versions judge them again, so that only the rules differ.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from comity.cases.models import Case, Finding
from comity.library import diff
from comity.regulations import facts, packs
from comity.regulations.judge import Finding as Found
from comity.regulations.judge import judge, to_act_on
from comity.regulations.pack_file import PackError
from comity.regulations.packs import Pack
from comity.vault import commands as vault

from .rules import VERSION

AT_MOST = 1000  # past cases judged again in a trial from the page; the command line takes all
AT_ONCE = 500
SHOWN = 200
NUMBER = re.compile(r"C-[0-9A-Z]{8}")


@dataclass(frozen=True)
class Past:
    """A past case of one regulation, with the facts of its latest finding."""

    id: str
    title: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One order under both versions. `accounts`: how many people's content is acted on at most, before and after."""

    case: str
    title: str
    effect: diff.Effect
    accounts: tuple[int, int]

    def as_row(self) -> dict[str, Any]:
        """Figures and codes only."""
        told = self.effect
        return {
            "case": self.case,
            "way": told.way,
            "before": told.before,
            "after": told.after,
            "targets": list(told.targets),
            "accounts": list(self.accounts),
            "why": list(told.why),
            "also": list(told.also),
        }


@lru_cache(maxsize=64)
def built(regulation: str, text: str) -> Pack:
    """The draft as a version. Raises PackError with line, field and rule."""
    named = VERSION.search(text)
    version = named[2].strip("\"'") if named else "draft"
    name = f"{regulation}/{version}.yaml"
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise PackError(name, 0, "", "a text holds half a character (a lone surrogate)") from None
    return packs.build(name, raw)


def past(realm: str, regulation: str, numbers: str = "", at_most: int = AT_MOST) -> list[Past]:
    """The latest cases of a regulation in a realm, or those whose numbers a person typed; without expired ones."""
    found = Case.objects.filter(realm=realm, instrument=regulation)
    if numbers.strip():
        found = found.filter(id__in=NUMBER.findall(numbers.upper())[:at_most])
    return _opened(list(found.order_by("-received_at")[:at_most]))


def every(realm: str, regulation: str) -> Iterator[Past]:
    """Every past case of a regulation in a realm, fetched a few hundred at a time."""
    found = Case.objects.filter(realm=realm, instrument=regulation).order_by("id")
    last = ""
    while some := list(found.filter(id__gt=last)[:AT_ONCE]):
        yield from _opened(some)
        last = some[-1].id


def _opened(cases: list[Case]) -> list[Past]:
    latest = Finding.objects.filter(case__in=cases).order_by("case", "-version").distinct("case")
    docs = dict(latest.values_list("case_id", "doc"))
    opened = vault.get_many(list(docs.values()))
    return [Past(case.id, case.title, read(opened[docs[case.id]])) for case in cases if docs.get(case.id) in opened]


def read(doc: bytes) -> dict[str, Any]:
    """The facts in a finding's record."""
    return dict(json.loads(doc)["facts"])


def told(old: Pack, new: Pack, cases: Iterable[Past]) -> list[Told]:
    """Each case judged by both versions."""
    rows = []
    for case in cases:
        if not facts.check(case.facts):
            before, after = judge(case.facts, old), judge(case.facts, new)
            touched = accounts(case.facts, before), accounts(case.facts, after)
            rows.append(Told(case.id, case.title, diff.effect(before, after), touched))
    return rows


def accounts(given: Mapping[str, Any], finding: Found) -> int:
    """How many people's content a finding acts on at most: authors that can't be told apart each count."""
    acted = set(to_act_on(finding))
    touched = [target for target in given.get("targets") or [] if target.get("ref") in acted]
    return len({(target.get("author") or {}).get("ref") or target["ref"] for target in touched})


def changed(rows: Sequence[Told]) -> list[Told]:
    """The cases that change, those that are acted on first."""
    order = {"less": 0, "more": 1, "other": 2}
    return sorted((row for row in rows if row.effect.way != "same"), key=lambda row: order[row.effect.way])
