"""What is ordered and forbidden at once, within a pack and between two: `law.yaml` says which duty forbids what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3

from comity.regulations.pack_file import Path

from .law import law
from .witness import Question

Ordered = tuple[str, str, z3.BoolRef, Path]


def conflicts(one: Question, other: Question, *, informing: bool = True) -> Iterator[tuple[str, z3.BoolRef, Path]]:
    """What `one` orders and `other` forbids: in words, the condition under which both hold, and where it is written.

    `informing`: whether duties that order something (to inform the author) are included. Between packs that judge
    different requests they are not: whoever informs waits for every non-disclosure that touches the same target.
    """
    forbidden = list(_forbidden(other))
    for words, kind, condition, path in _ordered(one, informing):
        for reason, rule, when in forbidden:
            if kind in rule["measures"] and one.pack.id in rule.get("of", [one.pack.id]):
                yield f"{words}, forbidden by {reason}", z3.And(condition, when), path


def _ordered(question: Question, informing: bool) -> Iterator[Ordered]:
    pack, verdict = question.pack, question.verdict
    for n, measure in enumerate(pack.measures):
        yield f"{pack.id} orders {measure.kind}", measure.kind, verdict.orders(measure), ("measures", n)
    for n, duty in enumerate(pack.duties if informing else ()):
        if duty.id in law()["orders"]:
            asked = z3.And(verdict.applies(duty), z3.Not(verdict.held(duty)))
            yield f"{pack.id} has the duty {duty.id}", law()["orders"][duty.id], asked, ("duties", n)


def _forbidden(question: Question) -> Iterator[tuple[str, dict[str, Any], z3.BoolRef]]:
    pack, verdict, table = question.pack, question.verdict, law()["forbids"]
    for duty in pack.duties:
        if duty.id in table:
            yield f"the duty {duty.id} of {pack.id}", table[duty.id], verdict.applies(duty)
    for measure in pack.measures:
        if measure.kind in table:
            yield f"the measure {measure.kind} of {pack.id}", table[measure.kind], verdict.orders(measure)
