"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

import csv
from functools import partial
from typing import Any

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
from .rules import ALL, Key

_page = partial(console, most=120, missing=(Alarm.DoesNotExist,))


def _who(request: HttpRequest) -> tuple[Person, str]:
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "risk.view", Realm(realm))
    return person, realm


def _shown(request: HttpRequest, realm: str, name: str, page: dict[str, Any]) -> HttpResponse:
    return render(request, f"risk/{name}.html", {"frame": frame(request, realm, "risk"), "page": page})


@_page("GET")
def overview(request: HttpRequest) -> HttpResponseBase:
    """What rang, how much room is left, and every series; or all series as CSV."""
    _person, realm = _who(request)
    if request.GET.get("format") == "csv":
        return _csv(realm, request)
    return _shown(request, realm, "overview", pages.overview(realm, request.GET.dict()))


def _csv(realm: str, request: HttpRequest) -> HttpResponseBase:
    head = ("name", "country", "instrument", "a_day", "why_no_alarm", "limit", "day")
    rows = pages.every(realm, request.GET.dict()).values_list(
        "name", "country", "instrument", "mean", "why_not", "limit", "day"
    )
    made = HttpResponse(content_type="text/csv; charset=utf-8")
    made["Content-Disposition"] = f'attachment; filename="risk-{realm}.csv"'
    out = csv.writer(made)
    out.writerow(head)
    out.writerows(rows.iterator())
    return made


@_page("GET")
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One series."""
    _person, realm = _who(request)
    asked = request.GET.get
    key = Key(name[:20], asked("country", ALL)[:2], asked("instrument", ALL)[:60])
    page = pages.figure(realm, key)
    if page is None:
        raise Http404
    return _shown(request, realm, "figure", page)


@_page("GET")
def alarm(request: HttpRequest, id: str) -> HttpResponse:
    """One alarm, with what is behind it."""
    person = person_of(request)
    found = Alarm.objects.filter(id=id).first()
    if found is None or not may(request.user, "risk.view", found):
        raise Http404
    return _shown(request, found.realm, "alarm", pages.alarm(found, person))


@_page("POST")
def judge(request: HttpRequest, id: str) -> HttpResponseBase:
    """Say what an alarm is."""
    typed = request.POST.get
    found = commands.judge(person_of(request), id, typed("verdict", ""), typed("reason", ""))
    return HttpResponseRedirect(pages.url(f"alarms/{found.id}", found.realm))


@_page("GET")
def growth(request: HttpRequest) -> HttpResponse:
    """What more users bring."""
    _person, realm = _who(request)
    return _shown(request, realm, "growth", pages.growth(realm, request.GET.dict()))


@_page("GET")
def desk(request: HttpRequest) -> HttpResponse:
    """How many people it takes."""
    _person, realm = _who(request)
    return _shown(request, realm, "desk", pages.desk(realm, request.GET.dict()))
