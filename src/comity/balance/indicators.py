"""The indicators, as data (`indicators.yaml`), and what counts make of one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from comity.figures.names import NAMES, REPORTED

from .exact import interval

FAMILIES = ("security", "freedom")
OF_DAYS = ("days-raised", "days")  # `managed.NAMES`
MEAN = frozenset({"users"})  # of these a period has a mean, not a sum: a user of each day is one user


@dataclass(frozen=True)
class Indicator:
    """One indicator: so many `good` of so many `of`. `scale`: of how many it is told (100: per cent); `of_days`: of
    days of ours, of which none is a person's."""

    id: str
    family: str
    says: Mapping[str, str]
    good: str
    of: str
    better: str
    period: int
    blind_to: Mapping[str, str]
    gamed_by: Mapping[str, str]
    shown_by: str
    cite: str = ""
    bounded: bool = True
    scale: int = 100
    of_days: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """The counts it is made of."""
        return self.good, self.of

    def bad(self, good: int, of: int) -> int:
        """How many of `of` count against it."""
        return of - good if self.better == "high" else good


@dataclass(frozen=True)
class Value:
    """What an indicator is in a period: the counts, the share and its exact interval."""

    good: int
    of: int
    share: float
    low: float
    high: float


@cache
def all_of() -> Mapping[str, Indicator]:
    """Every indicator, by id, in the order of the file. Raises ValueError naming what is wrong in it."""
    text = resources.files(__package__).joinpath("indicators.yaml").read_text("utf-8")
    found = {row["id"]: Indicator(**row) for row in yaml.safe_load(text)}
    for one in found.values():
        _verify(one, found)
    return found


def _verify(one: Indicator, found: Mapping[str, Indicator]) -> None:
    if one.family not in FAMILIES or one.better not in ("high", "low"):
        raise ValueError(f"{one.id}: family is {' or '.join(FAMILIES)}, better is high or low")
    if unknown := {*one.names} - {*NAMES, *REPORTED, *OF_DAYS}:
        raise ValueError(f"{one.id}: nothing counts {', '.join(sorted(unknown))}")
    if one.shown_by not in found or one.shown_by == one.id:
        raise ValueError(f"{one.id}: shown_by names another indicator")


def of_country(country: str) -> list[Indicator]:
    """Those that a country's page shows; of all countries where it is empty."""
    return [one for one in all_of().values() if not (country and one.of_days)]


def bounded() -> list[Indicator]:
    """Those that the council may bound: the others are shown, and never a goal."""
    return [one for one in all_of().values() if one.bounded and one.scale == 100]


def value(good: int, of: int) -> Value | None:
    """The share with its exact interval; None: not known, which is never good."""
    if not 0 <= good <= of or of == 0:
        return None
    low, high = interval(good, of)
    return Value(good, of, good / of, low, high)
