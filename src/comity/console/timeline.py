"""Events as lines: what happened, who did it (role, jurisdiction and key, never a name), and when."""

import json
from collections.abc import Iterable, Mapping

from django.db.models import OuterRef, Subquery

from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.ledger.sentences import Words
from comity.people.models import Key, Person
from comity.vault import commands as vault
from comity.web.parts import Line

from .words import person

LINES = 400
LATEST = 50


def lines(events: Iterable[Event], words: Words | None = None, *, reasons: bool = True) -> tuple[Line, ...]:
    """Events as lines, in two queries however many there are.

    `words`: what the calling room knows of their codes (`ledger.sentences.Words`). `reasons`: whether to include the
    words that people gave, which someone who may not see content doesn't see.
    """
    found = list(events)
    asked = [event.sealed["reason"] for event in found if reasons and event.sealed.get("reason")]
    opened = vault.get_many(asked)
    people = _people({event.by.partition(":")[2] for event in found if event.by.startswith("person:")})
    return tuple(
        Line(
            at=event.at,
            what=KINDS[event.kind].sentence,
            more=KINDS[event.kind].say(event.told, words or {}) + _reason(event, opened),
            who=people.get(event.by.partition(":")[2], event.by),
            note=f"event {event.id}",
        )
        for event in found
    )


def of_thing(number: str) -> tuple[Line, ...]:
    """The timeline of something that isn't a case and has its own events: a change of a regulation."""
    return lines(Event.objects.filter(case=number).order_by("id")[:LINES])


def of_kinds(kinds: Iterable[str], realm: str) -> tuple[Line, ...]:
    """The latest events of some kinds in a realm."""
    return lines(Event.objects.filter(kind__in=kinds, realm=realm).order_by("-id")[:LATEST])


def _reason(event: Event, opened: Mapping[str, bytes]) -> str:
    """The reason that a person gave, in their words; empty if none was asked for or it has expired."""
    doc = opened.get(str(event.sealed.get("reason") or ""))
    text = " ".join(str(json.loads(doc).get("text", "")).split()) if doc else ""
    return f": “{text}”" if text else ""


def _people(ids: set[str]) -> dict[str, str]:
    latest = Key.objects.filter(person=OuterRef("pk")).order_by("-enrolled_at").values("public")[:1]
    found = Person.objects.filter(id__in=ids).annotate(key=Subquery(latest))
    return {str(one.id): person(", ".join(one.roles), one.jurisdiction, _short(one.key)) for one in found}


def _short(public: bytes | None) -> str:
    return Key(public=public).short if public else ""
