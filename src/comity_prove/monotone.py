"""More facts never turn a refusal into *valid*: a pack over two facts objects, the second knowing all the first does.

`after` refines `before` if every fact known before has the same value after (null is a value; but a boolean outside the
form that was null, "it couldn't say", may become true or false), and a list keeps its items in order, of each of which
more may be known. What was unknown may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import z3

from comity.cel import tree
from comity.regulations.packs import OUTCOMES, PARTS, Pack

from .symbols import Any3, Listed, Symbol
from .telling import Places, facts_told
from .texts import Texts
from .witness import EFFORT, NotDecided, Question, Witness, ask, confirmed, learn

if TYPE_CHECKING:
    from .statements import Statement

REFUSALS = OUTCOMES[: OUTCOMES.index("needs-person")]
TRIES = 5  # the place where days are counted may itself change; the judge is asked point by point, but not for ever
SAYS = "more facts never turn a refusal into valid"


def statements(pack: Pack, places: Places) -> Iterator[tuple[str, str, Callable[[], Statement]]]:
    """For the request, and for each kind of part judged by itself: name, what it says, and the question."""
    yield "monotone", SAYS, partial(_asked, pack, places, "request")
    for of in PARTS:
        if any(check.of == of for check in pack.checks):
            aside = sorted(check.id for check in pack.checks if check.stands_aside)
            but = f", unless {', '.join(aside)} stands aside" if aside else ""
            yield f"monotone {of}", f"{SAYS}, of each {of}{but}", partial(_asked, pack, places, of)


def _asked(pack: Pack, places: Places, of: str) -> Statement:
    from .statements import Statement

    name, says = ("monotone" if of == "request" else f"monotone {of}"), SAYS
    texts = Texts()
    before, after = Question(pack, "before: ", texts), Question(pack, "after: ", texts)
    solver = z3.Solver()
    solver.set("rlimit", 3 * EFFORT)
    solver.add(*before.assumed, *after.assumed, *refines(before, after))
    shown = _model(solver, before, after, of)
    if shown is None:
        return Statement(name, says, True)
    why = f"{places.line(('checks',))}: {_told(shown)}"
    if not _real(shown, of):
        raise NotDecided(f"the solver's answer is not confirmed by the judge: {why}")
    return Statement(name, says, False, why, shown[1])


def _model(solver: z3.Solver, before: Question, after: Question, of: str) -> list[Witness] | None:
    """Facts before and after that break it, with the values of the functions of law; None if there are none."""
    for _ in range(TRIES):
        model = ask(solver, [_turned(before, after, of)], [*before.usual, *after.usual])
        if model is None:
            return None
        given = [{"instrument": q.pack.id, **q.facts(model)} for q in (before, after)]
        learnt = [fact for q, facts in zip((before, after), given, strict=True) for fact in learn(q, model, facts)]
        if not learnt:
            pairs = zip((before, after), given, strict=True)
            return [Witness(facts, confirmed(q, model, facts), model) for q, facts in pairs]
        solver.add(*learnt)
    raise NotDecided(f"no facts that the judge confirms in {TRIES} tries")


def _turned(before: Question, after: Question, of: str) -> z3.BoolRef:
    if of == "request":
        return z3.And(z3.Or([before.verdict.outcome[o] for o in REFUSALS]), after.verdict.outcome["valid"])
    aside = [row.answers[0].true for row in before.verdict.rows if row.check.stands_aside]
    turned = []
    for n, (there, _) in enumerate(before.verdict.each[of]):
        refused = z3.Or([before.verdict.of_part(of, n)[o] for o in REFUSALS])
        turned.append(z3.And(there, refused, after.verdict.of_part(of, n)["valid"]))
    return z3.And(*aside, z3.Or(turned))


def _real(shown: list[Witness], of: str) -> bool:
    before, after = (w.finding for w in shown)
    if of == "request":
        return before["outcome"] in REFUSALS and after["outcome"] == "valid"
    key = PARTS[of][0]
    pairs = zip(before[key], after[key], strict=True)
    return any(b["outcome"] in REFUSALS and a["outcome"] == "valid" for b, a in pairs)


def _told(shown: list[Witness]) -> str:
    before, after = shown
    against = [row["id"] for row in before.finding["checks"] if row["holds"] is False and row["blocking"]]
    return (
        f"{before.finding['outcome']} (fails: {', '.join(against)}) on {facts_told(before.facts, None)}; with "
        f"{facts_told(after.facts, before.facts)} besides it is {after.finding['outcome']}"
    )


def refines(before: Question, after: Question) -> Iterator[z3.BoolRef]:
    """The conditions under which the facts of `after` include everything that those of `before` know."""
    for path, length in before.symbols.lengths.items():
        listed = before.symbols.made[path][0]
        yield z3.Implies(listed.known, z3.And(after.symbols.made[path][0].known, length == after.symbols.lengths[path]))
    for path, (symbol, _) in before.symbols.made.items():
        if isinstance(symbol, Listed):
            continue
        later: Any = after.symbols.made[path][0]
        kept = [later.known]
        if isinstance(symbol, Symbol) and symbol.type == tree.BOOL:
            kept.append(z3.Or(symbol.null, z3.And(z3.Not(later.null), symbol.value == later.value)))
        else:
            kept.append(symbol.null == later.null)
            if isinstance(symbol, Symbol):
                kept.append(z3.Or(symbol.null, symbol.value == later.value))
        yield z3.Implies(_there(before, path, symbol), z3.And(kept))


def _there(question: Question, path: str, symbol: Any3) -> z3.BoolRef:
    """Whether a fact is known; an item of a list is known if its list is."""
    known = symbol.known
    if path.endswith("]"):
        listed, n = path.rsplit("[", 1)
        return z3.And(question.symbols.made[listed][0].known, question.symbols.lengths[listed] > int(n[:-1]))
    return known
