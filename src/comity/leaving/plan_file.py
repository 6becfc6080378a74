"""Plans as data: the file of a version, read strictly, with the hash of its bytes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

from comity.platforms.port import LEVELS
from comity.platforms.territory import EU

LEAVE, RETURN = KINDS = ("leave", "return")
LATEST: Mapping[str, str] = {LEAVE: "2026.1", RETURN: "2026.1"}
DOES = ("attest", "tell", "gate", "look", "open")
DAY = 86_400
_BLANKS = re.compile("[ \n\t]+")  # and no others: French has blanks that don't break
Words = Mapping[str, str]


class PlanError(ValueError):
    """A plan's text that doesn't say what a plan must; the text names the field and the rule."""


@dataclass(frozen=True)
class Told:
    """Who is told by a step, by which way, in which languages."""

    who: str
    how: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class StepOf:
    """One step as the file has it. `wait`: seconds after the step before it was seen, outside the demo; `demo`: in it.
    `signed`: it is put to people by itself; `persons`: how many attest to it."""

    id: str
    does: str
    title: Words
    says: Words
    wait: int
    demo: int
    level: str
    signed: bool
    persons: int
    told: tuple[Told, ...]
    reversible_by: Words
    observe: Words


@dataclass(frozen=True)
class Ends:
    """What leaving does not end, where, and by which source; `review`: nobody's counsel has compared it yet."""

    where: str
    says: Words
    source: Words
    review: bool


@dataclass(frozen=True)
class File:
    """One version of a plan. `moves`: by how many per cent a count may move before it is asked again."""

    kind: str
    version: str
    sha256: str
    title: Words
    steps: tuple[StepOf, ...]
    notice: Words
    keeps: tuple[tuple[str, Words], ...]
    exception: Words
    review_hours: int
    does_not_end: tuple[Ends, ...]
    moves: Mapping[str, int]
    lasts_hours: int

    def step(self, id: str) -> StepOf:
        """The step of an id."""
        return next(step for step in self.steps if step.id == id)

    def stays(self, country: str) -> tuple[Ends, ...]:
        """What leaving this country does not end."""
        return tuple(one for one in self.does_not_end if _there(one.where, country))


def _there(where: str, country: str) -> bool:
    return where in ("any", country) or (where == "EU" and country in EU)


@cache
def text(kind: str, version: str = "") -> str:
    """The bytes of a version's file as text; without a version, the latest. Raises PlanError."""
    named = version or LATEST.get(kind, "")
    found = resources.files(__package__).joinpath("plans", kind, f"{named}.yaml")
    if kind not in KINDS or not found.is_file():
        raise PlanError(f"kind: there is no plan called {kind[:20]!r}; there are {', '.join(KINDS)}")
    return found.read_text("utf-8")


@cache
def read(source: str) -> File:
    """A plan's text as a value. Raises PlanError."""
    try:
        data = yaml.safe_load(source)
        made = _file(data, sha256(source.encode()).hexdigest())
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as wrong:
        raise PlanError(f"plan: not readable as one ({type(wrong).__name__}: {str(wrong)[:80]})") from None
    _check(made)
    return made


def _file(data: Mapping[str, Any], hash: str) -> File:
    return File(
        kind=str(data["kind"]),
        version=str(data["version"]),
        sha256=hash,
        title=_words(data["title"]),
        steps=tuple(_step(one) for one in data["steps"]),
        notice=_words(data["notice"]),
        keeps=tuple((str(one["id"]), _words(one["says"])) for one in data["keeps"]),
        exception=_words(data["exception"]),
        review_hours=int(data["urgent"]["review_hours"]),
        does_not_end=tuple(
            Ends(str(one["where"]), _words(one["says"]), _source(one["source"]), one.get("review") == "needed")
            for one in data["does_not_end"]
        ),
        moves={str(name): int(most) for name, most in data["moves"].items()},
        lasts_hours=int(data["dry_run_lasts_hours"]),
    )


def _words(data: Mapping[str, Any]) -> Words:
    said = {str(language): _BLANKS.sub(" ", str(words)).strip(" ") for language, words in data.items()}
    if not {"en", "fr"} <= said.keys():
        raise PlanError("plan: words are asked for in en and in fr")
    return said


def _source(said: Any) -> Words:
    """A citation, which is the same in each language, or words."""
    return {"en": said, "fr": said} if isinstance(said, str) else _words(said)


def _step(data: Mapping[str, Any]) -> StepOf:
    return StepOf(
        id=str(data["id"]),
        does=str(data["does"]),
        title=_words(data["title"]),
        says=_words(data["says"]),
        wait=int(data["wait"]) * DAY,
        demo=int(data["demo"]),
        level=str(data.get("level", "")),
        signed=data.get("signed") is True,
        persons=int(data.get("persons", 0)),
        told=tuple(Told(one["who"], one["how"], tuple(one["languages"])) for one in data.get("told", ())),
        reversible_by=_words(data["reversible_by"]),
        observe=_words(data["observe"]),
    )


def _check(made: File) -> None:
    ids = [step.id for step in made.steps]
    if made.kind not in KINDS or not ids or len(set(ids)) != len(ids):
        raise PlanError("plan: a kind, and steps of different ids, are asked for")
    for step in made.steps:
        if step.does not in DOES or len(step.id) > 20:
            raise PlanError(f"steps.{step.id[:20]}.does: one of {', '.join(DOES)}")
        if (step.does in ("gate", "open")) != (step.level in LEVELS):
            raise PlanError(f"steps.{step.id}.level: one of {', '.join(LEVELS)}, for a gate and for nothing else")
        if (step.does == "attest") != (step.persons > 0) or step.wait < 0 or step.demo < 0:
            raise PlanError(f"steps.{step.id}: persons for what is attested; waits aren't negative")
    _check_order(made)


def _check_order(made: File) -> None:
    """Gates rise in a plan of leaving and open downwards in one of coming back, the first thing before anything opens
    being the looks; what shuts writing or reading is signed by itself."""
    gates = [LEVELS.index(step.level) for step in made.steps if step.does == "gate"]
    opens = [LEVELS.index(step.level) for step in made.steps if step.does == "open"]
    does = [step.does for step in made.steps]
    if gates != sorted(set(gates)) or opens != sorted(set(opens), reverse=True) or (gates and opens):
        raise PlanError("steps: gates rise in leaving, and open downwards in coming back")
    if made.kind == RETURN and (not opens or "look" not in does[: does.index("open")]):
        raise PlanError("steps: every standing measure is looked at before anything opens")
    if made.kind == LEAVE and gates and "tell" not in does[: does.index("gate")]:
        raise PlanError("steps: everyone is told before anything is shut")
    if made.kind == LEAVE and not all(
        one.signed for one in made.steps if one.does == "gate" and one.level != LEVELS[0]
    ):
        raise PlanError("steps: what shuts writing or reading is signed by itself")
