"""Events as lines: what happened, by whom (role, jurisdiction and key, never a name), when."""

from collections.abc import Iterable, Mapping
from typing import Any

from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.people.models import Key, Person
from comity.web.parts import Line

from . import words

LINES = 400


def of_case(case: str) -> tuple[Line, ...]:
    """The timeline of a case."""
    return _lines(Event.objects.filter(case=case).order_by("id")[:LINES])


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
            more=more(event.public),
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
