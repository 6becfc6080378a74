"""Packs: regulations as data, read once into rules that the judge applies.

`load()` reads the packs that ship with Comity; a bad one is reported in `Library.errors` and never stops the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from comity.cel import CelError, Node, Type, parse, tree
from comity.cel.compile import Compiled, compiled

from . import facts, facts_used
from .legal_time import ACT, LAWS, UNITS
from .pack_file import PackError, PackFile, Path, read

OUTCOMES = ("counsel", "reroute", "not-competent", "refuse", "defective", "impossible", "needs-person", "valid")
CITE = re.compile(
    r"(Regulation \((?:EU|EC|EEC, Euratom)\) (?:No )?\d+/\d+|Directive \(EU\) \d+/\d+|\d+ U\.S\.C\.)"
    r"(, (?:Art\. \d+[a-z]?|Annex [IVX]+|recital \d+)(?:\([0-9a-z]+\))*| § \d+[A-Z]?(?:\([0-9A-Za-z]+\))*)|"
    r"recital \d+|Comity, [a-z][a-z -]+"
)
Text = Mapping[str, str]
# what is judged one by one: the list among the facts, what a rule calls one of its items, the field that names it
PARTS = {"target": ("targets", "target", "ref"), "data": ("data", "datum", "category")}


class NoPack(LookupError):
    """No regulation is known for an instrument, or none was in force then; the text says which."""


@dataclass(frozen=True)
class Rule:
    """A condition: its text, its tree, the facts it depends on, and what it calls the part it is applied to."""

    text: str
    node: Node
    facts: tuple[str, ...]
    part: str = ""

    @cached_property
    def quick(self) -> Compiled:
        """The condition as a function of known facts (see `cel.compile`)."""
        return compiled(self.node, self.part)


@dataclass(frozen=True)
class Check:
    """One question of law. An exception is one too: it holds where the exception does not apply."""

    id: str
    of: str  # "request" | "target" | "data"
    asks: Text
    article: Text
    cite: str
    see: tuple[str, ...]
    rule: Rule
    holds: Text
    fails: Text
    unknown: Text
    blocking: bool
    outcome: str | None
    ground: str | None
    form: str | None
    when_unknown: str  # "asks" | "said"
    raised_by: str | None
    exception: bool
    stands_aside: bool  # an exception that gives way where a target has that outcome by a check of its own

    @cached_property
    def rows(self) -> Mapping[bool | None, Mapping[str, Any]]:
        """How the check's row in a finding begins if it holds, fails or is unknown."""
        return {holds: self._row(holds) for holds in (True, False, None)}

    def _row(self, holds: bool | None) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": self.id,
            "holds": holds,
            "blocking": self.blocking,
            "cite": self.cite,
            "says": self.says(holds)["en"],
            "question": self.asks["en"],
        }
        if holds is False and self.outcome:
            row["outcome"] = self.outcome
        return row | {"exception": True} if self.exception else row

    @property
    def listed(self) -> str:
        """The list of the parts it applies to; empty for a check of the request."""
        return "" if self.of == "request" else PARTS[self.of][0]

    @property
    def names(self) -> Mapping[str, Type]:
        """The names that its rule may use, with their types."""
        return names_for(self.rule.part)

    def says(self, holds: bool | None) -> Text:
        """What it says of a value."""
        return {True: self.holds, False: self.fails, None: self.unknown}[holds]


class Told:
    """What a derivation says, with its source."""

    says: Text
    cite: str

    @cached_property
    def told(self) -> str:
        """The sentence in English, followed by its citation."""
        return f"{self.says['en']} {self.cite}"


@dataclass(frozen=True)
class Start(Told):
    """What starts a period: an instant among the facts, if the condition (if any) is true."""

    fact: str
    starts: str
    cite: str
    says: Text
    only_when: Rule | None


@dataclass(frozen=True)
class Wait(Told):
    """An outcome during which a period does not run, while the condition (if any) is true."""

    outcome: str
    when: Rule | None
    cite: str
    says: Text


@dataclass(frozen=True)
class Said(Told):
    """What is said of a period while a condition is true."""

    when: Rule
    cite: str
    says: Text


@dataclass(frozen=True)
class Longer(Told):
    """By how much a period is longer (in its own unit), if the condition is true."""

    when: Rule
    length: int
    cite: str
    says: Text


@dataclass(frozen=True)
class StoppedBy(Told):
    """Between these two instants a period stands still; while the second is missing, it still does."""

    since: str
    until: str
    cite: str
    says: Text


@dataclass(frozen=True)
class AtLatest(Told):
    """The moment that the instrument itself names: the period ends no later."""

    fact: str
    cite: str
    says: Text


@dataclass(frozen=True)
class Deadline:
    """A period: length, unit, what starts it (the latest), what makes it wait, stop or last, and which law counts."""

    id: str
    says: Text
    cite: str
    when: tuple[Rule, ...]
    length: int
    unit: str
    starts: tuple[Start, ...]
    waits: tuple[Wait, ...]
    extends: tuple[Longer, ...]
    stops: tuple[StoppedBy, ...]
    open_when: tuple[Said, ...]
    at_latest: AtLatest | None
    notes: tuple[Said, ...]
    counts_by: str

    @cached_property
    def nothing_stops(self) -> str:
        """What is said, while the clock runs, of what could stop it."""
        stops: tuple[Wait | StoppedBy, ...] = (*self.waits, *self.stops)
        return " ".join(["Nothing stops this clock now.", *(stop.told for stop in stops)])


@dataclass(frozen=True)
class AtMost:
    """A longest time: this much from the first of these facts that is known, and as much again for each renewal."""

    starts: tuple[str, ...]
    length: int
    unit: str
    times: str | None
    times_at_most: int
    law: str


@dataclass(frozen=True)
class Until:
    """The end of a duty: that of a deadline, a period from a fact, or a fact itself, no later than `at_most`."""

    deadline: str | None
    start: str | None
    length: int
    unit: str
    law: str
    fact: str | None
    at_most: AtMost | None


@dataclass(frozen=True)
class Held:
    """What holds a duty back: a condition (the first that is known decides), until an instant among the facts."""

    when: tuple[Rule, ...]
    until: str


@dataclass(frozen=True)
class Duty:
    """What else has to be done, for which outcomes and under which conditions."""

    id: str
    says: Text
    cite: str
    outcomes: frozenset[str]
    or_when: tuple[Rule, ...]
    only_when: tuple[Rule, ...]
    until: Until | None
    held_by: str | None
    held_while: Held | None


@dataclass(frozen=True)
class Measure:
    """An act on a platform: for which outcomes (None: those that act), under which conditions."""

    kind: str
    territory: tuple[str, ...] | str  # "asked": the narrowest of what is asked for and what its grounds justify
    outcomes: frozenset[str] | None
    only_when: tuple[Rule, ...]


@dataclass(frozen=True)
class OutcomeRule:
    """What an outcome entails: which quorum, which forms, whether the measures follow."""

    approvals: str
    forms: tuple[str, ...]
    acts: bool


@dataclass(frozen=True)
class Pack:
    """One version of one regulation, ready to apply. `data` is the file itself, `sha256` the hash of its bytes."""

    id: str
    version: str
    sha256: str
    title: Text
    act: str
    summary: Text
    in_force_from: date
    in_force_until: date | None
    review: str
    checks: tuple[Check, ...]
    deadlines: tuple[Deadline, ...]
    duties: tuple[Duty, ...]
    measures: tuple[Measure, ...]
    outcomes: Mapping[str, OutcomeRule]
    calls_for: tuple[tuple[str, Rule], ...]
    data: Mapping[str, Any] = field(repr=False)

    @cached_property
    def holding(self) -> facts_used.RowsThatHold:
        """What makes the rows of the checks that hold."""
        return facts_used.RowsThatHold(self.checks)

    @cached_property
    def held_back(self) -> tuple[Duty, ...]:
        """The duties that another duty holds back."""
        return tuple(duty for duty in self.duties if duty.held_by)

    @cached_property
    def named(self) -> str:
        """How a derivation cites it."""
        return f"Pack {self.id}, version {self.version}"

    @cached_property
    def law(self) -> str:
        """The law that counts the periods of this act: that of its first deadline."""
        return self.deadlines[0].counts_by if self.deadlines else ACT

    def allows(self, grade: str) -> frozenset[str]:
        """The kinds of measure allowed for a sender verified at this grade (`none`, `domain`, …)."""
        return frozenset(self.data["verification"].get(grade, ()))


@dataclass(frozen=True)
class Library:
    """The packs that were read, and what was wrong with those that were not."""

    packs: tuple[Pack, ...]
    errors: tuple[PackError, ...]

    def ids(self) -> tuple[str, ...]:
        """The instruments for which there is a pack."""
        return tuple(sorted({pack.id for pack in self.packs}))

    def versions(self, instrument: str) -> tuple[Pack, ...]:
        """All versions of one pack, oldest first. Raises NoPack."""
        found = sorted((p for p in self.packs if p.id == instrument), key=lambda p: (p.in_force_from, p.version))
        if not found:
            raise NoPack(f"no regulation is known for {instrument[:80]!r}; known: {', '.join(self.ids())}")
        return tuple(found)

    def version(self, instrument: str, version: str) -> Pack:
        """One version by its name. Raises NoPack."""
        for pack in self.versions(instrument):
            if pack.version == version:
                return pack
        raise NoPack(f"{instrument} has no version {version[:40]!r}")

    def in_force(self, instrument: str, at: datetime | None) -> Pack:
        """The version in force at an instant (UTC; None: the newest). Raises NoPack."""
        versions = self.versions(instrument)
        if at is None:
            return versions[-1]
        day = at.date()
        for pack in reversed(versions):
            if pack.in_force_from <= day and (pack.in_force_until is None or day < pack.in_force_until):
                return pack
        raise NoPack(f"no version of {instrument} was in force on {day.isoformat()}")


@cache
def load() -> Library:
    """The packs that ship with Comity."""
    return load_from(resources.files(__package__).joinpath("packs"))


def load_from(folder: Traversable) -> Library:
    """Every `<id>/<version>.yaml` below a folder. Bad files go to `errors`, with file, line, field and rule."""
    found: list[Pack] = []
    errors: list[PackError] = []
    for place in sorted(folder.iterdir(), key=lambda f: f.name):
        if place.name.startswith("_"):  # only to be extended
            continue
        for file in sorted(place.iterdir(), key=lambda f: f.name) if place.is_dir() else ():
            if not file.name.endswith(".yaml"):
                continue
            try:
                found.append(build(f"{place.name}/{file.name}", file.read_bytes()))
            except PackError as error:
                errors.append(error)
    return Library(tuple(found), tuple(errors))


def pack(instrument: str, at: datetime | None = None) -> Pack:
    """The shipped pack for an instrument in force at an instant (UTC; None: the newest). Raises NoPack."""
    return load().in_force(instrument, at)


def build(name: str, text: bytes) -> Pack:
    """A pack from the bytes of its file (`<id>/<version>.yaml`). Raises PackError with line, field and rule."""
    return _Builder(read(name, text), hashlib.sha256(text).hexdigest()).pack()


@cache
def names_for(part: str) -> Mapping[str, Type]:
    """The names that a rule may use; `part` is what it calls the part it is applied to, empty for the request."""
    names = dict(facts.types())
    for listed, name, _ in PARTS.values():
        found = names[listed]
        if name == part and isinstance(found, tree.ListOf):
            names[name] = found.item
    return names


class _Builder:
    """Builds a pack from its file; every error carries the line it is about."""

    def __init__(self, file: PackFile, sha256: str) -> None:
        self.file, self.sha256, self.data = file, sha256, file.data
        self.names: dict[str, Node] = {}

    def pack(self) -> Pack:
        data = self.data
        if self.file.name != f"{data['id']}/{data['version']}.yaml":
            raise self.file.error(("id",), f"the file must be called {data['id']}/{data['version']}.yaml")
        self._citations((), data)
        self._define()
        checks = self._checks()
        self._each_id_once(checks)
        self._kept_and_held()
        return Pack(
            id=data["id"],
            version=data["version"],
            sha256=self.sha256,
            title=data["title"],
            act=data["act"],
            summary=data["summary"],
            in_force_from=self._day("in_force_from"),
            in_force_until=self._day("in_force_until") if "in_force_until" in data else None,
            review=data["review"],
            checks=checks,
            deadlines=tuple(self._deadline(n, entry) for n, entry in enumerate(data["deadlines"])),
            duties=tuple(self._duty(n, entry) for n, entry in enumerate(data["duties"])),
            measures=tuple(self._measure(n, entry) for n, entry in enumerate(data["measures"])),
            outcomes=self._outcomes(),
            calls_for=self._calls_for(),
            data=data,
        )

    def _day(self, key: str) -> date:
        try:
            return date.fromisoformat(self.data[key])
        except ValueError:
            raise self.file.error((key,), f"{self.data[key]!r} is no date") from None

    def _citations(self, path: Path, part: object) -> None:
        """Every `cite` and `see`, wherever it is, must be written in the one form that tools compare."""
        if isinstance(part, dict):
            for key, value in part.items():
                for cite in [value] if key == "cite" else value if key == "see" else ():
                    if not CITE.fullmatch(str(cite)):
                        raise self.file.error((*path, key), f"{cite!r} is not written as a citation")
                self._citations((*path, key), value)
        elif isinstance(part, list):
            for n, value in enumerate(part):
                self._citations((*path, n), value)

    def _define(self) -> None:
        for name, members in self.data.get("sets", {}).items():
            self._free(("sets", name), name)
            items = tuple(tree.Literal(0, tree.STRING, str(member)) for member in members)
            self.names[name] = tree.Items(0, tree.ListOf(tree.STRING), items)
        for name, entry in self.data.get("names", {}).items():
            self._free(("names", name), name)
            self.names[name] = self._parse(("names", name, "is"), entry["is"], facts.types())

    def _free(self, path: Path, name: str) -> None:
        if name in facts.types() or name in self.names or name in {part for _, part, _ in PARTS.values()}:
            raise self.file.error(path, f"{name!r} is the name of something else already")

    def _parse(self, path: Path, text: str, names: Mapping[str, Type]) -> Node:
        try:
            return parse(text, names, self.names)
        except CelError as error:
            raise self.file.error(path, f"{error} in: {text[:80]}") from None

    def _rule(self, path: Path, text: str, of: str = "request") -> Rule:
        part = PARTS[of][1] if of in PARTS else ""
        node = self._parse(path, text, names_for(part))
        if node.type != tree.BOOL:
            raise self.file.error(path, f"a condition must be bool, not {node.type}, in: {text[:80]}")
        return Rule(text, node, tree.fact_paths(node), part)

    def _rules(self, path: Path, texts: Iterable[str]) -> tuple[Rule, ...]:
        return tuple(self._rule((*path, n), text) for n, text in enumerate(texts))

    def _fact(self, path: Path, text: str, wanted: Type | None = None, of: str = "request") -> str:
        node = self._parse(path, text, names_for(PARTS[of][1] if of in PARTS else ""))
        if tree.path_of(node, {}) != text:
            raise self.file.error(path, f"{text!r} is not the name of a fact")
        if wanted is not None and node.type != wanted:
            raise self.file.error(path, f"{text} must be {wanted}, is {node.type}")
        return text

    def _checks(self) -> tuple[Check, ...]:
        return tuple(
            [self._check(("checks", n), entry) for n, entry in enumerate(self.data["checks"])]
            + [self._exception(("exceptions", n), entry) for n, entry in enumerate(self.data.get("exceptions", ()))]
        )

    def _check(self, path: Path, entry: dict[str, Any]) -> Check:
        of = entry.get("of", "request")
        if entry["blocking"] and "outcome" not in entry:
            raise self.file.error(path, "a blocking check must say which outcome it gives")
        if not entry["blocking"] and "outcome" in entry:
            raise self.file.error((*path, "outcome"), "a check that does not block gives no outcome")
        if not entry["blocking"] and entry.get("when_unknown") == "asks":
            raise self.file.error((*path, "when_unknown"), "a check that does not block cannot ask")
        rule = self._rule((*path, "holds_when"), entry["holds_when"], of)
        return Check(
            **self._said(path, entry),
            of=of,
            rule=rule,
            holds=entry["holds"],
            fails=entry["fails"],
            blocking=entry["blocking"],
            when_unknown=entry.get("when_unknown", "asks" if entry["blocking"] else "said"),
            exception=False,
            stands_aside=False,
        )

    def _exception(self, path: Path, entry: dict[str, Any]) -> Check:
        applies = self._rule((*path, "applies_when"), entry["applies_when"])
        return Check(
            **self._said(path, entry),
            of="request",
            rule=Rule(applies.text, tree.Not(0, tree.BOOL, applies.node), applies.facts, ""),
            holds=entry["absent"],
            fails=entry["applies"],
            blocking=True,
            when_unknown=entry.get("when_unknown", "asks"),
            exception=True,
            stands_aside=entry.get("stands_aside", False),
        )

    def _said(self, path: Path, entry: dict[str, Any]) -> dict[str, Any]:
        raised_by = entry.get("raised_by")
        return {
            "id": entry["id"],
            "asks": entry["asks"],
            "article": entry["article"],
            "cite": entry["cite"],
            "see": tuple(entry.get("see", ())),
            "unknown": entry["unknown"],
            "outcome": entry.get("outcome"),
            "ground": entry.get("ground"),
            "form": self._form(path, entry["form"]) if "form" in entry else None,
            "raised_by": self._fact((*path, "raised_by"), raised_by, of=entry.get("of", "request"))
            if raised_by
            else None,
        }

    def _each_id_once(self, checks: Iterable[Check]) -> None:
        seen: set[str] = set()
        for check in checks:
            if check.id in seen:
                raise self.file.error(("checks",), f"two checks are called {check.id!r}")
            seen.add(check.id)

    def _kept_and_held(self) -> None:
        for n, entry in enumerate(self.data["retention"]):
            self._fact(("retention", n, "from"), entry["from"], tree.TIMESTAMP)
            self._unit(("retention", n), entry)
        duties = {entry["id"] for entry in self.data["duties"]}
        for n, entry in enumerate(self.data["duties"]):
            if entry.get("held_by", entry["id"]) not in duties:
                raise self.file.error(("duties", n, "held_by"), f"there is no duty called {entry['held_by']!r}")

    def _unit(self, path: Path, entry: dict[str, Any]) -> str:
        if entry.get("counts_by", ACT) not in LAWS:
            raise self.file.error((*path, "counts_by"), f"none but {', '.join(LAWS)} is known to count a period")
        unit = str(entry["unit"])
        if unit not in UNITS:
            raise self.file.error((*path, "unit"), f"must be one of {', '.join(UNITS)}")
        return unit

    def _deadline(self, n: int, entry: dict[str, Any]) -> Deadline:
        path: Path = ("deadlines", n)
        return Deadline(
            id=entry["id"],
            says=entry["says"],
            cite=entry["cite"],
            when=self._rules((*path, "when"), entry.get("when", ())),
            length=entry["length"],
            unit=self._unit(path, entry),
            starts=tuple(self._start((*path, "from", m), start) for m, start in enumerate(entry["from"])),
            waits=tuple(self._wait((*path, "waits_on", m), wait) for m, wait in enumerate(entry.get("waits_on", ()))),
            extends=tuple(self._longer((*path, "extends", m), more) for m, more in enumerate(entry.get("extends", ()))),
            stops=tuple(self._stop((*path, "stops", m), stop) for m, stop in enumerate(entry.get("stops", ()))),
            open_when=self._sayings((*path, "open_when"), entry.get("open_when", ())),
            at_latest=self._at_latest((*path, "at_latest"), entry["at_latest"]) if "at_latest" in entry else None,
            notes=self._sayings((*path, "notes"), entry.get("notes", ())),
            counts_by=entry["counts_by"],
        )

    def _sayings(self, path: Path, entries: Iterable[dict[str, Any]]) -> tuple[Said, ...]:
        return tuple(
            Said(self._rule((*path, n, "when"), entry["when"]), entry["cite"], entry["says"])
            for n, entry in enumerate(entries)
        )

    def _longer(self, path: Path, entry: dict[str, Any]) -> Longer:
        return Longer(self._rule((*path, "when"), entry["when"]), entry["length"], entry["cite"], entry["says"])

    def _stop(self, path: Path, entry: dict[str, Any]) -> StoppedBy:
        since, until = (self._fact((*path, key), entry[key], tree.TIMESTAMP) for key in ("since", "until"))
        return StoppedBy(since, until, entry["cite"], entry["says"])

    def _at_latest(self, path: Path, entry: dict[str, Any]) -> AtLatest:
        return AtLatest(self._fact((*path, "fact"), entry["fact"], tree.TIMESTAMP), entry["cite"], entry["says"])

    def _wait(self, path: Path, entry: dict[str, Any]) -> Wait:
        rule = self._rule((*path, "while"), entry["while"]) if "while" in entry else None
        return Wait(entry["outcome"], rule, entry["cite"], entry["says"])

    def _start(self, path: Path, entry: dict[str, Any]) -> Start:
        condition = entry.get("only_when")
        return Start(
            fact=self._fact((*path, "fact"), entry["fact"], tree.TIMESTAMP),
            starts=entry["starts"],
            cite=entry["cite"],
            says=entry["says"],
            only_when=self._rule((*path, "only_when"), condition) if condition else None,
        )

    def _duty(self, n: int, entry: dict[str, Any]) -> Duty:
        path: Path = ("duties", n)
        every = entry["outcomes"] == "any"
        return Duty(
            id=entry["id"],
            says=entry["says"],
            cite=entry["cite"],
            outcomes=frozenset(OUTCOMES if every else entry["outcomes"]),
            or_when=self._rules((*path, "or_when"), entry.get("or_when", ())),
            only_when=self._rules((*path, "only_when"), entry.get("only_when", ())),
            until=self._until((*path, "until"), entry["until"]) if "until" in entry else None,
            held_by=entry.get("held_by"),
            held_while=self._held((*path, "held_while"), entry["held_while"]) if "held_while" in entry else None,
        )

    def _held(self, path: Path, entry: dict[str, Any]) -> Held:
        until = self._fact((*path, "until"), entry["until"], tree.TIMESTAMP)
        return Held(self._rules((*path, "when"), entry["when"]), until)

    def _until(self, path: Path, entry: dict[str, Any]) -> Until:
        start = entry.get("from")
        most = entry.get("at_most")
        deadline = entry.get("deadline")
        if deadline is not None and deadline not in {known["id"] for known in self.data["deadlines"]}:
            raise self.file.error((*path, "deadline"), f"there is no deadline called {deadline!r}")
        return Until(
            deadline=deadline,
            law=entry.get("counts_by", ACT),
            start=self._fact((*path, "from"), start, tree.TIMESTAMP) if start else None,
            length=entry.get("length", 0),
            unit=self._unit(path, entry) if start else "days",
            fact=self._fact((*path, "fact"), entry["fact"], tree.TIMESTAMP) if "fact" in entry else None,
            at_most=self._at_most((*path, "at_most"), most) if most else None,
        )

    def _at_most(self, path: Path, entry: dict[str, Any]) -> AtMost:
        times = entry.get("times")
        return AtMost(
            starts=tuple(self._fact((*path, "from", n), f, tree.TIMESTAMP) for n, f in enumerate(entry["from"])),
            length=entry["length"],
            unit=self._unit(path, entry),
            times=self._fact((*path, "times"), times, tree.INT) if times else None,
            times_at_most=entry.get("times_at_most", 0),
            law=entry["counts_by"],
        )

    def _measure(self, n: int, entry: dict[str, Any]) -> Measure:
        return Measure(
            kind=entry["kind"],
            territory=entry["territory"] if entry["territory"] == "asked" else tuple(entry["territory"]),
            outcomes=frozenset(entry["outcomes"]) if "outcomes" in entry else None,
            only_when=self._rules(("measures", n, "only_when"), entry.get("only_when", ())),
        )

    def _form(self, path: Path, form: str) -> str:
        if form not in self.data["forms"]:
            raise self.file.error(path, f"{form!r} is not among the forms")
        return form

    def _outcomes(self) -> dict[str, OutcomeRule]:
        found = {}
        for name, entry in self.data["outcomes"].items():
            path: Path = ("outcomes", name)
            if entry["approvals"] not in self.data["approvals"]:
                raise self.file.error((*path, "approvals"), f"{entry['approvals']!r} is not among the approvals")
            for form in entry["forms"]:
                self._form((*path, "forms"), form)
            found[name] = OutcomeRule(entry["approvals"], tuple(entry["forms"]), entry["act"] == "measures")
        for n, entry in enumerate(self.data["checks"] + self.data.get("exceptions", [])):
            if entry.get("outcome", "valid") not in found:
                raise self.file.error(("outcomes",), f"{entry['outcome']!r} (of {entry['id']}) is missing; entry {n}")
        if "needs-person" not in found or "valid" not in found:
            raise self.file.error(("outcomes",), "valid and needs-person must be there")
        return found

    def _calls_for(self) -> tuple[tuple[str, Rule], ...]:
        entries = enumerate(self.data.get("calls_for", ()))
        return tuple((entry["pack"], self._rule(("calls_for", n, "when"), entry["when"])) for n, entry in entries)
