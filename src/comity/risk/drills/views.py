"""HTTP to commands and back, for drills. Nothing is decided here."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may

from . import commands, pages, rules
from .models import Drill

_page = partial(console, most=240, missing=(Drill.DoesNotExist,))


def whose(realm: str) -> str:
    """Whose register a page of a realm shows: what is kept in realm drill is the real desk's."""
    return "demo" if realm == "demo" else "real"


@_page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """The drills there are, and those that were."""
    person = person_of(request)
    realm = whose(realm_of(request, person))
    demand(request, "risk.view", Realm(realm))
    shown = {"frame": frame(request, realm, "risk"), "page": pages.index(realm, person)}
    return render(request, "risk/drills.html", shown)


@_page("POST")
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin one."""
    person, typed = person_of(request), request.POST.get
    made = commands.begin(
        person,
        whose(person.realm),
        typed("name", ""),
        load=_number("load", typed("load", "")),
        people=typed("people", "") or rules.MODELLED,
        desk=_number("desk", typed("desk", "")),
        country=typed("country", "").strip().upper(),
    )
    return HttpResponseRedirect(f"{pages.ROOT}{made.id}")


def _number(name: str, text: str) -> int | None:
    """A whole number as typed; None where none was. Raises BadInput."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadInput(name, "a whole number, or nothing")
    return int(text)


def _found(request: HttpRequest, id: str) -> Drill:
    found = Drill.objects.filter(id=id[:12]).first() if id.isascii() and id.isprintable() else None
    if found is None or not may(request.user, "risk.view", found):
        raise Http404
    return found


@_page("GET")
def one(request: HttpRequest, id: str) -> HttpResponse:
    """One drill."""
    found = _found(request, id)
    shown = {"frame": frame(request, found.realm, "risk"), "page": pages.one(found, person_of(request))}
    return render(request, "risk/drill.html", shown)


@_page("GET")
def progress(request: HttpRequest, id: str) -> HttpResponse:
    """How far it is; once it is over, the page itself is asked for."""
    found = _found(request, id)
    if found.state not in rules.LIVE and request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "risk/progress.html", {"progress": pages.progress(found)})


@_page("POST")
def stop(request: HttpRequest, id: str) -> HttpResponseBase:
    """Break it off."""
    found = _found(request, id)
    commands.stop(found.id, "stopped", person_of(request))
    return HttpResponseRedirect(f"{pages.ROOT}{found.id}")
