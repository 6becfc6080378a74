"""To judge: one instrument's facts and one version of a regulation → the finding. Pure.

The finding is the contract that doors, desk and tools rely on: outcome for the whole and for each target, every check
with its value, article and facts, deadlines with their derivation, duties, measures, approvals, forms. Unknown never
refuses: where it matters it asks, and the outcome is `needs-person`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from . import derivation, facts, legal_time
from .cel import tree
from .legal_time import Period
from .packs import OUTCOMES, PARTS, Deadline, Duty, Pack, Start, Until, Wait
from .reasons import Look, Row, name_of, place, rows

Finding = dict[str, Any]


def judge(given: Mapping[str, Any], pack: Pack) -> Finding:
    """The finding of `pack` on these facts.

    Raises `facts.FactsWrong` where they do not follow the schema. Instants in the result are UTC; nothing is read from
    clock, database or network, so the same facts and pack give the same bytes (see `canonical`).
    """
    values = facts.read(given)
    look = Look(pack, values, place(values))
    found = rows(look)
    whole = _whole(found)
    targets, data = (_parts(of, found, whole, look) for of in ("target", "data"))
    outcomes = [part["outcome"] for part in (*targets, *data)] or [whole[0]]
    return {
        "pack": pack.id,
        "version": pack.version,
        "outcome": _first([whole[0], *outcomes]),
        "targets": targets,
        "data": data,
        "checks": [row.shown for row in found if row.shown is not None],
        **_follows(look, outcomes),
        "grounds": sorted({row.check.ground for row in found if row.check.ground and row.false_anywhere}),
        "review": pack.review,
        "also": [],
        "calls_for": [other for other, rule in pack.calls_for if look.true(rule)],
        "made_with": {
            "pack_sha256": pack.sha256,
            "calendar": legal_time.CALENDAR,
            "tzdata": legal_time.tz_version(),
        },
    }


def _follows(look: Look, outcomes: list[str]) -> dict[str, Any]:
    """What follows from the outcomes of the whole, or of its parts where it has some."""
    pack, each = look.pack, frozenset(outcomes)
    return {
        "deadlines": [d for deadline in pack.deadlines if (d := _deadline(deadline, look, each)) is not None],
        "duties": _duties(look, each),
        "measures": _measures(look, each),
        "approvals": _approvals(pack, each),
        "forms": _forms(pack, each),
    }


def canonical(finding: Finding) -> bytes:
    """The one way in which a finding is written down, to be compared and hashed: compact UTF-8 JSON, keys sorted."""
    return json.dumps(finding, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def to_act_on(finding: Finding) -> list[str]:
    """The targets on which the measures of a finding may be carried out; a mixed order names only some."""
    return [target["ref"] for target in finding["targets"] if target["outcome"] == "valid"]


Against = tuple[str, str, str | None]  # an outcome, why, and the article
NOTHING: Against = ("valid", "Nothing stands against it.", None)


def _whole(found: list[Row]) -> Against:
    """What stands against the request as a whole: the first outcome of its own checks."""
    return _worst(found, "request", 0, NOTHING)


def _worst(found: Iterable[Row], of: str, n: int, least: Against) -> Against:
    rank = OUTCOMES.index(least[0])
    for row in found:
        if row.check.of == of and (outcome := row.outcome(n)) is not None and OUTCOMES.index(outcome) < rank:
            rank, least = OUTCOMES.index(outcome), (outcome, row.says(n), row.check.cite)
    return least


def _first(outcomes: Iterable[str]) -> str:
    return min(outcomes, key=OUTCOMES.index)


def _parts(of: str, found: list[Row], whole: Against, look: Look) -> list[dict[str, Any]]:
    """The outcome of each target, or of each category of data: the worst of the whole's and its own checks."""
    own = [row for row in found if row.check.of == of and row.check.blocking and set(row.values) != {True}]
    told = PARTS[of][2]
    listed = []
    for n, part in enumerate(look.parts(of)):
        outcome, why, cite = _worst(own, of, n, whole) if own else whole
        listed.append({told: name_of(part, of), "outcome": outcome, "why": why, "cite": cite})
    return listed


def _measures(look: Look, outcomes: frozenset[str]) -> list[dict[str, Any]]:
    """What is to be done, on the parts that `to_act_on` names; nothing where there is none."""
    acting = frozenset(outcome for outcome in outcomes if look.pack.outcomes[outcome].acts)
    return [
        {"kind": measure.kind, "territory": list(measure.territory)}
        for measure in look.pack.measures
        if (acting if measure.outcomes is None else measure.outcomes & outcomes) and look.first_known(measure.only_when)
    ]


def _approvals(pack: Pack, outcomes: frozenset[str]) -> dict[str, Any]:
    """The quorum for what follows: of mixed outcomes the larger one."""
    quorums = [pack.data["approvals"][pack.outcomes[outcome].approvals] for outcome in outcomes]
    return dict(max(quorums, key=lambda q: (q["count"], q["jurisdictions"])))


def _forms(pack: Pack, outcomes: frozenset[str]) -> list[str]:
    wanted = {form for outcome in outcomes for form in pack.outcomes[outcome].forms}
    return [form for form in pack.data["forms"] if form in wanted]


def _started(deadline: Deadline, look: Look) -> tuple[Start, datetime] | None:
    """What starts a period: the latest of its events that has happened and counts."""
    found = [
        (start, at)
        for start in deadline.starts
        if (at := look.instant(start.fact)) is not None and (start.only_when is None or look.true(start.only_when))
    ]
    return max(found, key=lambda pair: pair[1]) if found else None


def _deadline(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> dict[str, Any] | None:
    if not look.first_known(deadline.when):
        return None
    started = _started(deadline, look)
    row: dict[str, Any] = {"id": deadline.id, "due_legal": None, "due_target": None, "cite": deadline.cite}
    if started is None:
        return {**row, "starts": None, "steps": ["What starts this period is not known."], "says": deadline.says["en"]}
    start, at = started
    period = legal_time.end_of(at, deadline.length, deadline.unit, look.place)
    waits = _waits(deadline, look, outcomes)
    row |= {"starts": start.starts, "says": deadline.says["en"], "from": _z(at)}
    row["steps"] = derivation.steps(deadline, start, at, period, look.place, look.pack, waits)
    if waits:
        row["waits"] = [{"outcome": wait.outcome, "cite": wait.cite} for wait in waits]
    else:
        row |= {"due_legal": _z(period.due_legal), "due_target": _z(period.due_target)}
    return row


def _waits(deadline: Deadline, look: Look, outcomes: frozenset[str]) -> list[Wait]:
    """Why a clock waits; empty: it runs, because at least one target has an outcome on which it does not wait."""
    waits = [
        wait for wait in deadline.waits if wait.outcome in outcomes and (wait.when is None or look.true(wait.when))
    ]
    return waits if {wait.outcome for wait in waits} == outcomes else []


def _duties(look: Look, outcomes: frozenset[str]) -> list[dict[str, Any]]:
    found = []
    for duty in look.pack.duties:
        if _applies(duty, look, outcomes):
            until = _until(duty.until, look) if duty.until else None
            found.append({"id": duty.id, "until": until, "cite": duty.cite, "says": duty.says["en"]})
    ends = {row["id"]: row["until"] for row in found}
    held = {duty.id: duty.held_by for duty in look.pack.duties if duty.held_by in ends}
    return [
        row | {"held_by": held[row["id"]], "held_until": ends[held[row["id"]]]} if row["id"] in held else row
        for row in found
    ]


def _applies(duty: Duty, look: Look, outcomes: frozenset[str]) -> bool:
    if not (duty.outcomes & outcomes or any(map(look.true, duty.or_when))):
        return False
    return look.first_known(duty.only_when)


def _until(until: Until, look: Look) -> str | None:
    if until.start is not None:
        at = look.instant(until.start)
        return _z(_end(at, until.length, until.unit, look).due_legal) if at else None
    ends = [end for end in (look.instant(until.fact or ""), _longest(until, look)) if end is not None]
    return _z(min(ends)) if ends else None


def _longest(until: Until, look: Look) -> datetime | None:
    most = until.at_most
    if most is None:
        return None
    start = next((at for fact in most.starts if (at := look.instant(fact)) is not None), None)
    if start is None:
        return None
    _, renewed = look.fact(most.times) if most.times else (False, None)
    times = 1 + min(renewed if isinstance(renewed, int) else 0, most.times_at_most)
    return _end(start, most.length * times, most.unit, look).due_legal


def _end(start: datetime, length: int, unit: str, look: Look) -> Period:
    return legal_time.end_of(start, length, unit, look.place)


def _z(at: datetime) -> str:
    """An instant as a finding writes it, to the second; a fraction of a second is never added to a deadline."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rests_on(pack: Pack) -> tuple[str, ...]:
    """All facts that a pack's checks rest on, dotted, each once."""
    return tuple(dict.fromkeys(path for check in pack.checks for path in tree.fact_paths(check.rule.node)))
