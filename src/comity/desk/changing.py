"""That a later request changes an order: which, how, and what it drops or puts right."""

from zoneinfo import ZoneInfo

from django.http import QueryDict

from comity.cases import changing, correcting, deciding
from comity.cases.changing import Change
from comity.cases.models import Case
from comity.console import labels
from comity.people.models import Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form

from . import correcting as typing

HOW = (
    Choice("clarified", "It clarifies what the order says, or puts it right"),
    Choice("amended", "It changes another thing that the order says"),
    Choice("narrowed", "It drops some of what the order names"),
    Choice("withdrawn", "It withdraws the order"),
    Choice("quashed", "A court has quashed the order"),
    Choice("superseded", "It is another order, which takes the place of this one and stands"),
)
SAYS = (
    "Read it first. It must be as well verified as the order itself, and of the same office; a court may quash it.",
    "Once the order stands, what it drops is put to the deciders as a lift, of that alone. What it adds is an order of "
    "its own, and to whom anything goes is never changed by it.",
)


def open_to(person: Person, case: Case) -> bool:
    """Whether a person may say so, in the state in which the case is."""
    return may(person, "order.change", case) and changing.takes(case)


def shown(path: str, case: Case, typed: QueryDict | None = None) -> tuple[tuple[str, ...], Form]:
    """What the page says, and its form; with what was typed before."""
    facts, given = deciding.finding_of(case)["facts"], typed or QueryDict()
    named = tuple(Choice(one, one, one in given.getlist("dropped")) for one in changing.named(facts))
    paths = sorted(correcting.paths() - changing.RECIPIENTS, key=labels.label)
    chosen = given.get("path", "")
    facts_ = (Choice("", "Nothing"), *(Choice(one, labels.label(one), one == chosen) for one in paths))
    latest = case.joined.exclude(request=case.request_id).order_by("-id").values_list("request_id", flat=True).first()
    fields = (
        Field("request", "Number of the request that says so", given.get("request", latest or ""), hint="R-…"),
        Field("how", "What it says", kind="radio", choices=HOW),
        Field("dropped", "What it drops, where it narrows the order", kind="ticks", choices=named, required=False),
        Field("path", "What it puts right, where it does", kind="select", choices=facts_, required=False),
        Field("value", "What that says now", given.get("value", ""), kind="long", rows=3, required=False),
    )
    return SAYS, Form(path, "Say so", fields, id="change")


def typed(given: QueryDict, zone: ZoneInfo) -> Change:
    """What was typed. Raises BadInput."""
    path, words = given.get("path", ""), [one for one in given.getlist("value") if one.strip()]
    value = typing.typed(path, words, zone) if path and words else None
    return Change(given.get("how", ""), given.get("request", ""), tuple(given.getlist("dropped")), path, value)
