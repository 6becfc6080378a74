"""The life of an opening as one table, what an order asks for in parts, and whom to call: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from comity.cases import rules as cases
from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity_seal.items import CATEGORIES, DAYLESS

STATES = (
    "waiting",  # for the recipient's key
    "to-sign",
    "second-approval",
    "signed",  # until the record's witnesses have seen the act
    "asked",
    "short",  # too few are left who could give
    "complete",
    "collected",
    "ended",
)
LIFE: Mapping[tuple[str, str], str] = {
    ("waiting", "put"): "to-sign",
    ("to-sign", "put"): "to-sign",
    ("second-approval", "put"): "to-sign",
    ("to-sign", "sign"): "second-approval",
    ("second-approval", "sign"): "second-approval",
    ("to-sign", "approve"): "signed",
    ("second-approval", "approve"): "signed",
    ("to-sign", "return"): "waiting",
    ("second-approval", "return"): "waiting",
    ("signed", "ask"): "asked",
    ("asked", "short"): "short",
    ("short", "call"): "asked",
    ("asked", "complete"): "complete",
    ("complete", "complete"): "complete",
    ("complete", "collect"): "collected",
    ("collected", "collect"): "collected",
    ("collected", "complete"): "collected",
    # the order fell, what was kept has reached its end, or its recipient counts for nothing any more
    ("waiting", "end"): "ended",
    ("to-sign", "end"): "ended",
    ("second-approval", "end"): "ended",
    ("signed", "end"): "ended",
    ("asked", "end"): "ended",
    ("short", "end"): "ended",
    ("complete", "end"): "ended",
}
OF_IT = Life("opening", LIFE)
OVER = frozenset({"collected", "ended"})
OUT = frozenset({"complete", "collected"})  # the authority has it, or can
ASKING = frozenset({"asked", "short", "complete", "collected"})  # custodians may answer; one that answers late is kept
ANSWERS = ("", "shares", "refusal")

TELLING = ("", "held", "due", "told")  # the persons: not by us; until a person says so; at an instant; done

OLD_ENOUGH = timedelta(hours=24)  # how long a recipient's key stands in the record before anything is sealed to it
CALLS, CALLS_IN_EMERGENCY = 1, 2  # call-backs about it, by different people

# what the packs call the categories of data → what a platform seals
SEALED: Mapping[str, tuple[str, ...]] = {
    "subscriber": ("subscriber",),
    "identify": ("access",),
    "traffic": ("traffic",),
    "content": ("content",),
    "basic-subscriber": ("subscriber",),
    "records": ("access", "traffic"),
}
ACCOUNT = "account"
WITHOUT_A_DAY = DAYLESS
INFORM = "inform-author"  # the duty by which we tell the person; of a European production its authority does
BELIEVED = "danger-believed"  # the check of packs that rest on a danger in which we must believe
KEPT_MEANWHILE = frozenset({"valid", "needs-person", "defective", "refuse"})  # of a part: kept on receipt


@dataclass(frozen=True)
class Wish:
    """What is asked for of some persons: a category that platforms seal, and its first and last day (ISO)."""

    category: str
    persons: tuple[str, ...]
    first: str
    last: str

    def told(self) -> dict[str, Any]:
        """As a request to open says it."""
        return {"category": self.category, "persons": list(self.persons), "from": self.first, "to": self.last}

    def covers(self, category: str, person: str, day: str) -> bool:
        """Whether a part is among what is asked for."""
        in_time = category in WITHOUT_A_DAY if not day else category in WITHOUT_A_DAY or self.first <= day <= self.last
        return self.category == category and person in self.persons and in_time


class TooWide(ValueError):
    """An order whose data have no days; the text says which. A person asks its authority."""


def asked(
    facts: Mapping[str, Any],
    finding: Mapping[str, Any],
    refs: Mapping[str, str],
    outcomes: Iterable[str],
    place: tzinfo,
) -> tuple[Wish, ...]:
    """What an order asks for, of the parts with one of these outcomes.

    `refs`: the platform's own name of each account that was found, by its address; `place`: where days are counted that
    the order has as instants. Raises TooWide for data without days where the category has some.
    """
    wanted = frozenset(outcomes)
    persons = tuple(sorted({refs[one["ref"]] for one in _targets(facts, finding, wanted) if one["ref"] in refs}))
    outcome = [row["outcome"] for row in finding.get("data") or ()]
    rows = [row for row, how in zip(facts.get("data") or (), outcome, strict=False) if how in wanted]
    found = [
        Wish(category, persons, *_days(category, row, facts, place))
        for row in rows
        for category in SEALED.get(str(row.get("category")), ())
    ]
    return tuple(_merged(found)) if persons else ()


def _targets(facts: Mapping[str, Any], finding: Mapping[str, Any], wanted: frozenset[str]) -> list[Mapping[str, Any]]:
    judged = {one["ref"]: one["outcome"] for one in finding.get("targets") or ()}
    accounts = [one for one in facts.get("targets") or () if one.get("kind") == ACCOUNT]
    return [one for one in accounts if judged.get(one.get("ref"), "valid") in wanted and one.get("found") is not False]


def _merged(wishes: Sequence[Wish]) -> list[Wish]:
    """Each category's days once: spans that meet are one, and the days between two that don't are nobody's."""
    return [one for category in CATEGORIES for one in _spans([w for w in wishes if w.category == category])]


def _spans(wishes: Sequence[Wish]) -> list[Wish]:
    found: list[Wish] = []
    for one in sorted(wishes, key=lambda wish: (wish.first, wish.last)):
        before = found[-1] if found else None
        if before is None or one.first > _next_day(before.last):
            found.append(one)
        else:
            found[-1] = Wish(one.category, one.persons, before.first, max(before.last, one.last))
    return found


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else ""


def _days(category: str, row: Mapping[str, Any], facts: Mapping[str, Any], place: tzinfo) -> tuple[str, str]:
    """First and last day: of the row, else of the order's time range; none for what has none."""
    if category in WITHOUT_A_DAY:
        return "", ""
    form = facts.get("form") or {}
    ranges = [row, form.get("data_identify_range") if category == "access" else None, form.get("time_range")]
    for one in ranges:
        if isinstance(one, Mapping) and one.get("from") and one.get("until"):
            first = _instant(one["from"]).astimezone(place)
            last = _instant(one["until"]).astimezone(place) - timedelta(microseconds=1)
            return first.date().isoformat(), max(first, last).date().isoformat()
    raise TooWide(f"data: {category}: from when until when is asked for; without it nothing is sealed")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def listed(parts: Sequence[tuple[str, str, str]], wishes: Sequence[Wish]) -> list[int]:
    """The numbers of the parts (category, person, day) of an item that are asked for: exactly these are opened."""
    return [n for n, part in enumerate(parts) if any(wish.covers(*part) for wish in wishes)]


def ready(*, logged_at: datetime, callers: Iterable[str], emergency: bool, now: datetime) -> datetime | None:
    """When something may be sealed to a recipient's key: a day after it was logged, and called back once; in an
    emergency at once, and called back by two. None: not before somebody (else) has called."""
    calls = len(set(callers))
    if emergency and calls >= CALLS_IN_EMERGENCY:
        return logged_at
    return logged_at + OLD_ENOUGH if calls >= CALLS else None


def urgent(facts: Mapping[str, Any], finding: Mapping[str, Any]) -> bool:
    """Whether an order is one of an emergency: its form says so, or its regulation asks that a person of the desk
    believes in the danger, and somebody does. Nobody else's word makes a day's wait shorter."""
    believed = any(one["id"] == BELIEVED and one["holds"] for one in finding.get("checks") or ())
    return bool(facts.get("emergency") or believed)


def when_told(finding: Mapping[str, Any], *, danger: bool, now: datetime) -> tuple[str, datetime | None]:
    """Whether the persons are told of what was collected (TELLING), and from when on: where the finding has us inform
    them, once nothing that a court ordered holds it back; where a life was in danger a person says that it is over."""
    duty = next((one for one in finding.get("duties") or () if one.get("id") == INFORM), None)
    if duty is None:
        return "", None
    if danger or (duty.get("held_by") and not duty.get("held_until")):
        return "held", None
    return "due", max(now, _instant(duty["held_until"])) if duty.get("held_until") else now


def first_called(names: Sequence[str], k: int, turn: int) -> tuple[str, ...]:
    """The k custodians who are asked first: in turn, so that it is not always the same whom one would have to sway."""
    start = turn % max(len(names), 1)
    return tuple((*names[start:], *names[:start])[:k])


def half(asked_at: datetime, due: datetime | None) -> datetime | None:
    """When stand-ins are called: at half of what is left of the clock."""
    return asked_at + (due - asked_at) / 2 if due is not None and due > asked_at else None


def day_of(at: datetime) -> str:
    """A day as entries and requests name it (UTC)."""
    return date(at.year, at.month, at.day).isoformat()


def keeps(finding: Mapping[str, Any]) -> bool:
    """Whether its regulation has what an order names kept on receipt."""
    return any(duty["id"] == "preserve" for duty in finding.get("duties") or ())


leaves = cases.leaves
