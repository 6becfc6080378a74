"""The levels of management, as data (`levels.yaml`), and the life of one that was raised. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import yaml

from comity.ledger.life import Life
from comity.people.rules import Quorum

USUAL = "usual"
NAMES = (USUAL, "raised", "high")  # from low to high
RAISED = NAMES[1:]
STATES = ("stands", "ended")
LOWER = "level-lower"
FEWEST = 2  # people who lower it, whatever the data say
LIFE: Mapping[tuple[str, str], str] = {
    ("stands", "put"): "stands",
    ("stands", "sign"): "stands",
    ("stands", "lower"): "ended",
    ("stands", "raise"): "ended",
    ("stands", "lapse"): "ended",
}
OF_IT = Life("level", LIFE)


@dataclass(frozen=True)
class LevelOf:
    """One level. `says`: language → words; `needs`: how many reasons; `on_call`: people at least; `drill_days`: in how
    many days each drill is to be done again (None: in its own period)."""

    id: str
    says: Mapping[str, str]
    needs: int
    on_call: int
    drill_days: int | None = None


@dataclass(frozen=True)
class File:
    """The whole file. `lasts`: after which a raised level ends by itself."""

    levels: Mapping[str, LevelOf]
    lasts: timedelta
    lower: Quorum


@cache
def load() -> File:
    """The levels there are. Raises ValueError."""
    return read(resources.files(__package__).joinpath("levels.yaml").read_text("utf-8"))


def read(text: str) -> File:
    """The levels of a file's text. Raises ValueError naming the level and the rule."""
    data = yaml.safe_load(text)
    levels = {one.id: one for one in map(_level, data["levels"])}
    if tuple(levels) != NAMES:
        raise ValueError(f"levels: {', '.join(NAMES)}, in this order")
    lower = Quorum.read(data["lower"])
    if lower.count < FEWEST:
        raise ValueError(f"lower: at least {FEWEST} people")
    if not 1 <= int(data["days"]) <= 14:
        raise ValueError("days: from 1 to 14: what lasts longer is raised again")
    _verify_rising(list(levels.values()))
    return File(levels, timedelta(days=int(data["days"])), lower)


def _level(row: Mapping[str, Any]) -> LevelOf:
    return LevelOf(row["id"], row["says"], int(row["needs"]), **row["changes"])


def _verify_rising(levels: list[LevelOf]) -> None:
    for low, high in pairwise(levels):
        if high.needs <= low.needs or high.on_call < low.on_call:
            raise ValueError(f"{high.id}: needs more than {low.id}, and has at least as many people on call")


def above(name: str, other: str) -> bool:
    """Whether a level is higher than another."""
    return NAMES.index(name) > NAMES.index(other)


def below(name: str) -> tuple[str, ...]:
    """The levels to which one may be lowered."""
    return NAMES[: NAMES.index(name)]
