"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.rules import Realm, may

from . import commands, pages
from .models import Alarm

_page = partial(console, most=120, missing=(Alarm.DoesNotExist,))


def _who(request: HttpRequest) -> tuple[Person, str]:
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "risk.view", Realm(realm))
    return person, realm


@_page("GET")
def overview(request: HttpRequest) -> HttpResponse:
    """What rang, how much room is left, and every series."""
    _person, realm = _who(request)
    shown = {"frame": frame(request, realm, "risk"), "page": pages.overview(realm)}
    return render(request, "risk/overview.html", shown)


@_page("GET")
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One series."""
    raise Http404


@_page("GET")
def alarm(request: HttpRequest, id: str) -> HttpResponse:
    """One alarm."""
    person = person_of(request)
    found = Alarm.objects.filter(id=id).first()
    if found is None or not may(request.user, "risk.view", found):
        raise Http404
    shown = {"frame": frame(request, found.realm, "risk"), "page": pages.alarm(found, person)}
    return render(request, "risk/alarm.html", shown)


@_page("POST")
def judge(request: HttpRequest, id: str) -> HttpResponseBase:
    """Say what an alarm is."""
    typed = request.POST.get
    commands.judge(person_of(request), id, typed("verdict", ""), typed("reason", ""))
    return HttpResponseRedirect(f"/console/risk/alarms/{id}")


@_page("GET")
def growth(request: HttpRequest) -> HttpResponse:
    """What more users bring."""
    raise Http404


@_page("GET")
def desk(request: HttpRequest) -> HttpResponse:
    """How many people it takes."""
    raise Http404
