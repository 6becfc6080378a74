"""Deadlines against the law: never shorter, longer or started early, and a target never after the legal end.

Lengths and starts are checked over all facts. That the target lies between the event and the legal end is checked over
a symbolic event, and over days of which the solver knows only that some are working days (Regulation 1182/71).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import z3

from comity.regulations.legal_time import ACT, EXACT
from comity.regulations.packs import Deadline, Duty

from .law_functions import HOUR, LEAST
from .verdict import Verdict
from .witness import EFFORT

SAME = {"weeks": ("days", 7), "years": ("months", 12)}


def plain_length(length: int, unit: str) -> tuple[int, str]:
    """A length in hours, days, working days or months."""
    base, times = SAME.get(unit, (unit, 1))
    return length * times, base


def said(told: Mapping[str, Any]) -> str:
    """What the act says, in words."""
    options = told.get("any", [told])
    words = [f"{o.get('exactly', o.get('least', o.get('most')))} {o['unit']}" for o in options]
    longer = f" (and {told['longer']} more)" if told.get("longer") else ""
    return f"{' or '.join(words)}{longer}, {told['cite']}"


def length_broken(verdict: Verdict, deadline: Deadline, told: Mapping[str, Any]) -> z3.BoolRef:
    """The facts for which a deadline has another length than the act's."""
    length = verdict.length(deadline)
    allowed = []
    for option in told.get("any", [told]):
        wanted, unit = plain_length(option["exactly"], option["unit"])
        one, own = plain_length(1, deadline.unit)
        if own == unit:
            more = plain_length(told.get("longer", 0), option["unit"])[0]
            allowed.append(z3.Or(length * one == wanted, length * one == wanted + more))
    return z3.And(verdict.runs(deadline), z3.Not(z3.Or(allowed)))


def starts_early(verdict: Verdict, deadline: Deadline, fact: str) -> z3.BoolRef:
    """The facts for which a deadline runs from before the event at which the act begins to count."""
    there, event = verdict.at.facts.instant(fact)
    early = [z3.And(is_it, at < event) for _, is_it, at in verdict.starts(deadline)]
    return z3.And(verdict.runs(deadline), there, z3.Or(early))


def order_broken(deadline: Deadline) -> str | None:
    """An event for which the target does not lie between it and the legal end; None if there is none."""
    solver = z3.Solver()
    solver.set("rlimit", EFFORT)
    broken = _exactly(deadline) if deadline.unit in EXACT else _days()
    solver.add(broken)
    answer = solver.check()
    if answer == z3.unsat:
        return None
    return f"for some event the target lies outside its period ({answer}; {deadline.length} {deadline.unit})"


def _exactly(deadline: Deadline) -> z3.BoolRef:
    at, offset = z3.Ints("event offset")
    into = (at + offset) % HOUR
    exactly = at + deadline.length * LEAST[deadline.unit]
    legal = exactly - into + HOUR if deadline.counts_by == ACT and deadline.unit == "hours" else exactly
    return z3.And(offset >= -24 * HOUR, offset <= 24 * HOUR, z3.Not(z3.And(at < exactly, exactly <= legal)))


def _days() -> z3.BoolRef:
    """Days as numbers: `last` after the day of the event, the target back to a working day, the end on to one."""
    works = z3.Function("works", z3.IntSort(), z3.BoolSort())
    first, last, target, end, day = z3.Ints("first last target end day")
    counted = z3.And(last > first, end >= last, works(end))
    back = z3.And(first < target, target <= last)
    nothing_between = z3.ForAll([day], z3.Implies(z3.And(day > target, day <= last), z3.Not(works(day))))
    chosen = z3.Or(z3.And(back, works(target), nothing_between), z3.And(target == last))
    return z3.And(counted, chosen, z3.Not(z3.And(first < target, target <= end)))


def duty_fault(duty: Duty, told: Mapping[str, Any]) -> str | None:
    """What is wrong with the length of a duty against the act; None if nothing is."""
    until = duty.until
    most = until.at_most if until else None
    period = most if "most" in told else until
    if period is None:
        return f"the duty {duty.id} names no such period; the act has {said(told)}"
    length, unit = plain_length(period.length, period.unit)
    wanted, base = plain_length(told.get("least", told.get("most", 0)), told["unit"])
    if unit != base or (length < wanted if "least" in told else length > wanted):
        return f"the duty {duty.id} lasts {period.length} {period.unit}; the act has {said(told)}"
    if most is not None and "times" in told and most.times_at_most > told["times"]:
        return f"the duty {duty.id} is renewed {most.times_at_most} times; the act has {told['times']}, {told['cite']}"
    return None
