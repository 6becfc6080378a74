"""The lives of a plan and of its steps as tables, and what asks again before anybody signs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity.platforms.port import LEVELS
from comity.platforms.port import OPEN as NOT_SHUT
from comity.platforms.territory import OUTSIDE, PARTS

OPEN = ("drafted", "tried", "proposed", "running", "paused", "reversing")
PLAN_STATES = (*OPEN, "done", "reversed", "withdrawn")
PLAN_LIFE: Mapping[tuple[str, str], str] = {
    ("drafted", "edit"): "drafted",
    ("drafted", "try"): "tried",
    ("tried", "try"): "tried",
    ("tried", "edit"): "drafted",
    ("tried", "propose"): "proposed",
    # a plan that is never begun is an ordinary end
    ("drafted", "withdraw"): "withdrawn",
    ("tried", "withdraw"): "withdrawn",
    ("proposed", "return"): "drafted",
    ("proposed", "ask-again"): "tried",
    ("proposed", "approve"): "running",
    ("running", "pause"): "paused",
    ("running", "fail"): "paused",
    ("running", "complete"): "done",
    ("running", "reverse"): "reversing",
    ("paused", "resume"): "running",
    ("paused", "reverse"): "reversing",
    ("reversing", "complete"): "reversed",
}
PLAN = Life("plan", PLAN_LIFE)

STEP_STATES = ("waiting", "acted", "seen", "failed", "undoing", "undone")
STEP_LIFE: Mapping[tuple[str, str], str] = {
    ("waiting", "act"): "acted",
    ("waiting", "fail"): "failed",
    ("acted", "observe"): "seen",
    ("acted", "fail"): "failed",
    ("failed", "act"): "acted",
    ("failed", "fail"): "failed",
    ("seen", "fail"): "failed",  # what was seen once is looked at each day
    # what was begun may have reached the platform, though nobody heard so: it is undone as what was acted
    ("waiting", "undo"): "undoing",
    ("acted", "undo"): "undoing",
    ("seen", "undo"): "undoing",
    ("failed", "undo"): "undoing",
    ("undoing", "observe"): "undone",
}
STEP = Life("step", STEP_LIFE)

DAILY = timedelta(days=1)
DAILY_IN_DEMO = timedelta(seconds=60)
BROKEN = ("not-seen", "neighbour-changed", "refused", "no-platform", "emergency", "measure", "not-signed")
INSIDE = 2  # looks of ordinary viewers in the country


class AskAgain(NotNow):
    """What is put to people is no longer what the rows say; the text names what moved."""

    def __init__(self, why: str) -> None:
        Exception.__init__(self, f"It is asked again before anybody signs: {why}")
        self.state, self.act = "moved", "sign"


def next_door(country: str, left: Sequence[str] = ()) -> str:
    """From where to look beside a country, at something that isn't to change: where no plan of ours acts (`left`)."""
    away = {country, *PARTS.get(country, ()), *left}
    return next(place for place in OUTSIDE if place not in away)


def wait_of(seconds: int, demo: int, *, realm: str, urgent: bool) -> timedelta:
    """How long after the step before it a step waits at least: none where it is urgent, seconds in the demo."""
    if urgent:
        return timedelta()
    return timedelta(seconds=demo if realm == "demo" else seconds)


def dates(starts: datetime, waits: Sequence[timedelta]) -> list[datetime]:
    """The earliest instant of each step, where each is seen at once."""
    made: list[datetime] = []
    at = starts
    for wait in waits:
        at += wait
        made.append(at)
    return made


def windows(instants: Sequence[datetime], at: datetime) -> list[tuple[datetime | None, datetime | None]]:
    """The windows between the dates of a plan that are to come at an instant: before the first of them, between two,
    and after the last."""
    edges: list[datetime | None] = [None, *sorted({one for one in instants if one > at}), None]
    return list(pairwise(edges))


def _may_move(most: Mapping[str, int], name: str, before: int) -> int:
    return before * most.get(name.partition(":")[0], 0) // 100


Moved = tuple[str, int | None, int | None]  # the name of a count, what it was, and what it is


def moved(before: Mapping[str, Any], now: Mapping[str, Any], most: Mapping[str, int]) -> list[Moved]:
    """The counts that moved by more than they may (`most`: per cent by name); unknown then and now is the same."""
    found: list[Moved] = []
    for name in [*before, *(name for name in now if name not in before)]:
        was, is_now = before.get(name), now.get(name)
        if was == is_now:
            continue
        if was is None or is_now is None or abs(is_now - was) > _may_move(most, name, was):
            found.append((name, was, is_now))
    return found


def to_come(due: datetime | None, earliest: datetime | None, now: datetime) -> datetime | None:
    """When a step that waits is done at the earliest; None where its signed date is over, and the step before it
    holds it up."""
    return due or (earliest if earliest and earliest > now else None)


def due(earliest: datetime, seen_before: datetime, wait: timedelta) -> datetime:
    """When a step is due: not before its signed date, nor before its wait after the step before it was seen."""
    return max(earliest, seen_before + wait)


def as_it_should_be(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Whether a look shows what was wanted, door by door; a try that told nothing shows nothing."""
    return all(door in seen and seen[door] is wanted[door] for door in wanted)


def told_nothing(seen: Mapping[str, Any]) -> bool:
    """Whether some try of a look told nothing: it is looked again."""
    return any(value is None for value in seen.values())


def highest(levels: Iterable[str]) -> str:
    """The highest of the levels that stand, which is the one that counts; "open" where none does."""
    order: Sequence[str] = (NOT_SHUT, *LEVELS)
    return max(levels, key=order.index, default=NOT_SHUT)
