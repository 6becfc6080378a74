"""When what a finding asks for is due, and how long it lasts: the deadlines and duties of a pack applied to facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import derivation, legal_time
from .derivation import Counted
from .legal_time import Period, Stop
from .packs import Deadline, Duty, Said, Start, StoppedBy, Until, Wait
from .reasons import Look

Row = dict[str, Any]


def deadlines(look: Look, outcomes: frozenset[str]) -> list[Row]:
    """Every deadline that there is, with what starts it, its ends and how they were counted."""
    return [row for deadline in look.pack.deadlines if (row := _deadline(deadline, look, outcomes)) is not None]


def duties(look: Look, outcomes: frozenset[str], ends: Mapping[str, str | None]) -> list[Row]:
    """What has to be done besides; `ends` are the legal ends of the deadlines, by their ids."""
    found = [_duty(duty, look, ends) for duty in look.pack.duties if _applies(duty, look, outcomes)]
    until = {row["id"]: row["until"] for row in found}
    held = {duty.id: duty.held_by for duty in look.pack.duties if duty.held_by in until}
    return [
        row | {"held_by": held[row["id"]], "held_until": until[held[row["id"]]]} if row["id"] in held else row
        for row in found
    ]


def _started(deadline: Deadline, look: Look) -> tuple[Start, datetime] | None:
    """What starts a period: the latest of its events that has happened and counts."""
    found = [
        (start, at)
        for start in deadline.starts
        if (at := look.instant(start.fact)) is not None and (start.only_when is None or look.true(start.only_when))
    ]
    return max(found, key=lambda pair: pair[1]) if found else None


def _deadline(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> Row | None:
    if not look.first_known(deadline.when):
        return None
    started = _started(deadline, look)
    row: Row = {"id": deadline.id, "due_legal": None, "due_target": None, "cite": deadline.cite}
    if started is None:
        return {**row, "starts": None, "steps": ["What starts this period is not known."], "says": deadline.says["en"]}
    start, at = started
    counted = _count(deadline, start, at, look, outcomes)
    row |= {"starts": start.starts, "says": deadline.says["en"], "from": _z(at)}
    row["steps"] = derivation.steps(counted)
    if counted.waits:
        row["waits"] = [{"outcome": wait.outcome, "cite": wait.cite} for wait in counted.waits]
    elif counted.period is None:
        why: tuple[Said | StoppedBy, ...] = (*counted.open, *counted.stopped)
        row["open"] = [{"cite": said.cite, "says": said.says["en"]} for said in why]
    else:
        row |= {"due_legal": _z(counted.period.due_legal), "due_target": _z(counted.period.due_target)}
    return row


def _count(deadline: Deadline, start: Start, at: datetime, look: Look, outcomes: frozenset[str]) -> Counted:
    longer = tuple(more for more in deadline.extends if look.true(more.when))
    length = deadline.length + sum(more.length for more in longer)
    stopped = tuple(stop for stop in deadline.stops if look.instant(stop.since) is not None)
    open_ended = tuple(said for said in deadline.open_when if look.true(said.when))
    period = (
        None if open_ended else _period(deadline, length, at, look, [_stop(s.since, s.until, look) for s in stopped])
    )
    latest = look.instant(deadline.at_latest.fact) if deadline.at_latest else None
    return Counted(
        deadline=deadline,
        pack=look.pack,
        place=look.place,
        start=start,
        at=at,
        length=length,
        period=_capped(period, latest, at),
        longer=longer,
        stopped=stopped,
        open=open_ended,
        latest=latest,
        waits=tuple(_waits(deadline, look, outcomes)),
        notes=tuple(said for said in deadline.notes if look.true(said.when)),
    )


def _period(deadline: Deadline, length: int, at: datetime, look: Look, stops: list[Stop]) -> Period | None:
    if stops:
        return legal_time.run_with_stops(at, length, deadline.unit, look.place, deadline.counts_by, stops)
    return legal_time.end_of(at, length, deadline.unit, look.place, deadline.counts_by)


def _stop(since: str, until: str, look: Look) -> Stop:
    at = look.instant(since)
    assert at is not None
    return Stop(at, look.instant(until))


def _capped(period: Period | None, latest: datetime | None, start: datetime) -> Period | None:
    """No later than the instrument's own moment; one that had passed at receipt is due at once."""
    if period is None or latest is None or latest >= period.due_target:
        return period
    due = max(latest, start)
    return Period(due, due, period.last_day, period.extended_to)


def _waits(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> list[Wait]:
    """Why a clock waits; empty: it runs, because at least one part has an outcome on which it does not wait."""
    waits = [
        wait for wait in deadline.waits if wait.outcome in outcomes and (wait.when is None or look.true(wait.when))
    ]
    return waits if {wait.outcome for wait in waits} == outcomes else []


def _applies(duty: Duty, look: Look, outcomes: frozenset[str]) -> bool:
    if not (duty.outcomes & outcomes or any(map(look.true, duty.or_when))):
        return False
    return look.first_known(duty.only_when)


def _duty(duty: Duty, look: Look, ends: Mapping[str, str | None]) -> Row:
    until = _until(duty.until, look, ends) if duty.until else None
    row: Row = {"id": duty.id, "until": until, "cite": duty.cite, "says": duty.says["en"]}
    if duty.held_while is not None and look.first_known(duty.held_while.when):
        held = look.instant(duty.held_while.until)
        row |= {"held_by": "non-disclosure", "held_until": _z(held) if held else None}
    return row


def _until(until: Until, look: Look, ends: Mapping[str, str | None]) -> str | None:
    if until.deadline is not None:
        return ends.get(until.deadline)
    if until.start is not None:
        at = look.instant(until.start)
        return _z(legal_time.end_of(at, until.length, until.unit, look.place, until.law).due_legal) if at else None
    found = [end for end in (look.instant(until.fact or ""), _longest(until, look)) if end is not None]
    return _z(min(found)) if found else None


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


def _z(at: datetime) -> str:
    """An instant as a finding writes it, to the second; a fraction of a second is never added to a deadline."""
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"
