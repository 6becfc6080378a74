"""Drafts, versions and trials in the desk's words. Pure: codes in, sentences out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from comity.console import labels
from comity.library import examples
from comity.library.in_words import say
from comity.regulations.pack_file import PackError
from comity.regulations.packs import Check

from .trial import Told


class Mark(NamedTuple):
    """A word with its shape and colour."""

    word: str
    glyph: str
    tone: str = ""


STATES: Mapping[str, Mark] = {
    "draft": Mark("Draft", "c0"),
    "tried": Mark("Tried on the past", "c1"),
    "proposed": Mark("Put to the quorum", "c2"),
    "urged": Mark("Put to one person, as an emergency", "c2", "soon"),
    "adopted": Mark("Adopted, not in force yet", "c3"),
    "in-force": Mark("In force", "c4", "good"),
    "emergency": Mark("In force as an emergency, waits for the quorum", "alarm", "late"),
    "confirmed": Mark("In force as an emergency, confirmed", "c4", "soon"),
    "superseded": Mark("Superseded", "undone", "still"),
    "ended": Mark("Ended", "undone", "still"),
    "withdrawn": Mark("Withdrawn", "no", "still"),
}
WAYS: Mapping[str, Mark] = {
    "more": Mark("More", "more", "late"),
    "less": Mark("Less", "less", "soon"),
    "other": Mark("Otherwise", "other", "still"),
    "same": Mark("The same", "holds"),
}
OUTCOMES: Mapping[str, str] = {
    "valid": "carried out",
    "counsel": "to counsel",
    "reroute": "to another door",
    "not-competent": "not competent",
    "refuse": "refused",
    "defective": "defective",
    "impossible": "impossible",
    "needs-person": "a person looks",
}
BLOCKS: Mapping[str, str] = {  # what follows when a check that blocks fails
    "defective": "blocks: defective, and we ask for what is missing",
    "needs-person": "blocks: a person looks first",
    "counsel": "blocks: it goes to counsel",
    "reroute": "blocks: we name the lawful way",
    "not-competent": "blocks: the authority is not competent",
    "refuse": "blocks: refused",
    "impossible": "blocks: impossible, and we say why",
}
PASSES = "does not block: carried out, and said in the answer"


def offered(check: Check) -> str:
    """A check as the form offers it: its question, what its failure does now, and its id."""
    now = f"blocks now: {OUTCOMES[check.outcome]}" if check.blocking and check.outcome else "does not block now"
    return f"{say(check.asks)} ({now}; {check.id})"


PARTS: Mapping[str, str] = {
    "deadlines": "deadlines",
    "duties": "duties",
    "measures": "measures",
    "approvals": "who decides",
    "forms": "forms",
}


@dataclass(frozen=True)
class Row:
    """One order, past or invented, that the draft changes.

    `more` says what was changed in it, or which checks answer differently.
    """

    title: str
    mark: Mark
    before: str
    after: str
    more: tuple[str, ...] = ()
    code: str = ""
    url: str = ""


def past(told: Told, questions: Mapping[str, str]) -> Row:
    """A past case with another outcome."""
    return Row(
        title=told.title,
        mark=WAYS[told.effect.way],
        before=OUTCOMES[told.effect.before],
        after=OUTCOMES[told.effect.after],
        more=because(told.effect.why, told.effect.also, questions),
        code=told.case,
        url=f"/console/cases/{told.case}",
    )


def because(why: Sequence[str], also: Sequence[str], questions: Mapping[str, str]) -> tuple[str, ...]:
    """Which checks answer differently, by their question; if none, which other parts differ."""
    asked = tuple(questions.get(name, name) for name in why)
    return asked or tuple(f"Other {PARTS[part]}" for part in also)


def when(row: Mapping[str, Any]) -> Row:
    """When the outcome differs, shown by a witness."""
    told = [f"{labels.label(one['fact'])}: {_value(one['value'])}" for one in row["when"]]
    return Row(
        title=f"An order with {'; '.join(told)}" if told else "An order as it should be",
        mark=WAYS[row["way"]],
        before=OUTCOMES[row["before"]],
        after=OUTCOMES[row["after"]],
        more=tuple(one["asks"] or one["check"] for one in row["why"]),
    )


UNKNOWN = repr(examples.ABSENT)


def _value(value: Any) -> str:
    return "not known" if value == UNKNOWN else "left empty" if value in ("", [], None) else str(labels.value(value))


@dataclass(frozen=True)
class Count:
    """One direction, counted: orders, targets and accounts affected."""

    mark: Mark
    orders: int
    says: str


def counts(tally: Mapping[str, Any]) -> tuple[Count, ...]:
    """Both directions, and what differs otherwise."""
    return tuple(Count(WAYS[way], tally.get(way, 0), _touched(way, tally)) for way in ("more", "less", "other"))


def _touched(way: str, tally: Mapping[str, Any]) -> str:
    if way == "other":
        others = "the same targets, with other checks, clocks, duties or letters"
        return others if tally.get(way, 0) else "no past case would be dealt with otherwise"
    targets, accounts = tally.get("targets", {}).get(way, 0), tally.get("accounts", {}).get(way, 0)
    if not tally.get(way, 0):
        return f"in no past case would {way} be done"
    more, verb = (
        (" more", "be acted upon")
        if way == "more"
        else ("", "be left as it is" if targets == 1 else "be left as they are")
    )
    named = f"{targets}{more} {'target' if targets == 1 else 'targets'}"
    return f"{named} would {verb}, of {counted(accounts, 'account')} at most"


def counted(number: int, noun: str) -> str:
    """1 order, 2 orders."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a text: where, the rule, and the lines around it."""

    line: int
    field: str
    rule: str
    before: tuple[tuple[int, str], ...]
    here: tuple[tuple[int, str], ...]
    after: tuple[tuple[int, str], ...]


def wrong(error: PackError, text: str) -> Wrong:
    """An error beside its line."""
    lines = list(enumerate(text.split("\n")[:50_000], 1))
    n = min(max(error.line, 0), len(lines))
    shown = [(number, line[:300]) for number, line in lines[max(0, n - 3) : n + 2]] if n else []
    return Wrong(
        n,
        error.field,
        error.rule,
        tuple(pair for pair in shown if pair[0] < n),
        tuple(pair for pair in shown if pair[0] == n),
        tuple(pair for pair in shown if pair[0] > n),
    )


@dataclass(frozen=True)
class Version:
    """One version of a regulation and when it applies. `until` None: it has no end yet; `shipped`: since when, in
    words."""

    name: str
    mark: Mark
    since: datetime
    until: datetime | None
    reason: str
    by: str
    shipped: str = ""
