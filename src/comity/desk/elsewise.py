"""What a platform can't do of an order, and what it can do instead: before anybody decides, and the form."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from comity.cases import instead
from comity.cases.instead import Refusal, Way
from comity.cases.models import Case
from comity.people.models import Person
from comity.people.rules import may
from comity.platforms.limits import SAYS
from comity.platforms.port import IRREVERSIBLE
from comity.web.parts import Choice, Field, Form, Link, Pair

from .deeds import ELSEWISE

OPEN = frozenset({"to-decide", "second-approval"})
WAYS = {kind: bold for kind, (bold, _, _) in ELSEWISE.items()}


def pairs(
    refusal: Refusal | None,
    base: str,
    person: Person,
    case: Case,
    finding: Mapping[str, Any],
    *,
    barred: bool = False,
) -> tuple[Pair, ...]:
    """What the platform can't do, what it can do instead, and the way to choose; what to know of it in any case.
    `barred`: that it can't stands there already."""
    known = limits(case, finding)
    if refusal is None:
        return known
    ways = "; ".join(map(says, refusal.ways)) or "Nothing that would do instead."
    link = Link("Choose", f"{base}/instead") if may(person, "decision.propose", case) else None
    cannot = () if barred else (Pair("Cannot", " ".join(refusal.says), bold="Not as it is ordered."),)
    return (
        *cannot,
        Pair("Instead", f"{ways}. Or say to the authority what stands in the way.", link=link),
        *known,
    )


def limits(case: Case, finding: Mapping[str, Any]) -> tuple[Pair, ...]:
    """What to know of the platforms that a case is about, as long as it is to be decided."""
    if case.state not in OPEN or case.plan != "execute":
        return ()
    said = [
        f"{name}: {' '.join(SAYS[code] for code in codes)}"
        for name, codes in instead.limits(finding, case.realm).items()
    ]
    return (Pair("Know first", "\n".join(said)),) if said else ()


def says(way: Way) -> str:
    """One way in words."""
    if way.over:
        return f"{WAYS[way.kind].lower()} (no more: its time is over)"
    back = "for good, one person more signs" if way.kind in IRREVERSIBLE else "can be undone"
    until = f", until {way.until:%d %B %H:%M} UTC" if way.until else ""
    return f"{WAYS[way.kind].lower()} ({back}{until})"


def form(path: str, base: str, refusal: Refusal, chosen: str) -> Form:
    """The form by which a person chooses what is done instead."""
    open_ = [way for way in refusal.ways if not way.over]
    choices = tuple(Choice(way.kind, f"{WAYS[way.kind]}: {ELSEWISE[way.kind][1]}") for way in open_)
    after_all = "What is ordered after all: it is put to nobody as long as the platform can’t"
    back = (Choice("", after_all),) if chosen else ()
    hint = "One or two sentences; they stand on the record"
    words = f"{' '.join(refusal.says)} What it could do instead: {'; '.join(map(says, open_)) or 'nothing'}."
    query = urlencode({"ground": "technical", "explained": words})
    return Form(
        path,
        "Draft it anew",
        (
            Field("kind", "What is done instead", chosen, kind="radio", choices=(*choices, *back)),
            Field("reason", "Why this", kind="long", rows=3, hint=hint),
        ),
        back=Link("Say to the authority that it can’t be done", f"{base}/obstacle?{query}"),
    )


INTRO = (
    "Its platform can’t do what is ordered, country by country. Nothing is done in its place by itself: a person "
    "chooses, the letters say it, and those who decide sign it.",
    "What can’t be undone takes one person more, and is done only once a copy is kept.",
)


def refusal(case: Case) -> Refusal | None:
    """What stands between a case's order and its platform, as long as people can still choose."""
    return instead.refusal(case) if case.state in OPEN else None
