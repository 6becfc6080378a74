"""From the solver's model to a facts object that the judge itself judges again.

A witness is as ordinary as possible: it keeps the usual values (or those of a valid instrument) wherever the statement
allows. What depends on a function that the solver doesn't know is asked of the judge, told to the solver, and tried
again. A witness that the judge contradicts in any other way is an error of the encoding, and raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import z3

from comity.cel import tree
from comity.regulations import facts as facts_schema
from comity.regulations import legal_time
from comity.regulations.checks import Look, place
from comity.regulations.judge import Finding, judge
from comity.regulations.legal_time import NoSuchZone
from comity.regulations.packs import Pack

from . import law_functions
from .bounds import Capacity, capacity
from .encode import Encoder, Point, constant
from .symbols import DAY, EPOCH, MICRO, FactSymbols, Listed, Object, Symbol, micros
from .texts import INSIDE, OTHER, NoSuchText, Texts
from .verdict import Verdict

USUAL = datetime(2026, 3, 2, 10, 15, 30, tzinfo=UTC)
USUAL_TEXTS = {
    "establishment": "BE",
    "representative": "",
    "purpose": "",
    "verification": "signature",
    "country": "FR",
    "language": "fr",
    "zone": "Europe/Brussels",
    "territory": "EU",
}
NAMES = dict.fromkeys(("ref", "urls"), "https://lantern.example/c/{n}") | {"legal_basis": "some act"}
ORDINARY = ("territory", "targets", "received_at", "language", "channel", "non_disclosure", "instrument")
TRIES = 25
EFFORT = 60_000_000  # per question in the solver's units (about ten seconds), so a busy machine proves the same


class EncodingWrong(AssertionError):
    """The judge contradicts the encoding: nothing that rests on it is proven."""


class NotDecided(Exception):
    """The solver gave no answer within its effort limit, or none that can be written down as facts."""


@dataclass(frozen=True)
class Witness:
    """Facts that show something, and the judge's finding on them."""

    facts: dict[str, Any]
    finding: Finding
    model: z3.ModelRef


@dataclass(eq=False)
class Question:
    """One pack over one facts object, ready to be asked about. `assumed` is what holds for all facts."""

    pack: Pack
    prefix: str = ""
    texts: Texts = field(default_factory=Texts)
    shared: Capacity | None = None
    common: InitVar[FactSymbols | None] = None  # given when two packs are asked about the same facts

    def __post_init__(self, common: FactSymbols | None) -> None:
        self.capacity = self.shared or capacity((self.pack,))
        self.symbols = common or FactSymbols(self.texts, self.capacity.items, self.prefix)
        self.encoder = Encoder(self.symbols, self.pack.law)
        self.verdict = Verdict(self.pack, self.encoder)
        self.features = self.verdict.features()
        self.encoder.place()
        self.usual = self._usual()

    @cached_property
    def assumed(self) -> list[z3.BoolRef]:
        """What the schema and the texts allow; read once, after every rule has been encoded."""
        return [*self.symbols.domain(), *self.texts.axioms(), *self.encoder.axioms]

    @cached_property
    def solver(self) -> z3.Solver:
        """A solver that assumes what holds for all facts."""
        solver = z3.Solver()
        solver.set("rlimit", EFFORT)
        solver.set("random_seed", 0)
        solver.add(*self.assumed)
        return solver

    def facts(self, model: z3.ModelRef) -> dict[str, Any]:
        """The facts object of a model: only what the rules of the pack use. Raises NoSuchText."""
        return dict(_Writer(self.symbols, model).object(self.symbols.root))

    def _usual(self) -> list[z3.BoolRef]:
        """What an ordinary instrument is like, as wishes."""
        wishes = [wish for n, path in enumerate(self.symbols.made) for wish in self._wishes(n, path)]
        wishes += self.texts.answers("contains")
        return wishes + [z3.Not(inside) for inside in self.texts.answers("startsWith") + self.texts.answers("endsWith")]

    def _wishes(self, n: int, path: str) -> Iterator[z3.BoolRef]:
        symbol, rule = self.symbols.made[path]
        rare = "." not in path and path not in ORDINARY and "null" in rule["type"]
        yield symbol.known
        if isinstance(symbol, Listed):
            length = self.symbols.lengths[path]
            yield length == (0 if rare else 1)
            yield length <= 1
        else:
            yield symbol.null if rare else z3.Not(symbol.null)
        if isinstance(symbol, Symbol) and symbol.type == tree.STRING:
            yield symbol.value == self._usual_text(n, path, rule)
        elif isinstance(symbol, Symbol) and symbol.type == tree.TIMESTAMP:
            day = USUAL.replace(hour=0, minute=0, second=0) if rule.get("format") == "date" else USUAL
            yield symbol.value == micros(day)
            yield _about(symbol.value, micros(day))

    def _usual_text(self, n: int, path: str, rule: Mapping[str, Any]) -> int:
        last = path.split(".")[-1].split("[")[0]
        if last in USUAL_TEXTS:
            return self.texts.number(USUAL_TEXTS[last])
        if rule.get("format") in USUAL_TEXTS or "enum" in rule:
            return self.texts.number(USUAL_TEXTS.get(rule.get("format", "")) or str(rule["enum"][0]))
        return self.texts.named(n, NAMES.get(last, "{last}").format(last=last.replace("_", " "), n=n))

    def like(self, model: z3.ModelRef) -> list[z3.BoolRef]:
        """Wishes to be like the facts of another model, symbol by symbol."""
        wishes = [length == model.eval(length, model_completion=True) for length in self.symbols.lengths.values()]
        for symbol, _ in self.symbols.made.values():
            for state in (symbol.known, symbol.null):
                if z3.is_const(state) and state.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                    wishes.append(state == model.eval(state, model_completion=True))
            if isinstance(symbol, Symbol) and symbol.value is not None:
                usual = model.eval(symbol.value, model_completion=True)
                wishes.append(symbol.value == usual)
                if symbol.type == tree.TIMESTAMP:
                    wishes.append(_about(symbol.value, usual.as_long()))
        answers = (inside for function in INSIDE for inside in self.texts.answers(function))
        return wishes + [inside == model.eval(inside, model_completion=True) for inside in answers]

    def pins(self, given: Mapping[str, Any]) -> list[z3.BoolRef]:
        """Conditions that fix the symbols to these facts; lists must fit their capacity. Raises ValueError."""
        values = facts_schema.normal(facts_schema.verify(given))
        return list(_pins(self.symbols, self.symbols.root, values))


def _about(value: z3.ArithRef, usual: int) -> z3.BoolRef:
    """The usual moment, or a year away from it: too far for any period to bridge."""
    return z3.Or([value == usual + years * 365 * DAY for years in (0, 1, -1)])


def _pins(symbols: FactSymbols, of: Object, values: Mapping[str, Any]) -> Iterator[z3.BoolRef]:
    for name, part in of.parts.items():
        path = f"{of.path}.{name}".lstrip(".")
        if name not in values:
            if not z3.is_true(part.known):
                yield z3.Not(part.known)
        else:
            yield part.known
            yield from _pin(symbols, path, part, values[name])


def _pin(symbols: FactSymbols, path: str, part: Any, value: Any) -> Iterator[z3.BoolRef]:
    if isinstance(part, Listed):
        if len(value) > len(part.items):
            raise ValueError(f"{path} has {len(value)} items, there is room for {len(part.items)}")
        yield symbols.lengths[path] == len(value)
        for n, item in enumerate(value):
            yield from _pin(symbols, f"{path}[{n}]", part.items[n][1], item)
    elif value is None:
        yield part.null
    else:
        yield z3.Not(part.null)
        if isinstance(part, Object):
            yield from _pins(symbols, part, value)
        elif isinstance(value, str):
            number, inside = symbols.texts.given(value)
            yield from (part.value == number, *inside)
        else:
            yield part.value == constant(symbols, value)


@dataclass(frozen=True)
class _Writer:
    symbols: FactSymbols
    model: z3.ModelRef

    def is_true(self, condition: z3.BoolRef) -> bool:
        """Whether a condition is true in the model."""
        return bool(z3.is_true(self.model.eval(condition, model_completion=True)))

    def object(self, of: Object) -> Iterator[tuple[str, Any]]:
        """The known fields of an object, as facts write them."""
        for name, part in of.parts.items():
            if self.is_true(part.known):
                yield name, self.value(part, of.rule["properties"][name], f"{of.path}.{name}".lstrip("."))

    def value(self, part: Any, rule: Mapping[str, Any], path: str) -> Any:
        """A field, list or object as facts write it."""
        if isinstance(part, Listed):
            size = self.model.eval(self.symbols.lengths[path], model_completion=True).as_long()
            items = enumerate(part.items[:size])
            return [self.value(item, rule["items"], f"{path}[{n}]") for n, (_, item) in items]
        if self.is_true(part.null):
            return None
        if isinstance(part, Object):
            return dict(self.object(part))
        return self.scalar(part, rule)

    def scalar(self, part: Symbol, rule: Mapping[str, Any]) -> Any:
        """A known value as facts write it."""
        found = self.model.eval(part.value, model_completion=True)
        if part.type == tree.BOOL:
            return z3.is_true(found)
        if part.type == tree.STRING:
            text = self.symbols.texts.text(found.as_long(), self.model)
            return None if not text and "null" in rule["type"] else text
        if part.type == tree.TIMESTAMP:
            return written(EPOCH + found.as_long() * MICRO, rule.get("format"))
        return found.as_long() if part.type == tree.INT else float(found.as_fraction())


def written(at: datetime, form: str | None) -> str:
    """An instant or a date as facts write it."""
    if form == "date":
        return at.date().isoformat()
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return at.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def ask(solver: z3.Solver, conditions: Sequence[z3.BoolRef], wishes: Sequence[z3.BoolRef] = ()) -> z3.ModelRef | None:
    """A model of the conditions that grants as many wishes as it can; None if there is none. Raises NotDecided."""
    solver.push()
    try:
        solver.add(*conditions)
        kept = list(wishes)
        while (answer := solver.check(*kept)) == z3.unsat:
            against = {wish.get_id() for wish in solver.unsat_core()}
            if not against:
                return None
            kept = [wish for wish in kept if wish.get_id() not in against]
        if answer != z3.sat:
            raise NotDecided(f"the solver says unknown ({solver.reason_unknown()})")
        granted = {wish.get_id() for wish in kept}
        return _granting(solver, kept, [wish for wish in wishes if wish.get_id() not in granted])
    finally:
        solver.pop()


def _granting(solver: z3.Solver, kept: list[z3.BoolRef], dropped: Sequence[z3.BoolRef]) -> z3.ModelRef:
    """Wishes dropped together with one that cannot be granted are tried again, one by one."""
    model = solver.model()
    for wish in dropped:
        if z3.is_true(model.eval(wish, model_completion=True)):
            kept.append(wish)
        elif solver.check(*kept, wish) == z3.sat:
            kept.append(wish)
            model = solver.model()
    return model


def find(question: Question, conditions: Sequence[z3.BoolRef], wishes: Sequence[z3.BoolRef]) -> Witness | None:
    """A witness that the judge confirms; None if there is none. Raises NotDecided, EncodingWrong."""
    told: list[z3.BoolRef] = []
    for _ in range(TRIES):
        model = ask(question.solver, [*conditions, *told], wishes)
        if model is None:
            if any(told):
                raise NotDecided("no witness could be written down")
            return None
        try:
            given = question.facts(model)
        except NoSuchText:
            told += list(_unlike(question, model))
            continue
        given.setdefault("instrument", question.pack.id)
        learnt = list(learn(question, model, given))
        if not learnt:
            return Witness(given, confirmed(question, model, given), model)
        question.solver.add(*learnt)
    raise NotDecided(f"no witness that the judge confirms in {TRIES} tries")


def pinned(question: Question, given: Mapping[str, Any]) -> z3.ModelRef:
    """The model in which the facts are exactly these, and the functions of law have their real values.

    For comparing the encoding with the judge on given facts. Raises NotDecided.
    """
    pins = question.pins(given)
    for _ in range(TRIES):
        model = ask(question.solver, pins)
        if model is None:
            raise NotDecided("the encoding does not know these facts")
        learnt = list(learn(question, model, given))
        if not learnt:
            return model
        question.solver.add(*learnt)
        pins += _moments(question, model)
    raise NotDecided("a function of law was not settled")


def _moments(question: Question, model: z3.ModelRef) -> Iterator[z3.BoolRef]:
    """Each instant as in this model: one that is missing is free, and has to stay the same from try to try."""
    for symbol, _ in question.symbols.made.values():
        if isinstance(symbol, Symbol) and symbol.type == tree.TIMESTAMP:
            yield symbol.value == model.eval(symbol.value, model_completion=True)


def confirmed(question: Question, model: z3.ModelRef, given: dict[str, Any]) -> Finding:
    """The judge's finding on the facts, which must agree with the encoding. Raises EncodingWrong."""
    finding = judge(given, question.pack)
    said = {n for n, c in question.features.items() if z3.is_true(model.eval(c, model_completion=True))}
    seen = observed(finding, question.pack)
    if said != seen:
        raise EncodingWrong(f"{question.pack.id}: {sorted(said ^ seen)} on {given}")
    return finding


def observed(finding: Finding, pack: Pack) -> set[str]:
    """What a finding says, in the names of `Verdict.features`."""
    seen = {f"outcome {finding['outcome']}"}
    words = {True: "true", False: "false", None: "unknown"}
    seen |= {f"check {row['id']} {words[row['holds']]}" for row in finding["checks"]}
    if any(check.of != "request" for check in pack.checks):
        for of, key in (("target", "targets"), ("data", "data")):
            seen |= {f"{of} {n} {part['outcome']}" for n, part in enumerate(finding[key])}
    for n, deadline in enumerate(pack.deadlines):
        for row in finding["deadlines"]:
            if _same(deadline, row):
                name = f"deadline {n} {deadline.id}"
                seen |= {f"{name} stated"} | ({f"{name} runs"} if row["due_legal"] else set())
                seen |= {f"{name} from {row['starts']}"} if row["starts"] else set()
    duties, measures = finding["duties"], finding["measures"]
    seen |= {f"duty {n} {d.id}" for n, d in enumerate(pack.duties) if any(_same(d, row) for row in duties)}
    seen |= {f"measure {n} {m.kind}" for n, m in enumerate(pack.measures) if any(_ordered(m, row) for row in measures)}
    called = finding["calls_for"]
    return seen | {f"calls for {other} {n}" for n, (other, _) in enumerate(pack.calls_for) if other in called}


def _same(entry: Any, row: Mapping[str, Any]) -> bool:
    return bool(entry.id == row["id"] and entry.cite == row["cite"] and entry.says["en"] == row["says"])


def _ordered(measure: Any, row: Mapping[str, Any]) -> bool:
    same_place = measure.territory == "asked" or list(measure.territory) == row["territory"]
    return bool(measure.kind == row["kind"] and same_place)


def _unlike(question: Question, model: z3.ModelRef) -> Iterator[z3.BoolRef]:
    """Exclude these answers about the inside of a text, since no text was found that has all of them."""
    for symbol, _ in question.symbols.made.values():
        if isinstance(symbol, Symbol) and symbol.type == tree.STRING:
            asked = question.texts.point(symbol.value)
            if asked and model.eval(symbol.value, model_completion=True).as_long() >= OTHER:
                same = [condition == model.eval(condition, model_completion=True) for condition in asked]
                yield z3.Or(symbol.value < OTHER, z3.Not(z3.And(same)))


def learn(question: Question, model: z3.ModelRef, given: Mapping[str, Any]) -> Iterator[z3.BoolRef]:
    """The real values of the functions of law at the points of this model, where the model differs. Raises
    NotDecided."""
    values = facts_schema.normal(facts_schema.verify(given))
    try:
        look = Look(question.pack, values, place(values))
    except NoSuchZone:
        raise NotDecided("a time zone that does not exist") from None
    for point in question.encoder.points:
        yield from _at_point(point, look, model, question)


def _at_point(point: Point, look: Look, model: z3.ModelRef, question: Question) -> Iterator[z3.BoolRef]:
    def valued(expression: Any) -> Any:
        return model.eval(expression, model_completion=True)

    if not all(z3.is_true(valued(z3.And(arg.known, z3.Not(arg.null)))) for arg in point.args):
        return
    numbers = [valued(arg.value) for arg in point.args]
    real = _really(point, look, [_python(arg, n) for arg, n in zip(point.args, numbers, strict=True)])
    there = z3.is_true(valued(point.given))
    shown = None if real is None else constant(question.symbols, real)
    if there == (real is not None) and (real is None or z3.is_true(valued(point.value == shown))):
        return
    here = [arg.value == n for arg, n in zip(point.args[1:], numbers[1:], strict=True)]
    here += law_functions.same_span(point.unit, EPOCH + numbers[0].as_long() * MICRO, point.args[0].value, look.place)
    same_place = z3.And([part == valued(part) for part in question.encoder.place()])
    fact = z3.Not(point.given) if shown is None else z3.And(point.given, point.value == shown)
    yield z3.Implies(z3.And(*here, same_place), fact)


def _python(arg: Symbol, number: Any) -> Any:
    if arg.type == tree.TIMESTAMP:
        return EPOCH + number.as_long() * MICRO
    if arg.type == tree.DURATION:
        return timedelta(microseconds=number.as_long())
    if arg.type in (tree.INT, tree.DOUBLE):
        return number.as_long() if arg.type == tree.INT else float(number.as_fraction())
    raise NotDecided(f"a function of {arg.type}")


def _really(point: Point, look: Look, args: list[Any]) -> Any:
    function = look.functions.get(point.function)
    if function is None and not point.unit:
        raise NotDecided(f"nothing can be asked about {point.function}")
    try:
        if function is not None:
            return function(*args)
        start, count = args
        return legal_time.end_of(start, count, point.unit, look.place, point.law or look.pack.law).due_legal
    except (ValueError, OverflowError):
        return None
