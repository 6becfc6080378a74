"""Findings, deadlines and territories in the desk's words: pure. Codes come in, sentences go out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comity.cases.rules import TOP
from comity.desk.pages import QueueRow, Verdict
from comity.web import when
from comity.web.parts import Check, Result, Step

Words = str | Promise

OUTCOMES: Mapping[str, tuple[Words, Words, str, str]] = {
    "valid": (gettext_lazy("Valid."), gettext_lazy("Carry it out."), "good", "holds"),
    "counsel": (
        gettext_lazy("For counsel."),
        gettext_lazy("Nothing is done before counsel has looked."),
        "soon",
        "flaw",
    ),
    "reroute": (gettext_lazy("Another door."), gettext_lazy("Name the lawful way; do nothing else."), "soon", "flaw"),
    "not-competent": (gettext_lazy("Not competent."), gettext_lazy("This authority can’t order it."), "late", "fails"),
    "refuse": (gettext_lazy("Refuse."), gettext_lazy("The law does not let us do this."), "late", "fails"),
    "defective": (gettext_lazy("Defective."), gettext_lazy("It can’t be carried out as it stands."), "late", "fails"),
    "impossible": (gettext_lazy("Impossible."), gettext_lazy("Say why, and what would change it."), "late", "fails"),
    "needs-person": (
        gettext_lazy("A person must look."),
        gettext_lazy("Something that matters is unknown."),
        "still",
        "unknown",
    ),
}


MEANS: Mapping[str, Words] = {
    "valid": gettext_lazy("Nothing that can stop an order stands against this one. People decide whether it is done."),
    "counsel": gettext_lazy("Counsel is the platform’s lawyer."),
    "reroute": gettext_lazy("What is asked may be had by another, lawful way; this is none."),
    "not-competent": gettext_lazy("By the law it is for another office to order this."),
    "refuse": gettext_lazy("Whatever the order says, the law forbids what it asks for."),
    "defective": gettext_lazy("Something that the law asks of an order is missing in it, or wrong."),
    "impossible": gettext_lazy("What it names is not there, or can’t be reached."),
    "needs-person": gettext_lazy("Until a person has said what it is, nothing is put to the deciders."),
}


def verdict(finding: Mapping[str, Any], sentence: str = "") -> Verdict:
    """The outcome of a finding as a sentence, with the count of its checks. `sentence` replaces the usual one."""
    word, usual, tone, glyph = OUTCOMES[finding["outcome"]]
    said = sentence or _flaws(finding) or str(usual)
    means = str(MEANS[finding["outcome"]])
    return Verdict(word=str(word), sentence=said, tone=tone, glyph=glyph, judged=tally(finding), means=means)


def _flaws(finding: Mapping[str, Any]) -> str:
    failing = [check for check in finding.get("checks", []) if check["holds"] is False and not check["blocking"]]
    if finding["outcome"] != "valid" or not failing:
        return ""
    return ngettext(
        "Carry it out, and say in the answer what does not hold.",
        "Carry it out, and say in the answer the %(n)d things that do not hold.",
        len(failing),
    ) % {"n": len(failing)}


def tally(finding: Mapping[str, Any]) -> str:
    """12 checks hold, 1 fails without blocking, 1 is unknown."""
    found = [(check["holds"], bool(check["blocking"])) for check in finding.get("checks", [])]
    holds = sum(1 for held, _blocks in found if held is True)
    blocking = sum(1 for held, blocks in found if held is False and blocks)
    flaws = sum(1 for held, blocks in found if held is False and not blocks)
    unknown = sum(1 for held, _blocks in found if held is None)
    said = [ngettext("%d check holds", "%d checks hold", holds) % holds]
    said += [ngettext("%d fails and blocks", "%d fail and block", blocking) % blocking] if blocking else []
    said += [ngettext("%d fails without blocking", "%d fail without blocking", flaws) % flaws] if flaws else []
    said += [ngettext("%d is unknown", "%d are unknown", unknown) % unknown] if unknown else []
    return ", ".join(said) + "."


def check(found: Mapping[str, Any]) -> Check:
    """One check of a finding."""
    results: dict[bool | None, Result] = {True: "holds", False: "fails", None: "unknown"}
    noted = found["holds"] is None and found.get("unknown") == "said"
    return Check(results[found["holds"]], found["says"], found.get("cite", ""), bool(found["blocking"]), noted)


def checks(finding: Mapping[str, Any]) -> tuple[Check, ...]:
    """A finding's checks, what does not hold first: fails and blocks, fails, unknown, unknown and noted, holds."""
    rank = {"fails": 0, "unknown": 2, "holds": 4}
    made = [check(found) for found in finding.get("checks", [])]
    mild: dict[Result, Callable[[Check], bool]] = {
        "fails": lambda one: not one.blocking,
        "unknown": lambda one: one.noted,
        "holds": lambda one: False,
    }
    return tuple(sorted(made, key=lambda one: rank[one.result] + mild[one.result](one)))


def steps(deadline: Mapping[str, Any]) -> tuple[Step, ...]:
    """A deadline's derivation, as the finding tells it; the deadline's own source closes it."""
    told = [step if isinstance(step, Mapping) else {"text": step} for step in deadline.get("steps", [])]
    made = [Step(str(step.get("text", "")), str(step.get("cite", ""))) for step in told]
    if made and not made[-1].cite:
        made[-1] = Step(made[-1].text, deadline.get("cite", ""))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Band:
    """One group of the queue."""

    slug: str
    title: str
    rows: tuple[QueueRow, ...]
    note: str


def band_of(row: QueueRow, now: datetime, zone: tzinfo) -> str:
    """Which band a row belongs to: by whose move it is, then by when it is due."""
    if row.top:
        return "danger" if row.top == TOP["danger"] else "ask"
    if row.optional:
        return "optional"
    if row.unsorted:
        return "sort-unproven" if row.unproven else "sort"
    if row.unproven:
        return "unproven"
    due = row.clock.due_target or row.clock.due_legal
    if row.waiting or row.clock.stopped_since or row.clock.held_until or due is None:
        return "waiting"
    if due <= now + timedelta(hours=1):
        return "hour"
    return "today" if due <= when.today(now, zone) else "later"


def bands(rows: Sequence[QueueRow], now: datetime, zone: tzinfo) -> list[Band]:
    """The queue in its bands; the order within a band is kept, and empty bands are left out."""
    titles = {
        "danger": _("Danger to a life"),
        "ask": _("A person says what it is"),
        "hour": _("Within the hour"),
        "today": _("Today"),
        "later": _("Later"),
        "sort": _("To sort"),
        "waiting": _("Waiting on someone else"),
        "unproven": _("Sender not proven"),
        "sort-unproven": _("To sort, sender not proven"),
        "optional": _("Answered, and still open to scrutiny"),
    }
    found: dict[str, list[QueueRow]] = {slug: [] for slug in titles}
    for row in rows:
        found[band_of(row, now, zone)].append(row)
    return [Band(slug, titles[slug], tuple(group), _count(group)) for slug, group in found.items() if group]


def _count(rows: Sequence[QueueRow]) -> str:
    requests = sum(1 for row in rows if row.id.startswith("R-"))
    cases = len(rows) - requests
    said = [ngettext("%d case", "%d cases", cases) % cases] if cases else []
    said += [ngettext("%d request", "%d requests", requests) % requests] if requests else []
    return ", ".join(said)
