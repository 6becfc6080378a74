"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console import signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.countries.rules import UnknownCountry
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.rules import may

from . import commands, pages, read
from .models import Plan

MOST = 60
_page = console("GET", most=MOST, missing=(UnknownCountry, Plan.DoesNotExist))
_act = console("POST", most=MOST, missing=(UnknownCountry, Plan.DoesNotExist))


def _found(request: HttpRequest, country: str, number: str) -> tuple[Person, Plan]:
    """A plan of a country that the viewer may see; of any other nothing is said."""
    person = person_of(request)
    plan = Plan.objects.select_related("relation").filter(number=number[:12], country=country).first()
    if plan is None or not may(person, "country.view", plan):
        raise Http404
    return person, plan


def _to(plan: Plan, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{read.path(plan)}{where}")


@_act
def draft(request: HttpRequest, country: str) -> HttpResponse:
    """Make a plan."""
    person, said = person_of(request), request.POST
    realm = "demo" if realm_of(request, person) == "demo" else "real"
    made = commands.draft(
        person,
        realm,
        country,
        said.get("kind", ""),
        reason=said.get("reason", ""),
        starts=said.get("starts", ""),
        urgent=said.get("urgent") == "yes",
    )
    return _to(made)


@_page
def plan(request: HttpRequest, country: str, number: str) -> HttpResponseBase:
    """One plan."""
    person, found = _found(request, country, number)
    shown = {"frame": frame(request, found.realm, "countries"), "page": pages.plan_page(found, person)}
    return render(request, "leaving/plan.html", shown)


@_page
def rows(request: HttpRequest, country: str, number: str, name: str) -> HttpResponseBase:
    """The rows of one count of the dry run."""
    _, found = _found(request, country, number)
    demand(request, "case.view", found)
    if name not in pages.LISTED:
        raise Http404
    shown = {"frame": frame(request, found.realm, "countries"), "page": pages.rows_page(found, name)}
    return render(request, "leaving/rows.html", shown)


@_page
def by_number(request: HttpRequest, number: str) -> HttpResponseBase:
    """A plan by its number alone, as alerts know it."""
    found = Plan.objects.filter(number=number[:12]).first()
    if found is None or not may(person_of(request), "country.view", found):
        raise Http404
    return _to(found)


@_act
def do(request: HttpRequest, country: str, number: str, what: str) -> HttpResponse:
    """One act on a plan."""
    person, found = _found(request, country, number)
    if what not in ACTS:
        raise Http404
    name, where = ACTS[what]
    said: dict[str, Any] = {key: request.POST.get(key, "") for key in TAKES.get(what, ())}
    if what == "edit":
        said["urgent"] = request.POST.get("urgent") == "yes"
    getattr(commands, name)(person, found.number, **said)
    return _to(found, where)


ACTS = {  # what the address says → the command, and where its page goes on
    "try": ("try_now", "#dry-run"),
    "edit": ("edit", ""),
    "withdraw": ("withdraw", ""),
    "propose": ("propose", "#put"),
    "ask-again": ("ask_again", "#put"),
    "pause": ("pause", ""),
    "resume": ("resume", "#put"),
    "reverse": ("reverse", "#put"),
    "return": ("send_back", ""),
}
TAKES = {"edit": ("reason", "starts"), "pause": ("reason",), "resume": ("reason",), "reverse": ("reason",)}
TAKES["return"] = ("reason",)


@_act
def attest(request: HttpRequest, country: str, number: str, step: str) -> HttpResponse:
    """Attest to a step."""
    person, found = _found(request, country, number)
    commands.attest(person, found.number, step)
    return _to(found, "#steps")


@_act
def sign(request: HttpRequest, country: str, number: str) -> HttpResponse:
    """Give one signature."""
    person, found = _found(request, country, number)
    commands.sign(person, found.number, request.POST.get("act", ""), signing.answer_of(request, person))
    return _to(found, "#put")
