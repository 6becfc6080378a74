"""The register of risks as data (`risks.yaml`), and what is left of a risk, from how its proofs stand. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from comity.people.models import ROLES

LOW, MIDDLE, RED = BANDS = ("low", "middle", "red")
FROM = {RED: 12, MIDDLE: 6}  # likelihood × consequence, from which on a band begins
SIDES = ("likelihood", "consequence")
CATEGORIES = ("systemic", "own")
GREEN, FAILED, STALE, MISSING = PROOFS = ("green", "red", "stale", "missing")
BOUND = re.compile(r"(>=|<=) (-?\d+(?:\.\d+)?)")


class BadRegister(ValueError):
    """A register that can't be: the text names the risk, the field and the rule."""


@dataclass(frozen=True)
class Control:
    """What lowers a risk. Its proof is a `figure` that `holds` its bound, or a `drill`; `fresh_days`: older, it is
    stale."""

    id: str
    says: Mapping[str, str]
    lowers: str
    by: int
    fresh_days: int
    figure: str = ""
    drill: str = ""
    holds: str = ""

    def held_by(self, value: float) -> bool:
        """Whether a figure holds the bound."""
        sign, bound = _bound(self.holds)
        return value >= bound if sign == ">=" else value <= bound


@dataclass(frozen=True)
class Risk:
    """One risk. Words are language → text; `likelihood` and `consequence` (1 to 5) as if no control held."""

    id: str
    number: str
    category: str
    owner: str
    says: Mapping[str, str]
    causes: Mapping[str, str]
    consequences: Mapping[str, str]
    likelihood: int
    consequence: int
    controls: tuple[Control, ...]
    cite: str = ""

    @property
    def inherent(self) -> int:
        """Likelihood × consequence, as if no control held."""
        return self.likelihood * self.consequence


@dataclass(frozen=True)
class Residual:
    """What is left of a risk; `proofs`: how that of each control stands, by its id."""

    likelihood: int
    consequence: int
    proofs: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Likelihood × consequence."""
        return self.likelihood * self.consequence

    @property
    def band(self) -> str:
        """In which band that is."""
        return band(self.size)


def band(size: int) -> str:
    """The band of likelihood × consequence."""
    return next((name for name, least in FROM.items() if size >= least), LOW)


def worse(one: str, than: str) -> bool:
    """Whether a band is worse than another."""
    return BANDS.index(one) > BANDS.index(than)


def residual(risk: Risk, proofs: Mapping[str, str]) -> Residual:
    """What is left where proofs stand like this; one that isn't green, or isn't there at all, counts for nothing."""
    left = {side: getattr(risk, side) for side in SIDES}
    for one in risk.controls:
        if proofs.get(one.id) == GREEN:
            left[one.lowers] = max(1, left[one.lowers] - one.by)
    return Residual(**left, proofs={one.id: proofs.get(one.id, MISSING) for one in risk.controls})


@cache
def all_of() -> Mapping[str, Risk]:
    """Every risk, by its id. Raises BadRegister."""
    return read(resources.files(__package__).joinpath("risks.yaml").read_text("utf-8"))


def read(text: str) -> Mapping[str, Risk]:
    """The risks of a register's text. Raises BadRegister.

    That a proof exists is no rule of the file: one that is gone is found missing, and counts for nothing.
    """
    found = [_risk(row) for row in yaml.safe_load(text)]
    for key in ("id", "number"):
        if len({getattr(one, key) for one in found}) != len(found):
            raise BadRegister(f"{key}: each stands once")
    return {one.id: one for one in found}


def _risk(row: Mapping[str, Any]) -> Risk:
    name = str(row.get("id", "?"))
    try:
        controls = tuple(_control(name, one) for one in row["controls"])
        risk = Risk(**{**row, "controls": controls})
    except (TypeError, KeyError) as error:
        raise BadRegister(f"{name}: {error}") from None
    _verify(risk)
    return risk


def _control(risk: str, row: Mapping[str, Any]) -> Control:
    one = Control(**row)
    if one.lowers not in SIDES or not 1 <= one.by <= 4:
        raise BadRegister(f"{risk}.{one.id}: lowers likelihood or consequence, by 1 to 4")
    if bool(one.figure) == bool(one.drill):
        raise BadRegister(f"{risk}.{one.id}: its proof is a figure or a drill; a control without one is a wish")
    if bool(one.figure) != bool(one.holds):
        raise BadRegister(f"{risk}.{one.id}: holds: a figure has a bound, a drill has its objectives")
    if one.holds:
        _bound(one.holds)
    if one.fresh_days < 1:
        raise BadRegister(f"{risk}.{one.id}: fresh_days: at least 1")
    return one


def _bound(text: str) -> tuple[str, float]:
    found = BOUND.fullmatch(text)
    if found is None:
        raise BadRegister(f"holds: such as '>= 0.95' or '<= 0.02', not {text[:20]!r}")
    return found[1], float(found[2])


def _verify(risk: Risk) -> None:
    if risk.category not in CATEGORIES or risk.owner not in ROLES:
        raise BadRegister(f"{risk.id}: category is {' or '.join(CATEGORIES)}, owner a role")
    if not re.fullmatch(r"G-\d{2}", risk.number):
        raise BadRegister(f"{risk.id}: number: G- and two figures")
    if any(not isinstance(getattr(risk, side), int) or not 1 <= getattr(risk, side) <= 5 for side in SIDES):
        raise BadRegister(f"{risk.id}: likelihood and consequence are 1 to 5")
    if len({one.id for one in risk.controls}) != len(risk.controls) or not risk.controls:
        raise BadRegister(f"{risk.id}: controls: at least one, each id once")
