"""What differs between two versions of a regulation: in the text, part by part, and in its outcomes.

`changes` compares the two files by meaning: a check is identified by its id, wherever it stands. `outcomes` says *when*
an order comes out differently, with facts as a witness for each way in which it does. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from comity.regulations import facts
from comity.regulations.judge import Finding, judge, to_act_on
from comity.regulations.packs import Pack

from . import examples
from .examples import Example
from .in_words import say

Way = Literal["more", "less", "other", "same"]
KEYS = ("id", "pack", "kind", "what", "url", "by")  # what identifies an entry of a list
# fields that hold only words for people
TEXTS = frozenset(
    (
        "asks",
        "article",
        "says",
        "holds",
        "fails",
        "unknown",
        "applies",
        "absent",
        "title",
        "summary",
        "note",
        "en",
        "fr",
    )
)
PARTS: Mapping[str, str] = {
    "checks": "check",
    "exceptions": "exception",
    "deadlines": "deadline",
    "duties": "duty",
    "measures": "measure",
    "approvals": "approval",
    "outcomes": "outcome",
    "verification": "sender",
    "retention": "retention",
    "forms": "form",
    "sets": "set",
    "names": "name",
    "calls_for": "other regulation",
    "sources": "source",
    "reviews": "review",
}
FIELDS: Mapping[str, str] = {
    "holds_when": "holds when",
    "applies_when": "applies when",
    "when_unknown": "when unknown",
    "only_when": "only when",
    "counts_by": "law that counts",
    "in_force_from": "in force from",
    "in_force_until": "in force until",
    "who_may_issue": "who may issue",
    "waits_on": "waits on",
}
SAID: Mapping[str, str] = {
    "asks": "the question",
    "article": "the article in our words",
    "holds": "what is said when the answer is yes",
    "fails": "what is said when the answer is no",
    "unknown": "what is said when it is not known",
    "title": "the title",
    "summary": "the summary",
    "says": "what is said",
}
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "French"}
ALSO = ("deadlines", "duties", "measures", "approvals", "forms")
TRIED_AT_MOST = 4000  # orders per search


@dataclass(frozen=True)
class Change:
    """One difference: in which part (`check redress`), which field; None if it isn't there. `text`: only words
    differ."""

    part: str
    field: str
    before: Any
    after: Any
    text: bool

    def as_json(self) -> dict[str, Any]:
        """The change as JSON."""
        return {**vars(self)}


@dataclass(frozen=True)
class Effect:
    """What two versions make of the same facts. `way`: the newer acts on more, on less, or differs otherwise.

    `targets`: how many are acted on, before and after. `why`: the checks whose answers or consequences differ.
    """

    way: Way
    before: str
    after: str
    targets: tuple[int, int]
    why: tuple[str, ...]
    also: tuple[str, ...]


# -- the text ---------------------------------------------------------------------------------------------------------


def changes(old: Pack, new: Pack) -> list[Change]:
    """Every difference in the text, rules before words, in the order of the file."""
    found = list(_changes("", "", old.data, new.data))
    return sorted(found, key=lambda change: change.text)


def _changes(part: str, field: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            where = _inside(part, field, key)
            yield from _changes(*where, before.get(key), after.get(key))
    elif _keyed(before) and _keyed(after):
        yield from _entries(part, field, before, after)
    else:
        yield Change(part, field, before, after, field.rpartition(" ")[2] in TEXTS)


def _inside(part: str, field: str, key: str) -> tuple[str, str]:
    if not part:
        return (key, "") if key in PARTS else ("regulation", FIELDS.get(key, key))
    if part in PARTS:  # a table of named entries: approvals, outcomes, sets
        return f"{PARTS[part]} {key}", ""
    return part, f"{field} {FIELDS.get(key, key)}".strip()


def _keyed(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) and _key(one) for one in value)


def _key(entry: Mapping[str, Any]) -> str:
    return next((str(entry[key]) for key in KEYS if key in entry), "")


def _entries(part: str, field: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    old, new = _named(before), _named(after)
    for name in dict.fromkeys([*old, *new]):
        where = (f"{PARTS[part]} {name}", "") if part in PARTS else (part, f"{field} {name}".strip())
        if name in old and name in new:
            yield from _changes(*where, old[name], new[name])
        else:
            yield Change(*where, old.get(name), new.get(name), False)
    if list(old) != list(new) and set(old) == set(new):
        yield Change(part, "order", list(old), list(new), False)


def _named(entries: list[Any]) -> dict[str, Any]:
    """The entries of a list by name; a second one of the same name gets its citation added."""
    found: dict[str, Any] = {}
    for entry in entries:
        name = _key(entry)
        found[f"{name} ({entry.get('cite', len(found))})" if name in found else name] = entry
    return found


def asks(*versions: Pack) -> dict[str, str]:
    """The question of each check, by its id."""
    return {check.id: say(check.asks) for pack in versions for check in pack.checks}


def sentence(change: Change, questions: Mapping[str, str] | None = None) -> str:
    """A difference in words; a check is named by its question, if `questions` has it."""
    kind, _, name = change.part.partition(" ")
    asked = (questions or {}).get(name, "") if kind in ("check", "exception") else ""
    about = f"“{asked}”" if asked else change.part[:1].upper() + change.part[1:]
    change = replace(change, field=_read(change.field))
    if change.field == "blocking":
        return f"{about}: {'it blocks now; it did not' if change.after else 'it no longer blocks'}"
    if not change.field:
        if change.before is None or change.after is None:
            return f"{about}: {'is new' if change.before is None else 'is gone'}"
        return f"{about}: {_said(change.before)} → {_said(change.after)}"
    if change.before is None:
        return f"{about}, {change.field}: {_said(change.after)} (was not there)"
    if change.after is None:
        return f"{about}, {change.field}: gone (was {_said(change.before)})"
    return f"{about}, {change.field}: {_said(change.before)} → {_said(change.after)}"


def _read(name: str) -> str:
    """The name of a text as people say it: `fails en` is what is said, in English, if the answer is no."""
    words, _, language = name.rpartition(" ")
    return f"{SAID[words]}, in {LANGUAGES[language]}" if words in SAID and language in LANGUAGES else name


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_said(inner)}" for key, inner in value.items())
    return ", ".join(map(_said, value)) if isinstance(value, list) else f"{value}"


# -- what comes of it -------------------------------------------------------------------------------------------------


def effect(before: Finding, after: Finding) -> Effect:
    """What a newer version changes for one order. "More" and "less" are counted in targets acted on."""
    acted = len(to_act_on(before)), len(to_act_on(after))
    why = tuple(_why(before, after))
    also = tuple(part for part in ALSO if _matter(part, before[part]) != _matter(part, after[part]))
    fates = [[target["outcome"] for target in finding["targets"]] for finding in (before, after)]
    way: Way = "same"
    if acted[0] != acted[1]:
        way = "more" if acted[1] > acted[0] else "less"
    elif before["outcome"] != after["outcome"] or fates[0] != fates[1] or also or why:
        way = "other"
    return Effect(way, before["outcome"], after["outcome"], acted, why, also)


MATTERS: Mapping[str, tuple[str, ...]] = {
    "deadlines": ("id", "due_legal", "due_target", "starts"),
    "duties": ("id", "until", "held_by", "held_until"),
}


def _matter(part: str, found: Any) -> Any:
    """What of a part of a finding matters to people: neither the wording nor the version's name in a derivation."""
    keys = MATTERS.get(part)
    return [tuple(row.get(key) for key in keys) for row in found] if keys else found


def _why(before: Finding, after: Finding) -> Iterator[str]:
    old = {check["id"]: _answer(check) for check in before["checks"]}
    new = {check["id"]: _answer(check) for check in after["checks"]}
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, _HELD) != new.get(name, _HELD):
            yield name


_HELD = (True, None)


def _answer(check: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a check's answer leads to; one that holds leads to nothing, whether it blocks or not."""
    holds = check["holds"]
    return _HELD if holds is True else (holds, (check["blocking"], check.get("outcome"), check.get("unknown")))


@dataclass
class _Search:
    """Orders judged by both versions: how many, the nearest witness of each way, and the checks that were involved."""

    old: Pack
    new: Pack
    tried: int = 0
    found: dict[tuple[str, str, tuple[int, int]], dict[str, Any]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def look(self, example: Example) -> Effect | None:
        """What the two versions make of one order; None for facts that can't be judged."""
        if facts.check(example.facts):
            return None
        self.tried += 1
        told = effect(judge(example.facts, self.old), judge(example.facts, self.new))
        if told.way != "same" and (told.before != told.after or told.way != "other"):
            self.met |= set(told.why)
            self.found.setdefault((told.before, told.after, told.targets), _witness(example, told, self.old, self.new))
        return told

    def deeper(self, name: str, paths: Iterable[str], at_most: int) -> None:
        """Change several facts of one check at a time, until the outcome differs."""
        for n, example in enumerate(examples.together(self.old, [*paths], self.new)):
            self.look(example)
            if name in self.met or n == at_most:
                return


def outcomes(old: Pack, new: Pack, others: Iterable[Example] = ()) -> dict[str, Any]:
    """When the outcome differs: for each pair of outcomes the nearest witness found, and how many facts were tried.

    Tried are a good order and single deviations from it, the facts given (past cases, case files) and, for changed
    checks without a witness, two and three of their facts at a time. It is a search: finding nothing proves nothing.
    """
    search = _Search(old, new)
    for example in (*examples.around(old, new), *others):
        search.look(example)
    for name, paths in _moved(old, new).items():
        if name not in search.met and search.tried < TRIED_AT_MOST:
            search.deeper(name, paths, TRIED_AT_MOST - search.tried)
    rows = sorted(search.found.values(), key=lambda row: (row["way"], row["before"], row["after"]))
    return {"tried": search.tried, "differs": rows}


def _moved(old: Pack, new: Pack) -> dict[str, list[str]]:
    """The changed checks, each with the facts that it depends on in either version."""
    before, after = ({check.id: check for check in pack.checks} for pack in (old, new))
    changed = [
        name
        for name in dict.fromkeys([*before, *after])
        if name not in before or name not in after or _shape(before[name]) != _shape(after[name])
    ]
    return {
        name: [path.replace("[]", "") for of in (before, after) if name in of for path in of[name].rule.facts]
        for name in changed
    }


def _shape(check: Any) -> tuple[Any, ...]:
    return check.rule.text, check.blocking, check.outcome, check.when_unknown, check.of


def _witness(example: Example, told: Effect, old: Pack, new: Pack) -> dict[str, Any]:
    questions = asks(old, new)
    return {
        "way": told.way,
        "before": told.before,
        "after": told.after,
        "targets": {"before": told.targets[0], "after": told.targets[1]},
        "why": [{"check": name, "asks": questions.get(name, "")} for name in told.why],
        "when": [{"fact": path, "value": repr(v) if v is examples.ABSENT else v} for path, v in example.differs],
        "facts": example.facts,
    }


def compare(old: Pack, new: Pack, others: Iterable[Example] = ()) -> dict[str, Any]:
    """Both parts as data: what `comity regulations diff --json` prints."""
    return {
        "from": {"pack": old.id, "version": old.version, "sha256": old.sha256},
        "to": {"pack": new.id, "version": new.version, "sha256": new.sha256},
        "changes": [{**change.as_json(), "says": sentence(change)} for change in changes(old, new)],
        "outcomes": outcomes(old, new, others),
    }


def when(row: Mapping[str, Any]) -> str:
    """A witness in words: `form.redress_body is empty`."""
    told = [f"{one['fact']} is {_value(one['value'])}" for one in row["when"]]
    return " and ".join(told) or "the order is as it should be"


def _value(value: Any) -> str:
    if value in ("", []):
        return "empty"
    if value is None:
        return "none"
    return _said(value)
