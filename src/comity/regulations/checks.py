"""The checks of a pack applied to facts: each a row with its value, what it says, and the facts it depends on.

Where all facts that a check needs are known, functions compiled from its tree give value and facts (`cel.compile`,
`facts_used`); otherwise the tree is interpreted, which says what is missing. Both give the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from comity.cel import Scope, Unknown, evaluate
from comity.cel.compile import MISSED
from comity.cel.tree import Value

from . import facts_used, legal_time
from .legal_time import Place
from .packs import PARTS, Check, Pack, Rule

SHOWN_PARTS = 50  # targets (or data categories) named beside a check, which may fail for thousands of them


class Look:
    """What every rule is applied to: the facts, and the functions of law for this place.

    `only` holds what a check is applied to where there is exactly one: the request (null), the single target, the
    single data category.
    """

    __slots__ = ("functions", "only", "pack", "place", "values")

    def __init__(self, pack: Pack, values: dict[str, Value], place: Place) -> None:
        self.pack, self.values, self.place = pack, values, place
        self.functions = _functions(place.zone, place.country, pack.law)
        self.only: dict[str, Value] = {"request": None}
        for of in PARTS:
            parts = self.parts(of)
            if len(parts) == 1:
                self.only[of] = parts[0]

    def parts(self, of: str) -> list[Value]:
        """The targets, or the data categories, one by one."""
        listed = self.values.get(PARTS[of][0])
        return listed if isinstance(listed, list) else []

    def value(self, rule: Rule, part: Value = None) -> bool | Unknown:
        """The value of a condition; `part` is the target or data category where the rule is about one."""
        try:
            found = rule.quick(self.values, part, self.functions)
        except MISSED:
            return interpreted(rule, part, self)
        return found is True

    def true(self, rule: Rule) -> bool:
        """Whether a condition is known to be true."""
        return self.value(rule) is True

    def first_known(self, rules: Iterable[Rule]) -> bool:
        """The value of the first rule that has one; false if none has. True if there are no rules."""
        found: bool | Unknown = True
        for rule in rules:
            found = self.value(rule)
            if isinstance(found, bool):
                return found
        return found is True

    def fact(self, path: str, name: str = "", part: Value = None) -> tuple[bool, Value]:
        """Whether a fact is known, and its value. `name` is what rules call the part; a null above a fact counts as
        known."""
        at: Value = {**self.values, name: part} if name else self.values
        for step in path.split("."):
            if not isinstance(at, dict) or step not in at:
                return at is None, None
            at = at[step]
        return True, at

    def instant(self, path: str) -> datetime | None:
        """A fact that is an instant, in UTC; None if absent or null."""
        at: Value = self.values
        for step in path.split("."):
            if type(at) is not dict:
                return None
            at = at.get(step)
        return at if isinstance(at, datetime) else None


@lru_cache(maxsize=64)
def _functions(zone: ZoneInfo, country: str, law: str) -> dict[str, Callable[..., Value]]:
    """The functions that rules can call beyond those of the language: the ends of legal periods."""
    place = Place(zone, country)
    units = {"endOfHours": "hours", "endOfDays": "days", "endOfWeeks": "weeks"}
    return {name: partial(_end_of, unit, place, law) for name, unit in units.items()}


def _end_of(unit: str, place: Place, law: str, start: datetime, count: int) -> datetime | None:
    """The legal end (UTC) of `count` units after an instant; None for a count that no act uses."""
    return legal_time.end_of(start, count, unit, place, law).due_legal if 0 < count < 1000 else None


def interpreted(rule: Rule, part: Value, look: Look) -> bool | Unknown:
    """The value of a condition by interpreting its tree, with what is missing."""
    known = {**look.values, rule.part: part} if rule.part else look.values
    found = evaluate(rule.node, Scope(known, look.functions))
    return found if isinstance(found, bool | Unknown) else Unknown(frozenset(rule.facts[:1]))


class Row(NamedTuple):
    """A check applied to the request, or to each part in turn. `shown` is None if the finding doesn't mention it."""

    check: Check
    values: tuple[bool | Unknown, ...]
    asks: tuple[bool, ...]
    shown: dict[str, Any] | None

    @property
    def false_anywhere(self) -> bool:
        """Whether it fails for at least one part."""
        return False in self.values

    def outcome(self, n: int) -> str | None:
        """What the n-th value means for the outcome; None if it stands in the way of nothing."""
        value = self.values[n]
        if value is True or not self.check.blocking:
            return None
        if value is False:
            return self.check.outcome
        return "needs-person" if self.asks[n] else None

    def says(self, n: int) -> str:
        """What the check says of the n-th value."""
        value = self.values[n]
        return str(self.check.rows[None if isinstance(value, Unknown) else value]["says"])


def place(values: dict[str, Value]) -> Place:
    """Where days are counted. An unknown zone is taken as UTC (the derivation says so); hours are the same
    everywhere."""
    provider = values.get("provider")
    known = provider if isinstance(provider, dict) else {}
    representative = known.get("representative") or known.get("establishment") or ""
    return Place(legal_time.zone(str(known.get("zone") or "UTC")), str(representative))


class Applied(NamedTuple):
    """All checks of a pack applied: the rows that a finding shows, in the pack's order, and those that don't simply
    hold.

    Exceptions that nothing raises, or that stand aside, are not shown.
    """

    shown: list[dict[str, Any]]
    against: list[Row]


def applied(look: Look) -> Applied:
    """Every check of the pack applied to these facts."""
    found = look.pack.holding(look.values, look.only, look.functions)
    shown = [row for row in found if row is not None]
    if len(shown) == len(found):
        return Applied(shown, [])
    others = [check for check, row in zip(look.pack.checks, found, strict=True) if row is None]
    against = _standing([_row(check, look) for check in others])
    rest = iter(against)
    shown = [row for each in found if (row := each or next(rest).shown) is not None]
    return Applied(shown, against)


def _standing(rows: list[Row]) -> list[Row]:
    """The same rows without exceptions that stand aside."""
    if not any(row.check.stands_aside for row in rows):
        return rows
    seen = {row.check.outcome for row in rows if row.check.of != "request" and row.false_anywhere}
    return [_hidden(row.check) if _stands_aside(row, seen) else row for row in rows]


def _hidden(check: Check) -> Row:
    return Row(check, (True,), (False,), None)


def _stands_aside(row: Row, seen: set[str | None]) -> bool:
    """Whether an exception to the whole gives way because it is known which part it concerns."""
    return row.check.stands_aside and row.values != (True,) and row.check.outcome in seen


def _row(check: Check, look: Look) -> Row:
    """The row of a check that fails, is unknown, or applies to several parts."""
    if check.of != "request":
        parts = look.parts(check.of)
    elif check.exception and not look.fact(check.raised_by or "")[0]:
        return _hidden(check)
    else:
        parts = [None]
    return row_of_parts(check, parts, tuple([look.value(check.rule, part) for part in parts]), look)


def row_of_parts(check: Check, parts: list[Value], values: tuple[bool | Unknown, ...], look: Look) -> Row:
    """The row of a check from its value for each part."""
    asks = tuple(
        [isinstance(value, Unknown) and _asks(check, part, look) for value, part in zip(values, parts, strict=True)]
    )
    holds = False if False in values else True if values and all(v is True for v in values) else None
    shown: dict[str, Any] = {**check.rows[holds], "see": [*check.see]}
    if holds is None:
        shown["unknown"] = "asks" if any(asks) else "said"
    shown["facts"], shown["missing"] = _rests_on(check, values, parts, look)
    return Row(check, values, asks, _named(shown, check, parts, values))


def _asks(check: Check, part: Value, look: Look) -> bool:
    if check.when_unknown != "asks":
        return False
    return check.raised_by is None or look.fact(check.raised_by, check.rule.part, part)[0]


def _named(
    shown: dict[str, Any], check: Check, parts: list[Value], values: tuple[bool | Unknown, ...]
) -> dict[str, Any]:
    if check.of != "request":
        against = [part for part, value in zip(parts, values, strict=True) if value is not True]
        shown[PARTS[check.of][0]] = [name_of(part, check.of) for part in against[:SHOWN_PARTS]]
    return shown


def name_of(part: Value, of: str) -> str:
    """What identifies a part: a target's address, a data category."""
    return str(part.get(PARTS[of][2], "")) if isinstance(part, dict) else ""


def _rests_on(
    check: Check, values: tuple[bool | Unknown, ...], parts: list[Value], look: Look
) -> tuple[list[dict[str, Any]], list[str]]:
    """The facts used, with their values, and the missing ones; of many parts, those that fail come first."""
    order = sorted(range(len(parts)), key=lambda n: (values[n] is True, n))[:SHOWN_PARTS]
    rule, known, missing = check.rule, [], []
    for n in order:
        prefix = f"{PARTS[check.of][0]}[{n}]." if rule.part else ""
        for path in (p for p in rule.facts if "[]" not in p):
            there, value = look.fact(path, rule.part, parts[n])
            if there:
                known.append({"fact": _renamed(path, rule.part, prefix), "value": facts_used.brief(value)})
        answer = values[n]
        if isinstance(answer, Unknown):
            missing += sorted(_renamed(path, rule.part, prefix) for path in answer.missing)
    return known, missing


def _renamed(path: str, part: str, prefix: str) -> str:
    return prefix + path.removeprefix(f"{part}.") if part and path.startswith(f"{part}.") else path
