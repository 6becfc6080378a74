"""What `judge.judge` says of any facts, as conditions for the solver: checks, outcomes, deadlines, duties, measures.

Each function here mirrors one of `judge`, `checks` or `periods`, under the same name where there is one. A test
compares both on random facts, and every witness is judged again: no difference is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3

from comity.regulations.packs import OUTCOMES, PARTS, Check, Deadline, Duty, Measure, Pack, Rule, Start

from .encode import Encoder, NotEncoded
from .symbols import NO, YES, Listed, Object

Outcomes = Mapping[str, z3.BoolRef]


@dataclass(frozen=True, eq=False)
class Answer:
    """A check applied to one part. `there`: the part exists; `asks`: if unknown, a person has to answer first."""

    there: z3.BoolRef
    known: z3.BoolRef
    value: z3.BoolRef
    asks: z3.BoolRef

    @property
    def true(self) -> z3.BoolRef:
        """Whether the answer is known to be true, for a part that exists."""
        return z3.And(self.there, self.known, self.value)

    @property
    def false(self) -> z3.BoolRef:
        """Whether the answer is known to be false, for a part that exists."""
        return z3.And(self.there, self.known, z3.Not(self.value))

    @property
    def open(self) -> z3.BoolRef:
        """Whether it is unknown and a person has to answer first."""
        return z3.And(self.there, z3.Not(self.known), self.asks)


@dataclass(frozen=True, eq=False)
class Row:
    """A check applied. `shown`: whether the finding mentions it (something raised it, it doesn't stand aside)."""

    check: Check
    answers: tuple[Answer, ...]
    shown: z3.BoolRef

    @property
    def false(self) -> z3.BoolRef:
        """Whether it fails, for at least one part."""
        return z3.And(self.shown, z3.Or([answer.false for answer in self.answers]))

    @property
    def true(self) -> z3.BoolRef:
        """Whether it holds: for every part, and there is at least one."""
        some = z3.Or([answer.there for answer in self.answers])
        return z3.And(self.shown, some, z3.And([z3.Implies(a.there, a.true) for a in self.answers]))

    @property
    def unknown(self) -> z3.BoolRef:
        """Whether it neither holds nor fails."""
        return z3.And(self.shown, z3.Not(self.true), z3.Not(self.false))

    def gives(self, outcome: str, n: int = 0) -> z3.BoolRef:
        """Whether the n-th answer calls for this outcome."""
        if not self.check.blocking:
            return NO
        answer = self.answers[n]
        refused = answer.false if self.check.outcome == outcome else NO
        return z3.And(self.shown, z3.Or(refused, answer.open if outcome == "needs-person" else NO))


def first(found: Outcomes) -> dict[str, z3.BoolRef]:
    """Of the outcomes that something calls for, the first in the order of OUTCOMES; `valid` if nothing does."""
    result: dict[str, z3.BoolRef] = {}
    before: list[z3.BoolRef] = []
    for outcome in OUTCOMES[:-1]:
        result[outcome] = z3.And(found[outcome], *[z3.Not(b) for b in before])
        before.append(found[outcome])
    return {**result, "valid": z3.Not(z3.Or(before))}


def _any(*several: Outcomes) -> dict[str, z3.BoolRef]:
    return {outcome: z3.Or([found[outcome] for found in several]) for outcome in OUTCOMES[:-1]}


@dataclass(eq=False)
class Verdict:
    """A pack applied to the facts of an encoder."""

    pack: Pack
    at: Encoder

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of all checks, in the pack's order."""
        found = [self._row(check) for check in self.pack.checks]
        seen = {
            outcome: z3.Or([row.false for row in found if row.check.of != "request" and row.check.outcome == outcome])
            for outcome in OUTCOMES
        }
        return [self._standing(row, seen) for row in found]

    def _row(self, check: Check) -> Row:
        try:
            answers = tuple(self._answer(check, there, part) for there, part in self.parts(check.of))
        except NotEncoded as error:
            error.check = check.id
            raise
        shown = YES
        if check.exception:
            shown = self.at.facts.at(check.raised_by)[0] if check.raised_by else NO
        return Row(check, answers, shown)

    def _answer(self, check: Check, there: z3.BoolRef, part: Object | None) -> Answer:
        known, value = self.at.truth(check.rule.node, {check.rule.part: part} if part is not None else {})
        raised = YES
        if check.raised_by:
            path = check.raised_by.removeprefix(f"{check.rule.part}.") if part is not None else check.raised_by
            own = part is not None and path != check.raised_by
            raised, _ = self.at.facts.at(path, part if own else None)
        return Answer(there, known, value, raised if check.when_unknown == "asks" else NO)

    def _standing(self, row: Row, seen: Outcomes) -> Row:
        if not row.check.stands_aside:
            return row
        against = z3.And(z3.Not(row.answers[0].true), seen[row.check.outcome or "valid"])
        return Row(row.check, row.answers, z3.And(row.shown, z3.Not(against)))

    def parts(self, of: str) -> list[tuple[z3.BoolRef, Object | None]]:
        """What a check is applied to: the request, or each item that the list has room for. Raises NotEncoded."""
        if of == "request":
            return [(YES, None)]
        listed = self.at.facts.part(self.at.facts.root, PARTS[of][0])
        if not isinstance(listed, Listed):
            raise NotEncoded(f"{PARTS[of][0]} is no list")
        return [(z3.And(listed.known, there), item) for there, item in listed.items]

    @cached_property
    def against(self) -> dict[str, z3.BoolRef]:
        """What stands against the request as a whole, outcome by outcome."""
        whole = [row for row in self.rows if row.check.of == "request"]
        return {outcome: z3.Or([row.gives(outcome) for row in whole]) for outcome in OUTCOMES[:-1]}

    @cached_property
    def each(self) -> dict[str, list[tuple[z3.BoolRef, dict[str, z3.BoolRef]]]]:
        """For `target` and `data`: whether each part exists, and what stands against it."""
        if all(check.of == "request" for check in self.pack.checks):
            return {}
        return {of: [self._against(of, n, there) for n, (there, _) in enumerate(self.parts(of))] for of in PARTS}

    def _against(self, of: str, n: int, there: z3.BoolRef) -> tuple[z3.BoolRef, dict[str, z3.BoolRef]]:
        own = [row for row in self.rows if row.check.of == of]
        found = {outcome: z3.Or([row.gives(outcome, n) for row in own]) for outcome in OUTCOMES[:-1]}
        return there, _any(self.against, found)

    @cached_property
    def outcome(self) -> dict[str, z3.BoolRef]:
        """The outcome of the request: exactly one of these is true."""
        parts = [(there, found) for each in self.each.values() for there, found in each]
        reached = [{o: z3.And(there, c) for o, c in found.items()} for there, found in parts]
        return first(_any(self.against, *reached))

    def of_part(self, of: str, n: int) -> dict[str, z3.BoolRef]:
        """The outcome of the n-th target (or data category), if it exists."""
        return first(self.each[of][n][1])

    @cached_property
    def outcomes(self) -> dict[str, z3.BoolRef]:
        """The outcomes that some part has; without parts, that of the whole."""
        whole = first(self.against)
        parts = [(there, first(found)) for each in self.each.values() for there, found in each]
        none = z3.And([z3.Not(there) for there, _ in parts])
        return {o: z3.Or(z3.And(none, whole[o]), *[z3.And(there, c[o]) for there, c in parts]) for o in OUTCOMES}

    def true(self, rule: Rule) -> z3.BoolRef:
        """Whether a condition is known to be true, as `Look.true`."""
        known, value = self.at.truth(rule.node, {})
        return z3.And(known, value)

    def first_known(self, rules: Iterable[Rule]) -> z3.BoolRef:
        """The value of the first rule that has one, as `Look.first_known`."""
        rules = tuple(rules)
        decided = NO if rules else YES
        for rule in reversed(rules):
            known, value = self.at.truth(rule.node, {})
            decided = z3.If(known, value, decided)
        return decided

    def stated(self, deadline: Deadline) -> z3.BoolRef:
        """Whether the finding has this deadline at all."""
        return self.first_known(deadline.when)

    def starts(self, deadline: Deadline) -> list[tuple[Start, z3.BoolRef, z3.ArithRef]]:
        """For each event that can start a period: whether it counts and is the latest, and when it was."""
        found = []
        for start in deadline.starts:
            there, at = self.at.facts.instant(start.fact)
            found.append((start, z3.And(there, self.true(start.only_when)) if start.only_when else there, at))
        return [(start, self._latest(found, n), at) for n, (start, _, at) in enumerate(found)]

    def _latest(self, found: list[tuple[Start, z3.BoolRef, z3.ArithRef]], n: int) -> z3.BoolRef:
        _, there, at = found[n]
        later = [z3.And(t, a > at if m > n else a >= at) for m, (_, t, a) in enumerate(found) if m != n]
        return z3.And(there, z3.Not(z3.Or(later)))

    def waits(self, deadline: Deadline) -> z3.BoolRef:
        """Whether its clock stands still: every outcome there is has a reason to wait."""
        if not deadline.waits:
            return NO
        reasons = dict.fromkeys(OUTCOMES, NO)
        for wait in deadline.waits:
            reasons[wait.outcome] = z3.Or(reasons[wait.outcome], self.true(wait.when) if wait.when else YES)
        return z3.And([z3.Implies(self.outcomes[o], reasons[o]) for o in OUTCOMES])

    def length(self, deadline: Deadline) -> z3.ArithRef:
        """Its length in its own unit, with everything that makes it longer."""
        return z3.Sum([z3.IntVal(deadline.length)] + [z3.If(self.true(m.when), m.length, 0) for m in deadline.extends])

    def open(self, deadline: Deadline) -> z3.BoolRef:
        """Whether it has no end yet: a condition says so, or its clock was stopped and not restarted."""
        said = [self.true(said.when) for said in deadline.open_when]
        if not deadline.stops:
            return z3.Or(said)
        if len(deadline.stops) > 1:
            raise NotEncoded(f"more than one stop of the deadline {deadline.id}")
        [stop] = deadline.stops
        since_there, since = self.at.facts.instant(stop.since)
        until_there, _ = self.at.facts.instant(stop.until)
        still = []
        for _, there, at in self.starts(deadline):
            ended = self.at.end(at, self.length(deadline), deadline.unit, deadline.counts_by)
            still.append(z3.And(there, ended > z3.If(since > at, since, at)))
        return z3.Or(*said, z3.And(since_there, z3.Not(until_there), z3.Or(still)))

    def runs(self, deadline: Deadline) -> z3.BoolRef:
        """Whether it has an end: stated, started, its clock not standing still."""
        started = z3.Or([there for _, there, _ in self.starts(deadline)])
        return z3.And(self.stated(deadline), started, z3.Not(self.waits(deadline)), z3.Not(self.open(deadline)))

    def held(self, duty: Duty) -> z3.BoolRef:
        """Whether something holds this duty back, so that nothing is due yet."""
        by = [self.applies(other) for other in self.pack.duties if other.id == duty.held_by]
        if duty.held_while is not None:
            by.append(self.first_known(duty.held_while.when))
        return z3.Or(by)

    def applies(self, duty: Duty) -> z3.BoolRef:
        """Whether the finding has this duty."""
        reached = z3.Or([self.outcomes[o] for o in sorted(duty.outcomes)] + [self.true(rule) for rule in duty.or_when])
        return z3.And(reached, self.first_known(duty.only_when))

    def orders(self, measure: Measure) -> z3.BoolRef:
        """Whether the finding orders this measure."""
        acting = {o for o, rule in self.pack.outcomes.items() if rule.acts}
        wanted = acting if measure.outcomes is None else measure.outcomes
        return z3.And(z3.Or([self.outcomes[o] for o in sorted(wanted)]), self.first_known(measure.only_when))

    def features(self) -> dict[str, z3.BoolRef]:
        """Everything that is compared with a finding, each under its own name."""
        found = {f"outcome {o}": c for o, c in self.outcome.items()}
        for row in self.rows:
            found |= {f"check {row.check.id} {v}": c for v, c in _three(row).items()}
        for of, each in self.each.items():
            for n, (there, _) in enumerate(each):
                found |= {f"{of} {n} {o}": z3.And(there, c) for o, c in self.of_part(of, n).items()}
        for n, deadline in enumerate(self.pack.deadlines):
            found |= self._of_deadline(f"deadline {n} {deadline.id}", deadline)
        for n, duty in enumerate(self.pack.duties):
            found[f"duty {n} {duty.id}"] = self.applies(duty)
        for n, measure in enumerate(self.pack.measures):
            found[f"measure {n} {measure.kind}"] = self.orders(measure)
        return found | {f"calls for {other} {n}": self.true(r) for n, (other, r) in enumerate(self.pack.calls_for)}

    def _of_deadline(self, name: str, deadline: Deadline) -> dict[str, z3.BoolRef]:
        found = {f"{name} stated": self.stated(deadline), f"{name} runs": self.runs(deadline)}
        for start, there, _ in self.starts(deadline):
            found[f"{name} from {start.starts}"] = z3.And(self.stated(deadline), there)
        return found


def _three(row: Row) -> dict[str, z3.BoolRef]:
    return {"true": row.true, "false": row.false, "unknown": row.unknown}
