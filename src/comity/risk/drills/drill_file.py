"""The drills there are, as data (`drills.yaml`). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from comity.world.orders import KINDS

from .rules import Objective

KEYS = {"id", "says", "what", "usual", "mix", "times", "buried", "minutes", "period", "dry", "outgrown", "objectives"}
# what a result may say, and so what an objective may ask for
FIGURES = (
    *("sent", "stored", "judged", "lost", "unjudged", "p50", "p99", "missed", "real_touched"),
    *("believed", "given", "found_after", "place", "unknown", "short", "seconds"),
)
MOST_MAILS = 20_000


class BadDrill(ValueError):
    """A drill of the file that can't be: the text names the drill, the field and the rule."""


@dataclass(frozen=True)
class Spec:
    """One drill. `says`, `what`: language → words; `period`: days; `dry`: no mail is sent, rows are counted;
    `outgrown`: an alarm that people won't suffice makes it too old, for it was rehearsed against less."""

    id: str
    says: Mapping[str, str]
    what: Mapping[str, str]
    minutes: int
    period: int
    objectives: tuple[Objective, ...]
    usual: int = 0
    mix: Mapping[str, int] | None = None
    times: int = 1
    buried: str = ""
    dry: bool = False
    outgrown: bool = False

    def mails(self, load: int) -> dict[str, int]:
        """How many of each kind at so many times the usual load."""
        return {kind: n * load for kind, n in (self.mix or {}).items()}


@cache
def all_of() -> Mapping[str, Spec]:
    """Every drill of the file, by name. Raises BadDrill."""
    return read(resources.files(__package__).joinpath("drills.yaml").read_text("utf-8"))


def read(text: str) -> Mapping[str, Spec]:
    """The drills of a file's text. Raises BadDrill."""
    return {spec.id: spec for spec in map(_spec, yaml.safe_load(text))}


def _spec(row: Mapping[str, Any]) -> Spec:
    name = str(row.get("id", "?"))
    if unknown := {*row} - KEYS:
        raise BadDrill(f"{name}: unknown: {', '.join(sorted(unknown))}")
    spec = Spec(**{**row, "objectives": tuple(_objective(name, one) for one in row.get("objectives") or ())})
    _verify(spec)
    return spec


def _objective(name: str, row: Mapping[str, Any]) -> Objective:
    if row.get("of") not in FIGURES:
        raise BadDrill(f"{name}: objectives: nothing measures {row.get('of')}; there are {', '.join(FIGURES)}")
    if (row.get("most") is None) == (row.get("least") is None):
        raise BadDrill(f"{name}: objectives: {row['of']} is at most or at least something")
    return Objective(**row)


def _verify(spec: Spec) -> None:
    if not spec.objectives:
        raise BadDrill(f"{spec.id}: objectives: what can’t be missed is no drill")
    if spec.dry == bool(spec.mix):
        raise BadDrill(f"{spec.id}: mix: mails are sent, or it is a dry run")
    if unknown := {*(spec.mix or {}), *filter(None, [spec.buried])} - {*KINDS}:
        raise BadDrill(f"{spec.id}: mix: no kind {', '.join(sorted(unknown))}")
    if not spec.dry and not 0 < sum(spec.mails(spec.times).values()) <= MOST_MAILS:
        raise BadDrill(f"{spec.id}: mix: from 1 to {MOST_MAILS} mails")
    if spec.minutes < 1 or spec.period < 1:
        raise BadDrill(f"{spec.id}: minutes, period: at least 1")
