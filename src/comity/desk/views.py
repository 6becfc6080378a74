"""The queue and the lists of cases and of requests: the page, a page more, and all of it as a file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.cases import commands as cases
from comity.console.frame import frame, realm_of, realms
from comity.console.lists import ListRow, as_csv, asked, every
from comity.console.views import console
from comity.outbox import letters
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.rules import Realm, may

from . import lists, queue, unseen
from .pages import QueueRow


@console("GET")
def show_queue(request: HttpRequest) -> HttpResponseBase:
    """What is due first."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    sees = may(person, "content.view", Realm(realm))
    wanted = asked(request, "q", "show", "after") | ({} if sees else {"q": ""})
    if request.GET.get("format") == "csv":
        _taken_away(person, realm, "queue")
        found = queue.every(realm, wanted)
        found = found if sees else map(unseen.queue_row, found)
        return as_csv("queue.csv", ("id", "title", "due", "state", "next", "who"), map(_queue_row, found))
    page = queue.page(realm, wanted, realms(person))
    page = page if sees else unseen.queued(page)
    page = queue.for_decider(page) if "decider" in person.roles and person.realm == realm else page
    template = "desk/queue_board.html" if request.headers.get("HX-Request") else "desk/queue.html"
    return render(request, template, {"frame": frame(request, realm, "queue"), "page": page})


def _taken_away(person: Person, realm: str, what: str) -> None:
    """Record that a list is taken away as a file by who sees what stands in it."""
    if may(person, "content.view", Realm(realm)):
        cases.look_at_list(person, realm, f"{what} as a file")


def _queue_row(row: QueueRow) -> tuple[str, ...]:
    return row.id, row.title, _utc(row.clock.due_target), row.state.slug, row.next.text, row.who


def _utc(at: datetime | None) -> str:
    return letters.rfc3339(at) if at else ""


@console("GET")
def show_cases(request: HttpRequest) -> HttpResponseBase:
    """Every case of a realm, the latest first."""
    return _list(request, "cases", lists.cases)


@console("GET")
def show_requests(request: HttpRequest) -> HttpResponseBase:
    """Everything that came in, the latest first."""
    return _list(request, "requests", lists.requests)


def _list(request: HttpRequest, current: str, make: Callable[..., Any]) -> HttpResponseBase:
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    wanted = asked(request, "q", "state", "authority", "before")
    sees = may(person, "content.view", Realm(realm))
    wanted |= {} if sees else {"q": ""}
    if request.GET.get("format") == "csv":
        _taken_away(person, realm, current)
        found = every(lambda at: make(realm, at, ()), wanted, "before")
        found = found if sees else map(unseen.row, found)
        last = "instrument" if current == "cases" else "door"
        head = ("id", "title", "received", "who", "verification", "state", last)
        return as_csv(f"{current}.csv", head, map(_list_row, found))
    page = make(realm, wanted, realms(person))
    page = page if sees else unseen.listed(page)
    template = "desk/requests.html" if current == "requests" else "console/list.html"
    return render(request, template, {"frame": frame(request, realm, current), "page": page})


def _list_row(row: ListRow) -> tuple[str, ...]:
    grade = row.grade.slug if row.grade else "none"
    return row.id, row.title, _utc(row.at), row.who, grade, row.state.slug, row.instrument
