"""The lives of bounds, crossings and proposals as tables, their times as data, when a vote carries. Pure."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from comity.ledger.life import Life
from comity.people.rules import Quorum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHOICES = ("for", "against", "abstain")
LANES = ("authority", "person", "desk")

BOUND_LIFE: Mapping[tuple[str, str], str] = {
    ("drafted", "propose"): "proposed",
    ("proposed", "propose"): "proposed",
    ("proposed", "sign"): "proposed",
    ("proposed", "set"): "standing",
    ("proposed", "return"): "returned",
    ("standing", "sign"): "standing",
    ("standing", "end"): "ended",
}
CROSSING_LIFE: Mapping[tuple[str, str], str] = {
    ("open", "answer"): "answered",
    ("answered", "again"): "open",
    ("answered", "close"): "closed",
}
PROPOSAL_LIFE: Mapping[tuple[str, str], str] = {
    ("received", "admit"): "admitted",
    ("received", "refuse"): "refused",
    # words become a draft; what differs from it afterwards goes the same way again
    ("admitted", "shape"): "shaped",
    ("shaped", "shape"): "shaped",
    ("shaped", "publish"): "consulting",
    ("consulting", "close"): "answering",
    ("answering", "edit"): "admitted",
    ("answering", "ballot"): "voting",
    ("voting", "carry"): "carried",
    ("voting", "fail"): "rejected",
    ("voting", "stale"): "admitted",
    # under threat: everything stands still but the emergency lane
    ("consulting", "freeze"): "frozen",
    ("answering", "freeze"): "frozen",
    ("voting", "freeze"): "frozen",
    ("frozen", "thaw"): "thawed",  # back to where it was
    ("carried", "adopt"): "adopted",
    ("carried", "lapse"): "unsigned",
    ("adopted", "sunset"): "ended",
    ("received", "withdraw"): "withdrawn",
    ("admitted", "withdraw"): "withdrawn",
    ("shaped", "withdraw"): "withdrawn",
    ("consulting", "withdraw"): "withdrawn",
    ("answering", "withdraw"): "withdrawn",
}
PROPOSAL_STATES = (
    *("received", "admitted", "shaped", "consulting", "answering", "voting", "frozen", "carried", "adopted"),
    *("refused", "rejected", "unsigned", "ended", "withdrawn"),
)
OVER = frozenset({"refused", "rejected", "unsigned", "ended", "withdrawn", "adopted"})
FIXED = frozenset({"consulting", "answering", "voting", "frozen", "carried"})  # not a byte of the draft changes

OF_BOUND, OF_CROSSING = Life("bound", BOUND_LIFE), Life("crossing", CROSSING_LIFE)
OF_PROPOSAL = Life("proposal", PROPOSAL_LIFE)


def fresh(letter: str) -> str:
    """A fresh number: `V-` and eight characters of base32 (Crockford)."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


@cache
def data() -> Mapping[str, Any]:
    """`council.yaml`."""
    text = resources.files(__package__).joinpath("council.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def quorum(name: str) -> Quorum:
    """Who sets a bound (`bound`), or answers its crossing (`answer`)."""
    return Quorum.read(data()[name])


# -- what is typed ----------------------------------------------------------------------------------------------------

WORDS_AT_MOST, TITLE_AT_MOST, REASON_AT_MOST = 20_000, 160, 2_000
_NOISE = re.compile(r"[\W_]+")


def digest_text(text: str) -> str:
    """What is left of a text when only its letters and digits count: the same text again is known by it."""
    return _NOISE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


# -- votes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vote:
    """One member's last vote."""

    member: str
    jurisdiction: str
    choice: str


@dataclass(frozen=True)
class Tally:
    """What votes come to. `jurisdictions`: of those for it; `why`: what is missing, empty where it is carried."""

    votes: Mapping[str, int]
    members: int
    jurisdictions: int
    why: str

    @property
    def carried(self) -> bool:
        """Whether it is."""
        return not self.why


def tally(votes: Iterable[Vote], members: Mapping[str, str]) -> Tally:
    """Count the last vote of each of `members` (id → jurisdiction), as they are when the vote ends: who left counts
    neither for nor against, and one member once."""
    last = {vote.member: vote for vote in votes if members.get(vote.member) == vote.jurisdiction}
    counted = {choice: sum(vote.choice == choice for vote in last.values()) for choice in CHOICES}
    places = len({vote.jurisdiction for vote in last.values() if vote.choice == "for"})
    why = ""
    if 2 * counted["for"] <= len(members):
        why = "majority"
    elif places < data()["carried"]["jurisdictions"]:
        why = "jurisdictions"
    return Tally(counted, len(members), places, why)
