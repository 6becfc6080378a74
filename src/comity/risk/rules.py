"""What a series is called, and the desk as data. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from comity.people.refusals import BadInput

from . import change, growth, staffing

ALL = "*"
REASON_AT_MOST = 2_000

QUIETER, QUIETEST = (
    2.0,
    6.0,
)  # one verdict of noise raises a series' limit by so much, all of them by at most so much
QUIETER_FOR = 365  # days


class Key(NamedTuple):
    """Which series: of which name, country and instrument."""

    name: str
    country: str = ALL
    instrument: str = ALL


PART = 0.5  # of what is too many in a sum: a part of it that explains so much is told in its place


def apart(rings: Mapping[Key, change.Ring]) -> list[Key]:
    """Which of the series that rang are told: not a sum where one of its parts explains it, so that one flood is one
    alarm. The finest first, the largest excess first."""

    def excess(key: Key) -> float:
        one = rings[key]
        return (one.seen - one.expected) / (one.at - one.since + 1)  # a day: they rang on different ones

    def within(part: Key, whole: Key) -> bool:
        return part != whole and all(w in (ALL, p) for p, w in zip(part, whole, strict=True))

    told: list[Key] = []
    for key in sorted(rings, key=lambda key: (sum(one == ALL for one in key), -excess(key), key)):
        if not any(within(one, key) and excess(one) >= PART * excess(key) for one in told):
            told.append(key)
    return told


def limit(noises: int) -> float:
    """Above which sum a series rings that was called noise so often in the last year."""
    return change.LIMIT + min(QUIETEST, QUIETER * noises)


def false_a_year(series: int) -> float:
    """How many alarms a year so many quiet series raise, at the rate that was measured (`bench/risk.py`)."""
    return float(data()["false_of_200_in_674_days"]) / 200 / 674 * 365 * series


def reason_of(text: str) -> str:
    """A verdict's reason, in a sentence. Raises BadInput."""
    words = " ".join(str(text).split())
    if not words:
        raise BadInput("reason", "say why, in a sentence")
    if len(words) > REASON_AT_MOST:
        raise BadInput("reason", f"at most {REASON_AT_MOST} characters")
    return words


@cache
def data() -> Mapping[str, Any]:
    """`desk.yaml`."""
    return dict(yaml.safe_load(resources.files(__package__).joinpath("desk.yaml").read_text("utf-8")))


@dataclass(frozen=True)
class Desk:
    """The desk as the model has it: the load, how many people in each hour of a week, and where each number is from."""

    load: staffing.Load
    people: tuple[int, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def there(self) -> float:
        """Person-hours a day."""
        return sum(self.people) / staffing.HOURS * 24


def machines() -> staffing.Machines:
    """What machines can do."""
    return staffing.Machines(**data()["machines"])


def scenarios() -> list[growth.Scenario]:
    """The named scenarios, beside the band. Raises ValueError where one is upside down."""
    return [growth.scenario(name, row) for name, row in data()["scenarios"].items()]


def rota_of(given: Any) -> tuple[int, ...]:
    """A rota as a file has it: `people: 14`, or 24 numbers for each of `weekday` and `weekend`, or all 168 `hours`.

    Raises BadInput naming what is wrong.
    """
    if not isinstance(given, Mapping):
        raise BadInput("rota", "people: N, weekday: and weekend: of 24 numbers, or hours: of 168")
    if set(given) == {"people"}:
        hours: list[Any] = [given["people"]] * staffing.HOURS
    elif set(given) == {"weekday", "weekend"} and all(_hours(given[key], 24) for key in given):
        hours = list(given["weekday"]) * 5 + list(given["weekend"]) * 2
    elif set(given) == {"hours"} and _hours(given["hours"], staffing.HOURS):
        hours = list(given["hours"])
    else:
        raise BadInput("rota", "people: N, weekday: and weekend: of 24 numbers, or hours: of 168")
    if any(isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= staffing.MOST for one in hours):
        raise BadInput("rota", f"whole numbers of people from 0 to {staffing.MOST}")
    return tuple(hours)


def _hours(given: Any, n: int) -> bool:
    return isinstance(given, list) and len(given) == n


def factor_of(text: str) -> float:
    """How many times the load, as it was typed. Raises BadInput."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        found = math.nan
    if not 0 < found <= 1000:
        raise BadInput("load", "a factor above 0 and at most 1000, such as 20")
    return found


def users_of(text: str) -> int:
    """A number of users, as it was typed. Raises BadInput."""
    words = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", "").replace("_", "")
    if not (words.isascii() and words.isdigit() and 0 < len(words) <= 12 and int(words) > 0):
        raise BadInput("users", "a whole number from 1 to 999,999,999,999")
    return int(words)
