"""Which State the office of a letter is of, where its words don't say so: by its name, by where it has its seat, by the
court before which its order is challenged.

Pure. `forms/seats.json` holds seats of courts and authorities, each of one State alone, and `offices_of` of
`forms/letters` names that offices of one State alone bear. An address counts only right under the office's own name:
another may be the addressee's. What an order of the Union is challenged before is a court of its own State (Regulation
(EU) 2021/784, Art. 9(1); Regulation (EU) 2022/2065, Art. 9(2) and 10(2), under national law).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from comity.reading import form, values

UNION = re.compile(r"\b(?:europ\w*|union|unión|unione)\b", re.IGNORECASE)
COURT = re.compile(
    r"\b(?:court|tribunal\w*|\w*gericht(?:s(?:hof)?)?|\w*gerichtshof|cour|corte|conseil|juzgado|audiencia)\b",
    re.IGNORECASE,
)
NEAR, MOST_COURTS, LINES = 80, 2, 2
BOX = r"(?:\s(?:Cedex(?:\s\d{1,2})?|\d{1,2}))?"


@cache
def _seats() -> Mapping[str, str]:
    """Each seat with its State."""
    return {seat: state for state, one in form.data("seats")["states"].items() for seat in one["seats"]}


@cache
def _named() -> re.Pattern[str]:
    """A seat as a word of its own; `du Luxembourg` is a province of Belgium."""
    each = sorted(_seats(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?<!du )(?<!de la province de )(?P<seat>{'|'.join(map(re.escape, each))})(?![\w-])")


@cache
def _codes() -> Mapping[str, re.Pattern[str]]:
    """A postal code beside a seat, of each State."""
    told = form.data("seats")["states"]
    return {state: re.compile(rf"(?:[A-Z]{{1,3}}-)?{one['code']}") for state, one in told.items()}


def of_name(name: str) -> set[str]:
    """The States that an office's name tells: one that it names, and where it ends with, or has, its seat."""
    if UNION.search(name):
        return set()
    named = {values.country(name)} - {None}
    return {str(one) for one in named} | {_seats()[found["seat"]] for found in _named().finditer(name)}


def of_address(lines: list[str]) -> set[str]:
    """The State in which the first lines under an office's name are an address: `1000 Bruxelles`, `Dublin 7`."""
    return {state for line in lines[:LINES] for state in _parts(line)}


def _parts(line: str) -> Iterator[str]:
    for part in re.split(r"[,·•|]|\s[–—-]\s", line):
        found = _named().search(part)
        if found is None:
            continue
        state = _seats()[found["seat"]]
        rest = (part[: found.start()] + part[found.end() :]).strip()
        beside = _codes()[state].fullmatch(rest) or re.fullmatch(BOX, f" {rest}" if rest else "")
        boxed = re.fullmatch(rf"(?:{_codes()[state].pattern}){BOX}", f"{rest}")
        if beside or boxed:
            yield state


def of_court(sentence: str) -> tuple[set[str], re.Match[str] | None]:
    """(the States in whose courts an order is challenged, where the last one is named)."""
    courts = list(COURT.finditer(sentence))
    if not courts or len(courts) > MOST_COURTS or UNION.search(sentence):
        return set(), None
    near = re.split(r"[;:]|\.\s", sentence[courts[-1].start() : courts[-1].end() + NEAR])[0]
    found = list(_named().finditer(near))
    return {_seats()[one["seat"]] for one in found}, found[-1] if found else None


def known_offices(name: str, told: Mapping[str, Any]) -> set[str]:
    """The States whose offices alone bear such a name (`offices_of` of one language)."""
    return {state for state, some in told.items() if any(re.search(one, name, re.IGNORECASE) for one in some)}
