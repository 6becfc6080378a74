"""The life of a dispute as one table, how papers are served, and when what is due: pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity.regulations import legal_time
from comity.regulations.legal_time import Period, Place

STATES = ("drafted", "filed", "pending", "stayed", "decided", "settled", "dropped", "closed")
US, STATE, FORUM = SIDES = ("us", "state", "forum")
PARTIES = (US, STATE)
HOW = ("post", "gazette", "fax", "agent", "mail", "link")  # how a paper was served
BY_HAND = HOW[:-1]
OUTCOMES = ("", "withdrawn", "settled", "decided", "regulation-changed", "left")
INTERIMS = ("standing", "ended", "lifted")
SETTLEMENTS = ("proposed", "returned", "signed", "standing", "declined", "withdrawn")

LIFE: Mapping[tuple[str, str], str] = {
    ("drafted", "submit"): "drafted",
    ("drafted", "file"): "filed",
    ("drafted", "drop"): "dropped",
    ("filed", "submit"): "filed",
    ("filed", "serve"): "pending",
    ("filed", "settle"): "settled",
    ("filed", "rule-changed"): "settled",
    ("filed", "drop"): "dropped",
    ("pending", "submit"): "pending",
    ("pending", "interim"): "pending",
    ("pending", "stay"): "stayed",
    ("pending", "settle"): "settled",
    ("pending", "rule-changed"): "settled",
    ("pending", "drop"): "dropped",
    ("pending", "decide"): "decided",
    ("pending", "leave"): "closed",
    # a paper that comes while it rests, or after a decision, is taken all the same
    ("stayed", "submit"): "stayed",
    ("stayed", "interim"): "stayed",
    ("stayed", "resume"): "pending",
    ("stayed", "settle"): "settled",
    ("stayed", "rule-changed"): "settled",
    ("stayed", "drop"): "dropped",
    ("stayed", "leave"): "closed",
    ("decided", "submit"): "decided",
    ("decided", "appeal"): "pending",
    ("decided", "settle"): "settled",
    ("decided", "final"): "closed",
}
OF_IT = Life("dispute", LIFE)
BY_ONE = ("file", "serve", "stay", "resume", "drop", "rule-changed", "decide", "appeal", "final", "leave")
ENDED = ("settled", "dropped", "closed")
OPEN = ("filed", "pending", "stayed", "decided")  # in which the relation is in dispute
OUTCOME_OF = {
    "drop": "withdrawn",
    "settle": "settled",
    "decide": "decided",
    "final": "decided",
    "rule-changed": "regulation-changed",
    "leave": "left",
    "appeal": "",
}
# how the relation moves when its last open dispute ends like this; a settlement moves it by its agreement
MOVES_RELATION = {"drop": "drop", "rule-changed": "drop", "final": "rule"}

SOON = timedelta(days=3)  # how long before an end the desk is told
SHORT = 40  # characters from which on the same words are the same paper


# -- forums: data with their sources ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A period that a forum's rule gives: what for, how long, and by which article."""

    id: str
    says: Mapping[str, str]
    length: int
    unit: str
    cite: str


@dataclass(frozen=True)
class Forum:
    """Where a dispute is heard. `place`: where its days are counted (None: where the addressee is)."""

    id: str
    name: Mapping[str, str]
    source: str
    review: str
    place: Place | None
    periods: tuple[Rule, ...]


@dataclass(frozen=True)
class Forums:
    """What the file says: the forums, and how long an interim measure lasts at most."""

    each: Mapping[str, Forum]
    interim_days: int


@cache
def forums() -> Forums:
    """The forums of `forums.yaml`. Raises ValueError for one that can't be counted by."""
    data = yaml.safe_load(resources.files(__package__).joinpath("forums.yaml").read_text("utf-8"))
    found = {id: _forum(id, one) for id, one in data["forums"].items()}
    return Forums(found, int(data["interim"]["at_most_days"]))


def _forum(id: str, one: Mapping[str, Any]) -> Forum:
    where = one.get("place")
    place = Place(legal_time.zone(where["zone"]), where["country"]) if where else None
    periods = tuple(_period(id, name, each) for name, each in one.get("periods", {}).items())
    return Forum(id, one["name"], one["source"], one["review"], place, periods)


def _period(forum: str, name: str, one: Mapping[str, Any]) -> Rule:
    if one["unit"] not in legal_time.UNITS or not isinstance(one["length"], int) or one["length"] < 1:
        raise ValueError(f"forums.yaml: {forum}.{name}: a length of at least one, in {', '.join(legal_time.UNITS)}")
    return Rule(name, one["says"], one["length"], one["unit"], one["cite"])


def counted(period: Rule, served_at: datetime, place: Place) -> Period:
    """The ends of a period after a service (UTC): the last working day on or before its last, and that last day.

    No forum's rule of extension is relied on, so that nothing is ever late by one.
    """
    return legal_time.end_of(served_at, period.length, period.unit, place, legal_time.OWN)


# -- the same paper ---------------------------------------------------------------------------------------------------


def of_words(text: str) -> str:
    """What tells the same words apart from others, however they are set or saved; empty for too few of them."""
    flat = re.sub(r"\W+", "", unicodedata.normalize("NFKC", text).casefold())
    return sha256(flat.encode()).hexdigest() if len(flat) >= SHORT else ""
