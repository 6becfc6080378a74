"""The life of a drill, what is measured of it, and whether it met its objectives. Pure."""

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comity.ledger.life import Life

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIFE: Mapping[tuple[str, str], str] = {
    ("planned", "begin"): "running",
    ("running", "end"): "ended",
    ("planned", "break"): "broken",
    ("running", "break"): "broken",
}
STATES = ("planned", "running", "ended", "broken")
OF_IT = Life("drill", LIFE)
LIVE = ("planned", "running")
PEOPLE = MODELLED, INVITED = ("modelled", "invited")
NEVER_BEGUN = timedelta(minutes=5)  # planned for so long, and nobody runs the jobs: it is broken
WHY = ("interrupted", "door", "sandbox", "never-begun", "stopped")


def fresh() -> str:
    """A fresh number of a drill."""
    return "E-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share doesn't exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else None


@dataclass(frozen=True)
class Objective:
    """One figure of the result, and what it may be: at `most`, or at `least`. `says`: language → words."""

    of: str
    says: Mapping[str, str]
    most: float | None = None
    least: float | None = None


@dataclass(frozen=True)
class Score:
    """An objective with what was found. `met` None: not known, which is never good."""

    objective: Objective
    found: float | None
    met: bool | None


def scored(objectives: Iterable[Objective], result: Mapping[str, Any]) -> list[Score]:
    """Each objective beside what was found."""
    return [_scored(one, result.get(one.of)) for one in objectives]


def _scored(one: Objective, found: object) -> Score:
    if not isinstance(found, int | float) or isinstance(found, bool):
        return Score(one, None, None)
    met = (one.most is None or found <= one.most) and (one.least is None or found >= one.least)
    return Score(one, found, met)


def met(scores: Sequence[Score]) -> bool:
    """Whether a drill met all its objectives: one that isn't known is not met."""
    return bool(scores) and all(one.met is True for one in scores)


def late(now: datetime, ends_by: datetime | None) -> bool:
    """Whether a drill's time is over."""
    return ends_by is not None and now >= ends_by
