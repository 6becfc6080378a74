"""Events as lines: what happened, by whom (role, jurisdiction and key, never a name), when."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q

from comity.cases.models import Joined
from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.people.models import Key, Person
from comity.web.parts import Line
from comity.web.words import GRADES

from . import words

LINES = 400


def of_case(case: str) -> tuple[Line, ...]:
    """The timeline of a case: its own events, and what happened to its requests before they had one."""
    joined = list(Joined.objects.filter(case=case).values_list("request_id", flat=True)[:LINES])
    found = Event.objects.filter(Q(case=case) | Q(case__isnull=True, request__in=joined))
    return _lines(found.order_by("id")[:LINES])


def of_request(request: str) -> tuple[Line, ...]:
    """The timeline of a request."""
    return _lines(Event.objects.filter(request=request).order_by("id")[:LINES])


def of_kinds(kinds: Iterable[str], realm: str) -> tuple[Line, ...]:
    """The latest events of some kinds in a realm."""
    return _lines(Event.objects.filter(kind__in=kinds, realm=realm).order_by("-id")[:50])


def _lines(events: Iterable[Event]) -> tuple[Line, ...]:
    found = list(events)
    people = _people({event.by.partition(":")[2] for event in found if event.by.startswith("person:")})
    return tuple(
        Line(
            at=event.at,
            what=KINDS[event.kind].sentence,
            more=SAID[event.kind](event.public) if event.kind in SAID else more(event.public),
            who=people.get(event.by.partition(":")[2], event.by),
            note=f"event {event.id}",
        )
        for event in found
    )


def _people(ids: set[str]) -> dict[str, str]:
    keys = {key.person_id: key.short for key in Key.objects.filter(person__in=ids).order_by("enrolled_at")}
    return {
        str(person.id): words.person(", ".join(person.roles), person.jurisdiction, keys.get(person.id, ""))
        for person in Person.objects.filter(id__in=ids)
    }


def _judged(public: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{public.get(key, 0)} {word}" for key, word in (("holds", "hold"), ("fails", "fail")))
    unknown = f", {public['unknown']} unknown" if public.get("unknown") else ""
    return f": {public.get('outcome')}, {counts}{unknown}; {public.get('pack')} {public.get('version')}"


def size(number: int) -> str:
    """A number of bytes as people say it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= step:
            return f"{number / step:,.0f} {unit}"
    return f"{number} bytes"


SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "request.received": lambda public: f", by {public.get('door')}, {size(int(public.get('bytes', 0)))}",
    "facts.read": lambda public: f": {public.get('facts', 0)} facts",
    "sender.graded": lambda public: f": {GRADES[public['grade']].word}" if public.get("grade") in GRADES else "",
    "case.judged": _judged,
    "content.viewed": lambda public: f": the {public.get('what')}",
}


def more(public: Mapping[str, Any]) -> str:
    """The public part of an event, in a few words."""
    told = {key.replace("_", " "): value for key, value in public.items() if value not in (None, "", [], {})}
    said = [f"{key} {_word(value)}" for key, value in told.items()]
    return f": {', '.join(said)}" if said else ""


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {inner}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
