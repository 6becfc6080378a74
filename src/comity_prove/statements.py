"""What is proven of a pack, statement by statement: what it says, whether it holds, and what shows it.

Two kinds. *Can be*: facts exist for which it is true, and a witness shows them; a check that no facts make false is a
contradiction. *Never*: no facts exist for which it is true; facts that break it are a contradiction, and shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import z3

from comity.regulations.pack_file import Path
from comity.regulations.packs import OUTCOMES, Deadline, Duty, Pack

from . import monotone, periods
from .bounds import Capacity
from .conflicts import conflicts
from .law import law
from .telling import Places, told
from .verdict import Row
from .witness import NotDecided, Question, Witness, find

REFUSALS = tuple(outcome for outcome in OUTCOMES if outcome not in ("valid", "needs-person"))
Why = Callable[[], str]


@dataclass(frozen=True)
class Statement:
    """One thing that was asked of a pack. `holds` None: the solver did not decide, so it is not proven."""

    id: str
    says: str
    holds: bool | None
    why: str = ""
    shown_by: Witness | None = None
    must: bool = True  # False: either answer is fine, and reported

    @property
    def against(self) -> bool:
        """Whether it is a contradiction."""
        return self.must and self.holds is False


@dataclass
class Prover:
    """Asks everything of one pack. Witnesses already found are reused, so that few of them show much."""

    pack: Pack
    places: Places
    witnesses: list[Witness] = field(default_factory=list)
    base: Witness | None = None
    only: tuple[str, ...] = ()  # prefixes of the names of the statements to ask; empty: all
    capacity: Capacity | None = None  # None: as counted by `bounds`

    def __post_init__(self) -> None:
        self.question = Question(self.pack, shared=self.capacity)
        self.verdict = self.question.verdict

    def all(self) -> Iterator[Statement]:
        """Every statement, in the order of the pack."""
        return (statement for statement in self._each() if self.wanted(statement.id))

    def wanted(self, name: str) -> bool:
        """Whether a statement is asked. That something can be valid always is: other facts are described relative to
        those."""
        return not self.only or name.startswith(("outcome valid", *self.only))

    def _each(self) -> Iterator[Statement]:
        yield from self.outcomes()
        for row in self.verdict.rows:
            yield from self.check(row)
        for n, deadline in enumerate(self.pack.deadlines):
            yield from self.deadline(n, deadline)
            yield from self.period(n, deadline)
        for n, duty in enumerate(self.pack.duties):
            yield from self.duty(n, duty)
        yield from self.measures()
        yield from self.whole()
        for name, says, asked in monotone.statements(self.pack, self.places):
            yield self.decided(name, says, asked)

    # ------------------------------------------------------------ the three ways to ask

    def witness(self, condition: z3.BoolRef) -> Witness | None:
        """Facts for which this holds: those of a witness found before, or new ones; None if there are none."""
        for known in self.witnesses:
            if z3.is_true(known.model.eval(condition, model_completion=True)):
                return known
        found = self.facts_for(condition)
        if found is not None:
            self.base = self.base or found
            self.witnesses.append(found)
        return found

    def facts_for(self, condition: z3.BoolRef) -> Witness | None:
        """Facts for which this holds, as close as possible to those of a valid instrument; None if there are none."""
        wishes: Sequence[z3.BoolRef] = self.question.like(self.base.model) if self.base else self.question.usual
        return find(self.question, [condition], wishes)

    def can_be(
        self, name: str, says: str, condition: z3.BoolRef, path: Path, why: Why, *, must: bool = True
    ) -> Statement:
        """The statement that facts exist for which `condition` is true."""

        def asked() -> Statement:
            found = self.witness(condition)
            text = "" if found else f"{self.places.line(path)}: {why()}"
            return Statement(name, says, found is not None, text, found, must)

        return self.decided(name, says, asked)

    def never(self, name: str, says: str, condition: z3.BoolRef, path: Path, rests_on: Sequence[str] = ()) -> Statement:
        """The statement that no facts exist for which `condition` is true; facts in `rests_on` are always told."""

        def asked() -> Statement:
            found = self.facts_for(condition)
            if found is None:
                return Statement(name, says, True)
            why = f"{self.places.line(path)}: not so: {told(found, self.base, rests_on)}"
            return Statement(name, says, False, why, found)

        return self.decided(name, says, asked)

    def decided(self, name: str, says: str, asked: Callable[[], Statement]) -> Statement:
        """The statement that `asked` finds, or that it was not proven and why. Raises EncodingWrong: then nothing is
        proven."""
        if not self.wanted(name):
            return Statement(name, says, None, "not asked")
        try:
            found = asked()
        except NotDecided as error:
            return Statement(name, says, None, f"not proven: {error}")
        inexact = sorted(self.question.capacity.inexact)
        if (found.holds is True) is (found.shown_by is None) and inexact:
            bounded = ", ".join(f"{path} to {self.question.capacity.items[path]}" for path in inexact)
            return Statement(name, says, None, f"not proven: only for lists of bounded length ({bounded}) {found.why}")
        return found

    def near(self, condition: z3.BoolRef | None, rests_on: Sequence[str] = ()) -> str:
        """What comes closest to something that can never be: facts in words, for an explanation."""
        try:
            found = self.facts_for(condition) if condition is not None else None
        except NotDecided as error:
            return f" ({error})"
        return f"; {told(found, self.base, rests_on)}" if found else ""

    # ------------------------------------------------------------ outcomes and checks

    def outcomes(self) -> Iterator[Statement]:
        """Each outcome can come about, `valid` first; and exactly one does."""
        for outcome in sorted(self.pack.outcomes, key=lambda o: o != "valid"):
            condition = self.verdict.outcome[outcome]
            says = f"there are facts on which the outcome is {outcome}"
            path = ("outcomes", outcome)
            yield self.can_be(f"outcome {outcome}", says, condition, path, partial(self._no_outcome, outcome))
        one = z3.PbEq([(condition, 1) for condition in self.verdict.outcome.values()], 1)
        foreign = [c for o, c in self.verdict.outcome.items() if o not in self.pack.outcomes]
        foreign += [c for o, c in self.verdict.outcomes.items() if o not in self.pack.outcomes]
        says = "for all facts exactly one outcome, and one that the pack provides for"
        yield self.never("one-outcome", says, z3.Or(z3.Not(one), *foreign), ("outcomes",))

    def _no_outcome(self, outcome: str) -> str:
        givers = [row for row in self.verdict.rows if row.check.blocking and row.check.outcome == outcome]
        if outcome == "valid":
            givers = [row for row in self.verdict.rows if row.check.blocking]
            return f"nothing is ever valid: {self._never_together(givers)}"
        named = [f"{row.check.id} (line {self.places.number(self.places.check(row.check.id))})" for row in givers]
        near = "".join(f". {row.check.id} fails{self.near(row.false)}" for row in givers[:3])
        return f"the outcome {outcome} never comes about, though it is given by {', '.join(named) or 'no check'}{near}"

    def _never_together(self, rows: list[Row]) -> str:
        """Blocking checks that are never true together, as few as the solver can name."""
        solver = z3.Solver()
        solver.add(*self.question.assumed)
        wanted = {z3.Bool(f"holds {row.check.id}"): row for row in rows}
        solver.add(*(z3.Implies(name, z3.Not(self._against(row))) for name, row in wanted.items()))
        if solver.check(*wanted) != z3.unsat:
            return "something is always unknown"
        core = {str(name) for name in solver.unsat_core()}
        found = [row.check.id for name, row in wanted.items() if str(name) in core]
        lines = [f"{name} (line {self.places.number(self.places.check(name))})" for name in found]
        near = self.near(z3.Not(next(r for r in rows if r.check.id == found[0]).false)) if found else ""
        return f"{' and '.join(lines)} never hold together{near}"

    def _against(self, row: Row) -> z3.BoolRef:
        outcomes, places = {row.check.outcome or "needs-person", "needs-person"}, range(len(row.answers))
        return z3.Or([z3.And(row.answers[n].there, row.gives(outcome, n)) for outcome in outcomes for n in places])

    def check(self, row: Row) -> Iterator[Statement]:
        """A check can be true, false and (told only) unknown; if it blocks, it can decide by itself."""
        check, path = row.check, self.places.check(row.check.id)
        near = {"true": row.false, "false": row.true, "unknown": None}
        for way, wanted in (("true", row.true), ("false", row.false), ("unknown", row.unknown)):
            says = f"there are facts on which {check.id} is {way}"

            def why(way: str = way) -> str:
                condition = " ".join(check.rule.text.split())
                nearest = self.near(near[way], check.rule.facts)
                return f"the check {check.id} is never {way}; its condition is `{condition}`{nearest}"

            yield self.can_be(f"check {check.id} {way}", says, wanted, path, why, must=way != "unknown")
        if check.blocking:
            yield self.decides(row, path)

    def decides(self, row: Row, path: Path) -> Statement:
        """A blocking check can give the outcome by itself, with no other check false that would give the same."""
        check = row.check
        rank = OUTCOMES.index(check.outcome or "valid")
        others = [
            r.false for r in self.verdict.rows if r is not row and OUTCOMES.index(r.check.outcome or "valid") <= rank
        ]
        alone = z3.And(row.false, self.verdict.outcome[check.outcome or "valid"], z3.Not(z3.Or(others)))
        says = f"there are facts on which {check.id} alone gives {check.outcome}"

        def why() -> str:
            masked = self.near(row.false) or "; it is never false"
            return f"the check {check.id} decides nothing: whenever it fails, another fails that gives as much{masked}"

        return self.can_be(f"check {check.id} decides", says, alone, path, why)

    # ------------------------------------------------------------ deadlines, duties, measures

    def deadline(self, n: int, deadline: Deadline) -> Iterator[Statement]:
        """A deadline runs, from each of its events, waits for each of its reasons, and never while something is
        valid."""
        path, name, verdict = ("deadlines", n), f"deadline {n} {deadline.id}", self.verdict
        says = f"there are facts on which {deadline.id} runs"
        yield self.can_be(f"{name} runs", says, verdict.runs(deadline), path, lambda: f"{name} never runs")
        for m, (start, there, _) in enumerate(verdict.starts(deadline)):
            so = z3.And(verdict.stated(deadline), there)
            says, why = f"it can run from {start.fact}", f"{name} never runs from {start.fact}"
            yield self.can_be(f"{name} from {start.starts}", says, so, (*path, "from", m), partial(str, why))
        for m, wait in enumerate(deadline.waits):
            reason = verdict.true(wait.when) if wait.when else z3.BoolVal(True)
            so = z3.And(verdict.waits(deadline), verdict.outcomes[wait.outcome], reason)
            says, why = f"its clock can wait on {wait.outcome}", f"the clock of {name} never waits on {wait.outcome}"
            yield self.can_be(f"{name} waits on {wait.outcome}", says, so, (*path, "waits_on", m), partial(str, why))
        stands = z3.And(verdict.outcomes["valid"], verdict.waits(deadline))
        says = "its clock never waits while something is valid"
        yield self.never(f"{name} runs when valid", says, stands, path)

    def period(self, n: int, deadline: Deadline) -> Iterator[Statement]:
        """A deadline's length and start against the act, and its target against the legal end."""
        path, name = ("deadlines", n), f"deadline {n} {deadline.id}"
        act = law()["periods"].get(self.pack.id, {}).get(deadline.id)
        if act is None:
            yield Statement(f"{name} length", "its length is the act's", None, "not proven: law.yaml names none")
        elif "own" not in act:
            says = f"it is never shorter, and never longer, than the act has it: {periods.said(act)}"
            broken = periods.length_broken(self.verdict, deadline, act)
            yield self.never(f"{name} length", says, broken, (*path, "length"))
        if act and "from" in act:
            early = periods.starts_early(self.verdict, deadline, act["from"])
            rests_on = [act["from"], *(start.fact for start in deadline.starts)]
            says = f"it never starts before {act['from']}"
            yield self.never(f"{name} start", says, early, (*path, "from"), rests_on)
        says = "for any event the target lies after it and not after the legal end"
        yield self.decided(f"{name} order", says, lambda: self._order(deadline, f"{name} order", says, path))

    def _order(self, deadline: Deadline, name: str, says: str, path: Path) -> Statement:
        broken = periods.order_broken(deadline)
        return Statement(name, says, broken is None, f"{self.places.line(path)}: {broken}" if broken else "")

    def duty(self, n: int, duty: Duty) -> Iterator[Statement]:
        """A duty applies for some facts, and lasts as long as the act says."""
        path, name = ("duties", n), f"duty {n} {duty.id}"
        says = f"there are facts on which the duty {duty.id} stands"
        yield self.can_be(name, says, self.verdict.applies(duty), path, lambda: f"the duty {duty.id} never stands")
        act = law()["duties"].get(self.pack.id, {}).get(duty.id)
        if act:
            fault = periods.duty_fault(duty, act)
            why = f"{self.places.line((*path, 'until'))}: {fault}" if fault else ""
            yield Statement(f"{name} length", f"it lasts as the act has it: {periods.said(act)}", fault is None, why)

    def measures(self) -> Iterator[Statement]:
        """Each measure is ordered for some facts; one that acts (`law.yaml`) only where something is valid."""
        for n, measure in enumerate(self.pack.measures):
            path, name, so = ("measures", n), f"measure {n} {measure.kind}", self.verdict.orders(measure)
            says, why = f"there are facts on which it orders {measure.kind}", f"{measure.kind} is never ordered"
            yield self.can_be(name, says, so, path, partial(str, why))
            if measure.kind in law()["acts"]:
                says = f"{measure.kind} is ordered only where something is valid"
                unfounded = z3.And(so, z3.Not(self.verdict.outcomes["valid"]))
                yield self.never(f"{name} only on valid", says, unfounded, path)
        for n, (other, rule) in enumerate(self.pack.calls_for):
            says, why = f"it can call for {other}", f"it never calls for {other}"
            path = ("calls_for", n)
            yield self.can_be(f"calls for {other} {n}", says, self.verdict.true(rule), path, partial(str, why))

    def whole(self) -> Iterator[Statement]:
        """Unknown facts never refuse; and the pack does not order what it forbids."""
        false = z3.Or([row.false for row in self.verdict.rows if row.check.blocking])
        refused = z3.Or([self.verdict.outcome[outcome] for outcome in REFUSALS])
        says = "where no blocking check is false the outcome is valid or needs-person: unknown never refuses"
        yield self.never("unknown-asks", says, z3.And(z3.Not(false), refused), ("checks",))
        for words, condition, path in conflicts(self.question, self.question):
            yield self.never(f"conflict: {words}", f"never at once: {words}", condition, path)


def proven(statements: Sequence[Statement]) -> bool:
    """Whether everything that must hold was proven to hold."""
    return all(statement.holds is True for statement in statements if statement.must)


def as_data(statement: Statement) -> dict[str, Any]:
    """A statement as certificates and `--json` have it."""
    found: dict[str, Any] = {"id": statement.id, "says": statement.says, "holds": statement.holds}
    found |= {"why": statement.why} if statement.why else {}
    found |= {} if statement.must else {"told_only": True}
    return found | ({"can_be": True} if statement.shown_by is not None and statement.holds else {})
