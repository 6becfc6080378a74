"""The lawful ways to data where a life is in danger, as `emergencies.yaml` and the rules in force name them. Pure but
for the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from comity.regulations.packs import Library, NoPack

MINUTES = {
    "minutes": 1,
    "hours": 60,
    "days": 1_440,
    "working-days": 1_440,
    "weeks": 10_080,
    "months": 43_200,
    "years": 525_600,
}


@dataclass(frozen=True)
class Way:
    """One way: by what and for whom, what it takes, its citation, the period that its act gives us (`length` in `unit`;
    0: none), and the regulation here that judges it; empty: none does."""

    by: Mapping[str, str]
    says: Mapping[str, str]
    cite: str
    length: int = 0
    unit: str = ""
    pack: str = ""


@cache
def _data() -> tuple[Mapping[str, Any], ...]:
    return tuple(yaml.safe_load(files(__package__).joinpath("emergencies.yaml").read_text("utf-8"))["ways"])


def ways(library: Library, at: datetime) -> Iterator[Way]:
    """The ways that were open at an instant (UTC); one whose rule was not in force then is left out."""
    for one in _data():
        if "pack" not in one:
            yield Way(one["by"], one["says"], one["cite"])
            continue
        try:
            pack = library.in_force(one["pack"], at)
        except NoPack:
            continue
        found = [each for each in pack.deadlines if each.id == one["deadline"]]
        shortest = min(found, key=lambda each: each.length * MINUTES[each.unit])
        yield Way(one["by"], one["says"], shortest.cite, shortest.length, shortest.unit, pack.id)
