"""Whom to ring next, and by what. Pure: no tables, no clock, nothing is sent.

A ladder is data (`ladders/*.yaml`). A rung is due when its time since the one before it has gone by; a rung that
reaches nobody doesn't wait: the next is due at once. The last is repeated for as long as nobody answers, at its own
pace, also where it reaches nobody. Somebody who comes on duty in the middle is rung by the rungs that are past.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml

WHO = ("first", "second", "shift", "heads")
BY = ("page", "push", "mail", "hook")
QUIET = timedelta(seconds=20)  # a device that has just been rung isn't rung again
LIVE = ("waiting", "sent", "seen", "answered")


class BadLadder(ValueError):
    """A ladder that can't be climbed; the text names the rung and the rule."""


@dataclass(frozen=True)
class Rung:
    """Who is rung by what, `after` the beginning of the round."""

    after: timedelta
    who: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Ladder:
    """The rungs in their order, and the pace at which the last one is repeated."""

    rungs: tuple[Rung, ...]
    every: timedelta


@dataclass(frozen=True)
class Reach:
    """One device of somebody. `live`: whether what is sent there can be expected to arrive; a console nobody has open
    is rung, in case it is opened, but waited for by nobody."""

    device: int
    person: str
    kind: str
    live: bool = True


Duty = Mapping[str, Sequence[Reach]]  # by who (`WHO`): the devices of those who are there now


@dataclass(frozen=True)
class Rang:
    """What is known of one ring of this round."""

    rung: int
    device: int
    state: str
    at: datetime


@dataclass(frozen=True)
class Due:
    """What is to be rung now: (rung, device). `unanswered`: the heads are due, or nobody is reached at all; `nobody`:
    no live ring is out, and none is due."""

    rings: tuple[tuple[int, Reach], ...]
    unanswered: bool
    nobody: bool


def read(value: object) -> Ladder:
    """A ladder from its data. Raises BadLadder."""
    if not isinstance(value, dict) or not isinstance(value.get("rungs"), list) or not value["rungs"]:
        raise BadLadder("rungs: at least one")
    rungs = tuple(_rung(number, rung) for number, rung in enumerate(value["rungs"]))
    if rungs[0].after or any(one.after >= two.after for one, two in pairwise(rungs)):
        raise BadLadder("rungs: the first at 0 s, each later than the one before")
    every = value.get("every")
    if type(every) is not int or every < 1:
        raise BadLadder("every: a whole number of seconds, at least 1")
    return Ladder(rungs, timedelta(seconds=every))


def _rung(number: int, value: object) -> Rung:
    if not isinstance(value, dict) or set(value) != {"after", "who", "by"}:
        raise BadLadder(f"rung {number}: after, who and by")
    if type(value["after"]) is not int or value["after"] < 0:
        raise BadLadder(f"rung {number}: after is a whole number of seconds")
    if value["who"] not in WHO or not value["by"] or not set(value["by"]) <= set(BY):
        raise BadLadder(f"rung {number}: who is one of {', '.join(WHO)}, by some of {', '.join(BY)}")
    return Rung(timedelta(seconds=value["after"]), value["who"], tuple(value["by"]))


@cache
def load(name: str) -> Ladder:
    """A ladder by its name. Raises BadLadder, FileNotFoundError."""
    return read(yaml.safe_load((files(__package__) / "ladders" / f"{name}.yaml").read_text("utf-8")))


def due(ladder: Ladder, duty: Duty, begun: datetime, rings: Sequence[Rang], now: datetime) -> Due:
    """What is due now of a round that began at `begun` (UTC) and isn't answered; `rings`: all of it that were rung."""
    last = {one.device: max(r.at for r in rings if r.device == one.device) for one in rings}
    found: dict[int, tuple[int, Reach]] = {}
    reached = any(ring.state in LIVE for ring in rings if ring.device in _live(duty))
    heads = False
    for number, rung in _due(ladder, duty, begun, rings, now):
        done = {ring.device for ring in rings if ring.rung == number}
        heads |= number >= len(ladder.rungs) - 1
        for reach in _targets(rung, duty):
            quiet = reach.device in last and now - last[reach.device] < QUIET
            if reach.device not in done and reach.device not in found and not quiet:
                found[reach.device] = (number, reach)
    nobody = not reached and not any(reach.live for _, reach in found.values())
    return Due(tuple(found.values()), heads or nobody, nobody)


def _live(duty: Duty) -> set[int]:
    return {reach.device for reaches in duty.values() for reach in reaches if reach.live}


def _targets(rung: Rung, duty: Duty) -> list[Reach]:
    return [reach for reach in duty.get(rung.who, ()) if reach.kind in rung.by]


def _due(
    ladder: Ladder, duty: Duty, begun: datetime, rings: Sequence[Rang], now: datetime
) -> Iterator[tuple[int, Rung]]:
    """Each rung whose time has come, with its number; of the repeated ones only that of now: what was missed while
    nothing ran isn't rung all at once."""
    at = begun
    for number, rung in enumerate(ladder.rungs):
        at = min([at, *(ring.at for ring in rings if ring.rung == number)])
        if at > now:
            return
        yield number, rung
        if number + 1 < len(ladder.rungs):
            silent = _silent(number, rung, duty, rings, now)
            at += timedelta() if silent else ladder.rungs[number + 1].after - rung.after
    again = (now - at) // ladder.every
    if again > 0:
        yield number + again, rung


def _silent(number: int, rung: Rung, duty: Duty, rings: Sequence[Rang], now: datetime) -> bool:
    """Whether a rung reaches nobody: no device that can be expected to ring, or all that were rung have failed, by this
    rung or just now by another."""
    last = {ring.device: ring for ring in sorted(rings, key=lambda ring: ring.at)}
    failed = {ring.device for ring in rings if ring.rung == number and ring.state not in LIVE}
    failed |= {ring.device for ring in last.values() if ring.state not in LIVE and now - ring.at < QUIET}
    return all(reach.device in failed or not reach.live for reach in _targets(rung, duty))
