"""The rule of a desk of one person: where one signature is enough, for what, and how soon it is reviewed.

The rule is data beside this module, one file per version, published at `/regulations/own-one-person`. Where it applies
is recorded in a file beside the key of the tags: each founding appends a line there, which nobody who holds only the
database can remove. That a desk was founded alone is verified from the signed charter (`approvals.founded_alone`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from uuid import UUID

import yaml
from django.conf import settings

from comity.people.models import Grant
from comity.people.rules import DECIDING, GUARDIAN, Quorum

ID = "own-one-person"
FILE = "people.founded"

Text = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """One version. `review`: how long after the measure it is to be reviewed; texts by language (`en`, `fr`)."""

    version: str
    sha256: str
    act: str
    in_force_from: date
    written: date
    reviewed: bool
    title: Text
    summary: Text
    says: Mapping[str, tuple[Text, ...]]
    measures: frozenset[str]
    keeps: frozenset[str]
    kinds: frozenset[str]
    at_most: int
    quorum: Quorum
    review: timedelta

    @property
    def url(self) -> str:
        """Where it is published."""
        return f"/regulations/{ID}/{self.version}"

    def outside(self, kind: str, what: Iterable[str], targets: int, kinds: Iterable[str]) -> str:
        """Why an act is outside this rule: a key of OUTSIDE; empty if one signature is enough for it."""
        if kind != "execute":
            return "answer"
        if not (measures := set(what)) or not measures <= self.measures:
            return "measure"
        only_keeps = measures <= self.keeps
        if not only_keeps and (not (known := set(kinds)) or not known <= self.kinds):
            return "kind"
        return "" if (0 if only_keeps else 1) <= targets <= self.at_most else "many"


OUTSIDE: Mapping[str, str] = {
    "answer": "an answer by which nothing is done is no act that can be undone",
    "measure": "the measure is not one that can be undone",
    "kind": "it is about more than single messages, posts or files",
    "many": "it is about too many targets at once",
    "roles": "the regulation asks for people in other roles",
}


@cache
def versions() -> tuple[Rule, ...]:
    """All versions, oldest first."""
    files = [one for one in resources.files(__name__).iterdir() if one.name.endswith(".yaml")]
    return tuple(
        sorted((_read(one.read_bytes()) for one in files), key=lambda rule: (rule.in_force_from, rule.version))
    )


def _read(text: bytes) -> Rule:
    data = yaml.safe_load(text)
    return Rule(
        version=data["version"],
        sha256=sha256(text).hexdigest(),
        act=data["act"],
        in_force_from=data["in_force_from"],
        written=data["written"],
        reviewed=data["review"] == "counsel-reviewed",
        title=data["title"],
        summary=data["summary"],
        says={name: tuple(lines) for name, lines in data["says"].items()},
        measures=frozenset(data["measures"]),
        keeps=frozenset(data.get("keeps") or ()),
        kinds=frozenset(data["targets"]["kinds"]),
        at_most=data["targets"]["at_most"],
        quorum=Quorum.read(data["approvals"]),
        review=timedelta(hours=data["reviewed_within"]["hours"]),
    )


def in_force(at: datetime) -> Rule:
    """The version in force at an instant (UTC)."""
    return [rule for rule in versions() if rule.in_force_from <= at.date()][-1]


def known(hash: object) -> Rule | None:
    """The version whose file has this SHA-256 (hex); None if there is none."""
    return next((rule for rule in versions() if rule.sha256 == hash), None)


# Where it holds -------------------------------------------------------------------------------------------------------


def note(charter: str, people: int, at: datetime) -> None:
    """Append a founding to a file that the database can't reach; it is fsynced before this returns.

    It is written before the founding commits. A founding that fails afterwards leaves a line: that can only narrow what
    is allowed, never widen it.
    """
    path = settings.COMITY.data / "keys" / FILE
    line = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(line, f"{at.isoformat()} {charter} {people}\n".encode())
        os.fsync(line)
    finally:
        os.close(line)


def charters() -> list[tuple[datetime, str, int]]:
    """The foundings of this desk, oldest first: when (UTC), the charter's hash, how many people. Raises ValueError."""
    path = settings.COMITY.data / "keys" / FILE
    lines = path.read_text().splitlines() if path.exists() else []
    found = [line.split(" ") for line in lines]
    return [(datetime.fromisoformat(at), charter, int(people)) for at, charter, people in found]


def sole_charter(at: datetime) -> str | None:
    """The charter of this desk at an instant (UTC), if every founding until then was by one person; else None."""
    try:
        before = [(charter, people) for since, charter, people in charters() if since <= at]
    except ValueError:  # a truncated line: of how many people, nobody knows
        return None
    return before[-1][0] if before and all(people == 1 for _, people in before) else None


def others(person: str, at: datetime) -> bool:
    """Whether anybody else ever held a deciding role here, until an instant (UTC)."""
    held = Grant.objects.filter(role__in=DECIDING | GUARDIAN, since__lte=at).exclude(person=UUID(person))
    return held.exclude(person__realm="demo").exists()
