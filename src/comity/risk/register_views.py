"""HTTP to commands and back, for the register and for levels. Nothing is decided here."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console import signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.rules import Realm

from . import leveling, register_pages, turning

_page = partial(console, most=120)


def _who(request: HttpRequest) -> tuple[Person, str]:
    """Who looks, and at whose register: what drills leave is the real desk's."""
    person = person_of(request)
    realm = "demo" if realm_of(request, person) == "demo" else "real"
    demand(request, "risk.view", Realm(realm))
    return person, realm


@_page("GET")
def register(request: HttpRequest) -> HttpResponse:
    """Every risk."""
    _person, realm = _who(request)
    shown = {"frame": frame(request, realm, "risk"), "page": register_pages.register(realm)}
    return render(request, "risk/register.html", shown)


@_page("GET")
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One risk."""
    _person, realm = _who(request)
    risk = turning.by_number(number)
    if risk is None:
        raise Http404
    shown = {"frame": frame(request, realm, "risk"), "page": register_pages.one(risk, realm)}
    return render(request, "risk/risk.html", shown)


@_page("GET")
def level(request: HttpRequest) -> HttpResponse:
    """The level of management."""
    person, realm = _who(request)
    shown = {"frame": frame(request, realm, "risk"), "page": register_pages.level(realm, person)}
    return render(request, "risk/level.html", shown)


@_page("POST")
def change(request: HttpRequest, what: str) -> HttpResponseBase:
    """Raise it, put it to people that it is lowered, sign that, or send it back."""
    person, typed = person_of(request), request.POST.get
    realm = "demo" if person.realm == "demo" else "real"
    if what == "raise":
        leveling.raise_level(person, realm, typed("level", ""), typed("reason", ""))
    elif what == "lower":
        leveling.propose_lower(person, realm, typed("level", ""), typed("reason", ""))
    elif what == "sign":
        leveling.sign(person, realm, typed("act", ""), signing.answer_of(request, person))
    elif what == "return":
        leveling.send_back(person, realm, typed("reason", ""))
    else:
        raise Http404
    return HttpResponseRedirect(f"{register_pages.LEVEL}{register_pages.suffix(realm)}")
