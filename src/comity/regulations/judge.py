"""To judge: one instrument's facts and one version of a regulation → the finding. Pure.

The finding is the contract that doors, desk and tools rely on: outcome for the whole and for each target, every check
with its value, article and facts, deadlines with their derivation, duties, measures, approvals, forms. Unknown never
refuses: where it matters it asks, and the outcome is `needs-person`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import derivation, facts, legal_time
from .cel import Scope, Unknown, evaluate, tree
from .cel.tree import Value
from .legal_time import Period, Place
from .packs import OUTCOMES, Check, Deadline, Duty, Pack, Rule, Start, Until, Wait

SHOWN_TARGETS = 50  # so many targets are named beside a check that fails for thousands of them

Finding = dict[str, Any]


def judge(given: Mapping[str, Any], pack: Pack) -> Finding:
    """The finding of `pack` on these facts.

    Raises `facts.FactsWrong` where they do not follow the schema. Instants in the result are UTC; nothing is read from
    clock, database or network, so the same facts and pack give the same bytes (see `canonical`).
    """
    values = facts.normal(facts.verify(given))
    look = _Look(pack, values, _place(values))
    rows = _rows(look)
    targets = _targets(rows, look)
    outcomes = [target["outcome"] for target in targets] or [_first(_for_all(rows))]
    outcome = _first([*_for_all(rows), *outcomes])
    duties = _duties(look, frozenset(outcomes))
    return {
        "pack": pack.id,
        "version": pack.version,
        "outcome": outcome,
        "targets": targets,
        "data": [],
        "checks": [row.shown for row in rows if row.shown is not None],
        "deadlines": [d for deadline in pack.deadlines if (d := _deadline(deadline, look, outcomes)) is not None],
        "duties": duties,
        "measures": _measures(pack, targets),
        "approvals": _approvals(pack, outcomes),
        "forms": _forms(pack, outcomes),
        "grounds": sorted({row.check.ground for row in rows if row.check.ground and row.false_anywhere}),
        "review": pack.review,
        "also": [],
        "calls_for": [other for other, rule in pack.calls_for if look.true(rule)],
        "made_with": {
            "pack_sha256": pack.sha256,
            "calendar": legal_time.CALENDAR,
            "tzdata": legal_time.tz_version(),
        },
    }


def canonical(finding: Finding) -> bytes:
    """The one way in which a finding is written down, to be compared and hashed: compact UTF-8 JSON, keys sorted."""
    return json.dumps(finding, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def to_act_on(finding: Finding) -> list[str]:
    """The targets on which the measures of a finding may be carried out; a mixed order names only some."""
    return [target["ref"] for target in finding["targets"] if target["outcome"] == "valid"]


@dataclass(frozen=True)
class _Look:
    """What every rule is applied to."""

    pack: Pack
    values: dict[str, Value]
    place: Place

    def scope(self, target: Value = None) -> Scope:
        known = self.values if target is None else {**self.values, "target": target}
        return Scope(known, {"endOfWeeks": self._end_of_weeks})

    def _end_of_weeks(self, start: datetime, count: int) -> datetime | None:
        return legal_time.end_of(start, count, "weeks", self.place).due_legal if 0 < count < 1000 else None

    def value(self, rule: Rule, target: Value = None) -> bool | Unknown:
        found = evaluate(rule.node, self.scope(target))
        if isinstance(found, bool | Unknown):
            return found
        return Unknown(frozenset(rule.facts[:1]))

    def true(self, rule: Rule) -> bool:
        return self.value(rule) is True

    def first_known(self, rules: Iterable[Rule]) -> bool:
        """The first rule that has a value decides; none has one: not so. No rules: so."""
        rules = tuple(rules)
        known = (value for value in map(self.value, rules) if isinstance(value, bool))
        return next(known, not rules)

    def fact(self, path: str, target: Value = None) -> tuple[bool, Value]:
        """Whether a fact is there, and its value."""
        at: Value = self.values if target is None else {**self.values, "target": target}
        for name in path.split("."):
            if not isinstance(at, dict) or name not in at:
                return at is None, None
            at = at[name]
        return True, at

    def instant(self, path: str) -> datetime | None:
        _, value = self.fact(path)
        return value if isinstance(value, datetime) else None


@dataclass(frozen=True)
class _Row:
    """A check applied: for the request, or for each target in turn."""

    check: Check
    values: tuple[bool | Unknown, ...]
    asks: tuple[bool, ...]
    shown: dict[str, Any] | None

    @property
    def false_anywhere(self) -> bool:
        return False in self.values

    def outcome(self, n: int) -> str | None:
        """What the n-th value means for the outcome; None: nothing stands against it."""
        if not self.check.blocking or self.values[n] is True:
            return None
        if self.values[n] is False:
            return self.check.outcome
        return "needs-person" if self.asks[n] else None


def _place(values: dict[str, Value]) -> Place:
    """Where days are counted. An unknown zone is UTC (the derivation says so); hours are the same everywhere."""
    provider = values.get("provider")
    known = provider if isinstance(provider, dict) else {}
    representative = known.get("representative") or known.get("establishment") or ""
    return Place(legal_time.zone(str(known.get("zone") or "UTC")), str(representative))


def _rows(look: _Look) -> list[_Row]:
    rows = [_judge_check(check, look) for check in look.pack.checks]
    seen = {row.check.outcome for row in rows if row.check.of == "target" and row.false_anywhere}
    return [_Row(row.check, (True,), (False,), None) if _stands_aside(row, seen) else row for row in rows]


def _stands_aside(row: _Row, seen: set[str | None]) -> bool:
    """An exception that would apply to the whole, though it is seen which target it is about."""
    return row.check.stands_aside and row.values != (True,) and row.check.outcome in seen


def _judge_check(check: Check, look: _Look) -> _Row:
    if check.of == "target":
        listed = look.values.get("targets")
        targets: list[Value] = listed if isinstance(listed, list) else []
    else:
        targets = [None]
    values = tuple(look.value(check.rule, target) for target in targets)
    raised = [check.raised_by is None or look.fact(check.raised_by, target)[0] for target in targets]
    asks = tuple(check.when_unknown == "asks" and is_raised for is_raised in raised)
    if check.exception and not any(raised):
        return _Row(check, (True,), (False,), None)
    return _Row(check, values, asks, _shown(check, values, asks, targets, look))


def _shown(
    check: Check, values: tuple[bool | Unknown, ...], asks: tuple[bool, ...], targets: list[Value], look: _Look
) -> dict[str, Any]:
    holds = False if False in values else True if values and all(v is True for v in values) else None
    row: dict[str, Any] = {
        "id": check.id,
        "holds": holds,
        "blocking": check.blocking,
        "cite": check.cite,
        "says": _says(check, holds),
        "question": check.asks["en"],
        "see": list(check.see),
    }
    if holds is False and check.outcome:
        row["outcome"] = check.outcome
    if holds is None:
        row["unknown"] = (
            "asks" if any(a and isinstance(v, Unknown) for a, v in zip(asks, values, strict=True)) else "said"
        )
    if check.exception:
        row["exception"] = True
    row["facts"], row["missing"] = _rests_on(check, values, targets, look)
    if check.of == "target":
        open_ones = [n for n, value in enumerate(values) if value is not True]
        row["targets"] = [str(_ref(targets[n])) for n in open_ones[:SHOWN_TARGETS]]
    return row


def _says(check: Check, holds: bool | None) -> str:
    return {True: check.holds, False: check.fails, None: check.unknown}[holds]["en"]


def _rests_on(
    check: Check, values: tuple[bool | Unknown, ...], targets: list[Value], look: _Look
) -> tuple[list[dict[str, Any]], list[str]]:
    """Which facts with which values, and which are missing; of many targets those that do not hold come first."""
    order = sorted(range(len(targets)), key=lambda n: (values[n] is True, n))[:SHOWN_TARGETS]
    known: list[dict[str, Any]] = []
    missing: list[str] = []
    for n in order:
        names = f"targets[{n}]." if check.of == "target" else ""
        for path in (p for p in check.rule.facts if "[]" not in p):
            there, value = look.fact(path, targets[n])
            name = path.replace("target.", names, 1) if names else path
            if there:
                known.append({"fact": name, "value": _brief(value)})
        answer = values[n]
        if isinstance(answer, Unknown):
            missing += sorted(m.replace("target.", names, 1) if names else m for m in answer.missing)
    return known, missing


def _brief(value: Value) -> Any:
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return len(value)
    return facts.shown(value)


def _ref(target: Value) -> Value:
    return target.get("ref", "") if isinstance(target, dict) else ""


def _for_all(rows: list[_Row]) -> list[str]:
    """The outcomes that the checks on the request as a whole give; `valid` where none stands against it."""
    found = [outcome for row in rows if row.check.of == "request" and (outcome := row.outcome(0)) is not None]
    return found or ["valid"]


def _first(outcomes: Iterable[str]) -> str:
    return min(outcomes, key=OUTCOMES.index)


def _targets(rows: list[_Row], look: _Look) -> list[dict[str, Any]]:
    listed = look.values.get("targets")
    whole = [row for row in rows if row.check.of == "request"]
    each = [row for row in rows if row.check.of == "target"]
    return [_target(target, n, whole, each) for n, target in enumerate(listed if isinstance(listed, list) else [])]


def _target(target: Value, n: int, whole: list[_Row], each: list[_Row]) -> dict[str, Any]:
    against = [(outcome, row, 0) for row in whole if (outcome := row.outcome(0)) is not None]
    against += [(outcome, row, n) for row in each if (outcome := row.outcome(n)) is not None]
    if not against:
        return {"ref": _ref(target), "outcome": "valid", "why": "Nothing stands against it.", "cite": None}
    outcome, row, at = min(against, key=lambda found: OUTCOMES.index(found[0]))
    why = _says(row.check, None if isinstance(row.values[at], Unknown) else False)
    return {"ref": _ref(target), "outcome": outcome, "why": why, "cite": row.check.cite}


def _measures(pack: Pack, targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is to be done, on the targets that `to_act_on` names; nothing where there is none."""
    if not any(pack.outcomes[target["outcome"]].acts for target in targets):
        return []
    return [{"kind": m["kind"], "territory": list(m["territory"])} for m in pack.data["measures"]]


def _approvals(pack: Pack, outcomes: list[str]) -> dict[str, Any]:
    """The quorum for what follows: of mixed outcomes the larger one."""
    quorums = [pack.data["approvals"][pack.outcomes[outcome].approvals] for outcome in outcomes]
    return dict(max(quorums, key=lambda q: (q["count"], q["jurisdictions"])))


def _forms(pack: Pack, outcomes: list[str]) -> list[str]:
    wanted = {form for outcome in outcomes for form in pack.outcomes[outcome].forms}
    return [form for form in pack.data["forms"] if form in wanted]


def _started(deadline: Deadline, look: _Look) -> tuple[Start, datetime] | None:
    """What starts a period: the latest of its events that has happened and counts."""
    found = [
        (start, at)
        for start in deadline.starts
        if (at := look.instant(start.fact)) is not None and (start.only_when is None or look.true(start.only_when))
    ]
    return max(found, key=lambda pair: pair[1]) if found else None


def _deadline(deadline: Deadline, look: _Look, outcomes: list[str]) -> dict[str, Any] | None:
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


def _waits(deadline: Deadline, look: _Look, outcomes: list[str]) -> list[Wait]:
    """Why a clock waits; empty: it runs, because at least one target has an outcome on which it does not wait."""
    waits = [
        wait for wait in deadline.waits if wait.outcome in outcomes and (wait.when is None or look.true(wait.when))
    ]
    return waits if {wait.outcome for wait in waits} == set(outcomes) else []


def _duties(look: _Look, outcomes: frozenset[str]) -> list[dict[str, Any]]:
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


def _applies(duty: Duty, look: _Look, outcomes: frozenset[str]) -> bool:
    if not (duty.outcomes & outcomes or any(map(look.true, duty.or_when))):
        return False
    return look.first_known(duty.only_when)


def _until(until: Until, look: _Look) -> str | None:
    if until.start is not None:
        at = look.instant(until.start)
        return _z(_end(at, until.length, until.unit, look).due_legal) if at else None
    ends = [end for end in (look.instant(until.fact or ""), _longest(until, look)) if end is not None]
    return _z(min(ends)) if ends else None


def _longest(until: Until, look: _Look) -> datetime | None:
    most = until.at_most
    if most is None:
        return None
    start = next((at for fact in most.starts if (at := look.instant(fact)) is not None), None)
    if start is None:
        return None
    _, renewed = look.fact(most.times) if most.times else (False, None)
    times = 1 + min(renewed if isinstance(renewed, int) else 0, most.times_at_most)
    return _end(start, most.length * times, most.unit, look).due_legal


def _end(start: datetime, length: int, unit: str, look: _Look) -> Period:
    return legal_time.end_of(start, length, unit, look.place)


def _z(at: datetime) -> str:
    """An instant as a finding writes it, to the second; a fraction of a second is never added to a deadline."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rests_on(pack: Pack) -> tuple[str, ...]:
    """All facts that a pack's checks rest on, dotted, each once."""
    return tuple(dict.fromkeys(path for check in pack.checks for path in tree.fact_paths(check.rule.node)))
