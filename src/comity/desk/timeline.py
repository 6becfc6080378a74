"""The timeline of a case and of a request: their events as lines, with what the desk knows of the codes in them."""

from django.db.models import Q

from comity import instruments
from comity.cases.models import Joined
from comity.console import labels
from comity.console.timeline import LINES, lines
from comity.ledger.models import Event
from comity.people import one_person
from comity.web.parts import Line

from . import words


def of_case(case: str, *, reasons: bool = True) -> tuple[Line, ...]:
    """The timeline of a case: its own events, and what happened to its requests before they had one.

    `reasons`: with the words that people gave, which who may not see content doesn't see.
    """
    joined = list(Joined.objects.filter(case=case).values_list("request_id", flat=True)[:LINES])
    found = Event.objects.filter(Q(case=case) | Q(case__isnull=True, request__in=joined))
    return lines(found.order_by("id")[:LINES], WORDS, reasons=reasons)


def of_request(request: str, *, reasons: bool = True) -> tuple[Line, ...]:
    """The timeline of a request."""
    return lines(Event.objects.filter(request=request).order_by("id")[:LINES], WORDS, reasons=reasons)


def _outcome(code: str) -> str:
    return str(words.OUTCOMES[code][0]).rstrip(".") if code in words.OUTCOMES else code


WORDS = {
    "instrument": lambda code: instruments.of(code).phrase,
    "fact": labels.label,
    "outcome": _outcome,
    "barred": lambda code: one_person.OUTSIDE.get(code, code),
}
