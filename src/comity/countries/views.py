"""HTTP to commands and back, for the console: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console import lists, signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import View, demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm

from . import commands, pages, public, rules, speaking, words
from .models import Relation, Said

COLUMNS = ("country", "name", "state", "blocked", "contact", "requests_last_quarters")


def _page(*methods: str) -> Callable[[View], View]:
    """A page of the console; a code that is no country says why."""

    def wrap(view: View) -> View:
        @console(*methods, most=60, missing=(Said.DoesNotExist,))
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except rules.UnknownCountry as unknown:
                shown = {"title": "No such country", "says": str(unknown), "back": "/console/countries/"}
                return render(request, "web/error.html", shown, status=404)

        return inner

    return wrap


def _who(request: HttpRequest) -> tuple[Person, str]:
    """Who looks, and in which realm: the demo's people in the demo, others in the real one or, looking, in the demo."""
    person = person_of(request)
    realm = "demo" if realm_of(request, person) == "demo" else "real"
    demand(request, "country.view", Realm(realm))
    return person, realm


def _found(request: HttpRequest, country: str) -> tuple[Person, Relation]:
    person, realm = _who(request)
    return person, commands.of(realm, country)


def _to(country: str, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"/console/countries/{country}{where}")


@_page("GET")
def index(request: HttpRequest) -> HttpResponseBase:
    """Every country: the map, the table, and the same as CSV."""
    _, realm = _who(request)
    state = request.GET.get("state", "")
    rows = pages.listed(realm, state if state in rules.STATES else "")
    if request.GET.get("format") == "csv":
        lines = ((r.code, r.name, r.slug, str(r.blocked).lower(), r.contact, str(r.requests)) for r in rows)
        return lists.as_csv("countries.csv", COLUMNS, lines)
    shown = {
        "frame": frame(request, realm, "countries"),
        "rows": [row for row in rows if not row.silent],
        "silent": [row for row in rows if row.silent],
        "asked": state,
        "states": [(slug, one.word) for slug, one in words.STATES.items()],
        "realm": realm,
        "public": pages.public_path(realm),
        **public.map_of(Relation.objects.filter(realm=realm), realm),
    }
    return render(request, "countries/index.html", shown)


@_page("GET")
def country(request: HttpRequest, country: str) -> HttpResponse:
    """How we stand with one country, and what can be done."""
    person, relation = _found(request, country)
    shown = {"frame": frame(request, relation.realm, "countries"), "page": pages.country_page(relation, person)}
    return render(request, "countries/country.html", shown)


@_page("POST")
def move(request: HttpRequest, country: str) -> HttpResponse:
    """Move a relation by one hand."""
    person, realm = _who(request)
    commands.move(person, realm, country, request.POST.get("step", ""), request.POST.get("reason", ""))
    return _to(country, "#moves")


@_page("POST")
def reach(request: HttpRequest, country: str) -> HttpResponse:
    """Record whether people there reach us."""
    person, realm = _who(request)
    commands.observe(person, realm, country, request.POST.get("reach", ""), request.POST.get("note", ""))
    return _to(country)


@_page("POST")
def contact(request: HttpRequest, country: str) -> HttpResponse:
    """Register an address."""
    person, realm = _who(request)
    commands.register(person, realm, country, request.POST.get("contact", ""))
    return _to(country, "#contact")


@_page("POST")
def ask(request: HttpRequest, country: str) -> HttpResponse:
    """Ask the registered address whether it is read."""
    person, realm = _who(request)
    commands.ask_now(person, realm, country)
    return _to(country, "#contact")


@_page("POST")
def agree(request: HttpRequest, country: str) -> HttpResponse:
    """Put an agreement to the quorum."""
    person, realm = _who(request)
    said = {name: request.POST.get(name, "") for name in ("title", "text", "starts", "until", "reason")}
    commands.propose(person, realm, country, said)
    return _to(country, "#agreement")


@_page("POST")
def sign(request: HttpRequest, country: str) -> HttpResponse:
    """Give one signature."""
    person, relation = _kept(request, country)
    commands.sign(person, relation.pk, request.POST.get("act", ""), signing.answer_of(request, person))
    return _to(country, "#agreement")


@_page("POST")
def send_back(request: HttpRequest, country: str) -> HttpResponse:
    """Send what was put to people back."""
    person, relation = _kept(request, country)
    commands.send_back(person, relation.pk, request.POST.get("reason", ""))
    return _to(country, "#agreement")


def _kept(request: HttpRequest, country: str) -> tuple[Person, Relation]:
    """A relation that is on record. Raises BadInput where nothing is."""
    person, relation = _found(request, country)
    if relation.pk is None:
        raise BadInput("country", "nothing is on record about this country yet")
    return person, relation


@_page("POST")
def link(request: HttpRequest, country: str) -> HttpResponse:
    """Send the State its link to speak."""
    person, relation = _kept(request, country)
    speaking.invite(person, relation.pk)
    return _to(country, "#words")


@_page("POST")
def say(request: HttpRequest, country: str) -> HttpResponse:
    """Publish what we say."""
    person, realm = _who(request)
    relation = commands.record_of(person, realm, country)
    speaking.say(person, relation.pk, request.POST.get("text", ""), request.POST.get("about", ""))
    return _to(country, "#words")


@_page("POST")
def show(request: HttpRequest, country: str, said: int) -> HttpResponse:
    """Show a State's words to everyone, or keep them back with a reason."""
    person, relation = _kept(request, country)
    shown = request.POST.get("show") == "yes"
    speaking.show(person, relation.pk, min(said, 2**62), shown, request.POST.get("reason", ""))
    return _to(country, "#words")
