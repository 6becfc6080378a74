"""When what a finding asks for is due, and how long it lasts: the deadlines and duties of a pack applied to facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from comity.cel.values import to_the_second

from . import counting, legal_time
from .checks import Look
from .counting import Counted
from .legal_time import Period, Stop
from .packs import Deadline, Duty, Longer, Said, Start, StoppedBy, Until, Wait

Row = dict[str, Any]
A = TypeVar("A", Said, Longer)


def deadlines(look: Look, outcomes: frozenset[str]) -> list[Row]:
    """Every deadline that applies, with what starts it, its ends (RFC 3339, UTC) and how they were counted."""
    return [row for deadline in look.pack.deadlines if (row := _deadline(deadline, look, outcomes)) is not None]


def duties(look: Look, outcomes: frozenset[str], ends: Mapping[str, str | None]) -> list[Row]:
    """What else has to be done; `ends` maps the ids of deadlines to their legal ends (RFC 3339, UTC)."""
    found = [_duty(duty, look, ends) for duty in look.pack.duties if _applies(duty, look, outcomes)]
    until = {row["id"]: row["until"] for row in found}
    held = {duty.id: duty.held_by for duty in look.pack.held_back if duty.held_by in until}
    for row in found:
        if (by := held.get(row["id"])) is not None:
            row["held_by"], row["held_until"] = by, until[by]
    return found


def _started(deadline: Deadline, look: Look) -> tuple[Start, datetime] | None:
    """What starts a period: the latest of its events that has happened and counts."""
    latest = None
    for start in deadline.starts:
        at = look.instant(start.fact)
        if at is None or (latest is not None and at <= latest[1]):
            continue
        if start.only_when is None or look.true(start.only_when):
            latest = (start, at)
    return latest


def _deadline(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> Row | None:
    if not look.first_known(deadline.when):
        return None
    started = _started(deadline, look)
    row: Row = {"id": deadline.id, "due_legal": None, "due_target": None, "cite": deadline.cite}
    if started is None:
        return {**row, "starts": None, "steps": ["What starts this period is not known."], "says": deadline.says["en"]}
    start, at = started
    counted = _count(deadline, start, at, look, outcomes)
    row["starts"], row["says"], row["from"] = start.starts, deadline.says["en"], to_the_second(at)
    row["steps"] = counting.steps(counted)
    if counted.waits:
        row["waits"] = [{"outcome": wait.outcome, "cite": wait.cite} for wait in counted.waits]
    elif counted.period is None:
        why: tuple[Said | StoppedBy, ...] = (*counted.open, *counted.stopped)
        row["open"] = [{"cite": said.cite, "says": said.says["en"]} for said in why]
    else:
        row["due_legal"] = to_the_second(counted.period.due_legal)
        row["due_target"] = to_the_second(counted.period.due_target)
    return row


def _count(deadline: Deadline, start: Start, at: datetime, look: Look, outcomes: frozenset[str]) -> Counted:
    longer = _true(deadline.extends, look)
    length = deadline.length + sum([more.length for more in longer]) if longer else deadline.length
    stopped = [stop for stop in deadline.stops if look.instant(stop.since) is not None] if deadline.stops else ()
    open_ended = _true(deadline.open_when, look)
    period = None if open_ended else _period(deadline, length, at, look, stopped)
    latest = look.instant(deadline.at_latest.fact) if deadline.at_latest else None
    return Counted(
        deadline,
        look.pack,
        look.place,
        start,
        at,
        at.astimezone(look.place.zone),
        length,
        _capped(period, latest, at),
        longer,
        stopped,
        open_ended,
        latest,
        waits=_waits(deadline, look, outcomes),
        notes=_true(deadline.notes, look),
    )


def _true(said: tuple[A, ...], look: Look) -> Sequence[A]:
    return [one for one in said if look.true(one.when)] if said else said


def _period(deadline: Deadline, length: int, at: datetime, look: Look, stopped: Sequence[StoppedBy]) -> Period | None:
    if stopped:
        stops = [_stop(stop.since, stop.until, look) for stop in stopped]
        return legal_time.run_with_stops(at, length, deadline.unit, look.place, deadline.counts_by, stops)
    return legal_time.end_of(at, length, deadline.unit, look.place, deadline.counts_by)


def _stop(since: str, until: str, look: Look) -> Stop:
    at = look.instant(since)
    assert at is not None
    return Stop(at, look.instant(until))


def _capped(period: Period | None, latest: datetime | None, start: datetime) -> Period | None:
    """No later than the instrument's own moment; one that had passed at receipt is due immediately."""
    if period is None or latest is None or latest >= period.due_target:
        return period
    due = max(latest, start)
    return Period(due, due, period.last_day, period.extended_to)


def _waits(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> list[Wait]:
    """Why a clock waits; empty if it runs, which it does as soon as one part has an outcome that doesn't make it
    wait."""
    if not deadline.waits:
        return []
    waits = [
        wait for wait in deadline.waits if wait.outcome in outcomes and (wait.when is None or look.true(wait.when))
    ]
    return waits if {wait.outcome for wait in waits} == outcomes else []


def _applies(duty: Duty, look: Look, outcomes: frozenset[str]) -> bool:
    if duty.outcomes.isdisjoint(outcomes) and not any(map(look.true, duty.or_when)):
        return False
    return look.first_known(duty.only_when)


def _duty(duty: Duty, look: Look, ends: Mapping[str, str | None]) -> Row:
    until = _until(duty.until, look, ends) if duty.until else None
    row: Row = {"id": duty.id, "until": until, "cite": duty.cite, "says": duty.says["en"]}
    if duty.held_while is not None and look.first_known(duty.held_while.when):
        held = look.instant(duty.held_while.until)
        row |= {"held_by": "non-disclosure", "held_until": to_the_second(held) if held else None}
    return row


def _until(until: Until, look: Look, ends: Mapping[str, str | None]) -> str | None:
    if until.deadline is not None:
        return ends.get(until.deadline)
    if until.start is not None:
        at = look.instant(until.start)
        return (
            to_the_second(legal_time.end_of(at, until.length, until.unit, look.place, until.law).due_legal)
            if at
            else None
        )
    found = [end for end in (look.instant(until.fact or ""), _longest(until, look)) if end is not None]
    return to_the_second(min(found)) if found else None


def _longest(until: Until, look: Look) -> datetime | None:
    most = until.at_most
    if most is None:
        return None
    start = next((at for fact in most.starts if (at := look.instant(fact)) is not None), None)
    if start is None:
        return None
    _, renewed = look.fact(most.times) if most.times else (False, None)
    times = 1 + min(renewed if isinstance(renewed, int) else 0, most.times_at_most)
    return legal_time.end_of(start, most.length * times, most.unit, look.place, most.law).due_legal
